"""
Recognize a cell that a spreadsheet, and not a person, has changed.

Excel, LibreOffice, Google Sheets and Numbers read a cell of a CSV as a number, a date, a time or a truth
value if it looks like one, and save it as they show it: `0048213` as `48213`, `1.10` as `1.1`, `1E5` as
`1.00E+05`, a number of more than 15 digits rounded, `Nov 29` as `2026/11/29`, `true` as `TRUE`. Sources:
https://support.microsoft.com/office/keeping-leading-zeros-and-large-numbers-1bf7b935-36e1-4985-842f-5dfa51f85fe7,
https://help.libreoffice.org/latest/en-US/text/scalc/guide/numbers_text.html.

A text has *outcomes*, the cells that a spreadsheet may write for it, and *readings*, the values that a
written cell may stand for. No spreadsheet adds zeros or signs to a plain number: a person has typed such a
cell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple
from unicodedata import normalize

LONGEST = 64
"""Characters of the longest text that may be a number or a date."""

DIGITS = 15
"""Significant digits that Excel keeps of a number, which is a double."""

_EXACT = Context(prec=400)
_INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u2060]")
_SPACES = re.compile("[\u00a0\u2007\u202f]")

_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-]?)(?P<symbol>[$€£¥₩]?) ?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d*)(?:(?P<point>\.)(?P<part>\d*))?"
    r"(?:e(?P<power>[+-]?\d{1,3}))? ?(?P<unit>[%€]?)\)?",
    re.ASCII,
)

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = {name: n for n, full in enumerate(_MONTHS, 1) for name in (full, full[:3])} | {"sept": 9}

_CLOCK = r"(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?(?: ?(?P<half>[ap])m?)?"
_TIME = re.compile(_CLOCK, re.ASCII)
_WITH_TIME = re.compile(rf"(?P<day>\S.*?)(?: +|t){_CLOCK}", re.ASCII)

# \u5e74, \u6708 and \u65e5 are year, month and day in Japanese
_YEAR_FIRST = re.compile(r"(\d{4})[-/.\u5e74](\d{1,2})(?:[-/.\u6708](\d{1,2})\u65e5?|\u6708)?", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/](\d{4})", re.ASCII)
_TWO = re.compile(r"(\d{1,2})[-/\u6708](\d{1,2})\u65e5?", re.ASCII)
_THREE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})", re.ASCII)
_NAME_FIRST = re.compile(r"([a-z]{3,9})\.?[-/ ]?(\d{1,2}|\d{4})(?:[-/ ]|, ?)?(\d{4}|\d\d)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/ ]?([a-z]{3,9})\.?(?:[-/ ]|, ?)?(\d{4}|\d\d)?", re.ASCII)

_ORDERS = ("mdy", "dmy", "ymd")
"""Orders of a date, by country; a spreadsheet reads and writes dates in the same order."""


def looks_converted(before: str, after: str, years: Collection[int] = ()) -> bool:
    """
    Return whether a spreadsheet may have converted one cell into another.

    Args:
        before: the cell as it was written.
        after: the cell as it has come back, a different text.
        years: in which the file was open; a spreadsheet adds the current year to a day without one.
    """
    return not outcomes(before, years).isdisjoint(readings(after))


def outcomes(text: str, years: Collection[int] = ()) -> frozenset[str]:
    """Return a key for each cell that a spreadsheet may write for a text."""
    bare = _bare(text)
    keys = {_text(text)}
    if bare in ("true", "false"):
        keys.add(bare)
    for number in _numbers(bare):
        keys |= {number.key(kind, value) for kind, value in _rounded(number)}
    for when in _dates(bare):
        keys |= set(_dated(when, years))
    return frozenset(keys | set(_times(bare)))


def readings(text: str) -> frozenset[str]:
    """Return a key for each value that a spreadsheet may have written as a cell."""
    bare = _bare(text)
    keys = {_text(text)}
    if bare in ("true", "false"):
        keys.add(bare)
    keys |= {number.key(number.kind, number.value) for number in _numbers(bare) if number.is_shown}
    keys |= {when.key for when in _dates(bare)}
    return frozenset(keys | set(_times(bare)))


def _text(text: str) -> str:
    """Normalize a text that is not a value: editors compose accents and drop invisible characters."""
    return f"text {_SPACES.sub(' ', _INVISIBLE.sub('', normalize('NFC', text))).strip()}"


def _bare(text: str) -> str:
    """Fold widths and case: Japanese Excel reads full-width digits as numbers too."""
    bare = normalize("NFKC", _INVISIBLE.sub("", text)).strip().casefold()
    return bare if len(bare) <= LONGEST else ""


@dataclass(frozen=True, slots=True)
class _Number:
    mark: str
    """The decimal mark: a point or a comma, by country."""
    value: Decimal
    kind: str
    """plain, grouped (1,234), marked ($5, 5%, (5)) or scientific."""
    is_shown: bool
    """Whether a spreadsheet writes numbers in this form."""
    places: int
    """Most decimals of a percentage or an amount."""

    def key(self, kind: str, value: Decimal) -> str:
        return f"number {self.mark} {kind} {value.normalize(_EXACT)}"


def _numbers(bare: str) -> Iterator[_Number]:
    for mark in ".,":
        found = _NUMBER.fullmatch(bare if mark == "." else bare.translate({44: 46, 46: 44}))
        if found and (found["whole"] or found["part"]):
            yield from _number(mark, found)


def _number(mark: str, found: re.Match[str]) -> Iterator[_Number]:
    whole, part, power = found["whole"].replace(",", ""), found["part"] or "", int(found["power"] or 0)
    value = Decimal(f"{whole or 0}.{part or 0}").scaleb(power, _EXACT)
    if value and not -307 < value.adjusted() < 308:  # no double: it stays text
        return
    kind = "plain"
    if found["power"]:
        kind = "scientific"
    elif found["symbol"] or found["unit"] or found["open"]:
        kind = "marked"
    elif "," in found["whole"]:
        kind = "grouped"
    is_padded = len(whole) > 1 and whole.startswith("0")
    has_needless = kind == "plain" and bool(found["point"]) and (not part or part.endswith("0"))
    is_shown = bool(whole) and not (is_padded or has_needless or found["sign"] == "+")
    is_percent = found["unit"] == "%"
    value = -value if found["sign"] == "-" or found["open"] else value
    value = value.scaleb(-2, _EXACT) if is_percent else value
    yield _Number(mark, value, kind, is_shown, 4 if is_percent else 2)


def _rounded(number: _Number) -> Iterator[tuple[str, Decimal]]:
    """Yield each form of a number in a spreadsheet, with the value that its digits show."""
    value = number.value
    digits = len(value.normalize(_EXACT).as_tuple().digits)
    values = {value}
    if digits > DIGITS:
        values |= {_to_digits(value, DIGITS), _to_digits(value, DIGITS, ROUND_DOWN)}
        values.add(Decimal(repr(float(value))))
    for one in values:
        yield "plain", one
        yield "scientific", one
        yield number.kind, one
    is_long = value and not Decimal("1e-4") <= abs(value) < Decimal("1e11")
    if is_long or number.kind == "scientific":
        yield from (("scientific", _to_digits(value, count)) for count in (3, 6))
    if value != value.to_integral_value():
        yield from (("plain", _to_places(value, count)) for count in {9, 10, max(0, 9 - value.adjusted())})
    if number.kind in ("marked", "grouped"):
        for count in (0, number.places):
            yield from ((kind, _to_places(value, count)) for kind in ("plain", number.kind))


def _to_digits(value: Decimal, count: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    return Context(prec=count, rounding=rounding).create_decimal(value)


def _to_places(value: Decimal, count: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-count), ROUND_HALF_UP, _EXACT)


class _When(NamedTuple):
    order: str
    year: int | None
    month: int
    day: int | None
    second: int | None
    """Of the day; None for a date without a time."""

    @property
    def key(self) -> str:
        return f"date {self.order} {self.year} {self.month} {self.day} {self.second}"


def _dated(when: _When, years: Collection[int]) -> Iterator[str]:
    """Yield keys of a date as spreadsheets show it: without seconds, with this year, as a count of days."""
    seconds = {None, 0} if when.second is None else {when.second, when.second // 60 * 60}
    for year in (when.year,) if when.year else (None, *years):
        for day in (when.day,) if when.day else (None, 1):
            yield from (when._replace(year=year, day=day, second=second).key for second in seconds)
            if year and day and (serial := _serial(year, when.month, day)):
                yield from (f"number {mark} plain {Decimal(serial).normalize()}" for mark in ".,")


def _serial(year: int, month: int, day: int) -> int | None:
    try:
        return (date(year, month, day) - date(1899, 12, 30)).days
    except ValueError:
        return None


def _dates(bare: str) -> Iterator[_When]:
    timed = _WITH_TIME.fullmatch(bare)
    for text, second in ((bare, None), *(((timed["day"], _second(timed)),) if timed else ())):
        if timed and text != bare and second is None:
            continue
        for order, year, month, day in _days(text):
            if 1 <= month <= 12 and (day is None or 1 <= day <= 31):
                yield from (_When(order, full, month, day, second) for full in _years(year))


def _days(text: str) -> Iterator[tuple[str, str | None, int, int | None]]:
    """Read a day in each order; yield the order, the year as written, the month and the day."""
    named = list(_named_days(text))
    if found := _YEAR_FIRST.fullmatch(text):
        named.append((found[1], int(found[2]), int(found[3]) if found[3] else None))
    if found := _MONTH_YEAR.fullmatch(text):
        named.append((found[2], int(found[1]), None))
    yield from ((order, *one) for one in named for order in _ORDERS)
    if found := _TWO.fullmatch(text):
        first, second = int(found[1]), int(found[2])
        yield from (("mdy", None, first, second), ("ymd", None, first, second), ("dmy", None, second, first))
        yield from ((order, found[2], first, None) for order in _ORDERS if second > 31)
    if found := _THREE.fullmatch(text):
        first, second, third = int(found[1]), int(found[3]), int(found[4])
        yield from (("mdy", found[4], first, second), ("dmy", found[4], second, first))
        if third <= 31:
            yield "ymd", found[1], second, third


def _named_days(text: str) -> Iterator[tuple[str | None, int, int | None]]:
    if (found := _NAME_FIRST.fullmatch(text)) and (month := _MONTH.get(found[1])):
        if len(found[2]) < 4:
            yield found[3], month, int(found[2])
        if found[3] is None:
            yield found[2], month, None
    if (found := _DAY_FIRST.fullmatch(text)) and (month := _MONTH.get(found[2])):
        yield found[3], month, int(found[1])


def _years(year: str | None) -> tuple[int | None, ...]:
    """Complete a year of two digits with this century and the last."""
    if year is None:
        return (None,)
    return (int(year),) if len(year) == 4 else (1900 + int(year), 2000 + int(year))


def _times(bare: str) -> Iterator[str]:
    found = _TIME.fullmatch(bare)
    if found and (second := _second(found)) is not None:
        yield f"time {second}"


def _second(found: re.Match[str]) -> int | None:
    """Count the seconds of a time of day; None for a plain number."""
    hour, half = int(found["hour"]), found["half"]
    if found["minute"] is None and not half:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 3600 + int(found["minute"] or 0) * 60 + int(found["second"] or 0)
