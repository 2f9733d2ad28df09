"""A part of a report: what one partition of a scan has found, in two files and in numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO

from bot.domain.finding import Finding, Severity
from bot.domain.report import PART_ENDINGS, Part, Tally, tallied
from bot.i18n import Locale
from bot.render.csv_file import RowWriter, write_header
from bot.usecases.spool import Spool

ROWS, IDENTIFIERS = PART_ENDINGS

CHUNK_BYTES = 1 << 20


def write_part(pages: Iterable[list[Finding]], file: Callable[[str], Path]) -> Part:
    """
    Write what some pages hold, in a report's order.

    Args:
        file: gives the path of the part's file with an ending.
    """
    sections: dict[Severity, tuple[int, int]] = {}
    with Spool() as spool, file(ROWS).open("wb") as rows, file(IDENTIFIERS).open("wb") as lines:
        for page in pages:
            spool.add(page)
        tally = tallied(_written(spool.findings(), rows, lines, sections))
    return Part(tally, sections)


def _written(
    findings: Iterable[Finding],
    rows: BinaryIO,
    lines: BinaryIO,
    sections: dict[Severity, tuple[int, int]],
) -> Iterator[Finding]:
    """Write findings as they pass, and note how many bytes each severity has taken in either file."""
    writer = RowWriter(rows)
    for severity, group in groupby(findings, key=attrgetter("severity")):
        before = rows.tell(), lines.tell()
        for finding in group:
            writer.write(finding)
            lines.write(json.dumps(finding.identifiers).encode() + b"\n")
            yield finding
        sections[severity] = rows.tell() - before[0], lines.tell() - before[1]


def join_parts(
    parts: Sequence[tuple[Part, Callable[[str], Path]]],
    locale: Locale,
    csv_file: Path,
    identifiers_file: Path,
) -> Tally:
    """Put parts together into a report's files: by severity first, then in the parts' order."""
    with csv_file.open("wb") as rows, identifiers_file.open("wb") as lines:
        write_header(locale, rows)
        for severity in reversed(Severity):
            for part, file in parts:
                _copy(part, severity, 0, file(ROWS), rows)
                _copy(part, severity, 1, file(IDENTIFIERS), lines)
    return Tally.sum(part.tally for part, _ in parts)


def _copy(part: Part, severity: Severity, which: int, file: Path, out: BinaryIO) -> None:
    """Copy a severity's bytes; those of the more severe stand before them."""
    left = part.sections.get(severity, (0, 0))[which]
    if not left:
        return
    with file.open("rb") as source:
        source.seek(sum(size[which] for other, size in part.sections.items() if other.rank > severity.rank))
        while left:
            chunk = source.read(min(left, CHUNK_BYTES))
            out.write(chunk)
            left -= len(chunk)
