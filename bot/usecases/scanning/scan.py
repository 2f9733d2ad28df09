"""The scan: one function for the slash command, the schedule, the command line and the playground."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.control import SERVICE_NAME, Missing, resolve_standards
from bot.domain.job import READING, Progress
from bot.domain.owners.routing import Routing
from bot.domain.query import Query
from bot.domain.report import PartitionResult, Report, Unread
from bot.errors import OutOfTimeError, TooMuchError, UnknownControlError, UpstreamError
from bot.i18n import Locale
from bot.ports import CheckpointStore, Clock, Controls, Findings
from bot.region_ports import Regions
from bot.usecases.owners.complete import complete_owners, with_owners
from bot.usecases.scanning.accounts import (
    account_names,
    check_account_names,
    check_bare_words,
    check_places,
)
from bot.usecases.scanning.checkpoint import Checkpoints, OnProgress, no_progress
from bot.usecases.scanning.reader import read
from bot.usecases.scanning.report_files import Complete, Division, write_report
from bot.usecases.steps import PausedError, TimeLeft, UnfinishedError, always

BY_TAGS = complete_owners(Routing().lookup())


@dataclass(frozen=True, slots=True)
class Bound:
    """The pages that a person's question may read. A report of these is incomplete."""

    pages: int
    """0: none; the report is of the checkpoints of an earlier scan."""
    pauses: bool = False
    """Whether the scan pauses instead, and another scan with the same store continues."""


def scan(
    query: Query,
    *,
    folder: Path,
    locale: Locale,
    findings: Findings,
    controls: Controls,
    now: Clock,
    regions: Regions | None = None,
    store: CheckpointStore | None = None,
    report_id: str = "",
    progress: OnProgress = no_progress,
    time_left: TimeLeft = always,
    resumable: bool = False,
    bare: Sequence[str] = (),
    is_stored: bool = False,
    bound: Bound | None = None,
    complete: Complete = BY_TAGS,
    division: Division | None = None,
) -> Report:
    """
    Find the resources that violate some controls.

    Args:
        query: at least one control, as typed, canonical or not; or chosen findings.
        folder: the place of the report's files; empty at first.
        locale: the language of the CSV's header.
        regions: the Regions in which a long answer may be read side by side; None: none but this one.
        store: keeps checkpoints. A scan with the same store continues from them.
        report_id: the ID that the CSV names; empty if nobody will send the CSV back.
        resumable: whether another scan with this store continues when the time of this one is up.
        bare: the services that were typed as one word, such as `S3`: an account may have the same name.
        is_stored: whether the controls are a schedule's. AWS may have retired some: the report then names
            these and covers the others.
        bound: the pages that a person's question may read; None: all.
        complete: looks up the owners of the rows before they are rendered; by default in their tags. Rows of
            other owners than the query's are left out then, after the calls of the rest of the query.
        division: sends rows to other channels; by default none.

    Returns:
        Every problem once, however many standards report it. If Security Hub fails after something was read,
        or the time is up for good, `unread` names the controls that are incomplete.

    Raises:
        UnfinishedError: the time is up, and another scan can continue.
        PausedError: the scan pauses.
        UnknownControlError: Security Hub lacks a control; of a stored list, all controls.
        UnknownStandardError, StandardDisabledError: a standard does not exist, or is not enabled.
        UnknownAccountError: no finding is of an account with a name of the query; or nothing was found, and
            none is of an account with an ID of it.
        UnknownRegionError: nothing was found, and no finding is of a Region of the query.
        AmbiguousError: a word of the query has two meanings.
        TooMuchError: nothing was found in as many pages as may be read.
        BotError: nothing could be read; the errors of `Findings.pages`.
    """
    pauses, most = bound is not None and bound.pauses, bound.pages if bound else None
    checkpoints = Checkpoints(folder, store, progress, resumable=resumable, pauses=pauses)
    scanned_at = checkpoints.started_at(now())
    query, missing = _understood(query, controls, findings, bare, is_stored=is_stored)
    try:
        found, errors = read_all(query, findings, checkpoints, time_left, most, regions)
    except (UnfinishedError, PausedError):
        checkpoints.save_start(scanned_at)
        raise
    unread = _unread(errors, nothing_found=not found)
    if not (found or errors):
        check_places(query, findings)
    files = [(result, checkpoints.file(part)) for part, result in found]
    complete = with_owners(query.owners, complete)
    own, routed = write_report(
        files, query, report_id, locale, folder=folder, complete=complete, division=division
    )
    return Report(query, scanned_at, own.tally, unread, own.csv_file, own.seen_file, missing, routed)


