"""What Slack has signed, with each field in turn left out or null."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.domain.document import parse_job
from bot.domain.job import to_document
from bot.render import forms
from bot.render.ids import CONFIRM_FORM, NOTIFY_ALL, ROW_FORM, SCAN_FORM, TRIAGE, TRIAGE_FORM, UNDO
from tests.unit.world.handlers import COMMAND, FakeAck, event, handle
from tests.unit.world.slack import RESPONSE_URL, clicked

REPORT = "0123456789abcdef0123456789abcdef"
EVENTS = Path("tests/events")
WHO = {
    "team": {"id": "T0LOCAL", "domain": "local"},
    "user": {"id": "U0SECURITY", "team_id": "T0LOCAL"},
    "trigger_id": "1.2.3",
    "enterprise": None,
    "is_enterprise_install": False,
}


def captured(name: str) -> Any:
    """Read a captured event."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


def submitted(callback_id: str, metadata: dict[str, Any], **state: Any) -> dict[str, Any]:
    """Make the answer to a form."""
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": json.dumps(metadata),
        "state": {"values": {name: {name: value} for name, value in state.items()}},
        "title": {"type": "plain_text", "text": "x"},
        "submit": {"type": "plain_text", "text": "x"},
        "close": {"type": "plain_text", "text": "x"},
        "blocks": [{"type": "divider", "block_id": "b"}],
    }
    return WHO | {"type": "view_submission", "view": view}


PLACE = {
    "key": "slack/1.2.3",
    "report_id": REPORT,
    "channel": "C0SECURITY",
    "message_ts": "1.000001",
    "response_url": RESPONSE_URL,
    "locale": "en",
}
REASON = {"value": "public by design"}
SUPPRESS = {"selected_option": {"value": "suppress"}}

INTERACTIONS = {
    "menu": captured("block_actions"),
    "cancel": captured("block_actions_cancel"),
    "triage": WHO | clicked({"type": "button", "action_id": TRIAGE, "value": f"{REPORT}:NEW"}),
    "notify all": WHO | clicked({"type": "button", "action_id": NOTIFY_ALL, "value": f"{REPORT}:37:"}),
    "undo": WHO | clicked({"type": "button", "action_id": UNDO, "value": f"{REPORT}:{REPORT}"}),
    "search": WHO
    | {"type": "block_suggestion", "action_id": forms.CONTROLS, "block_id": forms.CONTROLS, "value": "s3"},
    "scan form": submitted(SCAN_FORM, PLACE, **{forms.CONTROLS: {"selected_options": [{"value": "S3.8"}]}}),
    "row form": submitted(
        ROW_FORM, PLACE | {"row": 3, "action": "suppress", "status": "NEW"}, **{forms.REASON: REASON}
    ),
    "triage form": submitted(TRIAGE_FORM, PLACE, **{forms.ACTION: SUPPRESS, forms.REASON: REASON}),
    "confirmation": submitted(CONFIRM_FORM, PLACE | {"plan_id": REPORT}),
}


