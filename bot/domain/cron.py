"""
When a schedule of EventBridge Scheduler runs next.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html (read 2026-11). The forms
with L, W and # are not computed.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = {name: number for number, name in enumerate(_MONTHS, 1)}
WEEKDAYS = {name: number for number, name in enumerate(_WEEKDAYS, 1)}

MOST_DAYS = 366 * 2
"""How far ahead a run is looked for."""

_CRON = re.compile(r"cron\(([^()]{1,200})\)")
_PART = re.compile(r"(\*|\w{1,4}(?:-\w{1,4})?)(?:/(\d{1,2}))?")

Field = frozenset[int]


def next_run(expression: str, time_zone: str, now: datetime) -> datetime | None:
    """
    Compute the next run of a cron expression.

    Args:
        expression: such as `cron(0 9 ? * MON-FRI *)`.
        time_zone: an IANA name.
        now: aware.

    Returns:
        A time in that zone; None for other kinds of schedules, for the forms that are not computed, and
        if there is no run within two years.
    """
    match = _CRON.fullmatch(expression)
    fields = _fields(match[1].split()) if match else None
    try:
        local = now.astimezone(ZoneInfo(time_zone))
    except (KeyError, ValueError, OSError):
        return None
    if fields is None:
        return None
    minutes, hours, days, months, weekdays, years = fields
    for offset in range(MOST_DAYS):
        day = local + timedelta(days=offset)
        if (
            day.year in years
            and day.month in months
            and day.day in days
            and day.isoweekday() % 7 + 1 in weekdays
        ):
            times = (
                day.replace(hour=h, minute=m, second=0, microsecond=0)
                for h in sorted(hours)
                for m in sorted(minutes)
            )
            found = next((time for time in times if time > local), None)
            if found:
                return found
    return None


def _fields(texts: list[str]) -> tuple[Field, ...] | None:
    if len(texts) != 6:
        return None
    spans: list[tuple[int, int, dict[str, int]]] = [
        (0, 59, {}),
        (0, 23, {}),
        (1, 31, {}),
        (1, 12, MONTHS),
        (1, 7, WEEKDAYS),
        (1970, 2199, {}),
    ]
    fields = [_field(text, *span) for text, span in zip(texts, spans, strict=True)]
    return None if None in fields else tuple(field for field in fields if field is not None)


def _field(text: str, first: int, last: int, names: dict[str, int]) -> Field | None:
    """Read a field: numbers or names, ranges, lists and steps; None for anything else."""
    found: set[int] = set()
    for part in ("*" if text == "?" else text).split(","):
        match = _PART.fullmatch(part.upper())
        if not match:
            return None
        low, _, high = match[1].partition("-")
        begin = first if low == "*" else _number(low, names)
        end = last if low == "*" or (match[2] and not high) else _number(high or low, names)
        step = int(match[2] or 1)
        if begin is None or end is None or not step or not first <= begin <= end <= last:
            return None
        found.update(range(begin, end + 1, step))
    return frozenset(found)


def _number(text: str, names: dict[str, int]) -> int | None:
    return int(text) if text.isdecimal() else names.get(text)
