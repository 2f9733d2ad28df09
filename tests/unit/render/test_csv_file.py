"""The CSV file."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.checks.places import Place
from bot.domain.finding import Finding, FindingIdentifier, Resource
from bot.i18n import Locale
from bot.render.csv_file import (
    COLUMNS,
    CONSOLES,
    FORMULA_STARTS,
    SUPPRESSED_COLUMNS,
    console_link,
    encoded,
    escape_formula,
    escape_formula_text,
    quoted,
    row_text,
    suppressed_row_text,
    unescape_cell,
)
from tests.builders import PRODUCT_ARN, a_csv, a_finding, a_note

BOM = b"\xef\xbb\xbf"

FINDINGS = st.builds(
    a_finding,
    title=st.text(),
    account_name=st.text(),
    control_id=st.text(),
    region=st.text(),
    resources=st.lists(st.builds(Resource, st.text(), st.text()), max_size=3).map(tuple),
    standards=st.lists(st.text(), max_size=2).map(tuple),
    identifiers=st.lists(st.builds(FindingIdentifier, st.text(), st.text()), min_size=1, max_size=2).map(
        tuple
    ),
)


def rows(content: bytes) -> list[list[str]]:
    """Read a file as RFC 4180 says, without the byte order mark."""
    text = content.removeprefix(BOM).decode()
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def only_row(finding: Finding) -> dict[str, str]:
    """Write one finding and read it, by column."""
    _, row = rows(a_csv([finding]))
    return dict(zip(COLUMNS, row, strict=True))


class TestFile:
    """The file as a whole."""

    def test_file_begins_with_one_byte_order_mark(self) -> None:
        """Excel reads Japanese correctly in a file that begins with the byte order mark, once."""
        content = a_csv([a_finding()])

        assert content.startswith(BOM)
        assert 1 == content.count(BOM)

    def test_japanese_header_begins_as_the_original(self) -> None:
        """The first four columns are those of the original's file."""
        (header,) = rows(a_csv([]))

        assert ["リソース名", "違反事項", "コントロールID", "重要度"] == header[:4]

    def test_english_header_has_english_names(self) -> None:
        """In English the same columns have English names."""
        (header,) = rows(a_csv([], Locale.EN))

        assert ["Resource name", "Violation", "Control ID", "Severity"] == header[:4]
        assert len(COLUMNS) == len(header)

    def test_lines_end_as_rfc_4180_says(self) -> None:
        """Every line ends with CR LF."""
        lines = a_csv([a_finding(1), a_finding(2)]).split(b"\r\n")

        assert 4 == len(lines)
        assert b"" == lines[-1]

    @given(st.lists(st.text(st.sampled_from('",a\r\nあ;')), min_size=1, max_size=5))
    def test_file_is_quoted_as_python_does(self, row: list[str]) -> None:
        """A row is the one that csv.writer writes, with any quotes and commas in its cells."""
        written = io.StringIO(newline="")
        csv.writer(written, quoting=csv.QUOTE_ALL).writerow(row)

        assert written.getvalue() == quoted(row)

    @given(st.lists(FINDINGS, max_size=3))
    def test_any_text_parses_back(self, findings: list[Finding]) -> None:
        """With any text in the findings, every row is read as it was written."""
        header, *read = rows(a_csv(findings))

        assert len(COLUMNS) == len(header)
        assert [unescape_cell(f.title) for f in findings] == [unescape_cell(row[1]) for row in read]
        ids = ["\n".join(resource.id for resource in finding.resources) for finding in findings]
        assert [unescape_cell(text) for text in ids] == [unescape_cell(row[0]) for row in read]

    @given(FINDINGS)
    def test_no_cell_is_a_formula(self, finding: Finding) -> None:
        """No cell begins with what makes a spreadsheet run it."""
        cells = only_row(finding).values()

        assert not [cell for cell in cells if cell[:1] in FORMULA_STARTS and cell]

    def test_lone_surrogate_spoils_one_character(self) -> None:
        """A lone surrogate, which JSON can carry and UTF-8 cannot, spoils a character and not the report."""
        assert "a?b" == only_row(a_finding(title="a\ud800b"))["title"]


