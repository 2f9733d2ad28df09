"""People: who is who, as the fake and as the local Slack behind the real adapter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.slack import retrying_client
from bot.adapters.slack_users import GROUP_SECONDS, SlackUsers
from bot.domain.job import Requester
from bot.domain.permission import Standing
from bot.errors import (
    BotError,
    MissingScopeError,
    SlackInternalError,
    SlackTokenError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.ports import People
from playground.slack import LocalSlack
from playground.slack.workspace.people import TEAM, Person
from tests.contracts.slack.local import TOKEN
from tests.fakes import FakeClock, FakePeople

GROUP = "S0SECURITY"
OTHER_TEAM = "T0PARTNER"
ORGANIZATION = "E0LOCAL"
STANDINGS = {
    "U0SECURITY": Standing.MEMBER,
    "U0CONTRACTOR": Standing.GUEST,
    "U0PARTNER": Standing.EXTERNAL,
    "U0LEFT": Standing.INACTIVE,
    "U0SECHUB": Standing.INACTIVE,
    "U0UNKNOWN": Standing.EXTERNAL,
}


@pytest.fixture
def slack(slack: LocalSlack) -> LocalSlack:
    """Return the local Slack with somebody of another workspace, and somebody who has left."""
    partner = Person("U0PARTNER", "partner", "Partner", team=OTHER_TEAM)
    left = Person("U0LEFT", "left", "Left", is_deleted=True)
    slack.workspace.people |= {person.id: person for person in (partner, left)}
    return slack


@pytest.fixture
def clock() -> FakeClock:
    """Return the adapter's clock."""
    return FakeClock()


@pytest.fixture
def adapter(slack: LocalSlack, clock: FakeClock) -> SlackUsers:
    """Return the adapter."""
    return SlackUsers(retrying_client(TOKEN, slack.api_url), clock=lambda: clock().timestamp())


@pytest.fixture(params=["fake", "slack"])
def port(request: pytest.FixtureRequest) -> People:
    """Return the port."""
    if request.param == "fake":
        groups = {GROUP: frozenset({"U0SECURITY", "U0PLATFORM"})}
        return FakePeople(standings=dict(STANDINGS), groups=groups)
    people: People = request.getfixturevalue("adapter")
    return people


def calls(slack: LocalSlack) -> list[str]:
    """Return the methods that were called."""
    return [entry.name for entry in slack.workspace.traffic]


def ask_all(people: People) -> None:
    """Ask everything that can be asked."""
    people.standing(Requester("U0SECURITY", ""))
    people.group_members(GROUP)


def change(slack: LocalSlack, user_id: str, **fields: Any) -> None:
    """Change somebody in the local Slack."""
    slack.workspace.people[user_id] = replace(slack.workspace.people[user_id], **fields)


