"""
Take the pictures of the README: a report in the local Slack, in both languages.

    python -m tools.screenshots [DIRECTORY]

They need an emoji font (Debian's fonts-noto-color-emoji); without it emoji are boxes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page

from playground import seed
from playground.deployment import ROOT
from playground.world import World
from tests.browser import launched, opened

PEOPLE = {"en": "Security engineer", "ja": "Platform engineer"}
"""A person for each language of Slack."""


def main(folder: Path) -> None:
    """Write report-en.png and report-ja.png."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        for locale, person in PEOPLE.items():
            settings = {"REPORT_LOCALE": locale, "ENVIRONMENT_NAME": "production"}
            with World(settings) as world:
                seed.seed(world.hub)
                page = opened(browser, world.slack.url)
                page.set_viewport_size({"width": 1760, "height": 1500})
                picture(page, world, person, folder / f"report-{locale}.png")


def picture(page: Page, world: World, person: str, file: Path) -> None:
    """Scan as a person, open the thread, and take the picture."""
    page.goto("/")
    page.get_by_role("radio", name=re.compile(person)).check()
    composer = page.get_by_role("textbox", name=re.compile("security"))
    composer.fill("/sechub-scan S3.8 EC2.19")
    composer.press("Enter")
    world.invocations.drain()
    page.get_by_role("button", name=re.compile("^1 ")).click()
    page.locator("[data-file] table, table.sheet").first.wait_for()
    page.screenshot(path=file)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
