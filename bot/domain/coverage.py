"""The coverage of this Region's Security Hub: the Regions and accounts whose findings it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.words.values import REGION
from bot.errors import InvalidSettingError

LIFE = timedelta(days=1)
"""A change of the aggregation, of the members or of a refusal is seen a day later."""

MOST_REGIONS = 60
"""The Regions that are looked at; AWS has 34 in its largest partition (botocore 1.44, endpoints.json)."""

SETTING, OFF = "LINKED_REGIONS", "off"


class Linking(StrEnum):
    """RegionLinkingMode of GetFindingAggregator (API reference, CreateFindingAggregator)."""

    ALL = "ALL_REGIONS"
    ALL_BUT = "ALL_REGIONS_EXCEPT_SPECIFIED"
    THESE = "SPECIFIED_REGIONS"
    NONE = "NO_REGIONS"


@dataclass(frozen=True, slots=True)
class Aggregator:
    """The finding aggregator of an account."""

    home: str
    """The aggregation Region."""
    linking: str
    """A Linking, or a mode that the bot does not know."""
    regions: tuple[str, ...]
    """The linked Regions, or the excluded ones."""

    def linked(self, existing: Iterable[str]) -> tuple[str, ...]:
        """Return the linked Regions, sorted; `existing` are all Regions of the partition."""
        named = frozenset(self.regions)
        modes = {
            Linking.ALL.value: frozenset(existing),
            Linking.ALL_BUT.value: frozenset(existing) - named,
            Linking.THESE.value: named,
        }
        return tuple(sorted(modes.get(self.linking, frozenset()) - {self.home}))[:MOST_REGIONS]


@dataclass(frozen=True, slots=True)
class Members:
    """The accounts of which this one is the administrator."""

    accounts: frozenset[str]
    """Those whose relationship with the administrator is enabled."""
    administrator: str = ""
    """This account; empty if there is no member."""
    is_whole: bool = True
    """Whether all were read."""

    @property
    def count(self) -> int:
        """The number of accounts, this one included."""
        return len(self.accounts | {self.administrator})


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    The coverage that ListFindingAggregators, GetFindingAggregator and ListMembers tell.

    A value that is not known, because a call was denied or failed, is None or 0.
    """

    region: str
    """The Region in which the bot runs."""
    home: str | None = None
    """The aggregation Region; empty: findings are not aggregated; None: not known."""
    linked: tuple[str, ...] = ()
    """The Regions whose findings the aggregation Region shows besides its own, sorted."""
    account_count: int = 0
    """This account and its members; 0: not known."""

    @property
    def is_home(self) -> bool:
        """Whether findings of other Regions are shown here."""
        return self.home == self.region

    @property
    def is_elsewhere(self) -> bool:
        """Whether findings of several Regions are shown, but in another Region than this one."""
        return bool(self.home) and not self.is_home

    @property
    def region_count(self) -> int:
        """The number of Regions whose findings are shown here; 0: not known."""
        if self.home is None:
            return 0
        return 1 + (len(self.linked) if self.is_home else 0)


@dataclass(frozen=True, slots=True)
class KnownRegions:
    """The Regions, as far as they are known. No account is named."""

    coverage: Coverage
    found_at: datetime
    accounts: dict[str, str] = field(default_factory=dict)
    """Region to a digest of the accounts whose findings it shows; equal digests, equal accounts."""
    refused: dict[str, datetime] = field(default_factory=dict)
    """Region to the time at which it refused to show its findings."""
    is_whole: bool = True
    """Whether all calls have answered."""

    def refusing(self, now: datetime) -> dict[str, datetime]:
        """Return the refusals of the last day."""
        return {region: at for region, at in self.refused.items() if now - at < LIFE}


class RegionState(StrEnum):
    """
    The state of a linked Region for reading, those first that somebody can correct.

    The values are parts of keys of bot/i18n.
    """

    READ = "read"
    """Its findings are read there."""
    DENIED = "denied"
    """AWS denies its findings."""
    UNCLEAR = "unclear"
    """AWS denies its members, so that they cannot be compared."""
    FAILED = "failed"
    """It did not answer."""
    REFUSED = "refused"
    """AWS has denied its findings within a day."""
    BLIND = "blind"
    """It shows other accounts than the home Region."""
    DISABLED = "disabled"
    """Security Hub, or the Region itself, is not enabled."""
    UNNAMED = "unnamed"
    """LINKED_REGIONS does not name it."""


def parse_linked(text: str) -> frozenset[str] | None:
    """
    Read LINKED_REGIONS.

    Returns:
        The Regions that may be read besides this one: None for all, none for `off`.

    Raises:
        InvalidSettingError: a word is no Region.
    """
    words = text.lower().replace(",", " ").split()
    if not words or words == [OFF]:
        return frozenset() if words else None
    if not all(map(REGION.fullmatch, words)):
        raise InvalidSettingError(setting=SETTING, choices=f"{OFF}, Regions such as us-east-1, or empty")
    return frozenset(words)
