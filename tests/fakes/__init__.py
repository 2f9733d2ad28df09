"""One fake for each port. tests/contracts runs the same claims against a fake and its adapter."""

from tests.fakes.regions import FakeRegions
from tests.fakes.routing import FakeRoutingFile
from tests.fakes.slack import FakeChannels, FakeMessenger, FakePeople, FakeSharedFiles, Posted
from tests.fakes.world import (
    FakeAccounts,
    FakeAccountTags,
    FakeClock,
    FakeControls,
    FakeJobs,
    FakeLedger,
    FakeWorld,
    SkippingTime,
    skipping_pace,
)

__all__ = [
    "FakeAccountTags",
    "FakeAccounts",
    "FakeChannels",
    "FakeClock",
    "FakeControls",
    "FakeJobs",
    "FakeLedger",
    "FakeMessenger",
    "FakePeople",
    "FakeRegions",
    "FakeRoutingFile",
    "FakeSharedFiles",
    "FakeWorld",
    "Posted",
    "SkippingTime",
    "skipping_pace",
]
