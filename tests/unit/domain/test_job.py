"""The Job document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.action import MOST_REASON, Action, ActionRequest, Selection
from bot.domain.document import parse_job
from bot.domain.finding import FindingIdentifier, Severity, WorkflowStatus
from bot.domain.job import (
    ActJob,
    ApplyEditJob,
    ApplyJob,
    CancelJob,
    CheckJob,
    DiscardRoutingJob,
    DoctorJob,
    EditJob,
    HistoryJob,
    InsightJob,
    Job,
    MineJob,
    NotMineJob,
    OwnerJob,
    PreviewJob,
    PutRoutingJob,
    Requester,
    ScanJob,
    UndoJob,
    job_id,
    to_document,
)
from bot.domain.query import chosen
from bot.errors import InvalidJobError
from tests.builders import PERSON, a_scan_job, an_act_job
from tests.unit.world.queries import QUERIES

WORDS = st.text(min_size=1)
REQUESTS = st.builds(
    ActionRequest, st.sampled_from(Action), reason=st.text(min_size=1, max_size=MOST_REASON)
) | st.builds(
    ActionRequest,
    st.just(Action.SUPPRESS),
    reason=st.text(min_size=1, max_size=9),
    expires_on=st.none() | st.dates(),
)
REQUESTERS = st.builds(Requester, user_id=WORDS, response_url=st.text(), team_id=st.text())
JOBS = st.one_of(
    st.builds(
        ScanJob,
        key=WORDS,
        query=st.none() | QUERIES,
        channel=st.none() | WORDS,
        requester=st.none() | REQUESTERS,
    ),
    st.builds(
        ActJob,
        key=WORDS,
        report_id=WORDS,
        request=REQUESTS,
        selection=st.builds(
            Selection,
            row=st.none() | st.integers(0, 9),
            statuses=st.lists(st.sampled_from(WorkflowStatus), max_size=2).map(tuple),
            as_of=st.none() | st.text(),
            shown_count=st.none() | st.integers(0),
            controls=st.lists(WORDS, max_size=2).map(tuple),
            accounts=st.lists(WORDS, max_size=2).map(tuple),
            severities=st.lists(st.sampled_from(Severity), max_size=2).map(tuple),
            resource=st.text(max_size=5),
            is_own=st.booleans(),
            owners=st.lists(WORDS, max_size=2).map(tuple),
        ),
        channel=WORDS,
        message_ts=WORDS,
        requester=REQUESTERS,
        asked_in=st.text(),
    ),
    st.builds(EditJob, key=WORDS, file_id=WORDS, channel=WORDS, requester=REQUESTERS),
    *(
        st.builds(kind, key=WORDS, proposal_id=WORDS, channel=WORDS, message_ts=WORDS, requester=REQUESTERS)
        for kind in (PutRoutingJob, DiscardRoutingJob)
    ),
    st.builds(
        ApplyEditJob,
        key=WORDS,
        report_id=WORDS,
        plan_id=WORDS,
        channel=WORDS,
        message_ts=WORDS,
        thread_ts=WORDS,
        requester=REQUESTERS,
    ),
    st.builds(
        PreviewJob,
        key=WORDS,
        report_id=WORDS,
        request=REQUESTS,
        selection=st.just(Selection()),
        view_id=WORDS,
        locale=WORDS,
        channel=WORDS,
        message_ts=WORDS,
        requester=REQUESTERS,
    ),
    st.builds(
        ApplyJob,
        key=WORDS,
        report_id=WORDS,
        plan_id=WORDS,
        channel=WORDS,
        message_ts=WORDS,
        requester=REQUESTERS,
    ),
    st.builds(DoctorJob, key=WORDS, channel=WORDS, requester=REQUESTERS),
    st.builds(HistoryJob, key=WORDS, subject=WORDS, channel=WORDS, requester=REQUESTERS),
    st.builds(
        MineJob,
        key=WORDS,
        channel=WORDS,
        requester=REQUESTERS,
        query=st.none() | QUERIES,
        report_id=st.text(),
        message_ts=st.text(),
    ),
    st.builds(
        NotMineJob,
        key=WORDS,
        report_id=WORDS,
        problem=st.integers(0),
        channel=WORDS,
        message_ts=st.text(),
        requester=REQUESTERS,
    ),
    st.builds(OwnerJob, key=WORDS, subject=WORDS, channel=WORDS, requester=REQUESTERS),
    st.builds(
        UndoJob,
        key=WORDS,
        report_id=WORDS,
        act_id=WORDS,
        channel=WORDS,
        message_ts=WORDS,
        requester=REQUESTERS,
    ),
    st.builds(
        CancelJob,
        key=WORDS,
        report_id=WORDS,
        channel=WORDS,
        message_ts=WORDS,
        requester=REQUESTERS,
        asked_by=st.text(),
    ),
)

SCAN: dict[str, Any] = {"version": 1, "kind": "scan", "key": "k"}
TYPED = SCAN | {"requester": {"user_id": "U0PERSON"}}
NARROWINGS = ("severities", "accounts", "regions", "statuses")
ACT: dict[str, Any] = {
    "version": 1,
    "kind": "act",
    "key": "k",
    "report_id": "r",
    "channel": "C",
    "message_ts": "1.2",
    "request": {"action": "notify"},
    "requester": {"user_id": "U"},
}
CANCEL = ACT | {"kind": "cancel"}
CREATED: dict[str, Any] = json.loads(Path("tests/events/object_created.json").read_text(encoding="utf-8"))
SENT: dict[str, Any] = json.loads(Path("tests/events/custom_action.json").read_text(encoding="utf-8"))


def sent(*findings: object) -> dict[str, Any]:
    """Make the event of a custom action on some findings."""
    return SENT | {"detail": SENT["detail"] | {"findings": list(findings)}}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["controls", "accounts", "user_id"]), inner)
    ),
    max_leaves=5,
)


class TestDocument:
    """Writing a job as JSON and reading it."""

    @given(JOBS)
    def test_job_survives_json(self, job: Job) -> None:
        """A job that has travelled as JSON is the same job."""
        assert job == parse_job(json.loads(json.dumps(to_document(job))))

    def test_schedule_needs_only_a_key(self) -> None:
        """A schedule may leave the controls and the channel to the settings."""
        assert ScanJob("k", None, None, None) == parse_job(SCAN)

    def test_schedule_keeps_unknown_controls(self) -> None:
        """A schedule's list may hold anything, of which the scan is told; but no bad narrowing."""
        job = parse_job(SCAN | {"query": {"controls": ["S3.8", "banana"]}})

        assert isinstance(job, ScanJob)
        assert job.query
        assert ("S3.8", "banana.*") == job.query.controls

    def test_empty_list_narrows_nothing(self) -> None:
        """An empty list is as good as none: only what stands in it narrows."""
        query = {"controls": ["S3.1"]}

        assert parse_job(SCAN | {"query": query}) == parse_job(
            SCAN | {"query": query | {name: [] for name in NARROWINGS}}
        )

    def test_unknown_field_is_ignored(self) -> None:
        """A newer sender may say more than this bot reads."""
        assert parse_job(SCAN) == parse_job(SCAN | {"colour": "red"})

    def test_act_without_selection_is_for_the_whole_report(self) -> None:
        """Without a selection an act job is for all of the report."""
        job = parse_job(ACT)

        assert isinstance(job, ActJob)
        assert Selection() == job.selection


