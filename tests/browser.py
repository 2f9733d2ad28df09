"""One browser for all tests of a process, and pages in which nothing may go wrong unseen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

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

PATIENCE_MILLISECONDS = 10_000

expect.set_options(timeout=PATIENCE_MILLISECONDS)


def chromium() -> str:
    """Find the system's Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.fail("Chromium is not installed: apt-get install chromium")


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a browser; there can be only one in a thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched(window: Page) -> Iterator[Page]:
    """Give a page as if it were new; at the end no script and no policy of it may have complained."""
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the one browser of the process."""
    with launched() as browser:
        yield browser


def opened(browser: Browser, base_url: str | None = None) -> Page:
    """Open a page, for many tests: to open a fresh one would double the time of each."""
    context = browser.new_context(base_url=base_url, timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context.new_page()
