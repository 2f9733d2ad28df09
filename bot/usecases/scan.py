"""The scan: one function for the slash command, the schedule, the command line and the playground."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.domain.finding import Finding, merged
from bot.domain.query import Query, split
from bot.domain.report import Report, Unread, arranged
from bot.errors import OutOfTimeError, UpstreamError
from bot.ports import Clock, Controls, Findings

MOST_VALUES = 20
"""Values that GetFindings takes for one attribute: its API reference, AwsSecurityFindingFilters."""

Progress = Callable[[int], None]
"""Is told how many findings have been read so far."""

TimeLeft = Callable[[], bool]
"""Tells whether there is time for another page."""


def scan(
    query: Query,
    *,
    findings: Findings,
    controls: Controls,
    now: Clock,
    progress: Progress = lambda _count: None,
    time_left: TimeLeft = lambda: True,
) -> Report:
    """
    Find what violates some controls.

    Args:
        query: at least one control, as typed; canonical or not.

    Returns:
        Every problem once, however many standards report it. Where Security Hub fails after something has
        been read, the report says what is missing in `unread`.

    Raises:
        UnknownControlError: a control that Security Hub does not have.
        BotError: nothing could be read; the errors of `Findings.pages`.
    """
    scanned_at = now()
    query = replace(query, controls=controls.catalogue().resolve(query.controls))
    problems: dict[tuple[str, ...], Finding] = {}
    unread: list[Unread] = []
    read_count = 0
    for number, part in enumerate(split(query, MOST_VALUES)):
        try:
            if number and not time_left():
                raise OutOfTimeError
            for page in _timely(findings.pages(part), time_left):
                read_count += len(page)
                _add(problems, page)
                progress(read_count)
        except UpstreamError as error:
            if not problems:
                raise
            unread.append(Unread(part.controls, error.code, error.values))
    return Report(query, scanned_at, arranged(problems.values()), tuple(unread))


def _timely(pages: Iterator[list[Finding]], time_left: TimeLeft) -> Iterator[list[Finding]]:
    for page in pages:
        yield page
        if not time_left():
            raise OutOfTimeError


def _add(problems: dict[tuple[str, ...], Finding], page: list[Finding]) -> None:
    for finding in page:
        known = problems.get(finding.problem)
        problems[finding.problem] = merged(known, finding) if known else finding
