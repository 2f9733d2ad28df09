"""The local world with its findings, and a page of the browser to look at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from playground import seed
from playground.world import World
from tests.browser import opened, watched


@pytest.fixture(scope="session")
def window(browser: Browser) -> Page:
    """Open the one page that all these tests share."""
    return opened(browser)


@pytest.fixture
def world() -> Iterator[World]:
    """Start the playground's world, in which Lambda tries a failed job again at once."""
    settings = {"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "playground"}
    with World(settings, pause=lambda _seconds: None) as started:
        seed.seed(started.hub)
        yield started


@pytest.fixture
def page(window: Page, world: World) -> Iterator[Page]:
    """Look at the world."""
    with watched(window) as page:
        page.goto(world.slack.url)
        yield page