class TestStanding:
    """What somebody is."""

    @pytest.mark.parametrize(("user_id", "standing"), STANDINGS.items())
    def test_kinds_of_people_are_told_apart(self, port: People, user_id: str, standing: Standing) -> None:
        """Members, guests, people of other workspaces, bots and those who have left are told apart."""
        assert standing == port.standing(Requester(user_id, ""))

    def test_deactivated_account_loses_its_standing(self, slack: LocalSlack, adapter: SlackUsers) -> None:
        """Who has left since the last click is nobody with the next."""
        before = adapter.standing(Requester("U0SECURITY", ""))
        change(slack, "U0SECURITY", is_deleted=True)

        assert Standing.MEMBER == before
        assert Standing.INACTIVE == adapter.standing(Requester("U0SECURITY", ""))

    def test_user_from_another_workspace_is_external(self, adapter: SlackUsers) -> None:
        """A user ID that came with another workspace is somebody else's."""
        found = [adapter.standing(Requester("U0SECURITY", "", team)) for team in (TEAM, OTHER_TEAM)]

        assert [Standing.MEMBER, Standing.EXTERNAL] == found

    @pytest.mark.parametrize(
        ("fields", "standing"),
        [
            ({"team_id": OTHER_TEAM, "enterprise_user": {"teams": [OTHER_TEAM, TEAM]}}, Standing.MEMBER),
            ({"team_id": OTHER_TEAM, "enterprise_user": {"teams": [OTHER_TEAM]}}, Standing.EXTERNAL),
            ({"is_ultra_restricted": True}, Standing.GUEST),
            ({"is_restricted": None}, Standing.GUEST),
            ({"is_stranger": True}, Standing.EXTERNAL),
            ({"team_id": None}, Standing.EXTERNAL),
        ],
    )
    def test_every_workspace_of_an_enterprise_user_counts(
        self,
        adapter: SlackUsers,
        monkeypatch: pytest.MonkeyPatch,
        fields: dict[str, Any],
        standing: Standing,
    ) -> None:
        """In an organization each workspace of somebody's counts; what Slack leaves out is against them."""
        user = {"team_id": TEAM, "is_restricted": False, "is_ultra_restricted": False} | fields
        monkeypatch.setattr(adapter.client, "users_info", lambda **_: {"user": user})

        assert standing == adapter.standing(Requester("U0SECURITY", ""))

    @pytest.mark.parametrize(
        ("person", "clicked_in", "standing"),
        [
            (Person("W0MEMBER", "member", "Member", organization=ORGANIZATION), TEAM, Standing.MEMBER),
            (Person("W0MEMBER", "m", "M", organization=ORGANIZATION), ORGANIZATION, Standing.MEMBER),
            (
                Person("W0OTHER", "o", "O", team=OTHER_TEAM, organization=ORGANIZATION),
                OTHER_TEAM,
                Standing.MEMBER,
            ),
            (
                Person("W0GUEST", "g", "G", team=OTHER_TEAM, organization=ORGANIZATION, is_guest=True),
                OTHER_TEAM,
                Standing.GUEST,
            ),
            (
                Person("W0PARTNER", "p", "P", team=OTHER_TEAM, organization="E0PARTNER"),
                "E0PARTNER",
                Standing.EXTERNAL,
            ),
            (Person("W0PARTNER", "p", "P", team=OTHER_TEAM), OTHER_TEAM, Standing.EXTERNAL),
            (Person("W0MEMBER", "m", "M", organization=ORGANIZATION), "E0PARTNER", Standing.EXTERNAL),
        ],
    )
    def test_member_of_the_organization_is_not_external(
        self, slack: LocalSlack, adapter: SlackUsers, person: Person, clicked_in: str, standing: Standing
    ) -> None:
        """In an Enterprise organization people of its other workspaces are members; others are strangers."""
        slack.workspace.organization = ORGANIZATION
        slack.workspace.people[person.id] = person

        assert standing == adapter.standing(Requester(person.id, "", clicked_in))

    def test_absent_organization_matches_nobody(self, slack: LocalSlack, adapter: SlackUsers) -> None:
        """A workspace of no organization and a person of none have nothing in common by that."""
        change(slack, "U0PARTNER", organization="")

        assert Standing.EXTERNAL is adapter.standing(Requester("U0PARTNER", ""))

    def test_own_workspace_costs_one_call(self, slack: LocalSlack, adapter: SlackUsers) -> None:
        """Whose token it is, is asked once in the life of a process."""
        for _ in range(2):
            adapter.standing(Requester("U0SECURITY", ""))

        assert ["auth.test", "users.info", "users.info"] == calls(slack)


class TestGroup:
    """Who is in a user group."""

    def test_group_returns_all_its_people(self, port: People) -> None:
        """All of its people."""
        assert {"U0SECURITY", "U0PLATFORM"} == port.group_members(GROUP)

    def test_unknown_group_is_named(self, port: People) -> None:
        """A group that does not exist is an error, which names it."""
        with pytest.raises(UnexpectedResponseError) as caught:
            port.group_members("S0NOWHERE")

        assert "usergroups.users.list S0NOWHERE" == caught.value.values["call"]
        assert "no_such_subteam" == caught.value.values["reason"]

    def test_group_is_cached_for_a_minute(
        self, slack: LocalSlack, adapter: SlackUsers, clock: FakeClock
    ) -> None:
        """Several clicks are one call; a minute later it is asked again."""
        for seconds in (0, GROUP_SECONDS, 1):
            clock.move(seconds)
            adapter.group_members(GROUP)

        assert ["usergroups.users.list"] * 2 == calls(slack)


class TestErrors:
    """What goes wrong."""

    @pytest.mark.parametrize("method", ["auth.test", "users.info", "usergroups.users.list"])
    @pytest.mark.parametrize(
        ("kind", "value", "error"),
        [
            ("server_error", None, UnavailableError),
            ("ratelimited", 1, ThrottledError),
            ("error", "token_revoked", SlackTokenError),
            ("error", "fatal_error", SlackInternalError),
        ],
    )
    def test_each_failure_is_mapped(
        self,
        slack: LocalSlack,
        adapter: SlackUsers,
        method: str,
        kind: str,
        value: Any,
        error: type[BotError],
    ) -> None:
        """Each call's failure is one of the bot's errors."""
        slack.workspace.faults.add(method, kind, 9, value)
        with pytest.raises(error):
            ask_all(adapter)

    @pytest.mark.parametrize("scope", ["users:read", "usergroups:read"])
    def test_missing_scope_is_named(self, slack: LocalSlack, adapter: SlackUsers, scope: str) -> None:
        """An app installed before the bot told people apart lacks a scope, and the error names it."""
        slack.workspace.tokens.add(TOKEN, {"users:read", "usergroups:read"} - {scope})
        with pytest.raises(MissingScopeError) as caught:
            ask_all(adapter)

        assert {"scope": scope} == caught.value.values