def without(value: Any) -> Iterator[Any]:
    """Return copies of a payload, each without one key, or with null in its place, however deep."""
    for path in list(_paths(value)):
        for cut in (_removed, _nulled):
            copy = deepcopy(value)
            cut(copy, path)
            yield copy


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from _paths(item, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _removed(value: Any, path: tuple[Any, ...]) -> None:
    del _at(value, path[:-1])[path[-1]]


def _nulled(value: Any, path: tuple[Any, ...]) -> None:
    _at(value, path[:-1])[path[-1]] = None


def form(payload: Any) -> dict[str, Any]:
    """Make the signed request of an interaction."""
    return event(urlencode({"payload": json.dumps(payload)}))


def told(payload: Any) -> dict[str, Any]:
    """Make the signed request of the Events API."""
    return event(json.dumps(payload), headers={"Content-Type": "application/json"})


@pytest.fixture(autouse=True)
def slack(monkeypatch: pytest.MonkeyPatch, said: list[dict[str, Any]]) -> None:
    """Let every call to Slack stay here, and fail."""

    def fail(*_: object, **__: object) -> None:
        raise SlackClientError

    monkeypatch.setattr(WebClient, "api_call", fail)


def check(requests: Iterator[dict[str, Any]], ack: FakeAck, most: int = 499) -> int:
    """Send each request; give how many there were. What was dispatched is a job that can be run."""
    count = 0
    for request in requests:
        answer = handle(request)
        assert 200 <= answer["statusCode"] <= most, request["body"]
        count += 1
    for job in ack.jobs.jobs:
        assert job == parse_job(json.loads(json.dumps(to_document(job))))
    return count


class TestOddRequest:
    """A request that lacks something."""

    def test_command_without_one_of_its_fields_is_answered(self, ack: FakeAck) -> None:
        """A command without one of its fields is answered, and never with 500."""
        fields = dict(parse_qsl(COMMAND))
        bodies = [
            urlencode({k: v for k, v in fields.items() if k != name} | empty)
            for name in fields
            for empty in ({}, {name: ""})
        ]

        assert check(map(event, bodies), ack) == 2 * len(fields)

    @pytest.mark.parametrize("name", INTERACTIONS)
    def test_interaction_without_one_of_its_fields_is_answered(self, ack: FakeAck, name: str) -> None:
        """Neither is a click, a search or a form."""
        assert 200 == handle(form(INTERACTIONS[name]))["statusCode"]
        assert check(map(form, without(INTERACTIONS[name])), ack) > 10

    @pytest.mark.parametrize("name", ["file_shared", "channel_id_changed"])
    def test_event_without_one_of_its_fields_is_answered(self, ack: FakeAck, name: str) -> None:
        """Nor an event; one that is of the bot's type is never repeated for what it lacks."""
        whole = captured(name)
        kept = [p for p in without(whole) if (p.get("event") or {}).get("type") == name]

        check(map(told, without(whole)), ack)
        assert check((told(payload) for payload in kept if payload.get("type")), ack, most=200) > 20

    @pytest.mark.parametrize("name", ["user_id", "channel_id", "file_id"])
    def test_event_without_its_person_dispatches_nothing(self, ack: FakeAck, name: str) -> None:
        """Slack leaves out whose file it is in some channels that organizations share."""
        payload = captured("file_shared")
        del payload["event"][name]

        assert 200 == handle(told(payload))["statusCode"]
        assert [] == ack.jobs.jobs

    def test_odd_request_is_logged_without_its_values(
        self, ack: FakeAck, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The log names the field and the place in the code, and nothing that was sent."""
        payload = deepcopy(INTERACTIONS["scan form"])
        payload["view"]["private_metadata"] = "no JSON: 秘密"
        handle(form(payload))

        (record,) = [record for record in caplog.records if record.name == "bot.listeners.odd"]
        assert "odd-request" == record.__dict__["error_code"]
        assert "ERROR" == record.levelname
        assert "秘密" not in caplog.text


class TestResponseUrl:
    """Where the ack answers."""

    @pytest.mark.parametrize(
        "url", ["https://evil.example/x", "http://hooks.slack.com/x", "https://hooks.slack.com@evil.example/"]
    )
    def test_foreign_response_url_is_not_called(
        self, ack: FakeAck, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        """A click whose response URL is none of Slack's is an error to the person, and no request is made."""
        monkeypatch.undo()
        monkeypatch.setattr("handlers.slack._ack", lambda: ack)
        monkeypatch.setattr("slack_sdk.webhook.WebhookClient.send", lambda *_, **__: pytest.fail("was sent"))
        payload = deepcopy(INTERACTIONS["undo"]) | {"response_url": url}
        payload["container"]["channel_id"] = ""

        assert 400 == handle(form(payload))["statusCode"]
