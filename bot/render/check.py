"""The results of a check before deployment as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.domain.check_result import CheckReport, Gap, Key, Result, Status
from bot.i18n import Locale, translate
from bot.render.limits import visible

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
    """Write a remark, such as one on a mark that suppresses nothing."""
    reason = translate(locale, notice.reason.key, name=notice.reason.name)
    place = f"{notice.file}:{notice.line}" if notice.line else notice.file
    return visible(translate(locale, "check.notice", place=place, reason=reason)) + "\n"


def vanished_line(key: Key, locale: Locale) -> str:
    """Write a line about a failure of the baseline that is gone."""
    control, file, logical_id = key
    return visible(translate(locale, "check.vanished", control=control, place=f"{file} {logical_id}")) + "\n"


def totals_line(
    report: CheckReport, counted: Iterable[Result], shown: Iterable[Result], locale: Locale
) -> str:
    """
    Count the results of controls by their status; those of other tools' rules are counted apart.

    Args:
        counted: the results, also those that passed and are not shown.
        shown: those of them that are shown.
    """
    counts = Counter(result.status for result in counted if result.is_of_control)
    text = translate(
        locale,
        "check.total",
        failed=counts[Status.FAILED],
        unknown=counts[Status.UNKNOWN],
        suppressed=counts[Status.SUPPRESSED],
        passed=counts[Status.PASSED],
        files=report.file_count,
    )
    other = sum(not result.is_of_control for result in shown)
    return f"{text}\n" + (translate(locale, "check.total.other", count=other) + "\n" if other else "")


def remark_on(result: Result, locale: Locale) -> str:
    """Explain a result: why it is not known, which default decided, who has accepted it; may be empty."""
    remarks = []
    if result.suppression:
        remarks.append(f"{result.suppression.origin}: {result.suppression.reason or '-'}")
    reasons = filter(None, (result.reason, result.stricter))
    remarks.extend(translate(locale, reason.key, name=reason.name) for reason in reasons)
    return "; ".join(remarks)