class TestObject:
    """The event of an object in the bucket."""

    def test_object_is_a_check(self) -> None:
        """The job has the key and the version, and nothing else that the event says."""
        key = "checks/acme/app/main.json"
        expected = CheckJob(f"s3/{key}@00617F08299329D189", key, "b1946ac92492d2347c6235b4d2611184")

        assert expected == parse_job(CREATED)
        assert expected == parse_job(to_document(expected))

    def test_each_write_is_a_job_of_its_own(self) -> None:
        """The same content under the same key again is another job; the event's own ID does not count."""
        detail = CREATED["detail"]
        again = CREATED | {"detail": detail | {"object": detail["object"] | {"sequencer": "0A"}}}

        assert job_id(parse_job(CREATED)) == job_id(parse_job(CREATED | {"id": "other"}))
        assert job_id(parse_job(CREATED)) != job_id(parse_job(again))


class TestConsole:
    """The event of a custom action."""

    def test_custom_action_scans_the_chosen_findings(self) -> None:
        """It is for nobody's private answer, and once for an event; of the findings it says only which."""
        finding = SENT["detail"]["findings"][0]
        identifier = FindingIdentifier(finding["Id"], finding["ProductArn"])
        expected = ScanJob(f"eventbridge/{SENT['id']}", chosen([identifier]), None, None)

        assert expected == parse_job(SENT)
        assert expected.is_from_console
        assert not a_scan_job().is_from_console

    def test_insight_event_has_no_findings(self) -> None:
        """It has counts and no findings; the sender is told so, and its names may be missing."""
        event = SENT | {"detail-type": "Security Hub Insight Results"}
        named = event | {"detail": {"actionName": "Send to Slack", "insightName": "Public buckets"}}
        key = f"eventbridge/{SENT['id']}"

        assert InsightJob(key, "Send to Slack", "Public buckets") == parse_job(named)
        assert InsightJob(key, "", "") == parse_job(event | {"detail": {}})
        assert parse_job(named) == parse_job(to_document(parse_job(named)))

    def test_custom_action_asks_for_each_finding_once(self) -> None:
        """However many findings an event has, each is asked for once; one Id of two Regions is two."""
        named = [FindingIdentifier(*pair) for pair in (("b", "x"), ("a", "x"), ("b", "x"), ("b", "y"))]
        job = parse_job(sent(*({"Id": id_, "ProductArn": arn} for id_, arn in named)))

        assert isinstance(job, ScanJob)
        assert chosen([named[0], named[1], named[3]]) == job.query


