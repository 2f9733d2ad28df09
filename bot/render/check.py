"""The results of a check before deployment as lines for a terminal, and as a CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from bot.domain.check_result import CheckReport, Gap, Key, Result, Status
from bot.i18n import Locale, translate
from bot.render.csv_file import COLUMNS, escape_formula_text
from bot.render.terminal import visible

FURTHER_COLUMNS = ("phase", "file", "line", "logical-id", "source")
"""At the end, after the columns of a scan; their names are `csv.<column>` in bot/i18n."""

PHASE = "before deployment"
"""The value of the column phase. It is the same in every language, so that a program can filter by it."""

REMEDIATION = "https://docs.aws.amazon.com/console/securityhub/{}/remediation"
"""The page that Security Hub's findings name in Remediation.Recommendation.Url."""


def result_line(result: Result, locale: Locale) -> str:
    """Write a line for a terminal."""
    place = visible(f"{result.file}:{result.line}")
    subject = visible(" ".join(filter(None, (result.logical_id, result.path))))
    remark = remark_on(result, locale)
    text = f"{visible(result.control.title)} ({visible(remark)})" if remark else visible(result.control.title)
    head = f"{result.control.severity:13} {visible(result.control.id):18} {result.status:10}"
    return f"{head} {place}  {subject} — {text}\n"


def gap_line(gap: Gap, locale: Locale) -> str:
    """Write a line about a part that could not be read."""
    reason = translate(locale, gap.reason.key, name=gap.reason.name)
    return visible(translate(locale, "check.gap", place=f"{gap.file}:{gap.line}", reason=reason)) + "\n"


def notice_line(notice: Gap, locale: Locale) -> str:
    """Write a line about a mark that does not count, or suppresses nothing."""
    reason = translate(locale, notice.reason.key, name=notice.reason.name)
    return (
        visible(translate(locale, "check.notice", place=f"{notice.file}:{notice.line}", reason=reason)) + "\n"
    )


def vanished_line(key: Key, locale: Locale) -> str:
    """Write a line about a failure of the baseline that is gone."""
    control, file, logical_id = key
    return visible(translate(locale, "check.vanished", control=control, place=f"{file} {logical_id}")) + "\n"


def totals_line(report: CheckReport, shown: Sequence[Result], locale: Locale) -> str:
    """Count the shown results of controls by their status; those of other tools' rules are counted apart."""
    counts = Counter(result.status for result in shown if result.is_of_control)
    text = translate(
        locale,
        "check.total",
        failed=counts[Status.FAILED],
        unknown=counts[Status.UNKNOWN],
        suppressed=counts[Status.SUPPRESSED],
        passed=counts[Status.PASSED],
        files=report.file_count,
    )
    other = len(shown) - counts.total()
    return f"{text}\n" + (translate(locale, "check.total.other", count=other) + "\n" if other else "")


def remark_on(result: Result, locale: Locale) -> str:
    """Explain a result: why it is not known, which default decided, who has accepted it; may be empty."""
    remarks = []
    if result.suppression:
        remarks.append(f"{result.suppression.origin}: {result.suppression.reason or '-'}")
    reasons = filter(None, (result.reason, result.stricter))
    remarks.extend(translate(locale, reason.key, name=reason.name) for reason in reasons)
    return "; ".join(remarks)


def csv_text(results: Iterable[Result], locale: Locale) -> Iterator[str]:
    """Yield the lines of a CSV: those of a scan, with FURTHER_COLUMNS; encode it with `csv_file.encoded`."""
    names = [translate(locale, f"csv.{column}") for column in (*COLUMNS, *FURTHER_COLUMNS)]
    yield "\ufeff" + escape_formula_text(names)
    for result in results:
        cells = _cells(result, locale)
        yield escape_formula_text([cells.get(column, "") for column in (*COLUMNS, *FURTHER_COLUMNS)])


def _cells(result: Result, locale: Locale) -> dict[str, str]:
    """Return the cells that are not empty: there is no account, Region or workflow status yet."""
    control = result.control
    return {
        "resource": result.logical_id,
        "title": control.title,
        "control": control.id,
        "severity": control.severity,
        "resource-type": result.type,
        "note": remark_on(result, locale),
        "compliance-status": result.status,
        "remediation": REMEDIATION.format(control.id) if result.is_of_control else "",
        "phase": PHASE,
        "file": result.file,
        "line": str(result.line),
        "logical-id": result.logical_id,
        "source": "\n".join(result.sources),
    }
