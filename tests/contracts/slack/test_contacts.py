"""The look-ups of contacts: the fake, and the local Slack behind the real adapter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.adapters.slack import retrying_client
from bot.adapters.slack_users import SlackUsers
from bot.domain.permission import Standing
from bot.errors import MissingScopeError
from bot.ports import People
from playground.slack import LocalSlack
from playground.slack.workspace.people import Person
from tests.fakes.slack import FakePeople

TOKEN = "xoxb-local"
SCOPES = {"users:read", "users:read.email", "usergroups:read"}
FOUND = {
    "security@example.com": ("U0SECURITY", Standing.MEMBER),
    "contractor@example.com": ("U0CONTRACTOR", Standing.GUEST),
}


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """A local Slack whose bot may read e-mail addresses, with a person who has left."""
    manifest = yaml.safe_load(Path("manifest.yml").read_text(encoding="utf-8"))
    slack = LocalSlack(manifest, app_url="", signing_secret="local-signing-secret", token=TOKEN)
    slack.workspace.people["U0LEFT"] = Person("U0LEFT", "left", "Left", is_deleted=True)
    slack.workspace.tokens.add(TOKEN, SCOPES)
    slack.start()
    yield slack
    slack.stop()


@pytest.fixture
def adapter(slack: LocalSlack) -> SlackUsers:
    """The adapter."""
    return SlackUsers(retrying_client(TOKEN, slack.api_url))


@pytest.fixture(params=["fake", "slack"])
def people(request: pytest.FixtureRequest) -> People:
    """The port."""
    if request.param == "slack":
        adapter: People = request.getfixturevalue("adapter")
        return adapter
    return FakePeople(
        standings={"U0CONTRACTOR": Standing.GUEST, "U0LEFT": Standing.INACTIVE},
        emails={email: user_id for email, (user_id, _) in FOUND.items()} | {"left@example.com": "U0LEFT"},
        handles={"security-team": "S0SECURITY"},
        groups={"S0SECURITY": frozenset({"U0SECURITY"})},
    )


class TestPeople:
    """People by their addresses, and user groups by their handles."""

    @pytest.mark.parametrize("email", FOUND)
    def test_person_is_found_by_address(self, people: People, email: str) -> None:
        """A guest is found too, and is told apart."""
        assert FOUND[email] == people.by_email(email)

    @pytest.mark.parametrize("email", ["nobody@example.com", "left@example.com"])
    def test_unknown_and_deactivated_are_not_found(self, people: People, email: str) -> None:
        """Slack answers the same for both."""
        assert people.by_email(email) is None

    def test_all_people_are_those_that_are_found_one_by_one(self, people: People) -> None:
        """One pass over all users and single look-ups agree, except on people of other organizations."""
        everybody = people.all_by_email()
        own = {email: found for email, found in everybody.items() if found[1] is not Standing.EXTERNAL}

        assert FOUND.items() <= own.items()
        assert own == {email: people.by_email(email) for email in own}

    def test_address_of_a_person_is_the_one_they_are_found_by(self, people: People) -> None:
        """Slack tells it with the scope users:read.email."""
        assert "security@example.com" == people.email("U0SECURITY")

    def test_person_whom_slack_does_not_know_has_no_address(self, people: People) -> None:
        """The answer is empty, and no error."""
        assert "" == people.email("U0NOBODY0")

    def test_groups_are_found_by_handle(self, people: People) -> None:
        """Handles have no `@`; a disabled group has none."""
        handles = people.group_handles()

        assert "S0SECURITY" == handles["security-team"]
        assert "legacy-team" not in handles

    @pytest.mark.parametrize(("user_id", "groups"), [("U0SECURITY", {"S0SECURITY"}), ("U0NOBODY0", set())])
    def test_groups_of_a_person_are_those_they_are_in(
        self, people: People, user_id: str, groups: set[str]
    ) -> None:
        """A disabled group is none."""
        assert groups == people.groups_of(user_id)


class TestSlack:
    """Slack's own ways."""

    def test_missing_scope_of_addresses_is_named(self, slack: LocalSlack, adapter: SlackUsers) -> None:
        """The operator learns which scope to add."""
        slack.workspace.tokens.add(TOKEN, SCOPES - {"users:read.email"})

        with pytest.raises(MissingScopeError) as caught:
            adapter.by_email("security@example.com")

        assert "users:read.email" == caught.value.values["scope"]

    def test_people_of_all_pages_are_read(
        self, slack: LocalSlack, adapter: SlackUsers, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A workspace of more than one page of users."""
        monkeypatch.setattr("bot.adapters.slack_users.PAGE_SIZE", 2)

        assert FOUND.items() <= adapter.all_by_email().items()
        assert 2 < [entry.name for entry in slack.workspace.traffic].count("users.list")

    def test_workspace_without_groups_has_no_handles(self, slack: LocalSlack, adapter: SlackUsers) -> None:
        """A free plan has no user groups, and that is no failure."""
        slack.workspace.faults.add("usergroups.list", "error", 1, "plan_upgrade_required")

        assert {} == adapter.group_handles()
