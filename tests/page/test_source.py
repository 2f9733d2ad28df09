"""Rules that the page's files keep."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.page.stub import PAGE, Stub

SCRIPTS = sorted(PAGE.rglob("*.js"))
STYLES = sorted(PAGE.rglob("*.css"))
HTML_SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|eval\("
)
MOST_LINES = 250


class TestScripts:
    """The modules."""

    def test_modules_are_found(self) -> None:
        """There is something to check."""
        assert len(SCRIPTS) > 20

    def test_no_module_makes_html_from_text(self) -> None:
        """No module makes HTML from text."""
        found = {path.name: HTML_SINKS.findall(path.read_text(encoding="utf-8")) for path in SCRIPTS}

        assert {} == {name: sinks for name, sinks in found.items() if sinks}

    def test_modules_and_style_sheets_are_short(self) -> None:
        """No module and no style sheet is longer than a file may be."""
        files = [*SCRIPTS, *STYLES]
        lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files}

        assert {} == {name: length for name, length in lengths.items() if length > MOST_LINES}

    def test_modules_import_only_each_other(self) -> None:
        """Every import is a file of the page."""
        for script in SCRIPTS:
            for target in re.findall(r'from "([^"]+)"', script.read_text(encoding="utf-8")):
                assert (script.parent / target).resolve() in SCRIPTS


class TestIndex:
    """The one HTML file."""

    def test_no_script_style_or_listener_stands_in_html(self) -> None:
        """No script, style or listener stands in the HTML itself."""
        html = (PAGE / "index.html").read_text(encoding="utf-8")

        assert [] == re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html)

    def test_every_style_sheet_is_used(self) -> None:
        """Every style sheet is used."""
        html = (PAGE / "index.html").read_text(encoding="utf-8")

        assert [f"/page/style/{path.name}" for path in STYLES] == sorted(
            re.findall(r'href="(\S+\.css)"', html)
        )

    def test_policy_forbids_the_rest(self) -> None:
        """The policy starts from nothing and allows this origin only."""
        html = (PAGE / "index.html").read_text(encoding="utf-8")
        [policy] = re.findall(r'content="(default-src[^"]+)"', html)
        sources = {word for rule in policy.split(";") for word in rule.split()[1:]}

        assert policy.startswith("default-src 'none';")
        assert {"'none'", "'self'"} == sources


@pytest.mark.xdist_group("browser-page")
class TestWords:
    """The page's own words."""

    def test_both_languages_say_the_same(self, page: Page, stub: Stub) -> None:
        """Each text stands in both languages, with the same blanks to fill in."""
        assert stub.version
        page.goto("/page/icon.svg")
        english, japanese = (
            page.evaluate(f"async () => (await import('/page/words/{name}.js')).{name.upper()}")
            for name in ("en", "ja")
        )

        def blanks(texts: dict[str, str]) -> dict[str, list[str]]:
            return {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in texts.items()}

        assert blanks(english) == blanks(japanese)

    def test_every_word_is_there(self, page: Page, stub: Stub) -> None:
        """Each key that a module asks for by name has a text."""
        assert stub.version
        page.goto("/page/icon.svg")
        english = page.evaluate("async () => (await import('/page/words/en.js')).EN")
        source = "\n".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
        asked = set(re.findall(r'\bsay\("([\w-]+)"', source))

        assert set() == asked - set(english)
