"""What unit tests of several files need."""

from __future__ import annotations

import pytest

from bot.usecases import progress
from tests.unit.world.long_scan import MANY


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a small number of findings for a large one."""
    monkeypatch.setattr(progress, "MANY", MANY)