def _understood(
    query: Query, controls: Controls, findings: Findings, bare: Sequence[str], *, is_stored: bool
) -> tuple[Query, tuple[Missing, ...]]:
    """Resolve the words of a query, and check those that only findings can tell."""
    try:
        query, missing = _resolved(query, controls, is_stored=is_stored)
    except UnknownControlError as error:
        raise _or_account(error, findings, is_stored=is_stored) from error
    check_bare_words(bare, query, findings)
    check_account_names(query, findings, is_stored=is_stored)
    return query, missing


def _or_account(error: UnknownControlError, findings: Findings, *, is_stored: bool) -> UnknownControlError:
    """Offer the account of an unknown service's name, before the nearest services."""
    word = error.values["control"]
    names = [] if is_stored or not SERVICE_NAME.fullmatch(word) else account_names([word], findings)
    offered = [f"account:{name}" for name in names]
    return UnknownControlError(
        control=word, nearest=", ".join(filter(None, [*offered, error.values["nearest"]]))
    )


def _resolved(query: Query, controls: Controls, *, is_stored: bool) -> tuple[Query, tuple[Missing, ...]]:
    if query.standards:
        query = replace(query, standards=resolve_standards(query.standards, controls.standards()))
    if not query.controls:
        return query, ()
    if is_stored:
        known, missing = controls.catalogue().resolve_known(query.controls)
        return replace(query, controls=known), missing
    return replace(query, controls=controls.catalogue().resolve(query.controls)), ()


Found = list[tuple[Query, PartitionResult]]
Errors = list[tuple[Query, UpstreamError | TooMuchError]]


def read_all(
    query: Query,
    findings: Findings,
    checkpoints: Checkpoints,
    time_left: TimeLeft = always,
    most_pages: int | None = None,
    regions: Regions | None = None,
) -> tuple[Found, Errors]:
    """
    Read everything that answers a query, or `most_pages` of it, here or in several Regions.

    Returns:
        The partitions with findings, and those that were not read to their end.

    Raises:
        UnfinishedError: the time is up, and another attempt can continue.
        PausedError: so many pages have been read, and another attempt can continue.
        BotError: Security Hub refuses for good.
    """
    found: Found = []
    errors: Errors = []
    in_order = replace(query, controls=tuple(sorted(query.controls)))
    with closing(read(in_order, findings, checkpoints, time_left, most_pages, regions)) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome.error, UpstreamError | TooMuchError):
                errors.append((outcome.query, outcome.error))
            elif outcome.error:
                raise outcome.error
            if outcome.result.finding_count:
                found.append((outcome.query, outcome.result))
    if checkpoints.pauses and any(isinstance(error, TooMuchError) for _, error in errors):
        checkpoints.save_finished()
        raise PausedError(checkpoints.read_count)
    is_late = any(isinstance(error, OutOfTimeError) for _, error in errors)
    if checkpoints.resumable and (is_late or not time_left()):
        raise UnfinishedError(Progress(READING, checkpoints.kept_count))
    return found, errors


def _unread(errors: Errors, *, nothing_found: bool) -> tuple[Unread, ...]:
    """Return the incomplete controls; raise the first error if nothing was found."""
    if errors and nothing_found:
        raise errors[0][1]
    unread, named = list[Unread](), set[str]()
    for query, error in sorted(errors, key=lambda one: (one[0].controls, one[1].code)):
        if controls := tuple(control for control in query.controls if control not in named):
            unread.append(Unread(controls, error.code, error.values))
            named.update(controls)
    return tuple(unread)
