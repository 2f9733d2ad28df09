"""Each kind of message, with findings in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.action import Action, ActionRequest
from bot.domain.check_result import Gap, Reason, Result, Status
from bot.domain.checks.places import Place
from bot.domain.checks.summary import CheckSummary
from bot.domain.control import Control
from bot.domain.coverage import Coverage
from bot.domain.csv_edit import MOST_SHOWN, ConvertedNote, EditedChange, EditSummary, Wrong, WrongRow
from bot.domain.finding import BOT, Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus
from bot.domain.owners.contact import Absence, Contact
from bot.domain.owners.owner import Source
from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_change import (
    Edit,
    EntryChange,
    FileFault,
    Outcome,
    RoutingProposal,
    TableChange,
)
from bot.domain.owners.tally import OwnerTally
from bot.domain.query import Query, chosen
from bot.domain.report import (
    Part,
    PostedReport,
    PostFault,
    Report,
    ReportKind,
    Summary,
    Unread,
    summarize,
)
from bot.domain.slack import Message
from bot.domain.suppression import AT, BY, CHANGE, REASON, UNTIL, Suppression
from bot.domain.triage import ActionResult, Skip
from bot.errors import FileError
from bot.i18n import Locale, translate
from bot.render import mrkdwn, progress
from bot.render.message import ReportSetting, report_message
from bot.render.mine import Mine, mine_message
from bot.render.owners import OwnerNotice, not_mine_answer, not_mine_notice, owner_notice
from bot.render.uploads import edit
from bot.render.uploads.routing import decided_message, proposal_message, replaced_message
from tests.builders import NOW, PRODUCT_ARN, a_finding, a_report, an_act, seen_in, tallied

ENVIRONMENTS = {Locale.JA: "本番", Locale.EN: "production"}


FINDINGS = [
    a_finding(
        1,
        title="Security groups should not allow unrestricted access to ports with high risk",
        control_id="EC2.19",
        severity=Severity.CRITICAL,
        resources=(
            Resource(
                "arn:aws:ec2:ap-northeast-1:123456789012:security-group/sg-0a1b2c3d", "AwsEc2SecurityGroup"
            ),
            Resource(
                "arn:aws:ec2:ap-northeast-1:123456789012:security-group/sg-0e5f6a7b", "AwsEc2SecurityGroup"
            ),
        ),
        identifiers=(
            FindingIdentifier("finding/fsbp", PRODUCT_ARN),
            FindingIdentifier("finding/nist", PRODUCT_ARN),
        ),
        standards=(
            "standards/aws-foundational-security-best-practices/v/1.0.0",
            "standards/nist-800-53/v/5.0.0",
        ),
        tags=(("Owner", "基盤チーム, alice@example.com"),),
    ),
    a_finding(2, resources=(Resource("arn:aws:s3:::ログ`*_<!channel>&", "AwsS3Bucket"),)),
    a_finding(
        3,
        title="=cmd()",
        note=Note("+1 until\nmigration", "somebody"),
        account_name="",
        account_id="111111111111",
        region="us-east-1",
        tags=(("team", "=team()"),),
    ),
    a_finding(
        4,
        control_id="S3.1",
        severity=Severity.MEDIUM,
        resources=(Resource("AWS::::Account:123456789012", "AwsAccount"),),
        workflow_status=WorkflowStatus.NOTIFIED,
    ),
    a_finding(5, resources=(), severity=Severity.LOW, remediation_url="", tags=(("Owner", "Terraform"),)),
    *(a_finding(10 + number, severity=Severity.LOW) for number in range(8)),
]


REPORT_ID = "0123456789abcdef0123456789abcdef"


QUERY = Query(controls=("S3.8", "S3.1", "EC2.19"), severities=(Severity.CRITICAL, Severity.HIGH))


THROTTLED = Unread(("S3.1", "EC2.19"), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"})


COVERAGE = Coverage("ap-northeast-1", "ap-northeast-1", ("us-east-1", "us-west-2"), 41)


def report(findings: list[Finding], *unread: Unread) -> Report:
    """Make a report."""
    return a_report(findings, query=QUERY, unread=unread)


def summary(findings: list[Finding], *unread: Unread, requester: str | None = "U0SECURITY") -> Summary:
    """Make a summary."""
    return summarize(report(findings, *unread), REPORT_ID, requester)


PLACES = (
    Place("example/shop", "infrastructure/cdk.out/ComputeStack.template.json", 241),
    Place(
        "example/shop", "orders/template.yaml", 21, "https://github.com/example/shop/blob/0123abc/t.yaml#L21"
    ),
    None,
)
"""Of the first findings."""

NOT_IN_CHANNEL = PostFault("not-in-channel")


def divided(refused: PostFault | None = None) -> Summary:
    """Make the summary of a report in three channels; unless one is refused, the own channel has no rows."""
    parts = [Part("C0WEB00000", "1" * 32, 8), Part("C0DATA0000", "2" * 32, 2, refused)]
    own = FINDINGS[:3] if refused else []
    return replace(summary(own, requester=None), parts=tuple(parts), whole=tallied(FINDINGS))


def part(refused: PostFault | None = None) -> Summary:
    """Make the summary of a part."""
    own = Part("C0DATA0000", REPORT_ID, 2, refused)
    return replace(summary(FINDINGS[3:5], requester=None), part=own, part_of="C0SECURITY")


def chosen_ones(findings: list[Finding]) -> Summary:
    """Make the summary of findings that somebody has sent from the console."""
    ids = [identifier for finding in FINDINGS[:3] for identifier in finding.identifiers]
    found = a_report(findings, query=chosen(ids))
    return summarize(found, "0123456789abcdef0123456789abcdef", None)


def acts() -> list[ActionResult]:
    """Make acts on single findings, and one on all, of which some were refused and others left alone."""
    reason = ActionRequest(Action.SUPPRESS, "Public on purpose, see SEC-12", date(2027, 1, 31))
    return [
        an_act(1, row=1),
        an_act(
            1,
            row=2,
            request=reason,
            changed={WorkflowStatus.SUPPRESSED: 1},
            rows={2: WorkflowStatus.SUPPRESSED},
        ),
        an_act(
            10,
            user_id="U0PLATFORM",
            acted_at=NOW + timedelta(minutes=5),
            rows=dict.fromkeys((0, 3, 4, 6, 7), WorkflowStatus.NOTIFIED),
            skipped={Skip.CHANGED: 2, Skip.ALREADY: 1},
            refused_count=1,
        ),
        an_act(
            1,
            row=3,
            acted_at=NOW + timedelta(minutes=9),
            request=None,
            changed={WorkflowStatus.NEW: 1},
            rows={3: WorkflowStatus.NEW},
            undoes="x",
        ),
    ]


SUPPRESSED = [
    a_finding(
        1,
        workflow_status=WorkflowStatus.SUPPRESSED,
        note=Note("Suppressed by Kim", BOT),
        user_fields=(
            (CHANGE, "NEW -> SUPPRESSED"),
            (BY, "Kim (U0PLATFORM)"),
            (AT, "2026-11-01T00:00:00+00:00"),
            (UNTIL, "2026-11-30"),
            (REASON, "=Public `by design` <!channel>"),
        ),
    ),
    a_finding(2, workflow_status=WorkflowStatus.SUPPRESSED, note=Note("監査で合意", "auditor")),
    a_finding(3, workflow_status=WorkflowStatus.SUPPRESSED),
]


def suppressed_summary(findings: list[Finding] | None = None) -> Summary:
    """Make a list of what is suppressed: by the bot, in the console, and without a word."""
    query = Query(controls=(), statuses=(WorkflowStatus.SUPPRESSED,))
    found = SUPPRESSED if findings is None else findings
    return summarize(a_report(found, query=query), "0123456789abcdef0123456789abcdef", "U0SECURITY")


def report_kind(report_kind: ReportKind) -> Summary:
    """Make a report of suppressions that end."""
    one = Suppression("act-0000", date(2026, 11, 30), "U0PLATFORM", "Public `by design` <!channel>", NOW, 2)
    other = replace(one, expires_on=date(2026, 12, 1), reason="", finding_count=1)
    query = Query(controls=("S3.8",), statuses=(WorkflowStatus.SUPPRESSED,))
    told = {"report_kind": report_kind, "suppressions": (one, other), "suppression_count": 7}
    return replace(suppressed_summary(), query=query, requester_id=None, **told)  # type: ignore[arg-type]


def reopening(locale: Locale) -> ActionResult:
    """Make the bot's own act, which leaves one alone."""
    request = ActionRequest(Action.REOPEN, translate(locale, "suppression.over"))
    changed = {WorkflowStatus.NEW: 2}
    rows = dict.fromkeys((0, 1), WorkflowStatus.NEW)
    return an_act(2, user_id=BOT, request=request, changed=changed, rows=rows, skipped={Skip.CHANGED: 1})


