"""The coverage of this Region's Security Hub: the Regions and accounts whose findings it shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    The coverage that ListFindingAggregators, GetFindingAggregator and ListMembers tell.

    A value that is not known, because a call was denied or failed, is empty.
    """

    region: str
    """The Region in which the bot runs."""
    home: str = ""
    """The aggregation Region; empty: findings are not aggregated, or it is not known."""
    linked: tuple[str, ...] = ()
    """The Regions whose findings the aggregation Region shows besides its own, sorted."""
    account_count: int = 0
    """This account and its members; 0: not known."""

    @property
    def is_home(self) -> bool:
        """Whether findings of other Regions are shown here."""
        return self.home == self.region

    @property
    def region_count(self) -> int:
        """The number of Regions whose findings are shown here."""
        return 1 + (len(self.linked) if self.is_home else 0)