ANY_TEXT = st.text(st.characters())
"""Lone surrogates and control characters too."""


class TestControlCharacters:
    """Characters that no CSV or spreadsheet carries."""

    @given(ANY_TEXT)
    def test_file_has_no_control_characters(self, text: str) -> None:
        """Only tabs and line ends are left of control characters, and the file is UTF-8."""
        content = a_csv([a_finding(title=text)]).decode()

        assert not [char for char in content if char < " " and char not in "\t\r\n"]
        assert "\x7f" not in content

    def test_control_character_becomes_a_question_mark(self) -> None:
        """A NUL does not cut the cell off, and hides no formula."""
        assert "a?b?" == only_row(a_finding(title="a\0b\x1a"))["title"]
        assert "?=cmd()" == only_row(a_finding(title="\0=cmd()"))["title"]

    @given(ANY_TEXT)
    def test_cell_is_read_as_its_text(self, text: str) -> None:
        """A text and its cell are the same once both are read."""
        (row,) = csv.reader(
            io.StringIO(encoded(escape_formula_text([text])).decode(), newline=""), strict=True
        )

        assert unescape_cell(text) == unescape_cell(row[0])
        assert unescape_cell(text) == unescape_cell(unescape_cell(text))


class TestInert:
    """Cells that a spreadsheet would run."""

    @pytest.mark.parametrize(
        "cell", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "＠a"]
    )
    def test_formula_becomes_text(self, cell: str) -> None:
        """An apostrophe in front makes a spreadsheet show the cell instead of running it."""
        assert f"'{cell}" == escape_formula(cell)

    @pytest.mark.parametrize("cell", ["", "a=b", "arn:aws:s3:::x", "違反"])
    def test_plain_text_is_left_alone(self, cell: str) -> None:
        """What is no formula is not touched."""
        assert cell == escape_formula(cell)


class TestRow:
    """What stands in a row."""

    def test_findings_values_stand_under_their_names(self) -> None:
        """A finding's values stand under their names."""
        expected: dict[str, Any] = {
            "resource": "arn:aws:s3:::bucket-1",
            "title": "S3 general purpose buckets should block public access",
            "control": "S3.8",
            "severity": "HIGH",
            "account-id": "123456789012",
            "account-name": "prod",
            "region": "ap-northeast-1",
            "resource-type": "AwsS3Bucket",
            "standards": "standards/aws-foundational-security-best-practices/v/1.0.0",
            "workflow-status": "NEW",
            "note": "Accepted until the migration",
            "compliance-status": "FAILED",
            "first-observed": "2026-11-01T00:00:00.000Z",
            "updated": "2026-11-23T12:00:00.000Z",
            "remediation": "https://docs.aws.amazon.com/console/securityhub/S3.8/remediation",
            "console": console_link(a_finding()),
            "finding-id": a_finding().identifiers[0].id,
            "product-arn": PRODUCT_ARN,
            "report-id": "",
            "owner": "",
            "owner-source": "担当者なし: タグなし",
            "checked": "yes",
            "template": "",
        }

        assert expected == only_row(a_finding(note=a_note("Accepted until the migration")))

    @pytest.mark.parametrize("control", ["Account.1", ""])
    def test_no_check_sees_what_no_template_has(self, control: str) -> None:
        """A control of the account, or a finding of another product, is seen in no template."""
        assert "no" == only_row(a_finding(control_id=control))["checked"]

    def test_last_cell_names_its_report_and_row(self) -> None:
        """The last cell says which report the row is of, in a form that no spreadsheet takes for a number."""
        (row,) = csv.reader(io.StringIO(row_text(a_finding(), "12345e67"), newline=""))

        assert "report/12345e67" == dict(zip(COLUMNS, row, strict=True))["report-id"]

    def test_row_lists_every_resource(self) -> None:
        """A finding with thirty resources lists them all, and each type once."""
        resources = tuple(Resource(f"i-{number}", "AwsEc2Instance") for number in range(30))
        row = only_row(a_finding(resources=resources))

        assert [resource.id for resource in resources] == row["resource"].split("\n")
        assert "AwsEc2Instance" == row["resource-type"]

    def test_row_lists_every_finding_of_its_problem(self) -> None:
        """A problem that several standards report names each of its findings, line for line."""
        identifiers = (FindingIdentifier("a", "arn:1"), FindingIdentifier("b", "arn:1"))
        row = only_row(a_finding(identifiers=identifiers))

        assert "a\nb" == row["finding-id"]
        assert "arn:1\narn:1" == row["product-arn"]