CHECK = CheckSummary(
    repository="acme/web-shop",
    branch="main",
    commit="8f14e45fceea167a5a36dedd4bea2543e2d4a9c1",
    run="https://github.com/acme/web-shop/actions/runs/17",
    is_first=False,
    failed_count=7,
    unknown_count=2,
    suppressed_count=1,
    other_count=3,
    omitted_count=0,
    gone_count=2,
    file_count=4,
    top=(
        Result(
            Control("EC2.19", FINDINGS[0].title, Severity.CRITICAL),
            Status.FAILED,
            "infra/network.yaml",
            31,
            "BastionSecurityGroup",
            "AWS::EC2::SecurityGroup",
            path="SecurityGroupIngress[0].CidrIp",
            reason=Reason("check.why.default", "AllowedCidr"),
        ),
        Result(
            Control("S3.5", "S3 general purpose buckets should require requests to use SSL", Severity.MEDIUM),
            Status.FAILED,
            "infra/storage.yaml",
            7,
            "Uploads",
            "AWS::S3::Bucket",
        ),
    ),
    gaps=(),
    gap_count=0,
)
PARTIAL_CHECK = replace(
    CHECK,
    top=(),
    gone_count=0,
    run="",
    gaps=(Gap("infra/broken.yaml", 3, Reason("check.broken.syntax", "<stream>: expected ','")),),
    gap_count=3,
)


