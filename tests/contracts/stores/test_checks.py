"""Checks before deployment: what the use case may rely on, of the fake and in the bucket."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.checks import BucketChecks
from bot.check_ports import Checks
from bot.domain.checks.document import MOST_BYTES
from bot.domain.checks.summary import LastCheck
from tests.contracts.places import BUCKET
from tests.fakes.checks import FakeChecks

KEY = "checks/acme/app/main.json"


@pytest.fixture(params=["fake", "bucket"])
def checks(request: pytest.FixtureRequest) -> Checks:
    """Return the port."""
    if request.param == "fake":
        return FakeChecks()
    return BucketChecks(Bucket(request.getfixturevalue("bucket"), BUCKET))


def put(checks: Checks, data: bytes) -> str:
    """Put an object as CI does; return its ETag as the event has it."""
    if isinstance(checks, FakeChecks):
        checks.objects[KEY] = data
        return checks.etag_of(data)
    assert isinstance(checks, BucketChecks)
    answer: dict[str, Any] = checks.bucket.client.put_object(Bucket=BUCKET, Key=KEY, Body=data)
    return str(answer["ETag"]).strip('"')


class TestFetch:
    """The object of CI."""

    def test_version_of_the_event_is_read(self, checks: Checks) -> None:
        """The object is read if it is the version that the event is about."""
        etag = put(checks, b"{}")

        assert b"{}" == checks.fetch(KEY, etag)

    def test_other_version_is_none(self, checks: Checks) -> None:
        """A version that has been replaced has no content any more; the next event is about the other."""
        etag = put(checks, b"{}")
        put(checks, b"[]")

        assert None is checks.fetch(KEY, etag)

    def test_absent_object_is_none(self, checks: Checks) -> None:
        """An object that has expired is nothing to report."""
        assert None is checks.fetch(KEY, "0" * 32)

    def test_huge_object_is_not_read_as_a_whole(self, bucket: Any) -> None:
        """One byte more than the limit is enough to refuse an object."""
        checks = BucketChecks(Bucket(bucket, BUCKET))
        etag = put(checks, b" " * (MOST_BYTES + 100))

        assert MOST_BYTES + 1 == len(checks.fetch(KEY, etag) or b"")


class TestLast:
    """The state of a branch's last report."""

    def test_branch_has_none_at_first(self, checks: Checks) -> None:
        """A new branch is compared with nothing."""
        assert None is checks.last("acme/app", "main")

    def test_state_is_that_of_repository_and_branch(self, checks: Checks) -> None:
        """Each branch of each repository has a state of its own; the last one counts."""
        for state in (LastCheck(("1",)), LastCheck(("1", "2"), ("3",))):
            checks.save_last("acme/app", "main", state)

            assert state == checks.last("acme/app", "main") == checks.last("Acme/App", "main")

        assert None is checks.last("acme/app", "Main")
        assert None is checks.last("acme/other", "main")
