"""The menus, buttons and forms with which people act on findings, from Slack to the job."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.domain.action import Action, ActionRequest, Selection
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import ActJob, ApplyJob, PreviewJob, Requester, UndoJob
from bot.render.ids import (
    ACT_ON_ROW,
    CONFIRM_FORM,
    NOTIFY_ALL,
    NOTIFY_ROW,
    ROW_FORM,
    TRIAGE,
    TRIAGE_FORM,
    UNDO,
    row_block_id,
)
from playground.slack.blocks import view_problems
from tests.unit.world.slack import THROTTLED, TRIGGER, Side, clicked

URL = "https://hooks.slack.com/actions/T0LOCAL/1/x"
REQUESTER = Requester("U0PERSON", URL)
CLICK = {
    "key": "slack/click",
    "report_id": "0123abcd",
    "channel": "C0SECURITY",
    "message_ts": "1.000001",
    "response_url": URL,
    "locale": "en",
}
ROW = row_block_id("0123abcd", 3)
WHERE = ("C0SECURITY", "1.000001", REQUESTER)


def choose(side: Side, value: str) -> None:
    """Choose from the menu beside the report's fourth finding."""
    chosen = {"type": "overflow", "action_id": ACT_ON_ROW, "selected_option": {"value": value}}
    assert 200 == side.interact(**clicked(chosen | {"block_id": ROW})).status


def press(side: Side, action_id: str, value: str) -> None:
    """Press a button of the report."""
    pressed = {"type": "button", "action_id": action_id, "block_id": ROW, "value": value}
    assert 200 == side.interact(**clicked(pressed)).status


def send(side: Side, callback_id: str, metadata: dict[str, Any], **state: Any) -> dict[str, Any]:
    """Send a form; give the answer."""
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": json.dumps(metadata),
        "title": {"type": "plain_text", "text": "t"},
        "submit": {"type": "plain_text", "text": "s"},
        "close": {"type": "plain_text", "text": "c"},
        "blocks": [{"type": "divider", "block_id": "d"}],
        "state": {"values": {name: {name: value} for name, value in state.items()}},
    }
    response = side.interact(type="view_submission", view=view)
    assert 200 == response.status
    return dict(json.loads(response.body)) if response.body else {}


def opened(side: Side) -> dict[str, Any]:
    """Return the form that was opened, the one call that was made."""
    ((method, options),) = side.calls
    assert "views.open" == method
    view: dict[str, Any] = (
        options["view"] if isinstance(options["view"], dict) else json.loads(options["view"])
    )
    assert [] == view_problems(view)
    return view


def options(*values: str) -> dict[str, Any]:
    """Choose options."""
    return {"selected_options": [{"value": value} for value in values]}


class TestMenu:
    """The menu beside a finding."""

    @pytest.mark.parametrize("action", [Action.NOTIFY, Action.REOPEN])
    def test_menu_choice_without_reason_is_dispatched(self, side: Side, action: Action) -> None:
        """The job names the report, the row, the status shown there, the message and the person."""
        choose(side, f"{action}:NEW")

        selection = Selection(row=3, statuses=(WorkflowStatus.NEW,))
        assert ActJob(f"slack/{TRIGGER}", "0123abcd", ActionRequest(action), selection, *WHERE) == side.job
        assert [] == side.calls

    @pytest.mark.parametrize("action", [Action.SUPPRESS, Action.RESOLVE])
    def test_menu_choice_with_reason_opens_a_form(self, side: Side, action: Action) -> None:
        """A form opens, in one call, and nothing is dispatched yet."""
        choose(side, f"{action}:NEW")

        metadata = json.loads(opened(side)["private_metadata"])
        assert (3, action, "NEW", "0123abcd") == tuple(
            metadata[name] for name in ("row", "action", "status", "report_id")
        )
        assert [] == side.jobs.jobs

    def test_mark_button_does_the_same_as_the_menu(self, side: Side) -> None:
        """The button beside the menu does what that choice of the menu would do."""
        press(side, NOTIFY_ROW, "notify:NEW")

        selection = Selection(row=3, statuses=(WorkflowStatus.NEW,))
        assert (
            ActJob(f"slack/{TRIGGER}", "0123abcd", ActionRequest(Action.NOTIFY), selection, *WHERE)
            == side.job
        )

    def test_undo_in_row_menu_names_its_action(self, side: Side) -> None:
        """The job names the action of the row."""
        choose(side, "undo:beef")

        assert UndoJob(f"slack/{TRIGGER}", "0123abcd", "beef", *WHERE) == side.job


class TestButtons:
    """The buttons for many."""

    def test_triage_opens_form_in_one_call(self, side: Side) -> None:
        """Triage opens the form in one call."""
        press(side, TRIAGE, "0123abcd")

        assert TRIAGE_FORM == opened(side)["callback_id"]

    @pytest.mark.parametrize("as_of", ["", "beef"])
    def test_mark_all_dispatches_the_number_on_the_button(self, side: Side, as_of: str) -> None:
        """The job names the report, how many the button named, and what the message showed by then."""
        press(side, NOTIFY_ALL, f"0123abcd:37:{as_of}")

        selection = Selection(statuses=(WorkflowStatus.NEW,), as_of=as_of, shown_count=37)
        assert (
            ActJob(f"slack/{TRIGGER}", "0123abcd", ActionRequest(Action.NOTIFY), selection, *WHERE)
            == side.job
        )

    def test_undo_button_names_its_action(self, side: Side) -> None:
        """Undo names the act."""
        press(side, UNDO, "0123abcd:beef")

        assert UndoJob(f"slack/{TRIGGER}", "0123abcd", "beef", *WHERE) == side.job

    @pytest.mark.parametrize("value", ["notify:NEW", "undo:x"])
    def test_failed_dispatch_is_answered_in_private(
        self, side: Side, said: list[dict[str, Any]], value: str
    ) -> None:
        """Where the job cannot be handed over the person is told in private."""
        side.jobs.error = THROTTLED
        choose(side, value)
        press(side, UNDO, "0123abcd:beef")

        assert 2 == len(said)
        assert all("Nothing was changed" in answer["text"] for answer in said)

    def test_unopened_form_is_explained_in_private(self, side: Side, said: list[dict[str, Any]]) -> None:
        """Where Slack does not open a form the person is told in private."""
        side.error = "expired_trigger_id"
        choose(side, "suppress:NEW")
        press(side, TRIAGE, "0123abcd")

        assert 2 == len(said)
        assert all("Nothing was changed" in answer["text"] for answer in said)


