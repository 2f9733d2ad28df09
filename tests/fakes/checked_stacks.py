"""A fake of the stacks of the last checks."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.checks.places import KeptStack
from bot.errors import BotError, ReportGoneError


@dataclass
class FakeCheckedStacks:
    """Stacks in memory, by name and repository."""

    kept: dict[tuple[str, str], KeptStack] = field(default_factory=dict)
    error: BotError | None = None
    calls: list[str] = field(default_factory=list)
    """The names of the methods that were called."""

    def save(self, name: str, stack: KeptStack) -> None:
        """Save a stack."""
        self._called("save")
        self.kept[name, stack.repository] = stack

    def repositories(self) -> dict[str, tuple[str, ...]]:
        """Return the repositories by the names of stacks."""
        self._called("repositories")
        names = sorted({name for name, _ in self.kept})
        return {name: tuple(sorted(r for other, r in self.kept if other == name)) for name in names}

    def load(self, name: str, repository: str) -> KeptStack:
        """Return a stack."""
        self._called("load")
        if (name, repository) not in self.kept:
            raise ReportGoneError
        return self.kept[name, repository]

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.error:
            raise self.error
