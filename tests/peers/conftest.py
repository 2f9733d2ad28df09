"""If the peers are not installed, their tests are skipped, but not in CI."""

from __future__ import annotations

import pytest

from tests.missing import stop_without
from tests.peers.emulate import is_installed


@pytest.fixture(scope="session")
def _installed() -> None:
    """Go on only where they are installed."""
    if is_installed():
        return
    stop_without("the packages of tests/peers are")
