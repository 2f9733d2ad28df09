"""Controls, and the catalogue that resolves typed control IDs and suggests the nearest for a typo."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from bot.domain.finding import Severity
from bot.errors import UnknownControlError

CONTROL_ID = re.compile(r"[A-Za-z0-9]+\.[0-9]+")
"""The form of every ID in ListSecurityControlDefinitions (bot/data/SOURCE.md)."""

MOST_SEARCHED = 1000
"""The characters of a search that count: more than any title has, so that a longer search finds nothing."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control of Security Hub."""

    id: str
    """SecurityControlId in its own spelling: `S3.1`, `Autoscaling.5`, `Opensearch.1`."""
    title: str
    severity: Severity

    @property
    def order(self) -> tuple[str, int]:
        """The service and the number, by which `S3.9` comes before `S3.10`."""
        service, _, number = self.id.partition(".")
        return service.lower(), int(number) if number.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Missing:
    """A control of a stored list that Security Hub lacks, such as a retired one."""

    control_id: str
    nearest: tuple[str, ...]
    """The most similar IDs, the nearest first; possibly none."""


@dataclass(frozen=True)
class Catalogue:
    """
    The controls of Security Hub.

    Filters are case-sensitive, so `s3.1` would find nothing. IDs are unique without regard to case, so a
    lower-case map finds the spelling of each.
    """

    controls: tuple[Control, ...]
    _by_lower: dict[str, Control] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_lower", {control.id.lower(): control for control in self.controls})

    def get(self, control_id: str) -> Control | None:
        """Find a control by its ID in any case."""
        return self._by_lower.get(control_id.lower())

    def canonical(self, control_id: str) -> str:
        """Return an ID in its own spelling; an unknown ID stays as it is."""
        control = self.get(control_id)
        return control.id if control else control_id

    def resolve(self, control_ids: Iterable[str]) -> tuple[str, ...]:
        """
        Return the IDs in their own spelling, each once, in the order given.

        Raises:
            UnknownControlError: names the first that is not in the catalogue, and the nearest.
        """
        found: dict[str, None] = {}
        for control_id in control_ids:
            control = self.get(control_id)
            if control is None:
                raise UnknownControlError(control=control_id, nearest=", ".join(self.nearest(control_id)))
            found[control.id] = None
        return tuple(found)

    def resolve_known(self, control_ids: Iterable[str]) -> tuple[tuple[str, ...], tuple[Missing, ...]]:
        """
        Resolve a stored list, of which AWS may have retired some: return the known and the missing controls.

        Raises:
            UnknownControlError: none of them is in the catalogue.
        """
        typed = tuple(dict.fromkeys(control_ids))
        known = tuple(control_id for control_id in typed if self.get(control_id))
        missing = tuple(control_id for control_id in typed if not self.get(control_id))
        found = self.resolve(known or typed)
        return found, tuple(Missing(each, tuple(self.nearest(each))) for each in missing)

    def nearest(self, control_id: str, count: int = 3) -> list[str]:
        """Return at most `count` similar IDs, the nearest first; possibly none."""
        close = difflib.get_close_matches(control_id.lower(), self._by_lower, n=count, cutoff=0.7)
        return [self._by_lower[lower].id for lower in close]

    def search(self, text: str, count: int) -> list[Control]:
        """Return at most `count` controls with the text in ID or title; IDs that begin so come first."""
        typed = text[:MOST_SEARCHED].strip().lower()
        hits = [c for c in self.controls if typed in c.id.lower() or typed in c.title.lower()]
        return sorted(hits, key=lambda c: (not c.id.lower().startswith(typed), c.order))[:count]


@cache
def bundled_catalogue() -> Catalogue:
    """Read the catalogue that ships with the bot, which needs no call (bot/data/SOURCE.md)."""
    return Catalogue(tuple(_bundled_controls()))


def _bundled_controls() -> Iterator[Control]:
    text = resources.files("bot").joinpath("data/controls.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield Control(id=row["control_id"], title=row["title"], severity=Severity(row["severity"]))
