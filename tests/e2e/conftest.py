"""The local world with its findings, and a browser looking at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from playground import seed
from playground.world import World
from tests.browser import launched, looking


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the one browser of the session."""
    with launched() as browser:
        yield browser


@pytest.fixture
def world() -> Iterator[World]:
    """Start the playground's world, in which Lambda tries a failed job again at once."""
    settings = {"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "playground"}
    with World(settings, pause=lambda _seconds: None) as started:
        seed.seed(started.hub)
        yield started


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    """Open the page."""
    with looking(browser, world.slack.url, viewport={"width": 1440, "height": 900}) as page:
        page.goto("/")
        yield page
