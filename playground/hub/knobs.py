"""The settings of one hub for a test or a person, and the journal of its calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Knobs:
    """How far from ideal a hub behaves; the defaults are fast and friendly."""

    throttled: bool = False
    """Whether calls beyond AWS's rates are refused (playground.hub.throttle)."""
    latency_seconds: float = 0.0
    """How long every call takes before it is answered."""
    lag_seconds: float = 0.0
    """How long GetFindings shows a finding as it was before BatchUpdateFindings; minutes in AWS."""
    replica_seconds: float = 0.0
    """
    How long a change in another Region takes to reach the copy here, and one made here to reach that Region;
    by default the findings themselves are shown, and no copies.
    """
    denied: frozenset[str] = frozenset()
    """Operations that an organization's policy denies in the Region of the hub."""
    token_seconds: float = 900.0
    """How long a NextToken is good for. AWS does not document it."""
    is_blind: bool = False
    """Whether the account is no administrator in this Region, and so does not know its members here."""
    clock: Callable[[], float] = time.time
    """Seconds since 1970; stands behind rates, lag, tokens, relative dates and the times of notes."""
    sleep: Callable[[float], None] = time.sleep
    """Waits for latency_seconds."""


@dataclass(frozen=True)
class Call:
    """One request that a hub has answered, or refused."""

    operation: str
    """The operation's name in the service model: `GetFindings`."""
    parameters: dict[str, Any]
    status: int
    """The HTTP status that the hub meant to send, also when the connection was cut."""
