"""bot/data/checked_controls.txt, which the Lambda package has instead of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.check.rules import RULES
from bot.domain.control import bundled_catalogue, checked_controls

FILE = Path("bot/data/checked_controls.txt")


def test_file_has_the_controls_of_the_rules(request: pytest.FixtureRequest) -> None:
    """The file has each control that has a rule, in the catalogue's order; --golden writes it."""
    names = {rule.control for rule in RULES}
    controls = sorted(filter(None, map(bundled_catalogue().get, names)), key=lambda control: control.order)
    text = "".join(f"{control.id}\n" for control in controls)
    if request.config.getoption("--golden"):
        FILE.write_text(text, encoding="utf-8")

    assert text == FILE.read_text(encoding="utf-8")


def test_reports_read_the_file() -> None:
    """A control without a rule is not in it."""
    assert "S3.8" in checked_controls()
    assert "Account.1" not in checked_controls()
