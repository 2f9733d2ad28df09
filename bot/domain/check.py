"""A check of the deployment, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors import BotError


class State(StrEnum):
    """The result of a check."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """The check could not be made."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found; either `text` or `error` says it."""

    state: State
    text: str = ""
    """A key of bot/i18n."""
    values: Mapping[str, str | int] = field(default_factory=dict)
    """What fills the text in. Never a part of the secret."""
    error: BotError | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A check by its name, and its verdict."""

    name: str
    """The key of its label is `doctor.check.<name>`."""
    verdict: Verdict


def ok(text: str, **values: str | int) -> Verdict:
    """Make the verdict of a check that passed."""
    return Verdict(State.OK, text, values)


def wrong(text: str, **values: str | int) -> Verdict:
    """Make the verdict of a check that failed; the text says how to put it right."""
    return Verdict(State.WRONG, text, values)


def unknown(text: str, **values: str | int) -> Verdict:
    """Make the verdict of a check that could not be made; the text says why."""
    return Verdict(State.UNKNOWN, text, values)
