"""The stacks of the last checks: the fake, and S3 behind the real adapter."""

from __future__ import annotations

import pytest

from bot.adapters.stores import checked_stacks
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.checked_stacks import BucketCheckedStacks
from bot.check_ports import CheckedStacks
from bot.domain.checks.places import KeptStack
from bot.errors import ReportGoneError
from tests.contracts.places import BUCKET
from tests.fakes.checked_stacks import FakeCheckedStacks

SHOP = KeptStack("example/shop", "orders/template.yaml", {"Logs": 7, "Queue": 12}, "https://github.com/…/")
GROUP = KeptStack("group/sub/app", "template.yaml", {})


@pytest.fixture(params=["fake", "bucket"])
def stacks(request: pytest.FixtureRequest) -> CheckedStacks:
    """The port."""
    if request.param == "fake":
        return FakeCheckedStacks()
    return BucketCheckedStacks(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestStacks:
    """The stacks."""

    def test_there_are_none_at_first(self, stacks: CheckedStacks) -> None:
        """No check has been reported."""
        assert {} == stacks.repositories()
        with pytest.raises(ReportGoneError):
            stacks.load("orders", "example/shop")

    def test_stack_is_read_as_it_was_saved(self, stacks: CheckedStacks) -> None:
        """The last check of a repository counts."""
        stacks.save("orders", KeptStack("example/shop", "old.yaml", {"Logs": 1}))
        stacks.save("orders", SHOP)

        assert SHOP == stacks.load("orders", "example/shop")

    def test_each_repository_has_its_own_stack_of_a_name(self, stacks: CheckedStacks) -> None:
        """Two teams may choose the same name; a repository of GitLab may be in groups."""
        for name, stack in (("orders", GROUP), ("orders", SHOP), ("net", SHOP)):
            stacks.save(name, stack)

        assert {
            "net": ("example/shop",),
            "orders": ("example/shop", "group/sub/app"),
        } == stacks.repositories()
        assert GROUP == stacks.load("orders", "group/sub/app")


class TestBound:
    """The bucket alone."""

    def test_list_is_bounded(self, bucket: object, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bucket with very many stacks costs a few calls."""
        monkeypatch.setattr(checked_stacks, "MOST_LISTED", 2)
        stacks = BucketCheckedStacks(Bucket(bucket, BUCKET))
        for name in ("a", "b", "c"):
            stacks.save(name, SHOP)

        assert ["a", "b"] == [*stacks.repositories()]
