"""Ledger: entries that are written once, by the fake and in the bucket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.stub import Stubber

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.ledger import BucketLedger
from bot.errors import AccessDeniedError, BotError, ThrottledError, UnavailableError
from bot.ports import Ledger
from tests.contracts.places import BUCKET
from tests.fakes import FakeLedger


@pytest.fixture(params=["fake", "bucket"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    """Return the port."""
    if request.param == "fake":
        return FakeLedger()
    return BucketLedger(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestEntries:
    """What is written."""

    def test_entry_is_read_as_written(self, ledger: Ledger) -> None:
        """An entry is JSON, and Japanese is no exception."""
        entry = {"ts": "1.2", "count": 3, "refusals": [{"reason": "理由"}], "none": None}
        ledger.create("job/post.done", entry)

        assert entry == ledger.read("job/post.done")

    def test_unknown_entry_is_none(self, ledger: Ledger) -> None:
        """Nothing is None."""
        assert None is ledger.read("job/post.done")

    def test_second_writer_changes_nothing(self, ledger: Ledger) -> None:
        """The second writer is told so, and changes nothing."""
        assert [True, False, False] == [ledger.create("key", {"by": number}) for number in range(3)]
        assert {"by": 0} == ledger.read("key")

    def test_another_key_is_another_entry(self, ledger: Ledger) -> None:
        """Another key is another entry."""
        assert all(ledger.create(key, {}) for key in ("a", "a.done", "a/b", "b"))

    def test_deleted_entry_can_be_written_again(self, ledger: Ledger) -> None:
        """What is deleted can be written again; deleting nothing is no error."""
        ledger.create("key", {"by": 1})
        for _ in range(2):
            ledger.delete("key")

        assert None is ledger.read("key")
        assert ledger.create("key", {"by": 2})

    def test_concurrent_writers_have_one_winner(self, ledger: Ledger) -> None:
        """Of eight that write at once one is told that it did, and its entry is there."""
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda number: ledger.create("key", {"by": number}), range(8)))

        assert 1 == written.count(True)
        assert {"by": written.index(True)} == ledger.read("key")


@pytest.fixture
def stubbed(aws: None) -> Any:
    """Return a client of S3 that answers what it is told to."""
    s3 = client("s3")
    with Stubber(s3) as stubber:
        yield s3, stubber


class TestBucket:
    """What only the adapter can show."""

    def test_ledger_writes_conditionally(self, stubbed: Any) -> None:
        """It is S3 that decides who was first."""
        s3, stubber = stubbed
        expected = {"Bucket": BUCKET, "Key": "ledger/job/a.json", "Body": b'{"a": 1}', "IfNoneMatch": "*"} | {
            "ContentType": "application/json",
            "Metadata": {},
        }
        stubber.add_response("put_object", {}, expected)

        assert BucketLedger(Bucket(s3, BUCKET)).create("job/a", {"a": 1})

    @pytest.mark.parametrize(
        ("code", "status"), [("PreconditionFailed", 412), ("ConditionalRequestConflict", 409)]
    )
    def test_both_conflict_answers_mean_a_second_writer(self, stubbed: Any, code: str, status: int) -> None:
        """Both of S3's answers to a second writer mean the same."""
        s3, stubber = stubbed
        stubber.add_client_error("put_object", code, http_status_code=status)

        assert not BucketLedger(Bucket(s3, BUCKET)).create("a", {})

    @pytest.mark.parametrize(
        ("code", "status", "error"),
        [
            ("AccessDenied", 403, AccessDeniedError),
            ("SlowDown", 503, ThrottledError),
            ("InternalError", 500, UnavailableError),
        ],
    )
    def test_failure_is_neither_written_nor_absent(
        self, stubbed: Any, code: str, status: int, error: type[BotError]
    ) -> None:
        """A failure is neither written nor late, neither there nor absent."""
        s3, stubber = stubbed
        ledger = BucketLedger(Bucket(s3, BUCKET))
        for method in ("put_object", "get_object", "delete_object"):
            stubber.add_client_error(method, code, http_status_code=status)

        with pytest.raises(error):
            ledger.create("a", {})
        with pytest.raises(error):
            ledger.read("a")
        with pytest.raises(error):
            ledger.delete("a")
