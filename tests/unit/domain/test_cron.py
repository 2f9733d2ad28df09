"""When a schedule runs next."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.cron import next_run

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
"""A Sunday, 21:00 in Tokyo."""


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("cron(0 9 ? * MON-FRI *)", "Asia/Tokyo", "2026-11-30T09:00:00+09:00"),
        ("cron(30 0 * * ? *)", "Asia/Tokyo", "2026-11-30T00:30:00+09:00"),
        ("cron(30 21 * * ? *)", "Asia/Tokyo", "2026-11-29T21:30:00+09:00"),
        ("cron(0 21 * * ? *)", "Asia/Tokyo", "2026-11-30T21:00:00+09:00"),
        ("cron(0/20 6-8,20 1 JAN,jul ? *)", "UTC", "2027-01-01T06:00:00+00:00"),
        ("cron(15 10 ? * 1 2027)", "Europe/Paris", "2027-01-03T10:15:00+01:00"),
        ("cron(5/10 12 * * ? 2026-2030)", "UTC", "2026-11-29T12:05:00+00:00"),
    ],
)
def test_next_run_is_the_first_after_now(expression: str, zone: str, expected: str) -> None:
    """Each field holds, in the schedule's own zone; the present minute is over."""
    found = next_run(expression, zone, NOW)

    assert found is not None
    assert expected == found.isoformat()


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 day)",
        "at(2027-01-01T00:00:00)",
        "cron(0 9 L * ? *)",
        "cron(0 9 ? * MON#2 *)",
        "cron(0 9 15W * ? *)",
        "cron(61 9 * * ? *)",
        "cron(0 9 * * ?)",
        "cron(0/0 9 * * ? *)",
        "cron(0 9 30 2 ? *)",
        "cron(" + "0," * 5000 + ")",
    ],
)
def test_other_expressions_have_no_next_run(expression: str) -> None:
    """Forms that are not computed, and days that never come, give nothing."""
    assert next_run(expression, "Asia/Tokyo", NOW) is None


def test_unknown_zone_has_no_next_run() -> None:
    """A zone that this machine does not know is no reason to fail."""
    assert next_run("cron(0 9 * * ? *)", "Atlantis/Poseidonis", NOW) is None
