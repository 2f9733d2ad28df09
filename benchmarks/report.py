"""The bot's own CPU time for each finding, and the share of it that owners take."""

from __future__ import annotations

import csv
import gc
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure, seconds_of
from benchmarks.generated import OWNER_COUNT
from bot.adapters.asff import Asff, parse_finding
from bot.domain.finding import Finding
from bot.domain.owners.routing import Routing
from bot.domain.query import Query
from bot.domain.row import Row
from bot.i18n import Locale
from bot.render.csv_file import cells, owner_cells, report_cell
from bot.usecases.scanning.report_files import Complete, write_report
from bot.usecases.scanning.row_store import RowStore
from bot.usecases.scanning.scan import BY_TAGS
from playground.seed import findings

PAGE = 100
COUNT = 10_000


def figures() -> Iterator[Figure]:
    """Compare the work on parsed findings with csv.writer, and with the same work without owners."""
    some = list(findings())
    pages = [
        [_numbered(some[number % len(some)], number) for number in range(start, start + PAGE)]
        for start in range(0, COUNT, PAGE)
    ]
    rows = [_row(parse_finding(asff)) for page in pages for asff in page]
    untagged = [[_without_tags(asff) for asff in page] for page in pages]
    gc.collect()
    gc.freeze()  # the collector would walk over the pages and rows, which in a scan nobody holds
    try:
        ours, theirs = seconds_of(lambda: _written(pages), lambda: _plain(rows), times=9)
        owned, unowned = seconds_of(lambda: _written(pages), lambda: _written(untagged, _unowned), times=25)
    finally:
        gc.unfreeze()
    name = f"own CPU, {COUNT:,} parsed findings to files"
    yield Figure(name, ours, "csv.writer, the same rows, quoted", theirs, 3.0)
    name = f"own CPU, tags of {OWNER_COUNT} owners read and completed"
    yield Figure(name, owned, "the same without tags and owners", unowned, 1.1)


def _written(pages: list[list[Asff]], complete: Complete = BY_TAGS) -> None:
    with TemporaryDirectory() as folder, RowStore(Path(folder) / "store") as store:
        for page in pages:
            store.add(parse_finding(asff) for asff in page)
        rows = Path(folder) / "rows"
        files = [(store.write(rows), rows)]
        write_report(files, Query(()), "", Locale.EN, folder=Path(folder), complete=complete)


def _row(finding: Finding) -> tuple[str, ...]:
    owner = Routing().lookup().owners_of(finding)
    return (*cells(finding), report_cell(""), *owner_cells(owner, Locale.EN))


def _numbered(finding: Asff, number: int) -> Asff:
    tags = {"Owner": f"team-{number % OWNER_COUNT}"}
    resource = {**finding["Resources"][0], "Id": f"arn:aws:s3:::bucket-{number}", "Tags": tags}
    return {**finding, "Id": f"{finding['Id']}/{number}", "Resources": [resource]}


def _without_tags(finding: Asff) -> Asff:
    resource = {name: value for name, value in finding["Resources"][0].items() if name != "Tags"}
    return {**finding, "Resources": [resource]}


def _unowned(rows: Sequence[Row]) -> Sequence[Row]:
    return rows


def _plain(rows: list[tuple[str, ...]]) -> None:
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") as text:
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
