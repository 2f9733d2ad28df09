"""
When a schedule of EventBridge Scheduler runs next.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html (read 2026-11). The forms
with L, W and # are not computed.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

SPANS: tuple[tuple[int, int, list[str]], ...] = (
    (0, 59, []),
    (0, 23, []),
    (1, 31, []),
    (1, 12, MONTHS),
    (1, 7, WEEKDAYS),
    (1970, 2199, []),
)
"""The first and the last value of each field, and the names of its values: minutes to years."""

MOST_DAYS = 366 * 2
"""How far ahead a run is looked for."""

_CRON = re.compile(r"cron\(([^()]{1,200})\)")
_PART = re.compile(r"(\*|\w{1,4}(?:-\w{1,4})?)(?:/(\d{1,2}))?")


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
    texts = match[1].split() if match else []
    fields = [_field(*each) for each in zip(texts, SPANS, strict=False)]
    try:
        local = now.astimezone(ZoneInfo(time_zone))
    except (KeyError, ValueError, OSError):
        return None
    if len(texts) != len(SPANS) or not all(fields):
        return None
    minutes, hours, days, months, weekdays, years = fields
    for offset in range(MOST_DAYS):
        day = (local + timedelta(days=offset)).replace(second=0, microsecond=0)
        weekday = day.isoweekday() % 7 + 1
        if day.year in years and day.month in months and day.day in days and weekday in weekdays:
            times = [
                day.replace(hour=hour, minute=minute) for hour in sorted(hours) for minute in sorted(minutes)
            ]
            later = [time for time in times if time > local]
            if later:
                return later[0]
    return None


def _field(text: str, span: tuple[int, int, list[str]]) -> frozenset[int]:
    """Read a field: numbers or names, ranges, lists and steps; empty for anything else."""
    first, last, names = span
    found: set[int] = set()
    for part in ("*" if text == "?" else text).split(","):
        match = _PART.fullmatch(part.upper())
        if not match:
            return frozenset()
        low, _, high = match[1].partition("-")
        begin = first if low == "*" else _number(low, names)
        end = last if low == "*" or (match[2] and not high) else _number(high or low, names)
        step = int(match[2] or 1)
        if begin is None or end is None or not step or not first <= begin <= end <= last:
            return frozenset()
        found.update(range(begin, end + 1, step))
    return frozenset(found)


def _number(text: str, names: list[str]) -> int | None:
    if text in names:
        return names.index(text) + 1
    return int(text) if text.isdecimal() else None
