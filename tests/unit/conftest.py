"""What unit tests of several files need."""

from __future__ import annotations

import pytest

from bot.usecases import progress
from tests.unit.world.handlers import ack
from tests.unit.world.long_scan import MANY
from tests.unit.world.slack import said, side

__all__ = ["ack", "said", "side"]


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take a small number of findings for a large one."""
    monkeypatch.setattr(progress, "MANY", MANY)
