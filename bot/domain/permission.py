"""
Who may do what: reading and acting are given apart, each to user groups, people and channels.

A permission is a list of Slack IDs, separated by commas, in a setting of its own (`SETTINGS`): `S…` a user
group, `U…` or `W…` a person, `C…` or `G…` a channel, in which everybody has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What a person may be allowed to do."""

    READ = "read"
    """Scan, and get the report."""
    ACT = "act"
    """Change findings, and cancel what somebody else has asked for."""


SETTINGS = {Permission.READ: "READ_ALLOWED", Permission.ACT: "ACT_ALLOWED"}
"""Permission to the setting that says who has it."""


class Standing(StrEnum):
    """What somebody is in the bot's workspace."""

    MEMBER = "member"
    """A person who is neither of the others."""
    GUEST = "guest"
    """Somebody invited to some channels."""
    EXTERNAL = "stranger"
    """Somebody of another workspace, in a channel that both share."""
    INACTIVE = "nobody"
    """A bot, or a person whose account is deactivated."""


IDS = "IDs of user groups (S…), people (U… or W…) and channels (C… or G…), separated by commas"
"""What a list may be, for who has to correct it."""

_ID = re.compile(r"[SUWCG][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who has a permission."""

    groups: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.groups or self.people or self.channels)


def parse_allowed(text: str) -> Allowed:
    """
    Read a list of IDs; an empty one allows nobody by name.

    Raises:
        ValueError: something in it is no ID, such as a name. Of a list that is wrong nothing holds.
    """
    ids = [word for word in re.split(r"[\s,]+", text) if word]
    if not all(map(_ID.fullmatch, ids)):
        raise ValueError(text)

    def of(kinds: str) -> frozenset[str]:
        return frozenset(each for each in ids if each[0] in kinds)

    return Allowed(of("S"), of("UW"), of("CG"))
