"""The places of deployed resources in templates, looked up while a report is put together."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from bot.check_ports import CheckedStacks
from bot.domain.checks.places import KeptStack, Place, stack_resource
from bot.domain.finding import Finding
from bot.domain.row import Row
from bot.errors import BotError
from bot.usecases.scanning.report_files import Complete

LOG = logging.getLogger(__name__)

MOST_READ = 100
"""Stacks that one job reads, each with one call of about 30 ms; resources of further ones have no place."""


class Places:
    """
    Looks up places: nothing is read before a finding names a stack, then one list of all stacks, and each
    stack once. The first error ends the look-ups of the job.
    """

    def __init__(self, stacks: CheckedStacks) -> None:
        self._stacks = stacks
        self._repositories: Mapping[str, tuple[str, ...]] | None = None
        self._known: dict[str, KeptStack | None] = {}
        self._left = MOST_READ

    def completing(self, complete: Complete) -> Complete:
        """Return a function that completes rows as `complete` does, and gives them their places."""

        def with_places(rows: Sequence[Row]) -> Sequence[Row]:
            kept = complete(rows)
            for row in kept:
                row.place = self.place_of(row.finding)
            return kept

        return with_places

    def place_of(self, finding: Finding) -> Place | None:
        """Return the place of a finding's resource; None if it is not known."""
        named = stack_resource(finding) if finding.tags else None
        if named is None:
            return None
        name, logical_id = named
        if name not in self._known:
            self._known[name] = self._read(name)
        stack = self._known[name]
        return stack.place_of(logical_id) if stack else None

    def _read(self, name: str) -> KeptStack | None:
        """Read a stack; None if nobody has checked it, or several repositories have one of that name."""
        if not self._left:
            return None
        try:
            if self._repositories is None:
                self._repositories = self._stacks.repositories()
            repositories = self._repositories.get(name, ())
            if len(repositories) != 1:
                return None
            self._left -= 1
            return self._stacks.load(name, repositories[0])
        except BotError as error:
            self._left = 0
            LOG.warning("the checked stacks cannot be read", extra={"error_code": error.code})
            return None
