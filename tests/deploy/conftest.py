"""What the tests of the deployment share."""

from __future__ import annotations

import pytest

from tests.deploy.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Stack:
    """Return the stack that somebody gets who leaves every default as it is."""
    return Stack()
