"""A report as text for a terminal."""

from __future__ import annotations

from bot.domain.report import Report
from bot.i18n import Locale, translate
from bot.render.errors import explain
from bot.render.resource import account, short_name


def terminal_text(report: Report, locale: Locale) -> str:
    """List a report's findings, one a line, then the totals."""
    lines = [
        f"{finding.severity:13} {finding.control_id:18} {finding.workflow_status:9} "
        f"{_visible(short_name(finding.resource_id))}  {_visible(account(finding))}  {finding.region}"
        for finding in report.findings
    ]
    return "".join(f"{line}\n" for line in lines) + totals(report, locale)


def totals(report: Report, locale: Locale) -> str:
    """Count a report's findings, and name what could not be read."""
    lines = [translate(locale, "cli.total", count=len(report.findings))]
    for unread in report.unread:
        controls = ", ".join(unread.controls)
        lines.append(translate(locale, "report.partial", controls=controls, reason=explain(unread, locale)))
    return "\n".join(lines) + "\n"


def _visible(text: str) -> str:
    """Keep text from outside from steering the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
