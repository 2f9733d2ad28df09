"""A report on a terminal."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.coverage import Coverage
from bot.domain.finding import Finding, Resource
from bot.domain.report import Unread
from bot.i18n import Locale
from bot.render.csv_file import header_text, read_rows, suppressed_row_text
from bot.render.terminal import terminal_lines, totals
from tests.builders import a_csv, a_finding, a_report, some_findings

UNREAD = (Unread(("S3.1", "S3.8"), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"}),)


def lines_of(finding: Finding) -> list[str]:
    """List one finding."""
    rows = io.StringIO(a_csv([finding]).decode("utf-8-sig"), newline="")
    return list(terminal_lines(read_rows(rows)))


class TestText:
    """Findings, one a line."""

    def test_line_names_severity_control_and_resource(self) -> None:
        """A line names severity, control, status, resource, account and Region."""
        (line,) = lines_of(a_finding(1))

        assert ["HIGH", "S3.8", "NEW", "bucket-1", "prod", "(123456789012)", "ap-northeast-1"] == line.split()

    def test_suppressed_findings_are_listed(self) -> None:
        """A list of suppressed findings has more columns, which a line has no place for."""
        text = header_text(Locale.EN, is_of_suppressed=True) + suppressed_row_text(a_finding(1))
        (line,) = terminal_lines(read_rows(io.StringIO(text, newline="")))

        assert "bucket-1" in line

    @given(st.text())
    def test_escape_sequence_in_name_does_not_reach_terminal(self, name: str) -> None:
        """An escape sequence in a name does not reach the terminal, and a line stays one line."""
        finding = a_finding(1, account_name=name, resources=(Resource(f"arn:aws:s3:::{name}x", ""),))
        (text,) = lines_of(finding)

        assert 1 == text.count("\n") == len(text.splitlines())
        assert all(character.isprintable() or character == "\n" for character in text)


class TestTotals:
    """The last lines."""

    def test_total_is_shown_even_if_zero(self) -> None:
        """The number of findings stands there, also when it is 0."""
        assert "0 violations\n" == totals(a_report(), None, Locale.EN)
        assert "違反 3 件\n" == totals(a_report(some_findings(3)), None, Locale.JA)

    def test_coverage_stands_beside_the_total(self) -> None:
        """The Regions and accounts; one line, unless they are not all."""
        covered = Coverage("ap-northeast-1", "ap-northeast-1", ("us-east-1", "us-west-2"), 41)

        assert "0 violations (3 Regions, 41 accounts)\n" == totals(a_report(), covered, Locale.EN)
        assert "違反 0 件 (3 リージョン、41 アカウント)\n" == totals(a_report(), covered, Locale.JA)

    def test_scan_outside_home_names_the_home(self) -> None:
        """A scan that sees its own Region only says so."""
        covered = Coverage("us-east-1", "ap-northeast-1", (), 1)
        total, warning = totals(a_report(), covered, Locale.EN).splitlines()

        assert "0 violations (1 Region, 1 account)" == total
        assert "Only the findings of us-east-1 are here" in warning
        assert "ap-northeast-1" in warning

    def test_partial_result_is_named(self) -> None:
        """A part is called a part."""
        _, line = totals(a_report(unread=UNREAD), None, Locale.EN).splitlines()

        assert "S3.1, S3.8" in line
        assert "throttling" in line
