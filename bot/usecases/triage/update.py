"""
Update the chosen findings in batches.

Each batch is a step, so that another delivery repeats at most one. Findings that were read longer than FRESH
ago are read again before their batch. Reading all of them again could take longer than an invocation, and
would be old again before the last batch.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from bot.domain.finding import FindingIdentifier
from bot.domain.job import FINISHING, ActionJob, Progress
from bot.domain.suppression import is_as_made
from bot.domain.triage import (
    Change,
    FindingState,
    Plan,
    Skip,
    change_line,
    parse_change,
    refusal_line,
    refused_all,
)
from bot.errors import ConfigurationError, OutOfTimeError
from bot.usecases.context import JobContext
from bot.usecases.scanning.checkpoint import OnProgress, no_progress
from bot.usecases.steps import Deadline, Result, UnfinishedError
from bot.usecases.triage.plan import chosen_changes
from bot.usecases.triage.refresh import detect_conflicts, refresh_targets, renew_claim
from bot.usecases.triage.targets import Decision, TargetTable, Warned

LOG = logging.getLogger(__name__)

BATCH, CALLS = 10_000, 500
"""
The most findings, and calls, of a batch: at 8 calls a second it takes a minute, which fits into the time that
handlers/job.py reserves. If each finding has fields of its own, each is a call.
"""

UPDATE_SIZE = 100
"""Findings that one call updates if all get the same values (bot/adapters/security_hub.py)."""

FRESH = timedelta(seconds=45)
"""A choice holds for so long; Lambda retries after a minute at the earliest."""


def update(
    context: JobContext[ActionJob], plan: Plan, read_since: datetime, progress: OnProgress = no_progress
) -> Result:
    """
    Update the chosen findings, batch after batch.

    Args:
        read_since: the time at which the run began to read the present states.

    Returns:
        The lines of `refusals`; the `skips` of findings that others have changed or blocked since they were
        read (_find_skips); the number of findings in the batches, `count`; and the number of those that there
        was no time for, `late_count`.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on.
        BotError: Security Hub failed.
    """
    with cast(BinaryIO, TemporaryFile()) as file:
        batches = cut_into_batches(buffered(chosen_changes(context), file))
        total = Result(refusals=[], skips=[], count=0, late_count=0)
        claimed_at = read_since
        for batch in batches:
            claimed_at = renew_claim(context, plan, claimed_at)
            count = total["count"]
            try:
                _check_time(count, context.deadline)
                done = context.steps.run(
                    f"update-{count}", _update_batch, context, plan, batch, count, read_since, progress
                )
            except UnfinishedError:
                raise UnfinishedError(Progress(FINISHING, count)) from None
            except OutOfTimeError:
                if not count:
                    raise
                return total | {"late_count": len(batch) + sum(map(len, batches))}
            done |= {"count": len(batch)}
            total |= {name: total[name] + done[name] for name in done}
            progress(total["count"])  # an earlier delivery's batches count too
        return total


def buffered(changes: Iterator[Change], file: BinaryIO) -> Iterator[Change]:
    """Read all changes before the first is used, so that no connection to S3 is open during the updates."""
    first = list(islice(changes, BATCH))
    file.writelines(change_line(change).encode() + b"\n" for change in changes)
    file.seek(0)
    yield from first
    yield from map(parse_change, file)


def _check_time(count: int, deadline: Deadline) -> None:
    """Start the first batch in any case, so that the work of choosing is not lost."""
    if count and not deadline.left():
        raise UnfinishedError(Progress(FINISHING, count)) if deadline.resumable else OutOfTimeError


def cut_into_batches(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Cut changes into batches, the same ones for the same changes."""
    batch: list[Change] = []
    call_count = alike = 0
    for change in changes:
        is_alike = bool(batch) and change.values == batch[-1].values and alike < UPDATE_SIZE
        alike = alike + 1 if is_alike else 1
        call_count += not is_alike
        if len(batch) == BATCH or call_count > CALLS:
            yield batch
            batch, call_count, alike = [], 1, 1
        batch.append(change)
    if batch:
        yield batch


def _update_batch(
    context: JobContext[ActionJob],
    plan: Plan,
    batch: list[Change],
    count: int,
    read_since: datetime,
    progress: OnProgress,
) -> Result:
    skips: dict[FindingIdentifier, Skip] = {}

    def updates() -> Iterator[tuple[FindingIdentifier, FindingState]]:
        for number, change in enumerate(batch, count):
            progress(number)
            if change.identifier not in skips:
                yield change.identifier, change.values

    try:
        if context.ports.now() - read_since > FRESH:
            skips = _find_skips(context, plan, batch)
        refusals = context.ports.findings.update(updates())
    except ConfigurationError as error:
        if not count:
            raise
        # AWS denies this batch after earlier ones: those stay, and must be shown.
        LOG.exception("no more can be updated", extra={"error_code": error.code})
        skips, refusals = {}, refused_all((change.identifier for change in batch), error)
    return {
        "refusals": list(map(refusal_line, refusals)),
        "skips": [(*one, skips[one]) for one in sorted(skips)],
    }


def _find_skips(
    context: JobContext[ActionJob], plan: Plan, batch: list[Change]
) -> dict[FindingIdentifier, Skip]:
    """
    Read a batch again, and return the findings that others have changed since or block.

    Another action that is changing a finding blocks it, and a finding of another account with the same
    identity: both may pass, so that an expired suppression of it stays due.
    """
    since = context.ports.now()
    with closing(TargetTable()) as table:
        table.add(batch)
        refresh_targets(context, plan, table)
        detect_conflicts(context, plan, table, since)
        table.decide(_keep_or_skip)
        return table.skips()


def _keep_or_skip(change: Change, present: FindingState | None) -> Decision:
    """Tell a change of others, also of a note or a day, from one that an earlier attempt has made."""
    is_own = present and any(is_as_made(present, state) for state in (change.before, change.after))
    return (change.after if is_own else Skip.CHANGED), Warned.NONE
