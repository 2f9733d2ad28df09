"""The scan: one function for the slash command, the schedule, the command line and the playground."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock

from bot.domain.finding import Finding
from bot.domain.query import Query
from bot.domain.report import Part, Report, Unread
from bot.errors import PageLostError, UpstreamError
from bot.i18n import Locale
from bot.ports import Clock, Controls, Findings, Parts
from bot.usecases.part import join_parts, write_part
from bot.usecases.read import Outcome, Pages, TimeLeft, always, read

Progress = Callable[[int], None]
"""
Is told how many findings have been read so far, by several threads at once: a smaller number may come after a
larger. What it raises ends the scan.
"""


def untold(count: int) -> None:
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
    progress: Progress = untold,
    time_left: TimeLeft = always,
) -> Report:
    """
    Find what violates some controls.

    Args:
        query: at least one control, as typed, canonical or not; or chosen findings.
        folder: where the report's files go; empty at first.
        locale: of the CSV's header.
        parts: keeps what a large scan has read; a scan that has parts here does not read them again.

    Returns:
        Every problem once, however many standards report it. Where Security Hub fails after something has
        been read, the report says what is missing in `unread`.

    Raises:
        UnknownControlError: a control that Security Hub does not have.
        BotError: nothing could be read; the errors of `Findings.pages`.
    """
    scanned_at = now()
    if query.controls:
        query = replace(query, controls=controls.catalogue().resolve(query.controls))
    reader = _Reader(folder, parts, progress)
    in_order = replace(query, controls=tuple(sorted(query.controls)))
    with closing(read(in_order, findings, reader.part, time_left)) as outcomes:
        found, unread = _sorted_out(outcomes)
    csv_file, identifiers_file = folder / "findings.csv", folder / "identifiers.jsonl"
    files = [(part, reader.files(part_query)) for part_query, part in sorted(found, key=_place)]
    tally = join_parts(files, locale, csv_file, identifiers_file)
    return Report(query, scanned_at, tally, unread, csv_file, identifiers_file)


Found = list[tuple[Query, Part]]


def _sorted_out(outcomes: Iterable[Outcome[_Result]]) -> tuple[Found, tuple[Unread, ...]]:
    """Tell what was read from what was not; raise what went wrong where nothing was."""
    found: Found = []
    errors: list[tuple[Query, UpstreamError]] = []
    for outcome in outcomes:
        part, error = outcome.result or (Part(), outcome.error)
        if isinstance(error, UpstreamError):
            errors.append((outcome.query, error))
        elif error:
            raise error
        if part.tally.finding_count:
            found.append((outcome.query, part))
    if errors and not found:
        raise errors[0][1]
    unread = {query.controls: Unread(query.controls, error.code, error.values) for query, error in errors}
    return found, tuple(unread[controls] for controls in sorted(unread))


def _place(found: tuple[Query, Part]) -> tuple[tuple[str, ...], ...]:
    """Give a part's place in the report; what lies outside the named accounts or Regions comes last."""
    query, _ = found
    last = ("~",)
    return query.controls, query.accounts or last, query.regions or last


_Result = tuple[Part, UpstreamError | None]


class _Reader:
    """Reads partitions into files."""

    def __init__(self, folder: Path, parts: Parts | None, progress: Progress) -> None:
        self._folder = folder
        self._parts = parts
        self._progress = progress
        self._read_count = 0
        self._lock = Lock()

    def part(self, query: Query, pages: Pages) -> _Result:
        """Write a partition's part, or take it from where it is kept; the error tells where it breaks off."""
        name = _name(query)
        kept = self._parts.find(name) if self._parts else None
        if kept:
            self._tell(kept.tally.finding_count)
            return kept, None
        reading = _Readable(pages, self._tell)
        try:
            part = write_part(reading, partial(self._file, name))
        except BaseException:
            self._count(-reading.finding_count)  # it is read again, as it is or in partitions
            raise
        if self._parts and reading.page_count > 1 and not reading.error:
            self._parts.keep(name, part, partial(self._file, name))
        return part, reading.error

    def files(self, query: Query) -> Callable[[str], Path]:
        """Give the paths of a part's files by their endings; what is kept elsewhere is fetched."""

        def fetched(ending: str) -> Path:
            file = self._file(_name(query), ending)
            if self._parts and not file.exists():
                self._parts.fetch(_name(query), ending, file)
            return file

        return fetched

    def _file(self, name: str, ending: str) -> Path:
        return self._folder / f"{name}.{ending}"

    def _tell(self, count: int) -> None:
        self._progress(self._count(count))

    def _count(self, count: int) -> int:
        with self._lock:
            self._read_count += count
            return self._read_count


@dataclass
class _Readable:
    """Pages until one cannot be read, or the time is up, and the reason."""

    pages: Pages
    tell: Progress
    page_count: int = 0
    finding_count: int = 0
    error: UpstreamError | None = None

    def __iter__(self) -> Iterator[list[Finding]]:
        try:
            for page in self.pages:
                self.page_count += 1
                self.finding_count += len(page)
                self.tell(len(page))
                yield page
        except PageLostError:
            raise
        except UpstreamError as error:
            self.error = error


def _name(query: Query) -> str:
    """Name a part by its query: a scan that goes on where another broke off knows it again."""
    return hashlib.sha256(repr(query).encode()).hexdigest()[:32]
