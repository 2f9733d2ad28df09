"""What the page talks to in its tests, and the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from playground.http import HttpServer
from tests.browser import opened, watched
from tests.page.stub import Stub, make_app


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Stub, str]]:
    """Serve a stub; give it and its address."""
    stub = Stub()
    server = HttpServer(make_app(stub), "page-stub")
    yield stub, server.url
    stub.close()
    server.stop()


@pytest.fixture
def stub(served: tuple[Stub, str]) -> Stub:
    """Return an empty workspace."""
    served[0].reset()
    return served[0]


@pytest.fixture(scope="session")
def window(browser: Browser, served: tuple[Stub, str]) -> Page:
    """Open the one page that all these tests share."""
    return opened(browser, served[1])


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """Return the page as if it were new."""
    with watched(window) as page:
        yield page
