"""What becomes of tests that need what is not here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import browser, conftest, missing


class TestMissing:
    """A machine without Chromium."""

    def test_skips_outside_ci_and_fails_in_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each test of the page is skipped with the command that helps; in CI it fails."""
        monkeypatch.setattr(browser, "chromium", lambda: None)
        for is_ci, outcome in ((False, pytest.skip.Exception), (True, pytest.fail.Exception)):
            monkeypatch.setattr(missing, "IS_CI", is_ci)
            with pytest.raises(outcome, match="Chromium is not installed: `make judges`"), browser.launched():
                pass

    def test_last_lines_say_how_many_and_why(self) -> None:
        """Reasons are counted, the commonest first."""
        lines: list[str] = []
        reports = [
            SimpleNamespace(longrepr=("x.py", 1, f"Skipped: {why}")) for why in ("rare", "often", "often")
        ]
        reporter: Any = SimpleNamespace(
            stats={"skipped": reports}, section=lines.append, write_line=lines.append
        )
        conftest.pytest_terminal_summary(reporter)

        assert ["skipped tests", "2 skipped: often", "1 skipped: rare"] == lines
