"""Names of accounts in a query: a misspelt one must not be answered with no findings."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.domain.control import ALL
from bot.domain.query import Query
from bot.errors import UnknownAccountError
from bot.ports import Findings

NEAREST = 3
"""Names that are offered."""


def check_account_names(names: Sequence[str], findings: Findings) -> None:
    """
    Check that findings in any state have these names of accounts, which count with their case.

    It makes a call for each name, and one more for the names that are offered instead.

    Raises:
        UnknownAccountError: no finding has a name.
        BotError: the errors of `Findings.pages`.
    """
    for name in names:
        if not _seen(findings, (name,)):
            seen = {known.lower(): known for known in _seen(findings, ())}
            close = difflib.get_close_matches(name.lower(), seen, n=NEAREST, cutoff=0.6)
            raise UnknownAccountError(account=name, nearest=", ".join(seen[lower] for lower in close))


def _seen(findings: Findings, names: tuple[str, ...]) -> set[str]:
    """Return the names of the accounts of at most 100 findings."""
    query = Query(controls=(ALL,), account_names=names, statuses=(), is_of_failed=False)
    page = next(findings.pages(query))
    return {finding.account_name for finding in page.findings} - {""}
