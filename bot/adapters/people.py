"""
People and user groups, as Slack knows them.

Sources: https://docs.slack.dev/reference/objects/user-object for what tells guests and strangers, and the
pages of the methods auth.test, users.info and usergroups.users.list, read 2026-11.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.adapters.slack_users import User, find_user
from bot.domain.job import Requester
from bot.domain.permission import Standing

GROUP_SECONDS = 60
"""
How long a group's members are taken for the same: Slack answers some 20 usergroups.users.list a minute, and a
person may press more buttons than that.
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Whose token the bot's is."""

    team: str
    """The workspace's ID; the organization's if the app is installed for all of it."""
    organization: str
    """The Enterprise organization's ID, `E…`; empty for a workspace that is of none."""


@dataclass
class SlackPeople:
    """The workspace of a bot token. Needs the scope users:read, and usergroups:read for groups."""

    client: WebClient
    clock: Callable[[], float] = time.monotonic
    _home: Home | None = field(default=None, init=False)
    _groups: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict, init=False)

    def standing(self, requester: Requester) -> Standing:
        """Tell what somebody is (see the port)."""
        home = self._own_home()
        user = find_user(self.client, requester.user_id)
        if user is None or not _is_of(home, user) or not _came_from(requester.team_id, user):
            return Standing.EXTERNAL
        if user.get("deleted") or user.get("is_bot"):
            return Standing.INACTIVE
        return Standing.MEMBER if _is_full(user) else Standing.GUEST

    def of_group(self, group_id: str) -> frozenset[str]:
        """Give the user IDs of a user group (see the port)."""
        read_at, users = self._groups.get(group_id, (0.0, None))
        if users is None or self.clock() - read_at > GROUP_SECONDS:
            with slack_errors(f"usergroups.users.list {group_id}", ""):
                answer = self.client.usergroups_users_list(usergroup=group_id)
            users = frozenset(answer["users"])
            self._groups[group_id] = self.clock(), users
        return users

    def _own_home(self) -> Home:
        """Give the bot's workspace and organization, which a token keeps for life."""
        if not self._home:
            with slack_errors("auth.test", ""):
                answer = self.client.auth_test()
            self._home = Home(str(answer.get("team_id") or ""), str(answer.get("enterprise_id") or ""))
        return self._home


def _places(user: User) -> set[str]:
    """Give the IDs of the workspaces that somebody is a member of, and of their Enterprise organization."""
    organization = user.get("enterprise_user") or {}
    teams = organization.get("teams") or ()
    return {user.get("team_id") or "", organization.get("enterprise_id") or "", *teams} - {""}


def _is_of(home: Home, user: User) -> bool:
    """
    Tell who is of the bot's workspace or organization.

    Slack calls somebody a stranger who is of another workspace, be it of the same organization.
    """
    places = _places(user)
    return home.organization in places or (home.team in places and not user.get("is_stranger"))


def _came_from(team_id: str, user: User) -> bool:
    """
    Tell whether the click's own word on the person's workspace agrees; user IDs alone are not unique.

    In an organization that word may be the organization's ID.
    """
    return not team_id or team_id in _places(user)


def _is_full(user: User) -> bool:
    """Tell a full member: Slack says that they are no guest; of whom it does not say it may be one."""
    return user.get("is_restricted") is False and user.get("is_ultra_restricted") is False
