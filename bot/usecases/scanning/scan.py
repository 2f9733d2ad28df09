"""The scan: one function for the slash command, the schedule, the command line and the playground."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bot.domain.control import Missing
from bot.domain.query import Query
from bot.domain.report import PartitionResult, Report, Unread
from bot.errors import OutOfTimeError, UpstreamError
from bot.i18n import Locale
from bot.ports import Clock, Controls, Findings, Parts
from bot.render.csv_file import header_text
from bot.usecases.scanning.checkpoint import CheckpointReader, OnProgress, Read
from bot.usecases.scanning.part_files import join_parts
from bot.usecases.scanning.reader import Outcome, read
from bot.usecases.steps import TimeLeft, UnfinishedError, always


def no_progress(count: int) -> None:
    """Tell nobody."""
    del count


def scan(
    query: Query,
    *,
    folder: Path,
    locale: Locale,
    findings: Findings,
    controls: Controls,
    now: Clock,
    parts: Parts | None = None,
    report_id: str = "",
    progress: OnProgress = no_progress,
    time_left: TimeLeft = always,
    resumable: bool = False,
    is_stored: bool = False,
) -> Report:
    """
    Find what violates some controls.

    Args:
        query: at least one control, as typed, canonical or not; or chosen findings.
        folder: where the report's files go; empty at first.
        locale: of the CSV's header.
        report_id: which the CSV names; empty where nobody will bring it back.
        parts: keeps what a large scan has read; a scan that has parts here does not read them again.
        resumable: whether another scan with these parts will go on where the time of this one is up.
        is_stored: whether the controls are a schedule's. Those that Security Hub does not have, as AWS may
            retire some, are then named in the report, which is of the others.

    Returns:
        Every problem once, however many standards report it. Where Security Hub fails after something has
        been read, or the time is up for good, the report says what is missing in `unread`.

    Raises:
        NotDoneError: the time is up, and this may go on.
        UnknownControlError: a control that Security Hub does not have; of a stored list, that it has none.
        BotError: nothing could be read; the errors of `Findings.pages`.
    """
    reader = CheckpointReader(folder, parts, progress, resumable=resumable, report_id=report_id)
    scanned_at = reader.begun_at(now())
    missing: tuple[Missing, ...] = ()
    if query.controls and is_stored:
        known, missing = controls.catalogue().resolve_known(query.controls)
        query = replace(query, controls=known)
    elif query.controls:
        query = replace(query, controls=controls.catalogue().resolve(query.controls))
    try:
        found, errors = read_parts(query, findings, reader, time_left)
    except UnfinishedError:
        reader.leave_beginning(scanned_at)
        raise
    unread = _unread(errors, nothing_found=not found)
    csv_file, seen_file = folder / "findings.csv", folder / "seen.jsonl"
    files = [(part, reader.files(part_query)) for part_query, part in sorted(found, key=_place)]
    header = header_text(locale, is_of_suppressed=query.is_of_suppressed)
    tally = join_parts(files, header, csv_file, seen_file)
    return Report(query, scanned_at, tally, unread, csv_file, seen_file, missing)


Found = list[tuple[Query, PartitionResult]]
Errors = list[tuple[Query, UpstreamError]]


def read_parts(
    query: Query, findings: Findings, reader: CheckpointReader, time_left: TimeLeft
) -> tuple[Found, Errors]:
    """
    Read what answers a query into parts.

    Returns:
        The partitions in which something was found, and those that could not be read to their end.

    Raises:
        NotDoneError: the time is up, and another attempt may go on.
        BotError: Security Hub refuses for good.
    """
    in_order = replace(query, controls=tuple(sorted(query.controls)))
    with closing(read(in_order, findings, reader.part, time_left, reader)) as outcomes:
        found, errors = _sorted_out(outcomes)
    is_late = any(isinstance(error, OutOfTimeError) for _, error in errors)
    if reader.resumable and (is_late or not time_left()):
        raise UnfinishedError(reader.kept_count)
    return found, errors


def _sorted_out(outcomes: Iterable[Outcome[Read]]) -> tuple[Found, Errors]:
    """Tell what was read from what was not."""
    found: Found = []
    errors: Errors = []
    for outcome in outcomes:
        part, error = outcome.result or (PartitionResult(), outcome.error)
        if isinstance(error, UpstreamError):
            errors.append((outcome.query, error))
        elif error:
            raise error
        if part.tally.finding_count:
            found.append((outcome.query, part))
    return found, errors


def _unread(errors: Errors, *, nothing_found: bool) -> tuple[Unread, ...]:
    """Say what is missing; raise what went wrong where that is everything."""
    if errors and nothing_found:
        raise errors[0][1]
    unread = {query.controls: Unread(query.controls, error.code, error.values) for query, error in errors}
    return tuple(unread[controls] for controls in sorted(unread))


def _place(found: tuple[Query, PartitionResult]) -> tuple[tuple[str, ...], ...]:
    """Give a part's place in the report; what lies outside the named accounts or Regions comes last."""
    query, _ = found
    last = ("~",)
    return query.controls, query.accounts or last, query.regions or last
