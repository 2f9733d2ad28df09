"""What the bot itself costs for each finding."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.figure import Figure, seconds_of
from bot.adapters.asff import finding_of
from bot.domain.finding import Finding, FindingIdentifier, Resource
from bot.render.csv_file import RowWriter, cells
from playground.seed import findings

COUNT = 10_000


def figures() -> Iterator[Figure]:
    """Compare the CSV with csv.writer."""
    some = [finding_of(asff) for asff in findings()]
    many = [_numbered(some[number % len(some)], number) for number in range(COUNT)]
    rows = [cells(finding) for finding in many]
    yield Figure(
        f"write {COUNT:,} findings as CSV",
        seconds_of(lambda: _rows(many)),
        "csv.writer, the same rows",
        seconds_of(lambda: _plain(rows)),
        3.0,
    )


def _numbered(finding: Finding, number: int) -> Finding:
    finding_id, product_arn = finding.identifiers[0]
    return replace(
        finding,
        identifiers=(FindingIdentifier(f"{finding_id}/{number}", product_arn),),
        resources=(Resource(f"arn:aws:s3:::bucket-{number}", "AwsS3Bucket"),),
    )


def _rows(findings: list[Finding]) -> None:
    writer = RowWriter(io.BytesIO())
    for finding in findings:
        writer.write(finding)


def _plain(rows: list[tuple[str, ...]]) -> None:
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
