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
from calendar import month_abbr, month_name
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from itertools import product
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

_MONTH = {
    name.casefold(): number
    for names in (month_name, month_abbr)
    for number, name in enumerate(names)
    if number
} | {"sept": 9}

_TIMED = re.compile(
    r"(?:(?P<day>\S.*?)(?: +|t))?(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?(?: ?(?P<half>[ap])m?)?",
    re.ASCII,
)

_PART = re.compile(r"\d+|[a-z]+", re.ASCII)
_SHAPE = re.compile(
    # 9 is a number, a a name; \u5e74, \u6708 and \u65e5 are year, month and day in Japanese
    r"9[-/\u6708]9\u65e5?|9[-/\u5e74]9\u6708?|9(?P<mark>[-/.])9(?P=mark)9|9\u5e749\u67089\u65e5?"
    r"|a\.?[-/ ]?9(?:(?:[-/ ]|, ?)9)?|9[-/ ]?a\.?(?:(?:[-/ ]|, ?)?9)?"
)
_ROLES = {
    "y": re.compile(r"\d\d|\d{4}"),
    "m": re.compile("|".join(["0?[1-9]|1[0-2]", *_MONTH])),
    "d": re.compile("0?[1-9]|[12][0-9]|3[01]"),
}
"""The year, the month and the day of a date."""

_ORDERS = {
    "mdy": ("mdy", "md", "my"),
    "dmy": ("dmy", "dm", "my"),
    "ymd": ("ymd", "md", "my"),
}
"""Orders of a date, by country, and of its parts; a spreadsheet reads and writes dates in the same order."""

_NAMED = ("mdy", "dmy", "ymd", "md", "dm", "my", "ym")
"""Orders that are read in every country, because the month has a name or the year comes first."""


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
    numbers = (number.key(kind, value) for number in _numbers(bare) for kind, value in _rounded(number))
    days = (key for when in _dates(bare) for key in _dated(when, years))
    return frozenset((*_alike(text, bare), *numbers, *days))


def readings(text: str) -> frozenset[str]:
    """Return a key for each value that a spreadsheet may have written as a cell."""
    bare = _bare(text)
    numbers = (number.key(number.kind, number.value) for number in _numbers(bare) if number.is_shown)
    return frozenset((*_alike(text, bare), *numbers, *(when.key for when in _dates(bare))))


def _alike(text: str, bare: str) -> Iterator[str]:
    """Yield the keys of values that a spreadsheet writes in one way: texts, truth values and times."""
    yield _text(text)
    if bare in ("true", "false"):
        yield bare
    day, second = _timed(bare)
    if second is not None and not day:
        yield f"time {second}"


def _text(text: str) -> str:
    """Normalize a text that is not a value: editors compose accents and drop invisible characters."""
    return f"text {_SPACES.sub(' ', _INVISIBLE.sub('', normalize('NFC', text))).strip()}"


def _bare(text: str) -> str:
    """Fold widths and case: Japanese Excel reads full-width digits as numbers too."""
    bare = normalize("NFKC", _INVISIBLE.sub("", text)).strip().casefold()
    return bare if len(bare) <= LONGEST else ""


class _Number(NamedTuple):
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
        if not found or not (found["whole"] or found["part"]):
            continue
        whole, part, power = found["whole"].replace(",", ""), found["part"] or "", int(found["power"] or 0)
        value = Decimal(f"{whole or 0}.{part or 0}").scaleb(power, _EXACT)
        if value and not -307 < value.adjusted() < 308:  # no double: it stays text
            continue
        kind = "grouped" if "," in found["whole"] else "plain"
        if found["power"]:
            kind = "scientific"
        elif found["symbol"] or found["unit"] or found["open"]:
            kind = "marked"
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
    short = (_to_digits(value, DIGITS), _to_digits(value, DIGITS, ROUND_DOWN), Decimal(repr(float(value))))
    yield from product(("plain", "scientific", number.kind), {value, *short})
    is_long = value and not Decimal("1e-4") <= abs(value) < Decimal("1e11")
    if is_long or number.kind == "scientific":
        yield from (("scientific", _to_digits(value, count)) for count in (3, 6))
    if value != value.to_integral_value():
        yield from (("plain", _to_places(value, count)) for count in {9, 10, max(0, 9 - value.adjusted())})
    if number.kind in ("marked", "grouped"):
        shown = (_to_places(value, 0), _to_places(value, number.places))
        yield from product(("plain", number.kind), shown)


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
            with suppress(ValueError):  # the month has no such day
                if year and day:
                    serial = (date(year, when.month, day) - date(1899, 12, 30)).days
                    yield from (f"number {mark} plain {Decimal(serial).normalize()}" for mark in ".,")


def _dates(bare: str) -> Iterator[_When]:
    yield from _days(bare, None)
    day, second = _timed(bare)
    if second is not None:
        yield from _days(day, second)


def _days(text: str, second: int | None) -> Iterator[_When]:
    """Read a day in each order that it may have."""
    if not _SHAPE.fullmatch(_PART.sub(lambda part: "9" if part[0].isdigit() else "a", text)):
        return
    parts = _PART.findall(text)
    is_named = len(parts[0]) == 4 or not all(map(str.isdigit, parts))
    for order, sequences in _ORDERS.items():
        for roles in _NAMED if is_named else sequences:
            if len(roles) == len(parts) and all(map(_fits, roles, parts)):
                found = dict(zip(roles, parts, strict=True))
                month = _MONTH.get(found["m"]) or int(found["m"])
                day = int(found["d"]) if "d" in found else None
                yield from (_When(order, year, month, day, second) for year in _years(found.get("y")))


def _fits(role: str, part: str) -> bool:
    return _ROLES[role].fullmatch(part) is not None


def _years(year: str | None) -> tuple[int | None, ...]:
    """Complete a year of two digits with this century and the last."""
    if year is None:
        return (None,)
    return (int(year),) if len(year) == 4 else (1900 + int(year), 2000 + int(year))


def _timed(bare: str) -> tuple[str, int | None]:
    """Split a text into a day, which may be empty, and the second of the day; None if it names no time."""
    found = _TIMED.fullmatch(bare)
    if not found or not (found["minute"] or found["half"]):
        return "", None
    hour, half = int(found["hour"]), found["half"]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return found["day"] or "", hour * 3600 + int(found["minute"] or 0) * 60 + int(found["second"] or 0)
