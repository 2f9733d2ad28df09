"""The coverage of a report in words, for Slack and for a terminal."""

from __future__ import annotations

from bot.domain.coverage import Coverage
from bot.domain.query import Query
from bot.i18n import Locale, translate
from bot.render.errors import Wrap


def coverage_text(coverage: Coverage | None, query: Query, locale: Locale) -> str:
    """
    Return the number of Regions and accounts that a scan covered, such as "3 Regions, 41 accounts".

    A number that is not known, or to which the query narrows the scan, is left out; the text may be empty.
    """
    if coverage is None:
        return ""
    regions = 0 if query.regions else coverage.region_count
    accounts = 0 if query.accounts or query.account_names else coverage.account_count
    counts = {"regions": regions, "accounts": accounts}
    known = [translate(locale, f"coverage.{name}", count=count) for name, count in counts.items() if count]
    return translate(locale, "coverage.and").join(known)


def elsewhere_text(coverage: Coverage | None, wrap: Wrap, locale: Locale) -> str:
    """Return a warning if findings of several Regions are shown in another Region; empty otherwise."""
    if coverage is None or not coverage.is_elsewhere:
        return ""
    return translate(
        locale, "coverage.elsewhere", region=wrap(coverage.region), home=wrap(coverage.home or "")
    )