class TestRefusals:
    """Documents that are no job."""

    @pytest.mark.parametrize(
        ("document", "field"),
        [
            (None, "(document)"),
            ([], "(document)"),
            ("scan", "(document)"),
            ({}, "version"),
            (SCAN | {"version": 2}, "version"),
            (SCAN | {"version": "1"}, "version"),
            (SCAN | {"version": True}, "version"),
            ({"version": 1}, "kind"),
            (SCAN | {"kind": "delete"}, "kind"),
            (SCAN | {"key": ""}, "key"),
            (SCAN | {"key": None}, "key"),
            (SCAN | {"key": 5}, "key"),
            (SCAN | {"channel": 5}, "channel"),
            (SCAN | {"query": []}, "query"),
            (SCAN | {"query": {}}, "query"),
            (SCAN | {"query": {"controls": []}}, "query"),
            (SCAN | {"query": {"controls": "S3.1"}}, "query.controls"),
            (SCAN | {"query": {"controls": [1]}}, "query.controls"),
            (TYPED | {"query": {"controls": ["*"]}}, "query"),
            (SCAN | {"query": {"controls": ["S3.1"], "severities": ["HUGE"]}}, "query"),
            (SCAN | {"query": {"controls": ["S3.1"], "accounts": [123456789012]}}, "query.accounts"),
            (SCAN | {"query": {"controls": ["S3.1"], "statuses": ["RESOLVED"]}}, "query"),
            *[(SCAN | {"query": {"controls": ["S3.1"], name: [""]}}, "query") for name in NARROWINGS],
            (SCAN | {"query": {"controls": [""]}}, "query"),
            (SCAN | {"query": {"controls": ["S3.1" * 2001]}}, "query.controls"),
            (SCAN | {"channel": "C" * 8001}, "channel"),
            (SCAN | {"requester": "U"}, "requester"),
            (ACT | {"request": None}, "request"),
            (ACT | {"request": {"action": "delete"}}, "request.action"),
            (ACT | {"request": {"action": "suppress"}}, "request.reason"),
            (ACT | {"request": {"action": "resolve", "expires_on": "2026-12-31"}}, "request.expires_on"),
            (
                ACT | {"request": {"action": "suppress", "reason": "x", "expires_on": "soon"}},
                "request.expires_on",
            ),
            (ACT | {"selection": {"statuses": ["DONE"]}}, "selection.statuses"),
            (SCAN | {"requester": {}}, "requester.user_id"),
            ({name: ACT[name] for name in ACT if name != "report_id"}, "report_id"),
            ({name: ACT[name] for name in ACT if name != "channel"}, "channel"),
            ({name: ACT[name] for name in ACT if name != "message_ts"}, "message_ts"),
            ({name: ACT[name] for name in ACT if name != "requester"}, "requester"),
            ({name: CANCEL[name] for name in ACT if name != "report_id"}, "report_id"),
            ({name: CANCEL[name] for name in ACT if name != "requester"}, "requester"),
            (ACT | {"selection": {"row": "1"}}, "selection.row"),
            (ACT | {"selection": {"row": -1}}, "selection.row"),
            (ACT | {"selection": {"as_of": 1}}, "selection.as_of"),
            (ACT | {"selection": {"shown_count": "1"}}, "selection.shown_count"),
            (ACT | {"selection": {"row": True}}, "selection.row"),
            (CREATED | {"detail-type": "Object Deleted"}, "detail-type"),
            (CREATED | {"detail": {}}, "detail.object"),
            (CREATED | {"detail": {"object": "checks/a"}}, "detail.object"),
            (CREATED | {"detail": {"object": {"key": "k", "etag": "e"}}}, "detail.object.sequencer"),
            (CREATED | {"detail": {"object": {"key": "k" * 9000, "etag": "e"}}}, "detail.object.key"),
            (SENT | {"detail-type": "Security Hub Findings - Imported"}, "detail-type"),
            (SENT | {"detail-type": 5}, "detail-type"),
            (SENT | {"source": "aws.guardduty"}, "detail-type"),
            (SENT | {"source": None}, "source"),
            (SENT | {"id": ""}, "id"),
            (SENT | {"detail": []}, "detail"),
            (SENT | {"detail": {}}, "detail.findings"),
            (sent(), "detail.findings"),
            (sent({"Id": "a", "ProductArn": "x"}, "b"), "detail.findings[1]"),
            (sent({"Id": "a", "ProductArn": "x"}, {"Id": 5}), "detail.findings[1].Id"),
            (sent({"Id": "a"}), "detail.findings[0].ProductArn"),
        ],
    )
    def test_error_names_the_wrong_field(self, document: object, field: str) -> None:
        """What is wrong with a document is said of the field that it is wrong with."""
        with pytest.raises(InvalidJobError) as caught:
            parse_job(document)

        assert field == caught.value.values["field"]
        assert caught.value.values["problem"]

    @given(
        st.sampled_from([SCAN, ACT, CANCEL, SENT, CREATED]), st.sampled_from([*ACT, "query", *SENT]), VALUES
    )
    def test_any_document_is_a_job_or_refused(
        self, document: dict[str, Any], name: str, value: object
    ) -> None:
        """With any value in a field, the document is a job or is refused as malformed."""
        try:
            parse_job(document | {name: value})
        except InvalidJobError:
            return


class TestJobId:
    """The name under which the ledger knows a job."""

    def test_same_key_has_the_same_job_id(self) -> None:
        """Two deliveries with the same key are the same job, even if they differ otherwise."""
        assert job_id(a_scan_job()) == job_id(a_scan_job(channel="C2", requester=None))

    def test_another_click_or_another_scheduled_time_is_another_job(self) -> None:
        """Another click or another scheduled time is another job."""
        assert job_id(a_scan_job(key="a")) != job_id(a_scan_job(key="b"))

    @given(WORDS)
    def test_job_id_has_hexadecimal_digits_only(self, key: str) -> None:
        """The ID of any key has hexadecimal digits only."""
        assert set(job_id(an_act_job("r", key=key))) <= set("0123456789abcdef")

    def test_requester_is_kept_in_document(self) -> None:
        """The job carries its requester, to whom the answer goes."""
        job = parse_job(json.loads(json.dumps(to_document(an_act_job("r")))))

        assert PERSON == job.requester