class TestTemplate:
    """The line of a template."""

    @pytest.mark.parametrize(
        ("place", "cell"),
        [
            (None, ""),
            (Place("example/shop", "a/b.yaml", 7), "example/shop a/b.yaml:7"),
            (Place("example/shop", "a/b.yaml", 7, "https://x/a/b.yaml#L7"), "https://x/a/b.yaml#L7"),
            (Place("=cmd()", "b.yaml", 7), "'=cmd() b.yaml:7"),
        ],
    )
    def test_cell_is_the_address_or_else_the_place(self, place: Place | None, cell: str) -> None:
        """It is the last one; a list of suppressed findings has its own columns after it."""
        (row,) = csv.reader(io.StringIO(row_text(a_finding(), place=place), newline=""))
        (suppressed,) = csv.reader(io.StringIO(suppressed_row_text(a_finding(), place=place), newline=""))

        assert cell == dict(zip(COLUMNS, row, strict=True))["template"]
        assert cell == dict(zip((*COLUMNS, *SUPPRESSED_COLUMNS), suppressed, strict=True))["template"]


class TestConsoleLink:
    """The link to the console."""

    @pytest.mark.parametrize(
        ("partition", "host"),
        [
            ("aws", "ap-northeast-1.console.aws.amazon.com"),
            ("aws-cn", "ap-northeast-1.console.amazonaws.cn"),
            ("aws-us-gov", "ap-northeast-1.console.amazonaws-us-gov.com"),
            ("aws-eusc", "ap-northeast-1.console.amazonaws-eusc.eu"),
        ],
    )
    def test_china_govcloud_and_european_sovereign_cloud_have_consoles(
        self, partition: str, host: str
    ) -> None:
        """China, GovCloud and the European Sovereign Cloud have consoles of their own."""
        arn = PRODUCT_ARN.replace("arn:aws:", f"arn:{partition}:")
        link = console_link(a_finding(identifiers=(FindingIdentifier("x", arn),)))

        assert link.startswith(f"https://{host}/securityhub/home?region=ap-northeast-1#/findings?search=")

    @pytest.mark.parametrize("partition", ["aws-iso", "aws-iso-b", "aws-mars"])
    def test_unknown_partition_has_no_link(self, partition: str) -> None:
        """No link is better than one into another partition."""
        arn = PRODUCT_ARN.replace("arn:aws:", f"arn:{partition}:")

        assert "" == console_link(a_finding(identifiers=(FindingIdentifier("x", arn),)))

    @pytest.mark.parametrize("region", ["", "global", "evil.example/"])
    def test_finding_without_region_has_no_link(self, region: str) -> None:
        """A console's host begins with a Region."""
        assert "" == console_link(a_finding(region=region))

    def test_console_knows_every_partition(self) -> None:
        """The list has the partitions that botocore has, and no other."""
        partitions = Session().get_data("partitions")["partitions"]

        assert {partition["id"] for partition in partitions} == set(CONSOLES)

    def test_link_searches_for_the_finding(self) -> None:
        """Its search, decoded as the console does, asks for the finding's ID."""
        _, _, search = console_link(a_finding()).partition("search=")

        assert rf"Id=\operator\:EQUALS\:{a_finding().identifiers[0].id}" == unquote(unquote(search))

    @given(st.text(), st.text())
    def test_link_has_no_space_or_quote(self, finding_id: str, product_arn: str) -> None:
        """The link has no space or quote in it, for any ID."""
        link = console_link(a_finding(identifiers=(FindingIdentifier(finding_id, product_arn),)))

        assert not set(' "<>\n') & set(link)
