"""Names and words from outside, as bad as they can be, in every message and form that the bot makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.action import Action, ActionRequest
from bot.domain.audit import AuditEntry, ChangeStatus
from bot.domain.checks.places import Place
from bot.domain.csv_edit import EditedChange, EditSummary, Wrong, WrongRow
from bot.domain.finding import BOT, Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus
from bot.domain.owners.contact import Absence, Contact, Lookup, Way
from bot.domain.owners.owner import Ownership, Source
from bot.domain.owners.routing_change import (
    Edit,
    EntryChange,
    FileFault,
    Outcome,
    RoutingProposal,
    TableChange,
)
from bot.domain.owners.tally import OwnerTally
from bot.domain.query import Query
from bot.domain.report import PostedReport, ReportKind, Unread
from bot.domain.slack import Message
from bot.domain.suppression import AT, BY, CHANGE, REASON, UNTIL, Suppression
from bot.domain.triage import ActionResult, Refusal, Skip
from bot.domain.words.history import HistoryQuery
from bot.errors import ChannelClosedError, FileError, UnexpectedResponseError
from bot.i18n import Locale
from bot.render import mrkdwn
from bot.render.acts import feedback_text
from bot.render.blocks import text_alone
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
from bot.render.history import AuditLine as Past
from bot.render.history import history_text
from bot.render.message import ReportSetting, report_message
from bot.render.mine import Mine, mine_message
from bot.render.owners import (
    Channel,
    OwnerNotice,
    explanation,
    not_mine_answer,
    not_mine_notice,
    owner_notice,
)
from bot.render.uploads import edit
from bot.render.uploads.routing import decided_message, proposal_message, replaced_message
from tests.builders import NOW, a_finding, a_summary, an_act, seen_in
from tests.golden.samples import messages

HOSTILE = (
    "*b* _i_ ~s~ `c` ```p``` <!channel> <@U0VICTIM> <https://evil.example|x> @here #general &lt;!here&gt;"
)
"""Each mark that formats, and each way to mention or to link."""

LIVE = re.compile(r"\*b\*|_i_|~s~|`c`|```|<!channel|<!here|<@U0VICTIM|<https://evil|&lt;!here&gt;")
"""What of it must not be left outside a code span; `&lt;` has become `&amp;lt;`, or Slack would undo it."""

CODE = re.compile(r"`[^`\n]+`")


OWNER = Ownership((HOSTILE,), Source.TAG, HOSTILE)


def hostile_finding(status: WorkflowStatus) -> Finding:
    """Make a finding that is hostile in every name."""
    fields = {CHANGE: "NEW -> SUPPRESSED", BY: HOSTILE, AT: NOW.isoformat(), UNTIL: HOSTILE, REASON: HOSTILE}
    return a_finding(
        1,
        title=HOSTILE,
        control_id=HOSTILE,
        account_name=HOSTILE,
        account_id=HOSTILE,
        region=HOSTILE,
        severity=Severity.HIGH,
        resources=(Resource(HOSTILE, HOSTILE), Resource(HOSTILE, HOSTILE)),
        workflow_status=status,
        note=Note(HOSTILE, BOT),
        user_fields=tuple(fields.items()),
    )


def reports(locale: Locale) -> Iterator[Any]:
    """Make reports with all that can stand in them."""
    request = ActionRequest(Action.SUPPRESS, HOSTILE, date(2027, 1, 31))
    rows = {0: WorkflowStatus.SUPPRESSED}
    acts = [
        an_act(1, row=0, request=request, rows=rows),
        an_act(2, request=request, rows=rows, refused_count=1),
    ]
    unread = (Unread((HOSTILE,), "unexpected-response", {"service": "AWS", "call": "x", "reason": HOSTILE}),)
    places = (Place(HOSTILE, HOSTILE, 1), Place(HOSTILE, HOSTILE, 1, "https://github.com/x/x/blob/0/x#L1"))
    one = Suppression("act-0", date(2026, 11, 30), "U0PERSON", HOSTILE, NOW, 2)
    for status in (WorkflowStatus.NEW, WorkflowStatus.SUPPRESSED):
        query = Query(controls=(HOSTILE,), statuses=(status,))
        summary = a_summary([hostile_finding(status)], unread, query=query)
        for about in (
            summary,
            a_summary([hostile_finding(status)] * 2, query=query, places=places),
            a_summary([], unread, query=query),
            replace(summary, report_kind=ReportKind.EXPIRING, suppressions=(one,), suppression_count=1),
        ):
            yield from (report_message(about, done, ReportSetting(locale, HOSTILE)) for done in ([], acts))


def about_owners(locale: Locale) -> Iterator[Any]:
    """Make the messages about owners and to them."""
    row = replace(seen_in(hostile_finding(WorkflowStatus.NEW)), owner=OWNER)
    summary, posted = a_summary([hostile_finding(WorkflowStatus.NEW)]), PostedReport("r", "C0SECURITY", "1.2")
    yield mine_message(Mine(summary, posted, 2, 1, [(0, row)], "", "", HOSTILE), locale)
    nobody = OwnerTally(HOSTILE, Contact(absence=Absence.GUEST), 1, 1, Severity.HIGH, [(HOSTILE, HOSTILE)])
    alice = replace(nobody, contact=Contact("U0ALICE00"))
    yield owner_notice(OwnerNotice([alice], [nobody], 2), "r", "1.2", locale)
    yield Message(not_mine_answer(row, locale, is_told=True))
    yield Message(not_mine_notice(row, "U0PERSON", "", locale))
    contacts, channels = {HOSTILE: Contact(absence=Absence.GUEST)}, [Channel(HOSTILE, Severity.HIGH, "")]
    ways = {HOSTILE: Lookup(Way.HANDLE, HOSTILE, is_proof=False)}
    yield Message(explanation(mrkdwn.code(HOSTILE), OWNER, contacts, channels, locale, ways))


def edits(locale: Locale) -> Iterator[Any]:
    """Make the messages about files that people share."""
    edited = EditSummary(
        "U0PERSON",
        HOSTILE,
        NOW.isoformat(),
        row_count=2,
        changes=((EditedChange(WorkflowStatus.SUPPRESSED, HOSTILE), 1),),
        change_count=1,
        by_status={WorkflowStatus.SUPPRESSED: 1},
        by_control={HOSTILE: 1},
        by_account={HOSTILE: 1},
        wrong_rows=tuple(WrongRow(2, wrong, HOSTILE) for wrong in Wrong),
        wrong_count=len(Wrong),
    )
    act = ActionResult(
        "0", "U0PERSON", NOW, ActionRequest(Action.SUPPRESS, HOSTILE), None, {}, {}, {Skip.CHANGED: 1}, 1
    )
    yield edit.edit_message(edited, "report:plan:1.2", locale)
    yield edit.applied_message(edited, act, locale)
    yield edit.refused_file_message(
        FileError(hint="file-columns-missing", columns=HOSTILE), "U0PERSON", HOSTILE, locale
    )
    yield from routing_files(locale)


def routing_files(locale: Locale) -> Iterator[Any]:
    """Make the messages about a routing file."""
    entries = tuple(EntryChange(edit, HOSTILE, HOSTILE, HOSTILE) for edit in Edit)
    proposal = RoutingProposal(
        "U0PERSON", HOSTILE, tables=(TableChange("people", dict.fromkeys(Edit, 1), entries),), version="1"
    )
    faults = (
        FileFault("routing", {"line": "1", "entry": HOSTILE, "hint": "routing-circle", "path": HOSTILE}),
    )
    yield proposal_message(proposal, "0", locale)
    yield proposal_message(replace(proposal, errors=faults, error_count=1), "0", locale)
    yield proposal_message(replace(proposal, before="1"), "0", locale)
    yield decided_message(proposal, Outcome.PUT, NOW, locale)
    yield replaced_message(proposal, locale)


def forms(locale: Locale) -> Iterator[Any]:
    """Make the forms."""
    counts = {HOSTILE: 2}
    preview = Preview(ActionRequest(Action.SUPPRESS, HOSTILE), 2, counts, counts, {Skip.CHANGED: 1}, counts)
    yield preview_view(preview, "{}", locale)
    hostile = UnexpectedResponseError(service="x", call="y", reason=HOSTILE)
    yield notice_view("triage.failed", locale, reason=explain_in_slack(hostile, locale))
    yield scanning_view(locale, query=HOSTILE, channel="C0SECURITY")
    yield row_form(Action.SUPPRESS, mrkdwn.text(HOSTILE), "{}", locale)
    yield from (
        scan_form(locale, "{}"),
        triage_form("{}", locale),
        notice_view("triage.counting", locale),
        notice_view("triage.started", locale),
    )


def private(locale: Locale) -> Iterator[str]:
    """Make what one person is told."""
    refusal = Refusal(FindingIdentifier(HOSTILE, HOSTILE), HOSTILE, HOSTILE)
    yield feedback_text(an_act(0, refused_count=1), locale, refusals=[refusal])
    yield explain_in_slack(ChannelClosedError(channel=HOSTILE, reason=HOSTILE), locale)
    own = {"at": NOW.isoformat(), "user_id": "U0PERSON", "before": "NEW", "after": "NOTIFIED", "until": ""}
    entry = AuditEntry(**dict.fromkeys(AuditEntry.__annotations__, HOSTILE) | own)
    yield history_text(HistoryQuery(HOSTILE), [Past(entry, ChangeStatus.LEFT)], "", locale)


def marked(value: Any) -> Iterator[dict[str, Any]]:
    """Find every mrkdwn object, however deep."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value
        for inner in value.values():
            yield from marked(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from marked(inner)


@pytest.mark.parametrize("locale", list(Locale))
class TestEverything:
    """All that the bot says."""

    def test_every_mrkdwn_object_is_verbatim(self, locale: Locale) -> None:
        """Slack is told of each mrkdwn object to make no mentions or links of plain words."""
        said = [*messages(locale).values(), *reports(locale), *edits(locale), *about_owners(locale)]
        views = [message.blocks for message in said] + [view["blocks"] for view in forms(locale)]
        found = list(marked(views))

        assert len(found) > 100
        assert [] == [one for one in found if one.get("verbatim") is not True]

    def test_shows_what_is_from_outside_as_it_is(self, locale: Locale) -> None:
        """Nothing from outside formats, mentions or links, in messages, in their text alone, and in forms."""
        said = [*reports(locale), *edits(locale), *about_owners(locale)]
        texts = [one["text"] for one in marked([[message.blocks for message in said], list(forms(locale))])]
        texts += [message.text for message in said] + [text_alone(message).text for message in said]
        texts += private(locale)

        assert [] == [text for text in texts if LIVE.search(CODE.sub("", text))]
