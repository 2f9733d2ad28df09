"""
GitHub annotations: workflow commands on standard output.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands, read 2026-11.
GitHub shows ten errors and ten warnings of a step (https://github.com/actions/toolkit/issues/734).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.check_result import CheckReport, Result, Status
from bot.domain.finding import Severity
from bot.i18n import Locale, translate
from bot.render.check import remark_on
from bot.render.limits import visible

MOST_SHOWN = 10
"""Annotations of failed controls; the last line counts the rest."""

COMMANDS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}


def github_annotations(report: CheckReport, results: Sequence[Result], locale: Locale) -> str:
    """Render the parts that could not be read and the most severe failed controls."""
    return "".join(f"{line}\n" for line in _lines(report, results, locale))


def _lines(report: CheckReport, results: Sequence[Result], locale: Locale) -> Iterator[str]:
    for gap in report.gaps:
        text = translate(locale, gap.reason.key, name=gap.reason.name)
        yield _command("error", gap.file, gap.line, translate(locale, "check.output.gap"), text)
    failed = [result for result in results if result.status is Status.FAILED]
    for result in failed[:MOST_SHOWN]:
        command = COMMANDS.get(result.control.severity, "notice")
        title = f"{result.control.id} {result.control.severity}"
        remark = remark_on(result, locale)
        subject = " ".join(filter(None, (result.logical_id, result.path)))
        text = f"{subject}: {result.control.title}" + (f" ({remark})" if remark else "")
        yield _command(command, result.file, result.line, title, text)
    if len(failed) > MOST_SHOWN:
        count = len(failed) - MOST_SHOWN
        yield f"::notice::{_data(translate(locale, 'check.output.more', count=count))}"


def _command(command: str, file: str, line: int, title: str, text: str) -> str:
    place = f"file={_property(file)},line={line},title={_property(title)}"
    return f"::{command} {place}::{_data(text)}"


def _data(text: str) -> str:
    """Escape the message of a command, so that no text begins another one."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
