"""One browser for all tests of a process, and pages in which nothing may go wrong unseen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.missing import stop_without

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


@cache
def chromium() -> str | None:
    """Find a Chromium that starts: the system's, or the one that tools/install-judges brings."""
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    names = ("chrome-headless-shell", "headless_shell")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", f"{sys.prefix}/browsers"))
    brought = (path for name in names for path in folder.rglob(name))
    return next((program for program in [*found, *map(str, brought)] if _starts(program)), None)


def _starts(program: str) -> bool:
    """Return whether a program runs: Ubuntu has a stand-in of that name, and libraries may be missing."""
    try:
        command = [program, "--version"]
        return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a browser; there can be only one in a thread. Where there is none the test is skipped."""
    if chromium() is None:
        stop_without("Chromium is")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched(window: Page) -> Iterator[Page]:
    """Return a page as if it were new; at the end no script and no policy of it may have complained."""
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
