"""What spreadsheets make of cells by themselves, told from what people type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.csv_edit.conversion import looks_converted, outcomes, readings

YEARS = (2026,)

CONVERTED = [
    ("0048213", "48213"),
    ("００４８２１３", "48213"),  # Japanese Excel reads full-width digits
    ("012345678901", "12345678901"),
    ("00", "0"),
    ("1.10", "1.1"),
    ("1,10", "1,1"),  # where decimals have a comma
    (".5", "0.5"),
    ("1E5", "1.00E+05"),
    ("1E5", "1E+05"),
    ("1E5", "100000"),
    ("12345e67", "1.2345E+71"),  # the beginning of a commit's or a job's ID
    ("123456789012", "1.23457E+11"),
    ("123456789012345678", "1.23457E+17"),
    ("123456789012345678", "123456789012345000"),  # Excel
    ("123456789012345678", "123456789012346000"),
    ("123456789012345678", "123456789012345680"),  # as a double
    ("3.14159265358979", "3.141592654"),
    ("0.00001", "1E-05"),
    ("1,234", "1234"),
    ("$1,234.5", "$1,234.50"),
    ("¥1000", "¥1,000"),
    ("10.5%", "10.50%"),
    ("10%", "0.1"),
    ("(5)", "-5"),
    ("true", "TRUE"),
    ("Nov 29", "29-Nov"),
    ("Nov 29", "2026/11/29"),
    ("29 Nov 2026", "29-Nov-26"),
    ("MAR1", "1-Mar"),
    ("SEPT2", "2-Sep"),
    ("1-2", "2-Jan"),
    ("1/2", "1月2日"),
    ("1/2", "01/02/26"),
    ("2026-11", "Nov-26"),
    ("2026-11-29", "11/29/2026"),
    ("2026-11-29", "29.11.2026"),
    ("2026-11-29", "46355"),
    ("2026年11月29日", "2026/11/29"),
    ("2026-11-29 10:00:45", "11/29/2026 10:00"),
    ("12:30", "12:30:00"),
    ("3pm", "3:00 PM"),
    ("3 PM", "15:00"),
    ("see\u00a0A-1", "see A-1"),
    ("Re\u0301sume\u0301", "Résumé"),  # editors of macOS compose accents
    ("\ufeffok", "ok"),
]

TYPED = [
    ("0048213", "48214"),
    ("48213", "0048213"),
    ("1.1", "1.10"),
    ("1.234", "1.23"),
    ("1,234", "1.234"),
    ("48213", "5E+04"),
    ("123456789012345678", "123456789012345"),
    ("5", "$5"),
    ("0.1", "10%"),
    ("5", "+5"),
    ("true", "false"),
    ("Accepted", "accepted"),
    ("a  b", "a b"),
    ("1/2", "2/1"),
    ("Nov 29", "30-Nov"),
    ("Nov 29", "2027/11/29"),
    ("2026-11-29", "Nov 29"),
    ("12:30", "12:31"),
    ("3 PM", "3"),
    ("", "0"),
    ("0048213", ""),
    ("0048213", "no. 48213"),
]


class TestConversions:
    """Examples of each kind."""

    @pytest.mark.parametrize(("before", "after"), CONVERTED)
    def test_spreadsheets_cell_is_known(self, before: str, after: str) -> None:
        """What a spreadsheet makes of a cell is not taken for an edit."""
        assert looks_converted(before, after, YEARS)

    @pytest.mark.parametrize(("before", "after"), TYPED)
    def test_typed_cell_stays_an_edit(self, before: str, after: str) -> None:
        """What no spreadsheet makes of a cell by itself somebody has typed."""
        assert not looks_converted(before, after, YEARS)

    @pytest.mark.parametrize("text", ["9" * 5000, "1,111" * 1000, "1e999", "-" * 100, "(" * 64, "\u0661"])
    def test_hostile_text_is_no_value(self, text: str) -> None:
        """However long or odd a text is, it is looked at and is none."""
        assert not outcomes(text, YEARS).isdisjoint(readings(text))
        assert not looks_converted(text, "1", YEARS)


DIGITS = st.text("0123456789", min_size=1, max_size=20)
DECIMALS = st.tuples(DIGITS, st.text("0123456789", min_size=1, max_size=8)).map(".".join)
DAYS = st.dates(date(1930, 1, 1), date(2029, 12, 31))


def as_general(text: str) -> str:
    """Show a number as Excel does without a format: of 15 digits, in 11 characters or with an exponent."""
    value = Context(prec=15, rounding=ROUND_DOWN).create_decimal(text)
    if value and not Decimal("1e-4") <= value < Decimal("1e11"):
        return f"{value:.5E}"
    places = min(max(9 - value.adjusted(), 0), 9)
    shown = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


MODELS: dict[str, Callable[[str], str]] = {
    "excel": as_general,
    "without zeros": lambda text: text.lstrip("0") or "0",
    "double": lambda text: str(int(Decimal(repr(float(text))))),
}


class TestLaws:
    """Any text in a cell."""

    @pytest.mark.parametrize("model", MODELS)
    @given(text=DIGITS)
    def test_every_integer_a_spreadsheet_saves_is_known(self, model: str, text: str) -> None:
        """Each way in which a spreadsheet saves a whole number is a conversion of it."""
        assert looks_converted(text, MODELS[model](text))

    @given(text=DECIMALS)
    def test_every_decimal_that_excel_saves_is_known(self, text: str) -> None:
        """As Excel shows a decimal it is a conversion of it."""
        assert looks_converted(text, as_general(text))

    @given(
        DAYS,
        st.sampled_from(["%Y-%m-%d", "%b %d, %Y", "%d %B %Y", "%Y/%m/%d", "%Y年%m月%d日"]),
        st.sampled_from(["%m/%d/%Y", "%d/%m/%Y", "%d-%b-%y", "%Y-%m-%d", "%d.%m.%Y"]),
        st.integers(1, 400),
    )
    def test_each_day_is_known_and_no_other(self, day: date, written: str, saved: str, days: int) -> None:
        """A date in another country's form is the same date; another date is an edit."""
        other = day + timedelta(days)
        assert looks_converted(day.strftime(written), day.strftime(saved))
        assert looks_converted(other.strftime(written), day.strftime("%Y-%m-%d")) is (other == day)

    @given(st.integers(0, 10**14), st.integers(1, 10**6), st.integers(0, 5))
    def test_another_number_is_an_edit(self, number: int, more: int, zeros: int) -> None:
        """A number with other digits is never taken for a conversion, with any zeros before it."""
        assert not looks_converted("0" * zeros + str(number), str(number + more))

    @given(st.text(max_size=80), st.text(max_size=80))
    def test_other_words_are_an_edit(self, before: str, after: str) -> None:
        """A text with a letter that is no value stays what it is."""
        before, after = f"see {before}", f"ticket {after}"
        assert not looks_converted(before, after, YEARS)