class TestRowForm:
    """The form that asks why."""

    METADATA = CLICK | {"row": 3, "action": "suppress", "status": "NEW"}

    def test_form_dispatches_reason_and_last_day(self, side: Side) -> None:
        """Reason and last day are the request's; the form closes."""
        answer = send(
            side,
            ROW_FORM,
            self.METADATA,
            reason={"value": " public\n by design "},
            until={"selected_date": "2999-12-31"},
        )

        request = ActionRequest(Action.SUPPRESS, "public by design", date(2999, 12, 31))
        selection = Selection(row=3, statuses=(WorkflowStatus.NEW,))
        assert ActJob("slack/click", "0123abcd", request, selection, *WHERE) == side.job
        assert {} == answer

    @pytest.mark.parametrize(
        ("changes", "state", "name"),
        [
            ({}, {}, "reason"),
            ({}, {"reason": {"value": "  "}}, "reason"),
            ({}, {"reason": {"value": "x"}, "until": {"selected_date": "2020-01-01"}}, "until"),
            ({"action": "resolve"}, {"until": {"selected_date": "2999-01-01"}}, "until"),
            ({}, {"reason": {"value": "x" * 401}}, "reason"),
        ],
    )
    def test_row_form_marks_wrong_input(
        self, side: Side, changes: dict[str, Any], state: dict[str, Any], name: str
    ) -> None:
        """What is wrong stands beside its input, and nothing is done."""
        answer = send(side, ROW_FORM, self.METADATA | changes, **state)

        assert "errors" == answer["response_action"]
        assert [name] == list(answer["errors"])
        assert [] == side.jobs.jobs

    def test_failed_dispatch_keeps_the_row_form(self, side: Side) -> None:
        """The form stays, with the reason in it."""
        side.jobs.error = THROTTLED
        answer = send(side, ROW_FORM, self.METADATA, reason={"value": "x"})

        assert "Nothing was changed" in answer["errors"]["reason"]


STATE = {"action": {"selected_option": {"value": "notify"}}, "statuses": options("NEW")}


class TestTriageForm:
    """The form for many findings."""

    def test_form_dispatches_a_preview(self, side: Side) -> None:
        """What was chosen and typed is the request and the selection; the form says that it is counted."""
        answer = send(
            side,
            TRIAGE_FORM,
            CLICK,
            **STATE,
            controls=options("s3.8"),
            accounts={"value": "1234-5678-9012、111111111111"},
            severities=options("HIGH"),
            resource={"value": " prod- "},
            owners={"value": "Platform, alice@example.com"},
        )

        selection = Selection(
            statuses=(WorkflowStatus.NEW,),
            controls=("S3.8",),
            accounts=("123456789012", "111111111111"),
            severities=(Severity.HIGH,),
            resource="prod-",
            owners=("Platform", "alice@example.com"),
        )
        expected = PreviewJob(
            "view/V1", "0123abcd", ActionRequest(Action.NOTIFY), selection, "V1", "en", *WHERE
        )
        assert expected == side.job
        assert "update" == answer["response_action"]
        assert [] == view_problems(answer["view"])

    @pytest.mark.parametrize("text", ["12", ",", "1" * 9000])
    def test_triage_form_marks_wrong_input(self, side: Side, text: str) -> None:
        """What is wrong stands beside its input, and nothing is counted: no comma is for all accounts."""
        answer = send(side, TRIAGE_FORM, CLICK, **STATE, accounts={"value": text})

        assert ["accounts"] == list(answer["errors"])
        assert [] == side.jobs.jobs

    def test_text_without_a_name_is_not_for_all_owners(self, side: Side) -> None:
        """Nothing is counted."""
        answer = send(side, TRIAGE_FORM, CLICK, **STATE, owners={"value": " , "})

        assert ["owners"] == list(answer["errors"])
        assert [] == side.jobs.jobs


class TestConfirmation:
    """The preview is confirmed."""

    METADATA = CLICK | {"plan_id": "feed"}

    def test_confirmation_dispatches_the_shown_plan(self, side: Side) -> None:
        """What is confirmed is what was shown; twice confirmed is the same job."""
        answer = send(side, CONFIRM_FORM, self.METADATA)
        send(side, CONFIRM_FORM, self.METADATA)

        assert [ApplyJob("plan/feed", "0123abcd", "feed", *WHERE)] * 2 == side.jobs.jobs
        assert [] == view_problems(answer["view"])

    def test_failed_dispatch_keeps_the_preview(self, side: Side) -> None:
        """The preview stays, with what went wrong on top."""
        side.jobs.error = THROTTLED
        answer = send(side, CONFIRM_FORM, self.METADATA)

        assert "update" == answer["response_action"]
        assert [] == view_problems(answer["view"])
        assert "Nothing was changed" in answer["view"]["blocks"][0]["text"]["text"]
