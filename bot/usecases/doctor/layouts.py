"""A sample of each kind of message and form, made of invented findings, actions and edits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.domain.action import Action, ActionRequest
from bot.domain.check_result import Gap, Reason, Result, Status
from bot.domain.checks.summary import CheckSummary
from bot.domain.control import Control
from bot.domain.coverage import Coverage
from bot.domain.csv_edit import EditedChange, EditSummary, Wrong, WrongRow
from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus
from bot.domain.owners.contact import Absence, Contact
from bot.domain.owners.owner import Source
from bot.domain.owners.routing_change import Edit, EntryChange, Outcome, RoutingProposal, TableChange
from bot.domain.owners.tally import OwnerTally
from bot.domain.query import Query
from bot.domain.report import PostedReport, Report, ReportKind, Summary, Tally, Unread, summarize
from bot.domain.row import Row
from bot.domain.slack import Block, Message
from bot.domain.suppression import Suppression
from bot.domain.triage import ActionResult, Skip
from bot.errors import AmbiguousError, ReportGoneError
from bot.i18n import Locale
from bot.probes import ok
from bot.render import mrkdwn, progress
from bot.render.acts import private_result
from bot.render.check_message import check_message
from bot.render.doctor import doctor_message
from bot.render.errors import explain_in_slack
from bot.render.forms import (
    Preview,
    notice_view,
    preview_view,
    row_form,
    scan_form,
    scanning_view,
    triage_form,
)
from bot.render.message import ReportSetting, report_message
from bot.render.mine import Mine, mine_message
from bot.render.owners import OwnerNotice, owner_notice
from bot.render.uploads import edit, routing

Layout = tuple[str, str, Any]
"""The name, `blocks` or `view`, and the payload."""

ID = "0" * 32
"""ID of a report, an action or a plan."""
PERSON = "U0000000000"
ACCOUNT = "123456789012"
AT = datetime(2026, 1, 1, tzinfo=UTC)
LAST_DAY = date(2026, 12, 31)
SUPPRESS = ActionRequest(Action.SUPPRESS, "A reason", LAST_DAY)
SUPPRESSION = Suppression(ID, LAST_DAY, PERSON, SUPPRESS.reason, AT, 2)
SUPPRESSED = Query(controls=(), statuses=(WorkflowStatus.SUPPRESSED,))
UNREAD = Unread(("S3.1",), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"})

FINDING = Finding(
    identifiers=(
        FindingIdentifier(
            f"arn:aws:securityhub:us-east-1:{ACCOUNT}:security-control/S3.8/finding/1",
            "arn:aws:securityhub:us-east-1::product/aws/securityhub",
        ),
    ),
    title="S3 general purpose buckets should block public access",
    control_id="S3.8",
    severity=Severity.HIGH,
    account_id=ACCOUNT,
    account_name="example",
    region="us-east-1",
    resources=(Resource("arn:aws:s3:::example", "AwsS3Bucket"),),
    standards=(),
    workflow_status=WorkflowStatus.NEW,
    compliance_status="FAILED",
    first_observed_at="2026-01-01T00:00:00.000Z",
    updated_at="2026-01-01T00:00:00.000Z",
    remediation_url="",
)

NO_EDIT = EditSummary(PERSON, "example.csv", AT.isoformat(), row_count=1, unchanged_count=1)
EDIT = replace(
    NO_EDIT,
    row_count=3,
    changes=((EditedChange(WorkflowStatus.NOTIFIED, "A note"), 1),),
    change_count=1,
    by_status={WorkflowStatus.NOTIFIED: 1},
    by_control={"S3.8": 1},
    by_account={ACCOUNT: 1},
    wrong_rows=(WrongRow(2, Wrong.STATUS, "text"),),
    wrong_count=1,
)

PROPOSAL = RoutingProposal(
    PERSON,
    "routing.toml",
    tables=(TableChange("people", {Edit.ADDED: 1}, (EntryChange(Edit.ADDED, "a", after=PERSON),)),),
    version="1",
    before="0",
)


AMBIGUOUS = AmbiguousError(word="config", meanings="Config.*, resource:config")
AMBIGUOUS.questions = {"Config.*": "Config.*", "resource:config": "resource:config"}

ELSEWHERE = Coverage("us-east-1", "ap-northeast-1", (), 2)


def layouts(locale: Locale) -> Iterator[Layout]:
    """Make each kind. Messages without blocks are omitted: Slack always accepts plain text."""
    for name, message in {**_reports(locale), **_progress(locale), **_answers(locale)}.items():
        if message.blocks:
            yield name, "blocks", list(message.blocks)
    for name, view in _views(locale).items():
        yield name, "view", view


def _summary(count: int, *unread: Unread, query: Query | None = None) -> Summary:
    """Make the summary of a report with `count` findings."""
    tally = Tally(count, count, {Severity.HIGH: count}, {"S3.8": count}, (FINDING,) * count)
    report = Report(query or Query(controls=("S3.8",)), AT, tally, unread, Path(), Path())
    return summarize(report, ID, PERSON)


NOTICE = OwnerNotice(
    mentioned=(OwnerTally("a", Contact(PERSON), 2, 2, Severity.HIGH, [("S3.8", "example")]),),
    named=(OwnerTally("b", Contact(absence=Absence.NOT_IN_SLACK), 1, 1, Severity.LOW),),
    fresh_count=4,
    unowned=((Source.NO_TAG, 1),),
    error="…",
)


CHECK = CheckSummary(
    repository="example/app",
    branch="main",
    commit="0" * 40,
    run="https://github.com/example/app/actions/runs/1",
    is_first=False,
    failed_count=5,
    unknown_count=1,
    suppressed_count=1,
    other_count=1,
    omitted_count=1,
    gone_count=1,
    file_count=1,
    top=(
        Result(
            Control("S3.8", FINDING.title, Severity.HIGH), Status.FAILED, "a.yaml", 1, "A", "AWS::S3::Bucket"
        ),
    ),
    gaps=(Gap("b.yaml", 1, Reason("check.broken.size")),),
    gap_count=1,
)


def _mine() -> Mine:
    """Make a person's own rows."""
    rows = [(number, Row([FINDING]).seen()) for number in range(2)]
    return Mine(
        _summary(5, UNREAD),
        PostedReport(ID, "C0000000000", "1.2"),
        3,
        3,
        rows,
        "example",
        "",
        "a@example.com",
    )


