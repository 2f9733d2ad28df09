"""A report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bot.domain.coverage import Coverage
from bot.domain.finding import account, product_name, short_name
from bot.domain.report import Report
from bot.i18n import Locale, translate
from bot.render.coverage import coverage_text, elsewhere_text
from bot.render.errors import explain_in_shell
from bot.render.limits import one_line, visible


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


def totals(report: Report, coverage: Coverage | None, locale: Locale) -> str:
    """Return a report's count, what it covers, and the controls that were not read to their end."""
    total = translate(locale, "cli.total", count=report.tally.finding_count)
    covered = coverage_text(coverage, report.query, locale)
    lines = [f"{total} ({covered})" if covered else total]
    if elsewhere := elsewhere_text(coverage, one_line, locale):
        lines.append(elsewhere)
    for unread in report.unread:
        controls = ", ".join(unread.controls)
        reason = explain_in_shell(unread, locale)
        lines.append(translate(locale, "report.partial", controls=controls, reason=reason))
    return "\n".join(lines) + "\n"