def checked(check: CheckSummary) -> Summary:
    """Make the summary of a check before deployment whose new failures are those that it shows."""
    severities = {result.control.severity: 1 for result in check.top}
    controls = {result.control.id: 1 for result in check.top}
    made = summary([], requester=None)
    return replace(made, new_count=len(check.top), by_severity=severities, by_control=controls, check=check)


def messages(locale: Locale) -> dict[str, Message]:
    """Make each kind of message."""
    setting = ReportSetting(locale, ENVIRONMENTS[locale])
    found = summary(FINDINGS)
    elsewhere = Coverage("us-east-1", "ap-northeast-1", (), 41)
    return {
        "found": report_message(replace(found, coverage=COVERAGE), [], setting),
        "found-elsewhere": report_message(replace(found, coverage=elsewhere), [], setting),
        "scheduled": report_message(summary(FINDINGS[:1], requester=None), [], setting),
        "divided": report_message(divided(refused=NOT_IN_CHANNEL), [], setting),
        "divided-elsewhere": report_message(divided(), [], setting),
        "part": report_message(part(), [], setting),
        "part-refused": report_message(part(refused=NOT_IN_CHANNEL), [], setting),
        "from-console": report_message(chosen_ones(FINDINGS[:3]), [], setting),
        "from-console-none": report_message(chosen_ones([]), [], setting),
        "partial": report_message(summary(FINDINGS[:2], THROTTLED), [], setting),
        "templates": report_message(replace(summary(FINDINGS[:3]), places=PLACES), [], setting),
        "none": report_message(replace(summary([]), coverage=COVERAGE), [], setting),
        "none-partial": report_message(summary([], THROTTLED), [], setting),
        "acted": report_message(found, acts(), setting),
        "suppressed": report_message(suppressed_summary(), [], setting),
        "none-suppressed": report_message(suppressed_summary([]), [], setting),
        "expired": report_message(report_kind(ReportKind.EXPIRED), [reopening(locale)], setting),
        "expiring": report_message(report_kind(ReportKind.EXPIRING), [], setting),
        "scanning": progress.scanning_message(found.report_id, "U0SECURITY", 3400, locale),
        "cancelling": progress.progress_message(
            locale, "progress.cancelling", person=mrkdwn.person("U0PLATFORM")
        ),
        "cancelled": progress.progress_message(
            locale, "progress.cancelled", person=mrkdwn.person("U0PLATFORM"), count=3400
        ),
        "finished": progress.progress_message(locale, "progress.finished", count=20_000),
        "stopped": progress.progress_message(locale, "progress.stopped"),
        "acting": progress.progress_message(locale, "progress.acting", count=3400, total=20_000),
        "acting-done": progress.progress_message(locale, "progress.acted", count=20_000),
        "acting-stopped": progress.progress_message(locale, "progress.stopped-acting"),
        "check": report_message(checked(CHECK), [], setting),
        "check-first": report_message(checked(replace(CHECK, is_first=True, gone_count=0)), [], setting),
        "check-partial": report_message(checked(PARTIAL_CHECK), [], setting),
        **edits(locale),
        **about_owners(locale),
        **routing_files(locale),
    }


