"""Updates, put together into calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter

from bot.domain.finding import FindingIdentifier
from bot.domain.triage import FindingState

UPDATE_SIZE = 100
"""The most FindingIdentifiers that BatchUpdateFindings takes."""

Batch = tuple[FindingState, list[FindingIdentifier]]
"""Findings that one call updates."""


def batches_of(updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> Iterator[Batch]:
    """Put together what follows each other with the same values, each finding once, at most 100."""
    for values, group in groupby(updates, key=itemgetter(1)):
        identifiers = (identifier for identifier, _ in group)
        while some := list(dict.fromkeys(islice(identifiers, UPDATE_SIZE))):
            yield values, some
