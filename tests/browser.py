"""A browser, and a page in which nothing may go wrong unseen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
    """Start a browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def looking(browser: Browser, base_url: str, **options: Any) -> Iterator[Page]:
    """Give a page without an address; at the end no script and no policy of it may have complained."""
    context = browser.new_context(
        **{"base_url": base_url, "timezone_id": "UTC", "reduced_motion": "reduce"} | options
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    yield page
    context.close()

    assert [] == [problem for problem in problems if "Failed to load resource" not in problem]
