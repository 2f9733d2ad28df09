"""
People and user groups, as Slack knows them.

Sources: https://docs.slack.dev/reference/objects/user-object for what tells guests and strangers, and the
pages of the methods auth.test, users.info and usergroups.users.list, read 2026-11.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.domain.job import Requester
from bot.domain.permission import Standing
from bot.errors import UnexpectedResponseError

GROUP_SECONDS = 60
"""
How long a group's members are taken for the same: Slack answers some 20 usergroups.users.list a minute, and a
person may press more buttons than that.
"""

UNSEEN = frozenset({"user_not_found", "user_not_visible"})
"""What users.info says of people whom the bot's workspace does not know."""

User = dict[str, Any]


@dataclass
class SlackPeople:
    """The workspace of a bot token. Needs the scope users:read, and usergroups:read for groups."""

    client: WebClient
    clock: Callable[[], float] = time.monotonic
    _team: str = field(default="", init=False)
    _groups: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict, init=False)

    def standing(self, requester: Requester) -> Standing:
        """Tell what somebody is (see the port)."""
        team = self._own_team()
        user = self._user(requester.user_id)
        if user is None or not _is_of(team, user) or not _came_from(requester.team_id, user):
            return Standing.STRANGER
        if user.get("deleted") or user.get("is_bot"):
            return Standing.NOBODY
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

    def _own_team(self) -> str:
        """Give the ID of the bot's workspace, which a token keeps for life."""
        if not self._team:
            with slack_errors("auth.test", ""):
                self._team = str(self.client.auth_test()["team_id"])
        return self._team

    def _user(self, user_id: str) -> User | None:
        try:
            with slack_errors("users.info", ""):
                user: User = self.client.users_info(user=user_id)["user"]
        except UnexpectedResponseError as error:
            if error.values["reason"] in UNSEEN:
                return None
            raise
        return user


def _teams(user: User) -> set[str]:
    """Give the workspaces that somebody is a member of: in Slack's Enterprise organizations, several."""
    organization = user.get("enterprise_user") or {}
    return {user.get("team_id") or "", *(organization.get("teams") or ())}


def _is_of(team: str, user: User) -> bool:
    return team in _teams(user) and not user.get("is_stranger")


def _came_from(team_id: str, user: User) -> bool:
    """Tell whether the click's own word on the person's workspace agrees; user IDs alone are not unique."""
    return not team_id or team_id in _teams(user)


def _is_full(user: User) -> bool:
    """Tell a full member: Slack says that they are no guest; of whom it does not say it may be one."""
    return user.get("is_restricted") is False and user.get("is_ultra_restricted") is False
