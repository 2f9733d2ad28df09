"""The Web API: bodies, tokens, scopes, methods."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.api.web_api import METHODS
from tests.slack.receiver import TOKEN

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def call(slack: LocalSlack, method: str, **options: Any) -> Any:
    """Make a call by hand; options are those of requests."""
    answer = requests.post(slack.api_url + method, timeout=5, **options)
    assert answer.status_code == 200
    return answer.json()


class TestTokens:
    """Who may do what."""

    def test_call_without_token_is_not_authed(self, slack: LocalSlack) -> None:
        """A call without a token is not authed; api.test needs none."""
        assert call(slack, "auth.test") == {"ok": False, "error": "not_authed"}
        assert call(slack, "api.test") == {"ok": True, "args": {}}

    def test_token_that_is_not_apps_is_invalid(self, slack: LocalSlack) -> None:
        """A token that is not the app's is invalid."""
        answer = call(slack, "auth.test", headers={"Authorization": "Bearer xoxb-other"})

        assert answer == {"ok": False, "error": "invalid_auth"}

    def test_form_may_hold_token(self, slack: LocalSlack) -> None:
        """A form may hold the token, JSON may not."""
        assert call(slack, "auth.test", data={"token": TOKEN})["ok"] is True
        assert call(slack, "auth.test", json={"token": TOKEN})["error"] == "not_authed"

    def test_auth_test_tells_who_bot_is(self, client: WebClient) -> None:
        """auth.test tells who the bot is."""
        answer = client.auth_test()

        assert "sechub" == answer["user"]
        assert "U0SECHUB" == answer["user_id"]
        assert "T0LOCAL" == answer["team_id"]

    @pytest.mark.parametrize("name", sorted(name for name, method in METHODS.items() if method.scopes))
    def test_method_without_its_scope_tells_which_it_needs(self, slack: LocalSlack, name: str) -> None:
        """A method without its scope tells which it needs and which there are, before anything else."""
        slack.workspace.tokens.add("xoxb-poor", ["commands"])

        answer = call(slack, name, headers={"Authorization": "Bearer xoxb-poor"})

        assert answer == {
            "ok": False,
            "error": "missing_scope",
            "needed": METHODS[name].scopes[0],
            "provided": "commands",
        }

    @pytest.mark.parametrize("name", ["auth.test", "views.open", "chat.getPermalink", "blocks.validate"])
    def test_scopeless_methods_need_no_scope(self, slack: LocalSlack, name: str) -> None:
        """These need no scope."""
        slack.workspace.tokens.add("xoxb-poor", ["commands"])

        assert (
            call(slack, name, headers={"Authorization": "Bearer xoxb-poor"}).get("error") != "missing_scope"
        )

    def test_scopes_are_the_manifests(self, slack: LocalSlack) -> None:
        """The headers of an answer tell the scopes of the token, which are the manifest's."""
        answer = requests.post(slack.api_url + "users.list", headers=AUTH, timeout=5)

        assert "users:read" in answer.headers["X-OAuth-Scopes"].split(",")
        assert answer.headers["X-Accepted-OAuth-Scopes"] == "users:read"


class TestBodies:
    """How a call may be written."""

    def test_unknown_method_is_told_with_status_200(self, slack: LocalSlack) -> None:
        """An unknown method is told with status 200."""
        answer = call(slack, "chat.shout", headers=AUTH)

        assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}

    def test_json_and_form_agree(self, slack: LocalSlack) -> None:
        """Blocks are JSON in JSON, and a string of JSON in a form."""
        fields: dict[str, Any] = {"channel": "C0SECURITY", "blocks": '[{"type": "divider"}]'}
        in_form = call(slack, "chat.postMessage", headers=AUTH, data=fields)
        fields = {"channel": "C0SECURITY", "blocks": [{"type": "divider"}]}
        in_json = call(slack, "chat.postMessage", headers=AUTH, json=fields)

        assert "divider" == in_form["message"]["blocks"][0]["type"] == in_json["message"]["blocks"][0]["type"]

    def test_call_may_be_get_with_its_arguments_in_query(self, slack: LocalSlack) -> None:
        """A call may be a GET with its arguments in the query."""
        answer = requests.get(slack.api_url + "users.info?user=U0AUDITOR", headers=AUTH, timeout=5)

        assert answer.json()["user"]["real_name"] == "Auditor"

    @pytest.mark.parametrize(
        ("body", "kind", "error"),
        [
            ("{", "application/json", "invalid_json"),
            ("[]", "application/json", "json_not_object"),
            ("<a/>", "text/xml", "invalid_post_type"),
        ],
    )
    def test_body_that_cannot_be_read_is_told_from_one_of_wrong_kind(
        self, slack: LocalSlack, body: str, kind: str, error: str
    ) -> None:
        """A body that cannot be read is told from one of the wrong kind."""
        answer = call(slack, "chat.postMessage", headers=AUTH | {"Content-Type": kind}, data=body)

        assert answer == {"ok": False, "error": error}

    def test_missing_argument_is_named(self, slack: LocalSlack) -> None:
        """A missing argument is named."""
        answer = call(slack, "users.info", headers=AUTH)

        assert answer["error"] == "invalid_arguments"
        assert answer["response_metadata"] == {"messages": ["[ERROR] missing required field: user"]}


class TestChecks:
    """api.test and blocks.validate."""

    def test_api_test_gives_arguments_back(self, client: WebClient, refusal: Any) -> None:
        """api.test gives arguments back, and errors on demand."""
        assert client.api_test(foo="bar")["args"] == {"foo": "bar"}
        assert refusal(client.api_test, error="my_error")["error"] == "my_error"

    def test_blocks_validate_judges_blocks(self, client: WebClient, refusal: Any) -> None:
        """blocks.validate judges blocks, a message or a view without posting anything."""
        header = {"type": "header", "text": {"type": "mrkdwn", "text": "x"}}
        home = {"type": "home", "blocks": [header]}

        def refused(**given: Any) -> tuple[str, list[dict[str, str]]]:
            answer = refusal(client.blocks_validate, **given)
            return answer["error"], answer["errors"]

        def wrong(pointer: str) -> list[dict[str, str]]:
            return [{"code": "failed_constraint", "message": "unsupported type: mrkdwn", "pointer": pointer}]

        assert client.blocks_validate(blocks=[{"type": "divider"}])["ok"] is True
        assert client.blocks_validate(message={"text": "x"})["ok"] is True
        assert ("invalid_blocks", wrong("/0/text/type")) == refused(blocks=[header])
        assert ("invalid_message", wrong("/blocks/0/text/type")) == refused(message={"blocks": [header]})
        assert ("invalid_view", wrong("/blocks/0/text/type")) == refused(view=home)

    def test_validate_takes_exactly_one_argument(self, client: WebClient, refusal: Any) -> None:
        """It takes exactly one of the three, of the right shape."""
        assert refusal(client.blocks_validate)["error"] == "invalid_arguments"
        assert refusal(client.blocks_validate, blocks=[], view={})["error"] == "invalid_arguments"
        assert refusal(client.blocks_validate, message="[1]")["error"] == "invalid_message"
        assert refusal(client.blocks_validate, blocks="{}")["errors"][0]["message"] == "must provide an array"
