"""Tests that need what a machine may lack."""

from __future__ import annotations

from typing import NoReturn

import pytest

from tests.effort import IS_CI


def stop_without(what: str) -> NoReturn:
    """Skip a test, and say how to get what it needs; in CI everything is there, or the test fails."""
    reason = f"{what} not installed: `make judges` installs what is missing"
    if IS_CI:
        pytest.fail(reason)
    pytest.skip(reason)
