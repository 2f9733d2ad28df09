"""The local world with its findings, and a page of the browser to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from playwright.sync_api import Browser, Page

from playground import seed
from playground.http import HttpServer
from playground.world import World
from tests.browser import opened, watched
from tests.e2e.front import Front

Look = Callable[[World], AbstractContextManager[Page]]
"""Opens the page on a world, and closes it."""


@pytest.fixture(scope="session")
def front() -> Iterator[tuple[Front, str]]:
    """Serve the world of each test at one address; give what chooses it, and the address."""
    front = Front()
    server = HttpServer(front, "front")
    yield front, server.url
    server.stop()


@pytest.fixture(scope="session")
def window(browser: Browser, front: tuple[Front, str]) -> Page:
    """Open the one page that all these tests share."""
    return opened(browser, front[1])


@pytest.fixture
def look(window: Page, front: tuple[Front, str]) -> Look:
    """Let somebody look at a world."""

    @contextmanager
    def looked_at(world: World) -> Iterator[Page]:
        with front[0].showing(world.slack.app), watched(window) as page:
            page.goto("/")
            yield page

    return looked_at


@pytest.fixture
def world() -> Iterator[World]:
    """Start the playground's world, in which Lambda tries a failed job again at once."""
    settings = {"REPORT_LOCALE": "en", "ENVIRONMENT_NAME": "playground"}
    with World(settings, pause=lambda _seconds: None) as started:
        seed.seed(started.hub)
        yield started


@pytest.fixture
def page(look: Look, world: World) -> Iterator[Page]:
    """Look at the world."""
    with look(world) as page:
        yield page
