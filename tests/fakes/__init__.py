"""One fake for each port. tests/contracts runs the same claims against a fake and its adapter."""

from tests.fakes.world import (
    FakeChannels,
    FakeClock,
    FakeControls,
    FakeJobs,
    FakeLedger,
    FakeMessenger,
    FakePeople,
    FakeRoutingFile,
    FakeSharedFiles,
    FakeWorld,
    Posted,
    SkippingTime,
    skipping_pace,
)

__all__ = [
    "FakeChannels",
    "FakeClock",
    "FakeControls",
    "FakeJobs",
    "FakeLedger",
    "FakeMessenger",
    "FakePeople",
    "FakeRoutingFile",
    "FakeSharedFiles",
    "FakeWorld",
    "Posted",
    "SkippingTime",
    "skipping_pace",
]
