"""A world with reports whose rows have owners."""

from __future__ import annotations

import pytest

from tests.unit.world.owned import OwnedReports


@pytest.fixture
def reports() -> OwnedReports:
    """A world with two people and a user group."""
    return OwnedReports()
