"""
The Regions whose findings Security Hub shows here: found by its own calls, and kept for a day.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation.html (the home Region
shows the findings of the linked Regions in which Security Hub is enabled), and botocore's service model.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Protocol

from bot.adapters.linked.calls import ABSENT, RegionCalls, region_calls
from bot.domain.coverage import (
    LIFE,
    SETTING,
    Aggregator,
    Coverage,
    KnownRegions,
    Linking,
    Members,
    parse_linked,
)
from bot.errors import AccessDeniedError, BotError
from bot.ports import Clock
from bot.settings import Settings

LOG = logging.getLogger(__name__)

SECONDS = 60.0
"""The time for all Regions together: 240 pages of members, at a quarter of a second each."""

PAUSE = timedelta(minutes=10)
"""The time after which calls that were denied or failed are made again."""

Answer = Members | BotError


class KnownRegionsStore(Protocol):
    """Keeps the Regions for other processes. Raises BotError."""

    def load(self) -> KnownRegions | None:
        """Return the Regions, None if none are kept."""

    def save(self, known: KnownRegions) -> None:
        """Replace the Regions."""


class AggregatedRegions:
    """
    The Regions of an account, as seen from the one in which the bot runs.

    Args:
        calls: makes the calls.
        allowed: the Regions that LINKED_REGIONS allows; None for all.
        now: the clock.
        store: keeps the Regions beyond this process, if there is one.
    """

    def __init__(
        self,
        calls: RegionCalls,
        allowed: frozenset[str] | None,
        now: Clock,
        store: KnownRegionsStore | None = None,
    ) -> None:
        self._calls = calls
        self._region = calls.region
        self._allowed = allowed
        self._now = now
        self._store = store
        self._looking = Lock()
        self._refusing = Lock()
        self._known = KnownRegions(Coverage(calls.region), datetime.min.replace(tzinfo=UTC), is_whole=False)
        self._refused: dict[str, datetime] = {}

    def coverage(self) -> Coverage:
        """Return the coverage (see the port)."""
        with self._looking:
            return self._current().coverage

    def readable(self, seen: Collection[str]) -> tuple[str, ...]:
        """Return the Regions that show the same accounts (see the port)."""
        if not any(map(self._is_allowed, seen)):
            return ()
        with self._looking:
            found = self._current().coverage.linked  # empty outside the home Region
            linked = [region for region in found if region in seen and self._is_allowed(region)]
            accounts = self._accounts(linked)
        own = accounts.get(self._region)
        return tuple(region for region in linked if own and accounts.get(region) == own)

    def refused(self, region: str) -> None:
        """Remember a refusal for a day (see the port)."""
        with self._refusing:
            self._refused[region] = self._now()
        self._save()

    def _is_allowed(self, region: str) -> bool:
        if region == self._region or (self._allowed is not None and region not in self._allowed):
            return False
        refused_at = self._refused.get(region)
        return refused_at is None or self._now() - refused_at >= LIFE

    def _current(self) -> KnownRegions:
        """Return what is known: in this process, in the store, or else by calls."""
        now = self._now()
        if now - self._known.found_at >= (LIFE if self._known.is_whole else PAUSE):
            kept = self._loaded()
            if kept and kept.coverage.region == self._region and now - kept.found_at < LIFE:
                self._known = kept
                with self._refusing:
                    self._refused = {**kept.refused, **self._refused}
            else:
                self._known = self._found(now)
                self._save()
        return self._known

    def _found(self, now: datetime) -> KnownRegions:
        """Ask Security Hub; a value that it does not tell stays unknown."""
        here = self._region
        members, aggregator = self._calls.overview()
        coverage = Coverage(here)
        if isinstance(members, Members) and members.is_whole:
            coverage = replace(coverage, account_count=members.count)
        if isinstance(aggregator, BotError):
            return KnownRegions(coverage, now, is_whole=False)
        coverage = replace(coverage, home=aggregator.home if aggregator else "")
        if not aggregator or not coverage.is_home:
            return KnownRegions(coverage, now, is_whole=coverage.account_count > 0)
        first_pages = self._calls.members(aggregator.linked(self._calls.existing()), most_pages=1)
        linked = covered(aggregator, first_pages)
        coverage = replace(coverage, linked=linked or (), home=None if linked is None else aggregator.home)
        accounts = _digests({**first_pages, here: members})
        is_whole = coverage.account_count > 0 and not any(map(_may_pass, first_pages.values()))
        return KnownRegions(coverage, now, accounts, is_whole=is_whole and linked is not None)

    def _accounts(self, regions: Iterable[str]) -> Mapping[str, str]:
        """Return the digests of the accounts here and in other Regions, as far as ListMembers tells them."""
        missing = [region for region in (self._region, *regions) if region not in self._known.accounts]
        if found := _digests(self._calls.members(missing)):
            self._known = replace(self._known, accounts={**self._known.accounts, **found})
            self._save()
        return self._known.accounts

    def _loaded(self) -> KnownRegions | None:
        try:
            return self._store.load() if self._store else None
        except Exception:
            LOG.exception("the kept Regions cannot be read")
            return None

    def _save(self) -> None:
        """Keep what is known; without an answer to every call, it is asked again instead."""
        if not self._store or not self._known.is_whole:
            return
        with self._refusing:
            known = replace(self._known, refused=dict(self._refused))
        try:
            self._store.save(replace(known, refused=known.refusing(self._now())))
        except BotError as error:
            LOG.warning("the Regions cannot be kept: %s", error)


def aggregated_regions(
    settings: Settings, region: str, now: Clock, store: KnownRegionsStore | None = None
) -> AggregatedRegions:
    """
    Make the adapter for the environment's account.

    Raises:
        InvalidSettingError: LINKED_REGIONS.
    """
    allowed = parse_linked(settings.get(SETTING))
    return AggregatedRegions(region_calls(region, SECONDS), allowed, now, store)


def covered(aggregator: Aggregator, first_pages: Mapping[str, Answer]) -> tuple[str, ...] | None:
    """
    Return the linked Regions whose findings the home Region shows; None: not known.

    A Region in which ListMembers is denied counts if the aggregator names it. Of "all Regions" it does not
    count: policies of organizations deny unused Regions. If all are denied, the permission is missing.
    """
    is_named = aggregator.linking == Linking.THESE
    if not is_named and first_pages and all(isinstance(a, AccessDeniedError) for a in first_pages.values()):
        return None
    return tuple(
        region
        for region, answer in sorted(first_pages.items())
        if isinstance(answer, Members) or (is_named and not isinstance(answer, ABSENT))
    )


def _digests(answers: Mapping[str, Answer | None]) -> dict[str, str]:
    """Return digests of accounts that can be compared: those of whole lists."""
    return {
        region: sha256(",".join(sorted(answer.accounts)).encode()).hexdigest()
        for region, answer in answers.items()
        if isinstance(answer, Members) and answer.is_whole
    }


def _may_pass(answer: Answer) -> bool:
    return isinstance(answer, BotError) and not isinstance(answer, (*ABSENT, AccessDeniedError))
