"""The history, by the fake and in the bucket."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from bot.adapters.sdk import client
from bot.adapters.stores.audit import BucketAuditLog
from bot.adapters.stores.bucket import Bucket, countdown
from bot.domain.audit import AuditEntry, parse_entry, shard
from bot.errors import UnavailableError
from bot.triage_ports import AuditLog
from tests.builders import NOW
from tests.contracts.places import BUCKET
from tests.fakes.actions import FakeAuditLog

ENTRY = AuditEntry(
    at="2026-11-24T00:30:00+00:00",
    user_id="U0PERSON",
    name="名前",
    message="C0SECURITY/1.000001",
    report_id="r",
    act_id="act",
    finding_id="arn:1",
    product_arn="arn:product",
    control_id="S3.8",
    account_id="123456789012",
    region="eu-west-1",
    resource_id="arn:aws:s3:::bucket-1",
    before="NEW",
    note_before="",
    after="SUPPRESSED",
    note_after="why\n",
    reason="why",
    until="2026-12-31",
    undoes="",
)
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:my-function"
OTHER = replace(ENTRY, finding_id="arn:2", resource_id="arn:aws:s3:::bucket-2")


@pytest.fixture(params=["fake", "bucket"])
def history(request: pytest.FixtureRequest) -> AuditLog:
    """Return the port."""
    if request.param == "fake":
        return FakeAuditLog()
    return BucketAuditLog(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestHistory:
    """The changes of a resource."""

    @pytest.mark.parametrize("what", ["bucket-1", "BUCKET-1", "arn:aws:s3:::bucket-1", "ｂｕｃｋｅｔ－１"])
    def test_change_is_found_by_its_resource(self, history: AuditLog, what: str) -> None:
        """A resource is found by its ARN or its short name, in any case, and no other."""
        history.record("act", NOW, lambda: [ENTRY, OTHER])

        assert [ENTRY] == list(history.about(what))

    @pytest.mark.parametrize("what", ["S3.8", "s3.8"])
    def test_change_is_found_by_its_control(self, history: AuditLog, what: str) -> None:
        """A control has the changes of all its resources."""
        history.record("act", NOW, lambda: [ENTRY, OTHER, replace(ENTRY, control_id="S3.1")])

        assert [ENTRY, OTHER] == list(history.about(what))

    @pytest.mark.parametrize("what", ["S3", "s3.*", "Ｓ３"])
    def test_change_is_found_by_its_service(self, history: AuditLog, what: str) -> None:
        """A service has the changes of all its controls, the newest action first, and no other service's."""
        other, foreign = replace(ENTRY, control_id="S3.1"), replace(ENTRY, control_id="S3Express.1")
        newest = replace(ENTRY, control_id="S3.8", act_id="newest")
        history.record("old", NOW, lambda: [ENTRY, foreign])
        history.record("new", NOW + timedelta(seconds=1), lambda: [other])
        history.record("newest", NOW + timedelta(seconds=2), lambda: [newest])

        assert [newest, other, ENTRY] == list(history.about(what))

    @pytest.mark.parametrize("control_id", ["PCI.CloudTrail.1", "2.7", "a sentence " * 100, "\ud800", "a/b"])
    def test_change_is_found_by_control_of_any_product(self, history: AuditLog, control_id: str) -> None:
        """Not every product's controls have IDs of Security Hub's form."""
        entry = replace(ENTRY, control_id=control_id)
        history.record("act", NOW, lambda: [entry])

        assert [entry] == list(history.about(control_id))

    @pytest.mark.parametrize(
        "what",
        [
            "my-function",
            "function:my-function",
            f"{FUNCTION}:PROD",
            FUNCTION,
            FUNCTION.replace("aws", "aws-cn"),
        ],
    )
    def test_change_is_found_by_each_name(self, history: AuditLog, what: str) -> None:
        """A name, each form of the ARN, and a short one lead to the same change, which is told once."""
        entry = replace(ENTRY, resource_id=FUNCTION)
        history.record("act", NOW, lambda: [OTHER, entry])

        assert [entry] == list(history.about(what))

    def test_resources_that_share_a_name_are_all_found(self, history: AuditLog) -> None:
        """Two Regions' functions of one name are both told, the newest act first."""
        entry = replace(ENTRY, resource_id=FUNCTION, control_id="Lambda.1")
        there = replace(entry, resource_id=FUNCTION.replace("eu-west-1", "us-east-1"), region="us-east-1")
        history.record("act", NOW, lambda: [entry])
        history.record("later", NOW + timedelta(seconds=1), lambda: [there, replace(there, act_id="later")])

        assert [there, replace(there, act_id="later"), entry] == list(history.about("my-function"))
        assert [entry] == list(history.about(FUNCTION))

    def test_newest_change_comes_first(self, history: AuditLog) -> None:
        """The newest change comes first."""
        later = replace(ENTRY, act_id="later", after="NEW")
        history.record("later", NOW + timedelta(seconds=1), lambda: [later])
        history.record("act", NOW, lambda: [ENTRY])

        assert [later, ENTRY] == list(history.about("S3.8"))

    def test_entry_is_never_overwritten(self, history: AuditLog) -> None:
        """What has been written is not written over, nor twice."""
        history.record("act", NOW, lambda: [ENTRY])
        history.record("act", NOW, lambda: [OTHER])

        assert [ENTRY] == list(history.about("S3.8"))

    @pytest.mark.parametrize(("most", "found", "is_cut"), [(1, 1, True), (2, 2, False), (3, 2, False)])
    def test_cut_history_says_so(self, history: Any, most: int, found: int, *, is_cut: bool) -> None:
        """Of more acts than are looked into, the newest are given, and that there are others."""
        for number in range(2):
            act = [replace(ENTRY, act_id=str(number))]
            history.record(str(number), NOW + timedelta(seconds=number), lambda act=act: act)
        past = replace(history, most_acts=most).about("S3.8")

        assert ["1", "0"][:found] == [entry.act_id for entry in past]
        assert is_cut == past.is_cut()

    @pytest.mark.parametrize("what", ["S3.1", "no such", "a/../b", "日本"])
    def test_unknown_name_has_empty_history(self, history: AuditLog, what: str) -> None:
        """An unknown name has an answer, which is empty."""
        history.record("act", NOW, lambda: [ENTRY])

        assert [] == list(history.about(what))


