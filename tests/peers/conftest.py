"""Where the peers are not installed their tests are skipped, but not in CI."""

from __future__ import annotations

import os

import pytest

from tests.peers.emulate import is_installed


@pytest.fixture(scope="session")
def _installed() -> None:
    """Go on only where `make peers` was run."""
    if is_installed():
        return
    if os.environ.get("CI"):
        pytest.fail("the peers are not installed: make peers")
    pytest.skip("the peers are not installed: make peers")
