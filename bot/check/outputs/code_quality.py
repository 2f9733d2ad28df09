"""
GitLab's Code Quality report.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format, read 2026-11. GitLab
drops a second entry with the same fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath

from bot.domain.check_result import CheckReport, Result, Status, fingerprint
from bot.domain.finding import Severity
from bot.i18n import Locale, translate
from bot.render.check import remark_on

SEVERITIES = {
    Severity.CRITICAL: "blocker",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFORMATIONAL: "info",
}


def code_quality(report: CheckReport, results: Sequence[Result], locale: Locale) -> str:
    """Render the failed controls, and each part that could not be read as a blocker."""
    entries = [_entry(result, locale) for result in results if result.status is Status.FAILED]
    for gap in report.gaps:
        text = translate(locale, gap.reason.key, name=gap.reason.name)
        mark = fingerprint("unread", gap.file, str(gap.line))
        entries.append(_issue("unread", text, mark, "blocker", gap.file, gap.line))
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(result: Result, locale: Locale) -> dict[str, object]:
    remark = remark_on(result, locale)
    text = f"{result.control.id} {result.logical_id}: {result.control.title}"
    text += f" ({remark})" if remark else ""
    mark = fingerprint(*result.key, result.path)
    severity = SEVERITIES[result.control.severity]
    return _issue(result.control.id, text, mark, severity, result.file, result.line)


def _issue(name: str, description: str, mark: str, severity: str, file: str, line: int) -> dict[str, object]:
    """Write an entry; the path is relative, without `./`."""
    return {
        "description": description,
        "check_name": name,
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": PurePath(file).as_posix(), "lines": {"begin": line}},
    }
