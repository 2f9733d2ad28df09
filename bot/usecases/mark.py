"""
Mark findings of a kept report NOTIFIED.

Security Hub has no conditional update and applies updates with minutes of delay
(https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html), so the findings
are read again first and only those still NEW are touched, less those that this report has marked already.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.job import MarkJob, job_id
from bot.domain.message import Message
from bot.domain.query import Query, chosen
from bot.domain.report import Mark, Refusal, Summary
from bot.i18n import Locale, translate
from bot.ports import Findings, Parts, Ports
from bot.render import mrkdwn
from bot.render.message import Setting, report_message
from bot.usecases.part import IDENTIFIERS
from bot.usecases.part_reader import PartReader
from bot.usecases.scan import read_parts, untold
from bot.usecases.steps import NO_HURRY, NotDoneError, Result, Step, Time

FRESH = timedelta(seconds=45)
"""How long a choice is taken for what is still NEW; Lambda tries again after a minute at the earliest."""

SHOWN_REFUSALS = 20
"""How many refused findings a person is shown one by one."""


BATCH = 10_000
"""
How many findings are marked before that is written down: a hundred calls, or some 12 seconds. Who goes on
after a crash does no more than that again.
"""

MARKING = 1_000_000_000
"""A click that marks is further than one that reads, however much it has read."""


def mark(
    job: MarkJob, ports: Ports, step: Step, time: Time = NO_HURRY, *, setting: Setting, locale: Locale
) -> None:
    """
    Set the findings behind a button NOTIFIED, rewrite the message, and tell who clicked what was refused.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        ReportGoneError: the report is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    summary = ports.reports.summary(job.report_id)
    chosen = step("choose", lambda: _choose(job, summary, ports, time))
    done = step("mark", lambda: _mark(job, summary, chosen, ports, step, time))
    step("rewrite", lambda: _rewrite(job, summary, ports, setting))
    if not done["finding_count"] or done["refusals"]:
        step("tell", lambda: _tell(job, done, ports, locale))


def _choose(job: MarkJob, summary: Summary, ports: Ports, time: Time) -> Result:
    """Find what is still NEW, and remember it: after a crash Security Hub may show the click's own work."""
    marks = ports.reports.marks(job.report_id)
    already = frozenset().union(*(mark.marked_ids for mark in marks))
    groups = [group for group in _groups(job, summary, ports) if not _ids(group) & already]
    wanted = {identifier for group in groups for identifier in group}
    parts = ports.reports.parts(job_id(job)) if job.row is None else None
    still_new = _still_new(job, summary, wanted, ports.findings, time, parts)
    return {"identifiers": sorted(still_new), "chosen_at": ports.now().isoformat()}


def _mark(job: MarkJob, summary: Summary, chosen: Result, ports: Ports, step: Step, time: Time) -> Result:
    wanted = {FindingIdentifier(*pair) for pair in chosen["identifiers"]}
    if not wanted:
        return {"finding_count": 0, "refusals": []}

    @cache
    def still_new() -> set[FindingIdentifier]:
        is_old = ports.now() - datetime.fromisoformat(chosen["chosen_at"]) > FRESH
        once = Time(time.left)  # what was read in an earlier delivery would be old again
        return _still_new(job, summary, wanted, ports.findings, once) if is_old else wanted

    def mark_some(batch: Sequence[FindingIdentifier]) -> list[Refusal]:
        return ports.findings.mark_notified([identifier for identifier in batch if identifier in still_new()])

    handled, refusals = _in_batches(sorted(wanted), mark_some, step, time)
    marked_ids = frozenset(_ids(handled)) - {r.finding_id for r in refusals}
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


def _in_batches(
    wanted: Sequence[FindingIdentifier],
    mark_some: Callable[[Sequence[FindingIdentifier]], list[Refusal]],
    step: Step,
    time: Time,
) -> tuple[Sequence[FindingIdentifier], list[Refusal]]:
    """
    Mark one batch after the other, those that an earlier delivery has marked not again.

    Returns:
        What there was time for, and what of it was refused.
    """
    if len(wanted) <= BATCH:
        return wanted, mark_some(wanted)
    refusals: list[Refusal] = []
    for start in range(0, len(wanted), BATCH):
        if start and not time.left():
            if time.may_go_on:
                raise NotDoneError(MARKING + start)
            return wanted[:start], refusals
        refused = partial(_refused, mark_some, wanted[start : start + BATCH])
        refusals += [Refusal(*values) for values in step(f"mark-{start}", refused)["refusals"]]
    return wanted, refusals


def _refused(
    mark_some: Callable[[Sequence[FindingIdentifier]], list[Refusal]], batch: Sequence[FindingIdentifier]
) -> Result:
    return {"refusals": [astuple(refusal) for refusal in mark_some(batch)]}


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
    job: MarkJob,
    summary: Summary,
    wanted: set[FindingIdentifier],
    findings: Findings,
    time: Time,
    parts: Parts | None = None,
) -> set[FindingIdentifier]:
    if not wanted:
        return set()
    return wanted.intersection(identifiers_of(_query(job, summary, wanted), findings, time, parts))


def identifiers_of(
    query: Query, findings: Findings, time: Time = NO_HURRY, parts: Parts | None = None
) -> Iterator[FindingIdentifier]:
    """
    Read what answers a query, and give the identifiers.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on with the parts.
        BotError: something could not be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        reader = PartReader(Path(folder), parts, untold, may_go_on=time.may_go_on)
        found, errors = read_parts(query, findings, reader, time.left)
        for _, error in errors:
            raise error
        for part_query, _ in found:
            with reader.files(part_query)(IDENTIFIERS).open(encoding="utf-8") as lines:
                for line in lines:
                    yield from (FindingIdentifier(*pair) for pair in json.loads(line))


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