def about_owners(locale: Locale) -> dict[str, Message]:
    """Make each message about owners: in a report's thread, and to one person."""
    found, posted = summary(FINDINGS), PostedReport("r" * 16, "C0SECURITY", "1.000001")
    lookup, link = Routing().lookup(), "<https://bucket.example/mine|mine.csv>"
    owned = [FINDINGS[0], FINDINGS[2]]
    rows = [replace(seen_in(finding), owner=lookup.owners_of(finding)) for finding in owned]
    mine = Mine(found, posted, 12, 11, [*enumerate(rows)], link, "", "alice@example.com")
    none = replace(mine, count=0, new_count=0, shown=(), link="", email="")
    examples = [("S3.8", "arn:aws:s3:::logs")]
    alice = OwnerTally("alice@example.com", Contact("U0ALICE00"), 4, 3, Severity.CRITICAL, examples)
    bob = OwnerTally("`bob`", Contact(absence=Absence.NOT_IN_SLACK), 1, 1)
    notice = OwnerNotice([alice], [bob], 6, 2, [(Source.NO_TAG, 2)], "S0SECURITY")
    setting = ReportSetting(locale, ENVIRONMENTS[locale])
    return {
        "owners": owner_notice(notice, posted.report_id, posted.ts, locale),
        "routed": report_message(replace(found, is_routed=True), [], setting),
        "mine": mine_message(mine, locale),
        "mine-none": mine_message(none, locale),
        "not-mine": Message(not_mine_answer(rows[0], locale, is_told=True)),
        "not-mine-told": Message(not_mine_notice(rows[0], "U0SECURITY", "S0SECURITY", locale)),
    }


def edits(locale: Locale) -> dict[str, Message]:
    """Make each message about an edited CSV."""
    nothing = EditSummary("U0PLATFORM", "編集済み.csv", NOW.isoformat(), row_count=3, unchanged_count=3)
    edited = replace(
        nothing,
        row_count=1204,
        unchanged_count=391,
        changes=(
            (EditedChange(WorkflowStatus.NOTIFIED, None), 800),
            (EditedChange(WorkflowStatus.SUPPRESSED, "移行まで許容 <!channel>"), 8),
            *((EditedChange(None, f"note {number}"), 1) for number in range(8)),
        ),
        change_count=12,
        by_status={WorkflowStatus.NOTIFIED: 800, WorkflowStatus.SUPPRESSED: 8, "": 10},
        by_control={"S3.8": 810, "EC2.19": 8},
        by_account={"123456789012": 800, "111111111111": 18},
        wrong_rows=tuple(
            WrongRow(row, wrong, "finding/1`*<@U1>")
            for row, wrong in enumerate([*Wrong, *Wrong][:MOST_SHOWN], 2)
        ),
        wrong_count=14,
        converted_notes=(
            ConvertedNote(5, "0048213", "48213"),
            *(ConvertedNote(number, "Nov 29 `*<!channel>", "2026/11/29") for number in range(20, 29)),
        ),
        converted_count=391,
        is_without_status=True,
        is_without_note=True,
    )
    act = ActionResult(
        "0", "U0SECURITY", NOW, None, None, {WorkflowStatus.NOTIFIED: 800}, {}, {Skip.CHANGED: 7}, 1
    )
    return {
        "edit": edit.edit_message(edited, "report:plan:1.2", locale),
        "edit-applied": edit.applied_message(edited, act, locale),
        "edit-nothing": edit.edit_message(nothing, "report:plan:1.2", locale),
        "edit-refused": edit.refused_file_message(
            FileError(hint="file-malformed", row="7"), edited.person, edited.file_name, locale
        ),
    }


def routing_files(locale: Locale) -> dict[str, Message]:
    """Make each message about a routing file that somebody has shared."""
    changes = (
        TableChange(
            "owner", {Edit.CHANGED: 1}, (EntryChange(Edit.CHANGED, "tags", "Owner, team", "CostCenter"),)
        ),
        TableChange(
            "accounts",
            {Edit.ADDED: 12, Edit.REMOVED: 1, Edit.CHANGED: 1},
            (
                EntryChange(Edit.ADDED, "012345678901", after="platform"),
                EntryChange(Edit.REMOVED, "210987654321", "`*<!channel>"),
                EntryChange(Edit.CHANGED, "111111111111", "payments", "基盤チーム"),
            ),
        ),
        TableChange(
            "route",
            {Edit.ADDED: 1},
            (EntryChange(Edit.ADDED, "owners payments; severities CRITICAL, HIGH", after="C0123456789"),),
            is_reordered=True,
        ),
    )
    proposal = RoutingProposal("U0PLATFORM", "routing.toml", tables=changes, version="a", before="b")
    faults = tuple(
        FileFault("routing", {"line": str(line), "entry": "`<!channel>*", "hint": "routing-account"})
        for line in range(2, 12)
    )
    return {
        "routing": proposal_message(proposal, "0", locale),
        "routing-repair": proposal_message(replace(proposal, tables=(), is_repair=True), "0", locale),
        "routing-errors": proposal_message(replace(proposal, errors=faults, error_count=12), "0", locale),
        "routing-same": proposal_message(replace(proposal, before="a"), "0", locale),
        **{
            f"routing-{outcome}": decided_message(proposal, outcome, NOW, locale)
            for outcome in (Outcome.PUT, Outcome.STALE, Outcome.GONE, Outcome.DISCARDED)
        },
        "routing-replaced": replaced_message(proposal, locale),
    }
