"""A report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.domain.finding import account, product_name, short_name
from bot.domain.report import Report
from bot.i18n import Locale, translate
from bot.render.errors import explain_in_shell
from bot.render.limits import visible


def terminal_lines(rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield a line for each row of a report's CSV (see read_rows)."""
    for row in rows:
        resource = short_name(row["resource"].partition("\n")[0])
        control = row["control"] or product_name(row["product-arn"].partition("\n")[0])
        place = account(row["account-name"], row["account-id"])
        yield (
            f"{row['severity']:13} {visible(control):18} {row['workflow-status']:9} "
            f"{visible(resource)}  {visible(place)}  {row['region']}\n"
        )


def totals(report: Report, locale: Locale) -> str:
    """Return a report's count, and the controls that were not read to their end."""
    lines = [translate(locale, "cli.total", count=report.tally.finding_count)]
    for unread in report.unread:
        controls = ", ".join(unread.controls)
        reason = explain_in_shell(unread, locale)
        lines.append(translate(locale, "report.partial", controls=controls, reason=reason))
    return "\n".join(lines) + "\n"
