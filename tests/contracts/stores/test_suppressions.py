"""Suppressions: those that end on a day, by the fake and in the bucket."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.suppressions import BucketSuppressions
from bot.domain.suppression import Suppression
from bot.errors import ReportGoneError
from bot.triage_ports import Suppressions
from tests.builders import NOW
from tests.contracts.places import BUCKET
from tests.contracts.stores.changes import CHANGES
from tests.fakes.suppressions import FakeSuppressions

DAY = date(2026, 12, 31)
ONE = Suppression("act-0000", DAY, "U0PERSON", "公開用 🎉", NOW, 2)


@pytest.fixture(params=["fake", "bucket"])
def suppressions(request: pytest.FixtureRequest) -> Suppressions:
    """Return the port."""
    if request.param == "fake":
        return FakeSuppressions()
    return BucketSuppressions(Bucket(request.getfixturevalue("bucket"), BUCKET))


def test_suppressions_come_back_by_last_day(suppressions: Suppressions) -> None:
    """Those that end by a day come, the earliest first, in any order of writing."""
    kept = [replace(ONE, expires_on=DAY + timedelta(days=days)) for days in (0, 1, 2, 400)]
    for one in (kept[2], kept[0], kept[3], kept[1]):
        suppressions.add(one, iter(CHANGES))

    assert kept[:2] == list(suppressions.until(DAY + timedelta(days=1)))
    assert [] == list(suppressions.until(DAY - timedelta(days=1)))
    assert CHANGES == list(suppressions.changes(kept[1]))


def test_suppression_is_replaced_and_removed(suppressions: Suppressions) -> None:
    """The same one again is one; removed, it is gone with all that was kept of it, however often."""
    suppressions.add(ONE, iter(CHANGES))
    suppressions.add(replace(ONE, finding_count=1), iter(CHANGES[:1]))
    assert [1] == [one.finding_count for one in suppressions.until(DAY)]

    suppressions.remove(ONE)
    suppressions.remove(ONE)
    assert [] == list(suppressions.until(DAY))
    with pytest.raises(ReportGoneError):
        list(suppressions.changes(ONE))
