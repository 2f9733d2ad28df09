"""Controls, the catalogue that resolves what people type, and the nearest control to a typo."""

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
"""The form of every ID that ListSecurityControlDefinitions gives (bot/data/SOURCE.md)."""

MOST_SEARCHED = 1000
"""Characters of a search that are looked at: more than any title has, so that a longer one finds nothing."""


@dataclass(frozen=True, slots=True)
class Control:
    """One control of Security Hub."""

    id: str
    """SecurityControlId in its own spelling: `S3.1`, `Autoscaling.5`, `Opensearch.1`."""
    title: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Missing:
    """A control of a stored list that Security Hub does not have, or has no more."""

    control_id: str
    nearest: tuple[str, ...]
    """The IDs that look most like it, the nearest first; possibly none."""


@dataclass(frozen=True)
class Catalogue:
    """
    The controls that Security Hub knows.

    Filters compare control IDs case by case, so `s3.1` would find nothing; IDs are unique without regard
    to case, so a lower-case map gives each its own spelling.
    """

    controls: tuple[Control, ...]
    _by_lower: dict[str, Control] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_lower", {control.id.lower(): control for control in self.controls})

    def get(self, control_id: str) -> Control | None:
        """Find a control by its ID in any case."""
        return self._by_lower.get(control_id.lower())

    def canonical(self, control_id: str) -> str:
        """Give an ID its own spelling; one that is not in the catalogue stays as it is."""
        control = self.get(control_id)
        return control.id if control else control_id

    def resolve(self, control_ids: Iterable[str]) -> tuple[str, ...]:
        """
        Give each ID its own spelling, each once, in the order given.

        Raises:
            UnknownControlError: for the first that is not in the catalogue, with the nearest.
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
        Resolve a stored list, of which AWS may have retired a control: give what is missing apart.

        Raises:
            UnknownControlError: none of them is in the catalogue.
        """
        wanted = tuple(dict.fromkeys(control_ids))
        known = tuple(control_id for control_id in wanted if self.get(control_id))
        missing = tuple(control_id for control_id in wanted if not self.get(control_id))
        found = self.resolve(known or wanted)
        return found, tuple(Missing(each, tuple(self.nearest(each))) for each in missing)

    def nearest(self, control_id: str, count: int = 3) -> list[str]:
        """Give at most `count` IDs that look most like this one, the nearest first; possibly none."""
        close = difflib.get_close_matches(control_id.lower(), self._by_lower, n=count, cutoff=0.7)
        return [self._by_lower[lower].id for lower in close]

    def search(self, text: str, count: int) -> list[Control]:
        """Give at most `count` controls whose ID begins with, or whose ID or title holds, the text."""
        wanted = text[:MOST_SEARCHED].strip().lower()
        hits = [c for c in self.controls if wanted in c.id.lower() or wanted in c.title.lower()]
        return sorted(hits, key=lambda c: (not c.id.lower().startswith(wanted), _natural(c.id)))[:count]


def _natural(control_id: str) -> tuple[str, int]:
    service, _, number = control_id.partition(".")
    return service.lower(), int(number or 0)


@cache
def bundled_catalogue() -> Catalogue:
    """Read the catalogue that ships with the bot, for where no call may be made (bot/data/SOURCE.md)."""
    return Catalogue(tuple(_bundled_controls()))


def _bundled_controls() -> Iterator[Control]:
    text = resources.files("bot").joinpath("data/controls.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        yield Control(id=row["control_id"], title=row["title"], severity=Severity(row["severity"]))
