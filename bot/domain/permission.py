"""
Permissions: reading and acting are granted separately, each to user groups, people and channels.

A permission is a list of Slack IDs, separated by commas, in a setting of its own (`SETTINGS`): `S…` a user
group, `U…` or `W…` a person, `C…` or `G…` a channel, in which everybody has the permission.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """A permission."""

    READ = "read"
    """Scan, and get the report."""
    OWN = "own"
    """See the rows of which one is the owner. Every member may, and nobody else; no setting changes that."""
    ACT = "act"
    """Change findings, check the deployment, and cancel the scans of others."""


SETTINGS = {Permission.READ: "READ_ALLOWED", Permission.ACT: "ACT_ALLOWED"}
"""Permission to its setting; OWN has none."""


class Standing(StrEnum):
    """The kind of a user in the bot's workspace."""

    MEMBER = "member"
    """A full member."""
    GUEST = "guest"
    """A person invited to some channels."""
    EXTERNAL = "stranger"
    """A person of another workspace, in a channel that both share."""
    INACTIVE = "nobody"
    """A bot, or a person whose account is deactivated."""


IDS = "IDs of user groups (S…), people (U… or W…) and channels (C… or G…), separated by commas"
"""The form of a list, for the error about a wrong one."""

_ID = re.compile(r"[SUWCG][A-Z0-9]+")


@dataclass(frozen=True, slots=True)
class Allowed:
    """The holders of a permission."""

    groups: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether the setting is empty."""
        return not (self.groups or self.people or self.channels)


def parse_allowed(text: str) -> Allowed:
    """
    Read a list of IDs.

    Raises:
        ValueError: an item is not an ID, but a name for instance. Then no item counts.
    """
    ids = [word for word in re.split(r"[\s,]+", text) if word]
    if not all(map(_ID.fullmatch, ids)):
        raise ValueError(text)

    def of(kinds: str) -> frozenset[str]:
        return frozenset(each for each in ids if each[0] in kinds)

    return Allowed(of("S"), of("UW"), of("CG"))