class TestEntry:
    """A line of it."""

    def test_entry_is_read_as_written(self) -> None:
        """A line holds all of it."""
        assert ENTRY == parse_entry(ENTRY.line())
        assert 1 == len(ENTRY.line().splitlines())


class TestKeys:
    """What only the adapter can show."""

    def test_conflicting_write_is_retried(self, aws: None) -> None:
        """Where another writer is at an object, which may come to nothing, this is tried again."""
        store = client("s3")
        with Stubber(store) as stubber:
            for _ in ("of the control", "of the resource"):
                stubber.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
            with pytest.raises(UnavailableError):
                BucketAuditLog(Bucket(store, BUCKET)).record("act", NOW, lambda: [ENTRY])

    def test_lookup_lists_at_most_three_prefixes(self, bucket: Any) -> None:
        """Three prefixes are listed at most, and one object read for each act."""
        history = BucketAuditLog(Bucket(bucket, BUCKET))
        history.record("act", NOW, lambda: [replace(ENTRY, resource_id=FUNCTION)])
        calls: list[str] = []
        bucket.meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
        list(history.about(f"{FUNCTION}:PROD"))

        assert 3 >= calls.count("ListObjectsV2")
        assert 2 >= calls.count("GetObject")

    def test_keys_are_as_documented(self, bucket: Any) -> None:
        """The layout is the one at the head of the module, on which the bucket's policy relies."""
        store = Bucket(bucket, BUCKET)
        BucketAuditLog(store).record("act", NOW, lambda: [ENTRY])

        assert [
            f"audit/controls/s3.8/{countdown(NOW)}-act.jsonl",
            f"audit/resources/{shard('bucket-1')}/{countdown(NOW)}-act.jsonl",
        ] == list(store.keys("audit/"))
