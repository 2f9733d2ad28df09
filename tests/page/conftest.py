"""One browser for all tests of the page, one page for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from playground.http import HttpServer
from tests.page.stub import Stub, make_app

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Root needs the first; the rest keep Chromium from asking for hosts outside."""
PATIENCE_MILLISECONDS = 5000

expect.set_options(timeout=PATIENCE_MILLISECONDS)


def chromium() -> str:
    """Find the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("Chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


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
    """Give an empty workspace."""
    served[0].reset()
    return served[0]


@pytest.fixture(scope="session")
def window(browser: Browser, served: tuple[Stub, str]) -> Page:
    """Give the one page that all tests share: to open a fresh one would double the time of a test."""
    context = browser.new_context(base_url=served[1], timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context.new_page()


@pytest.fixture
def page(window: Page) -> Iterator[Page]:
    """Give the page as if it were new; at the end of the test nothing in it may have gone wrong."""
    window.set_viewport_size({"width": 1280, "height": 800})
    window.emulate_media(color_scheme="light", reduced_motion="reduce")
    problems: list[str] = []

    def on_error(error: object) -> None:
        problems.append(str(error))

    def on_line(line: ConsoleMessage) -> None:
        problems.extend([line.text] if line.type == "error" else [])

    window.on("pageerror", on_error)
    window.on("console", on_line)
    yield window
    window.remove_listener("pageerror", on_error)
    window.remove_listener("console", on_line)
    window.unroute_all()
    window.evaluate("localStorage.clear(), sessionStorage.clear()")

    assert [] == [problem for problem in problems if "Failed to load resource" not in problem]
