"""
Words of a query that only findings can tell: names and IDs of accounts, and Regions.

A misspelt one must not be answered with no findings, and one with two meanings is asked about.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.domain.command import format_query
from bot.domain.control import ALL, EACH, service_of
from bot.domain.finding import Finding
from bot.domain.query import MOST_VALUES, Query
from bot.errors import AmbiguousError, UnknownAccountError, UnknownRegionError
from bot.ports import Findings

NEAREST = 3
"""Names that are offered."""

MOST_LOOKS = 5
"""Calls, each for a page of other Regions or accounts than those before, to learn names to offer."""

MOST_BARE = 5
"""Words that one call compares with the names of accounts, in four spellings each."""

EVERYTHING = Query(controls=(ALL,), statuses=(), is_of_failed=False)


def check_account_names(query: Query, findings: Findings, *, is_stored: bool) -> None:
    """
    Check that findings in any state have the names of accounts, which count with their case.

    It makes a call for each name, one more if all of its 100 findings are of one account, and at most
    MOST_LOOKS for the names that are offered instead.

    Args:
        is_stored: whether nobody can be asked: two accounts of one name are both meant then.

    Raises:
        UnknownAccountError: no finding has a name.
        AmbiguousError: two accounts have a name.
        BotError: the errors of `Findings.pages`.
    """
    ids = {name: _account_ids(name, findings) for name in query.account_names}
    for name, accounts in ids.items():
        if not accounts:
            seen = {finding.account_name for finding in _some_of_all(findings, "not_accounts", _account_id)}
            raise UnknownAccountError(account=name, nearest=_nearest(name, seen))
    for name, accounts in ids.items():
        if len(accounts) > 1 and not is_stored:
            others = [one for other, them in ids.items() if other != name for one in them]
            meanings = {f"account:{one}": (*others, one) for one in accounts[: MOST_VALUES - 1]}
            meanings[f"account:{','.join(accounts)}"] = (*others, *accounts)
            questions = {
                word: format_query(replace(query, account_names=(), accounts=tuple(dict.fromkeys(chosen))))
                for word, chosen in meanings.items()
            }
            raise _ambiguous(name, questions)


def check_bare_words(bare: Sequence[str], query: Query, findings: Findings) -> None:
    """
    Check that no account has the name of a service that was typed as one word, such as `backup`.

    It makes one call, and none if there is no such word, or the query names accounts anyway.

    Raises:
        AmbiguousError: an account has the name, in the typed spelling, a usual one, or the service's own.
        BotError: the errors of `Findings.pages`.
    """
    if query.accounts or query.account_names:
        return
    for name in account_names(bare, findings):
        service = next(one for one in query.controls if service_of(one).lower() == name.lower())
        others = tuple(one for one in query.controls if one != service)
        as_account = replace(query, controls=others or (ALL,), account_names=(name,))
        named = f'account:"{name}"' if " " in name else f"account:{name}"
        questions = {service: format_query(query), named: format_query(as_account)}
        raise _ambiguous(service.removesuffix(EACH), questions)


def account_names(words: Sequence[str], findings: Findings) -> list[str]:
    """Return the names of accounts among the first MOST_BARE words, with a call if there are words."""
    wanted = [form for word in words[:MOST_BARE] for form in (word, word.lower(), word.upper(), word.title())]
    if not wanted:
        return []
    seen = {one.account_name for one in _page(findings, account_names=tuple(dict.fromkeys(wanted)))}
    return [name for name in dict.fromkeys(wanted) if name in seen]


def check_places(query: Query, findings: Findings) -> None:
    """
    Check that findings in any state are of the accounts and Regions of a query that has found nothing.

    It makes a call for each of the first MOST_VALUES, and at most MOST_LOOKS for what is offered instead.

    Raises:
        UnknownAccountError, UnknownRegionError: none is.
        BotError: the errors of `Findings.pages`.
    """
    for account in query.accounts[:MOST_VALUES]:
        if not _page(findings, accounts=(account,)):
            ids = {one.account_id for one in _some_of_all(findings, "not_accounts", _account_id)}
            raise UnknownAccountError(account=account, nearest=_nearest(account, ids))
    for region in query.regions[:MOST_VALUES]:
        if not _page(findings, regions=(region,)):
            seen = {one.region for one in _some_of_all(findings, "not_regions", _region)}
            raise UnknownRegionError(region=region, nearest=_nearest(region, seen))


def _ambiguous(word: str, questions: Mapping[str, str]) -> AmbiguousError:
    error = AmbiguousError(word=word, meanings=", ".join(questions))
    error.questions = questions
    return error


def _account_ids(name: str, findings: Findings) -> tuple[str, ...]:
    """Return the accounts of a name: those of a page, and, if there is one and more pages, another one."""
    query = replace(EVERYTHING, account_names=(name,))
    page = next(findings.pages(query))
    ids = tuple(dict.fromkeys(finding.account_id for finding in page.findings))
    if len(ids) == 1 and not page.is_last:
        ids += tuple(
            dict.fromkeys(one.account_id for one in _page(findings, account_names=(name,), not_accounts=ids))
        )
    return ids


def _some_of_all(findings: Findings, attribute: str, value_of: Callable[[Finding], str]) -> Iterable[Finding]:
    """Yield findings of at most MOST_LOOKS pages, each of other values of an attribute than those before."""
    seen: tuple[str, ...] = ()
    for _ in range(MOST_LOOKS):
        page = _page(findings, **{attribute: seen})
        yield from page
        new = tuple(dict.fromkeys(map(value_of, page)))
        if not new or len(seen) + len(new) > MOST_VALUES:
            return
        seen += new


def _page(findings: Findings, **changes: tuple[str, ...]) -> list[Finding]:
    """Return at most 100 findings in any state."""
    return next(findings.pages(replace(EVERYTHING, **changes))).findings  # type: ignore[arg-type]


def _nearest(word: str, seen: Collection[str]) -> str:
    by_lower = {known.lower(): known for known in seen if known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=NEAREST, cutoff=0.6)
    return ", ".join(by_lower[lower] for lower in close)


def _account_id(finding: Finding) -> str:
    return finding.account_id


def _region(finding: Finding) -> str:
    return finding.region
