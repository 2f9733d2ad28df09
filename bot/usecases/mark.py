"""
Mark findings of a kept report NOTIFIED.

Security Hub has no conditional update and applies updates with minutes of delay
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html), so the findings
are read again first and only those still NEW are touched, less those that this report has marked already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.job import MarkJob, job_id
from bot.domain.message import Message
from bot.domain.query import Query, chosen
from bot.domain.report import Mark, Summary
from bot.i18n import Locale, translate
from bot.ports import Findings, Ports
from bot.render import mrkdwn
from bot.render.message import Setting, report_message
from bot.usecases.read import Pages, read
from bot.usecases.steps import Result, Step

FRESH = timedelta(seconds=45)
"""How long a choice is taken for what is still NEW; Lambda tries again after a minute at the earliest."""

SHOWN_REFUSALS = 20
"""How many refused findings a person is shown one by one."""


def mark(job: MarkJob, ports: Ports, step: Step, *, setting: Setting, locale: Locale) -> None:
    """
    Set the findings behind a button NOTIFIED, rewrite the message, and tell who clicked what was refused.

    Raises:
        ReportGoneError: the report is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    summary = ports.reports.summary(job.report_id)
    chosen = step("choose", lambda: _choose(job, summary, ports))
    done = step("mark", lambda: _mark(job, summary, chosen, ports))
    step("rewrite", lambda: _rewrite(job, summary, ports, setting))
    if not done["finding_count"] or done["refusals"]:
        step("tell", lambda: _tell(job, done, ports, locale))


def _choose(job: MarkJob, summary: Summary, ports: Ports) -> Result:
    """Find what is still NEW, and remember it: after a crash Security Hub may show the click's own work."""
    marks = ports.reports.marks(job.report_id)
    already = frozenset().union(*(mark.marked_ids for mark in marks))
    groups = [group for group in _groups(job, summary, ports) if not _ids(group) & already]
    wanted = {identifier for group in groups for identifier in group}
    still_new = _still_new(job, summary, wanted, ports.findings)
    return {"identifiers": sorted(still_new), "chosen_at": ports.now().isoformat()}


def _mark(job: MarkJob, summary: Summary, chosen: Result, ports: Ports) -> Result:
    wanted = {FindingIdentifier(*pair) for pair in chosen["identifiers"]}
    if not wanted:
        return {"finding_count": 0, "refusals": []}
    is_old = ports.now() - datetime.fromisoformat(chosen["chosen_at"]) > FRESH
    touched = _still_new(job, summary, wanted, ports.findings) if is_old else wanted
    refusals = ports.findings.mark_notified(sorted(touched)) if touched else []
    marked_ids = frozenset(_ids(wanted)) - {r.finding_id for r in refusals}
    made = Mark(
        user_id=job.requester.user_id,
        marked_at=ports.now(),
        row=job.row,
        marked_ids=marked_ids,
        finding_count=sum(bool(_ids(group) & marked_ids) for group in _groups(job, summary, ports)),
        refusals=tuple(refusals),
    )
    ports.reports.add_mark(job.report_id, job_id(job), made)
    shown = [{"id": r.finding_id, "code": r.code, "reason": r.reason} for r in refusals[:SHOWN_REFUSALS]]
    return {
        "finding_count": made.finding_count,
        "refusals": shown,
        "more": len(refusals) - len(shown),
    }


def _groups(job: MarkJob, summary: Summary, ports: Ports) -> list[tuple[FindingIdentifier, ...]]:
    """Give the identifiers of each finding that the button stands for."""
    if job.row is not None:
        return [summary.top[job.row].identifiers] if job.row < len(summary.top) else []
    return list(ports.reports.identifiers(job.report_id))


def _ids(group: Iterable[FindingIdentifier]) -> set[str]:
    return {identifier.id for identifier in group}


def _query(job: MarkJob, summary: Summary, wanted: set[FindingIdentifier]) -> Query:
    """Ask for what is NEW: one finding by its Ids, a whole report by its own query."""
    if job.row is None:
        return replace(summary.query, statuses=(WorkflowStatus.NEW,))
    ids = tuple(sorted(identifier.id for identifier in wanted))
    return replace(chosen(ids), statuses=(WorkflowStatus.NEW,), is_chosen=summary.query.is_chosen)


def _still_new(
    job: MarkJob, summary: Summary, wanted: set[FindingIdentifier], findings: Findings
) -> set[FindingIdentifier]:
    if not wanted:
        return set()
    return wanted.intersection(identifiers_of(_query(job, summary, wanted), findings))


def identifiers_of(query: Query, findings: Findings) -> Iterator[FindingIdentifier]:
    """Read what answers a query, and give the identifiers. Raises what `Findings.pages` does."""
    with closing(read(query, findings, lambda _query, pages: set(_of(pages)))) as outcomes:
        for outcome in outcomes:
            if outcome.error:
                raise outcome.error
            yield from outcome.result or ()


def _of(pages: Pages) -> Iterator[FindingIdentifier]:
    for page in pages:
        for finding in page.findings:
            yield from finding.identifiers


def _rewrite(job: MarkJob, summary: Summary, ports: Ports, setting: Setting) -> Result:
    message = report_message(summary, ports.reports.marks(job.report_id), setting)
    ports.messenger.update(job.channel, job.message_ts, message)
    return {}


def _tell(job: MarkJob, done: Result, ports: Ports, locale: Locale) -> Result:
    if not done["refusals"]:
        text = translate(locale, "mark.nothing")
    else:
        text = "\n".join(_refusal_lines(done, locale))
    ports.messenger.tell(job.requester, Message(text), job.channel)
    return {}


def _refusal_lines(done: Result, locale: Locale) -> Iterator[str]:
    yield translate(locale, "mark.refused", count=len(done["refusals"]) + done["more"])
    for refusal in done["refusals"]:
        yield "• " + translate(locale, "mark.refusal", **{n: mrkdwn.code(v) for n, v in refusal.items()})
    if done["more"]:
        yield translate(locale, "mark.refusal.more", count=done["more"])
