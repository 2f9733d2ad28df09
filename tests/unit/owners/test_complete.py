"""Owners in a report: the columns of its CSV, and its stored rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.domain.finding import Finding
from bot.domain.owners.owner import NOBODY, Ownership, Source
from bot.domain.owners.routing_file import parse_routing
from bot.domain.query import Query
from bot.domain.row import ReportRow, parse_row
from bot.i18n import Locale
from bot.render.csv_file import read_rows
from bot.usecases.owners.complete import complete_owners
from bot.usecases.scanning.report_files import Complete
from bot.usecases.scanning.scan import BY_TAGS, scan
from tests.builders import NOW, a_finding
from tests.fakes import FakeControls
from tests.fakes.findings import FakeFindings
from tests.unit.world.counting_findings import CountingFindings
from tests.unit.world.scan import scanned

Tags = tuple[tuple[str, str], ...]

ROUTING = parse_routing(b"""\
version = 1
[accounts]
210987654321 = "finance"
""")


def reported(
    findings: Sequence[Finding], complete: Complete = BY_TAGS, locale: Locale = Locale.EN, **changes: object
) -> tuple[list[dict[str, str]], list[ReportRow]]:
    """Return the rows of the CSV, and the stored rows, of a report of some findings."""
    with TemporaryDirectory() as folder:
        report = scan(
            Query(controls=("S3.8",), **changes),  # type: ignore[arg-type]
            folder=Path(folder),
            locale=locale,
            findings=FakeFindings(list(findings)),
            controls=FakeControls(),
            now=lambda: NOW,
            complete=complete,
        )
        with report.csv_file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(read_rows(lines))
        return rows, list(map(parse_row, report.seen_file.read_text().splitlines()))


class TestColumns:
    """The columns of the CSV."""

    @pytest.mark.parametrize(
        ("tags", "cells"),
        [
            ((("Owner", " Platform "),), ("Platform", "tag Owner")),
            ((("team", "web, Alice@example.com"),), ("web; Alice@example.com", "tag team")),
            ((("Owner", "Terraform"),), ("", "nobody: the tag Owner names nobody")),
            ((), ("", "nobody: no tag")),
            ((("Owner", "=cmd()"),), ("'=cmd()", "tag Owner")),
            ((("Owner", "＠SUM(1)"),), ("'@SUM(1)", "tag Owner")),
            ((("Owner", "a\r\nb\u202ec"),), ("a bc", "tag Owner")),
        ],
    )
    def test_columns_name_owner_and_rule(self, tags: Tags, cells: tuple[str, str]) -> None:
        """Without a routing file the tags of the finding decide; no value runs in a spreadsheet."""
        ((row,), _) = reported([a_finding(tags=tags)])

        assert cells == (row["owner"], row["owner-source"])

    def test_rule_is_in_language_of_report(self) -> None:
        """The source is a sentence in the report's language."""
        ((row,), _) = reported([a_finding()], locale=Locale.JA)

        assert "担当者なし: タグなし" == row["owner-source"]

    def test_routing_file_names_owner(self) -> None:
        """The owner of an account is in the columns of its rows that no tag gives an owner."""
        findings = [a_finding(1, account_id="210987654321"), a_finding(2)]
        rows, _ = reported(findings, complete_owners(ROUTING.lookup()))

        expected = [("", "nobody: no tag"), ("finance", "account 210987654321")]
        assert expected == [(row["owner"], row["owner-source"]) for row in rows]


class TestStoredRows:
    """The rows that a report keeps."""

    @pytest.mark.parametrize("tags", [(), (("Owner", "tbd"),), (("Owner", "基盤, \ud800web"),)])
    def test_stored_row_has_owner(self, tags: Tags) -> None:
        """What is done with the report later needs no findings to know the owner."""
        (_, (row,)) = reported([a_finding(tags=tags)])

        expected = {
            (): NOBODY,
            (("Owner", "tbd"),): Ownership((), Source.IGNORED, "Owner"),
        }.get(tags, Ownership(("基盤", "web"), Source.TAG, "Owner"))
        assert expected == row.owner

    def test_row_of_older_report_is_nobodys(self) -> None:
        """A row that was stored before there were owners is read."""
        line = '[[["id", "arn", "NEW"]], "S3.8", "1", "r", "HIGH", "x"]'

        assert NOBODY == parse_row(line).owner


class TestOneOwner:
    """A report of one owner's rows."""

    def test_other_rows_are_left_out(self) -> None:
        """Rows of others are neither counted nor shown among the top ones, in any number."""
        findings = [a_finding(number, tags=(("Owner", "web"),)) for number in range(130)]
        findings[125] = a_finding(125, tags=(("Owner", "Platform; web"),))
        findings[7] = a_finding(7, tags=(("team", "PLATFORM"),))
        with TemporaryDirectory() as folder:
            report = scan(
                Query(controls=("S3.8",)),
                folder=Path(folder),
                locale=Locale.EN,
                findings=FakeFindings(findings),
                controls=FakeControls(),
                now=lambda: NOW,
                complete=complete_owners(ROUTING.lookup(), lambda owner: owner.has(" platform")),
            )
            lines = report.seen_file.read_text().splitlines()

        assert 2 == report.tally.finding_count == len(lines)
        assert {"arn:aws:s3:::bucket-7", "arn:aws:s3:::bucket-125"} == {
            finding.resource_id for finding in report.tally.top
        }


class TestOwnersOfAQuery:
    """A query that names owners."""

    FINDINGS = (
        a_finding(1, tags=(("Owner", "Web; Data Platform"),)),
        a_finding(2, tags=(("Owner", "O'Brien"),)),
        a_finding(3, tags=(("Owner", "n/a"),)),
        a_finding(4),
        a_finding(5, account_id="210987654321"),
    )

    @pytest.mark.parametrize(
        ("owners", "numbers"),
        [
            (("ｗｅｂ",), {1}),
            (("data platform", "finance"), {1, 5}),
            (("OBrien",), {2}),
            (("nobody",), {3, 4}),
            (("nobody", "web"), {1, 3, 4}),
            (("webs",), set()),
        ],
    )
    def test_rows_of_other_owners_are_left_out(self, owners: tuple[str, ...], numbers: set[int]) -> None:
        """A row of several owners is one of each, in any spelling; nobody's rows have a word of their own."""
        rows, stored = reported(self.FINDINGS, complete_owners(ROUTING.lookup()), owners=owners)

        assert {f"arn:aws:s3:::bucket-{number}" for number in numbers} == {row["resource"] for row in rows}
        assert len(numbers) == len(stored)

    def test_calls_are_those_of_the_rest_of_the_query(self) -> None:
        """Owners are compared while the report is written: no further page is read."""
        findings = CountingFindings(list(self.FINDINGS))
        scanned(findings, query=Query(("S3.8",), owners=("web",)))

        assert 3 == findings.given
