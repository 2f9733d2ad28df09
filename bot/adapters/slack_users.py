"""
Slack's users and user groups. Needs the scope users:read, and usergroups:read for groups.

Sources: https://docs.slack.dev/reference/objects/user-object for guests and strangers, and the pages of the
methods auth.test, users.info and usergroups.users.list, read 2026-11.
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
from bot.errors import BotError, UnexpectedResponseError
from bot.i18n import Locale, locale_for

UNSEEN = frozenset({"user_not_found", "user_not_visible"})
"""Errors of users.info for people whom the bot's workspace does not know."""

GROUP_SECONDS = 60
"""
The time for which a group's members are remembered: Slack takes about 20 usergroups.users.list a minute, and
a person may press more buttons than that.
"""

PAGE_SIZE = 1000
"""The most users of a page of users.list that Slack answers reliably."""

NO_GROUPS = frozenset({"plan_upgrade_required", "paid_teams_only"})
"""Errors of usergroups.list in workspaces whose plan has no user groups."""

User = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """The owner of the bot's token."""

    team: str
    """The workspace's ID; the organization's if the app is installed for all of it."""
    organization: str
    """The Enterprise organization's ID, `E…`; empty for a workspace outside of one."""


@dataclass
class SlackUsers:
    """The users of a bot token's workspace. Languages and names are remembered."""

    client: WebClient
    default_locale: Locale = Locale.JA
    """The language of a person for whom Slack has none."""
    clock: Callable[[], float] = time.monotonic
    _home: Home | None = field(default=None, init=False)
    _groups: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict, init=False)
    _known: dict[str, tuple[Locale, str]] = field(default_factory=dict, init=False)

    def known_locale(self, user_id: str) -> Locale | None:
        """Return a person's language if it is remembered; makes no call."""
        return self._known[user_id][0] if user_id in self._known else None

    def locale(self, user_id: str) -> Locale | None:
        """Return a person's language, None if Slack does not answer."""
        return self._locale_and_name(user_id)[0]

    def name(self, user_id: str) -> str | None:
        """Return a person's name, None if Slack does not answer."""
        return self._locale_and_name(user_id)[1] or None

    def is_person(self, user_id: str) -> bool:
        """Return whether an ID is of a person whom the workspace knows."""
        user = self._find(user_id)
        return user is not None and _is_person(user)

    def standing(self, requester: Requester) -> Standing:
        """Return a person's standing at this moment; the same call tells their language."""
        home = self._own_home()
        user = self._find(requester.user_id, include_locale=True)
        if user is None or not _came_from(requester.team_id, user):
            return Standing.EXTERNAL
        return _standing(home, user)

    def group_members(self, group_id: str) -> frozenset[str]:
        """Return the user IDs of a user group."""
        read_at, users = self._groups.get(group_id, (0.0, None))
        if users is None or self.clock() - read_at > GROUP_SECONDS:
            with slack_errors(f"usergroups.users.list {group_id}", ""):
                answer = self.client.usergroups_users_list(usergroup=group_id)
            users = frozenset(answer["users"])
            self._groups[group_id] = self.clock(), users
        return users

    def by_email(self, email: str) -> tuple[str, Standing] | None:
        """Return the user ID and standing of the person with an e-mail address."""
        home = self._own_home()
        try:
            with slack_errors("users.lookupByEmail", ""):
                user: User = self.client.users_lookupByEmail(email=email)["user"]
        except UnexpectedResponseError as error:
            if error.values["reason"] == "users_not_found":
                return None
            raise
        return user["id"], _standing(home, user)

    def all_by_email(self) -> dict[str, tuple[str, Standing]]:
        """Return the user ID and standing of everybody with an e-mail address."""
        home = self._own_home()
        users: dict[str, tuple[str, Standing]] = {}
        cursor: str | None = None
        while True:
            with slack_errors("users.list", ""):
                page = self.client.users_list(limit=PAGE_SIZE, cursor=cursor)
            for user in page["members"]:
                email = (user.get("profile") or {}).get("email") or ""
                if email and _is_person(user):
                    users[email.casefold()] = user["id"], _standing(home, user)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return users

    def email(self, user_id: str) -> str:
        """Return a person's e-mail address."""
        user = self._find(user_id)
        return str((user or {}).get("profile", {}).get("email") or "")

    def group_handles(self) -> dict[str, str]:
        """Return the IDs of the active user groups."""
        return {group["handle"].casefold(): group["id"] for group in self._active_groups()}

    def groups_of(self, user_id: str) -> frozenset[str]:
        """Return the IDs of the active user groups that a person is in, by one call for all groups."""
        groups = self._active_groups(include_users=True)
        return frozenset(group["id"] for group in groups if user_id in (group.get("users") or ()))

    def _active_groups(self, *, include_users: bool = False) -> list[dict[str, Any]]:
        """Read the user groups. A free workspace has none."""
        try:
            with slack_errors("usergroups.list", ""):
                groups = self.client.usergroups_list(include_users=include_users)["usergroups"]
        except UnexpectedResponseError as error:
            if error.values["reason"] in NO_GROUPS:
                return []
            raise
        return [group for group in groups if not group.get("date_delete")]

    def _locale_and_name(self, user_id: str) -> tuple[Locale | None, str]:
        if user_id not in self._known:
            try:
                user = self._find(user_id, include_locale=True)
            except BotError:
                user = None
            if user is None:
                return None, ""
        return self._known[user_id]

    def _find(self, user_id: str, **options: bool) -> User | None:
        """Call users.info. Return None for a person whom the workspace does not know."""
        try:
            with slack_errors("users.info", ""):
                user: User = self.client.users_info(user=user_id, **options)["user"]
        except UnexpectedResponseError as error:
            if error.values["reason"] in UNSEEN:
                return None
            raise
        if "include_locale" in options:
            locale = locale_for(user.get("locale") or "") or self.default_locale
            self._known[user_id] = locale, str(user.get("real_name") or user.get("name") or "")
        return user

    def _own_home(self) -> Home:
        """Return the bot's workspace and organization, which a token keeps for life."""
        if not self._home:
            with slack_errors("auth.test", ""):
                answer = self.client.auth_test()
            self._home = Home(str(answer.get("team_id") or ""), str(answer.get("enterprise_id") or ""))
        return self._home


def _places(user: User) -> set[str]:
    """Return the IDs of a user's workspaces and Enterprise organization."""
    organization = user.get("enterprise_user") or {}
    teams = organization.get("teams") or ()
    return {user.get("team_id") or "", organization.get("enterprise_id") or "", *teams} - {""}


def _is_of(home: Home, user: User) -> bool:
    """
    Return whether a user belongs to the bot's workspace or organization.

    To Slack, a user of another workspace of the same organization is a stranger too.
    """
    places = _places(user)
    return home.organization in places or (home.team in places and not user.get("is_stranger"))


def _came_from(team_id: str, user: User) -> bool:
    """
    Return whether the workspace that the click names is the user's; user IDs alone are not unique.

    In an organization the click may name the organization.
    """
    return not team_id or team_id in _places(user)


def _standing(home: Home, user: User) -> Standing:
    if not _is_of(home, user):
        return Standing.EXTERNAL
    if not _is_person(user):
        return Standing.INACTIVE
    return Standing.MEMBER if _is_full(user) else Standing.GUEST


def _is_person(user: User) -> bool:
    return not user.get("deleted") and not user.get("is_bot")


def _is_full(user: User) -> bool:
    """Return whether Slack says that a user is no guest. A user of whom it does not say so may be one."""
    return user.get("is_restricted") is False and user.get("is_ultra_restricted") is False
