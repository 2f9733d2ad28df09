"""What every test stands on: no settings of the machine, no AWS but the local one."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

from bot.settings import SETTINGS
from tests.effort import IS_CI, examples

pytest_plugins = ["tests.browser", "tests.judges"]

settings.register_profile(
    "steady",
    deadline=None,
    max_examples=examples(50),
    derandomize=IS_CI,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no fault of the strategy's
)
settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --golden, which writes the golden files anew instead of comparing with them."""
    parser.addoption("--golden", action="store_true", help="write the golden files anew")


def pytest_xdist_auto_num_workers() -> int:
    """Return three workers for two processors: a worker waits for Chromium and for child processes."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped, and why."""
    skipped = terminalreporter.stats.get("skipped", ())
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped)
    if reasons:
        terminalreporter.section("skipped tests")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason}")


@pytest.fixture(autouse=True)
def _no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's AWS and Slack settings out of every test."""
    names = [name for name in os.environ if name.startswith(("AWS_", "SLACK_"))]
    for name in {*names, *(setting.name for setting in SETTINGS)}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