def _act(row: int | None = None) -> ActionResult:
    """Make the result of an action on a row of a report, or on many."""
    changed = {WorkflowStatus.SUPPRESSED: 1 if row is not None else 3}
    rows = dict.fromkeys((0, 1) if row is None else (row,), WorkflowStatus.SUPPRESSED)
    act_id = f"{ID[1:]}{9 if row is None else row}"
    return ActionResult(act_id, PERSON, AT, SUPPRESS, row, changed, rows, {Skip.CHANGED: 1}, 1)


def _reports(locale: Locale) -> Mapping[str, Message]:
    setting = ReportSetting(locale, "example")
    some, of_suppressed = _summary(5), _summary(5, query=SUPPRESSED)
    ending = replace(of_suppressed, suppressions=(SUPPRESSION,), suppression_count=1)
    expired, expiring = (replace(ending, report_kind=kind) for kind in ReportKind)
    return {
        "report": report_message(some, [], setting),
        "report without findings": report_message(_summary(0), [], setting),
        "routed report": report_message(replace(some, is_routed=True), [], setting),
        "incomplete report": report_message(replace(_summary(5, UNREAD), coverage=ELSEWHERE), [], setting),
        "report with acts": report_message(some, [_act(0), _act()], setting),
        "list of suppressions": report_message(of_suppressed, [], setting),
        "ended suppressions": report_message(expired, [], setting),
        "ending suppressions": report_message(expiring, [], setting),
        "check before deployment": check_message(replace(some, check=CHECK), CHECK, locale),
    }


def _progress(locale: Locale) -> Mapping[str, Message]:
    return {
        "progress of a scan": progress.scanning_message(ID, PERSON, 2000, locale),
        "scan that stops": progress.progress_message(
            locale, "progress.cancelling", person=mrkdwn.person(PERSON)
        ),
        "cancelled scan": progress.progress_message(
            locale, "progress.cancelled", person=mrkdwn.person(PERSON), count=2000
        ),
        "finished scan": progress.progress_message(locale, "progress.finished", count=2000),
        "stopped scan": progress.progress_message(locale, "progress.stopped"),
        "progress of an act": progress.progress_message(locale, "progress.acting", count=1000, total=2000),
        "finished act": progress.progress_message(locale, "progress.acted", count=2000),
        "stopped act": progress.progress_message(locale, "progress.stopped-acting"),
        "paused scan": progress.paused_message(ID, PERSON, 20_000, "S3.8", locale),
    }


def _answers(locale: Locale) -> Mapping[str, Message]:
    value = f"{ID}:{ID}:1.2"
    return {
        "edited CSV": edit.edit_message(EDIT, value, locale),
        "edited CSV without changes": edit.edit_message(NO_EDIT, value, locale),
        "applied CSV": edit.applied_message(EDIT, _act(), locale),
        "refused CSV": edit.refused_file_message(ReportGoneError(), PERSON, "example.csv", locale),
        "routing file": routing.proposal_message(PROPOSAL, ID, locale),
        "decided routing file": routing.decided_message(PROPOSAL, Outcome.PUT, AT, locale),
        "replaced routing file": routing.replaced_message(PROPOSAL, locale),
        "message to owners": owner_notice(NOTICE, ID, "1.2", locale),
        "own findings": mine_message(_mine(), locale),
        "action on own findings": private_result(_act(), ID, "", locale),
        "word with two meanings": progress.meanings_message(AMBIGUOUS, "history", "…", locale),
        "check of the deployment": doctor_message({"read": ok("doctor.read.ok")}, locale),
    }


def _views(locale: Locale) -> Mapping[str, Block]:
    counted = Preview(SUPPRESS, 3, {"S3.8": 3}, {ACCOUNT: 3}, {Skip.CHANGED: 1}, {"platform": 3})
    return {
        "scan form": scan_form(locale, "{}"),
        "scan form, sent": scanning_view(locale, query="S3.8", channel="C0000000000"),
        "suppression form": row_form(Action.SUPPRESS, "`S3.8`", "{}", locale),
        "resolution form": row_form(Action.RESOLVE, "`S3.8`", "{}", locale),
        "triage form": triage_form("{}", locale),
        "triage form, counting": notice_view("triage.counting", locale),
        "triage preview": preview_view(counted, "{}", locale),
        "triage form, sent": notice_view("triage.started", locale),
        "triage form, failed": notice_view(
            "triage.failed", locale, reason=explain_in_slack(ReportGoneError(), locale)
        ),
    }
