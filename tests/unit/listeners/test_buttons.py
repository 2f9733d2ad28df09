"""Buttons and menus of messages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_bolt import BoltResponse

from bot.domain.job import CancelJob, DiscardRoutingJob, PutRoutingJob, Requester
from bot.render.ids import (
    ACT_ON_ROW,
    CANCEL_SCAN,
    DISCARD_ROUTING,
    NOTIFY_MINE,
    PRIVATE,
    PUT_ROUTING,
    TRIAGE,
    UNDO,
    row_block_id,
)
from tests.unit.world.slack import THROTTLED, TRIGGER, Side, clicked, view_of

MENU = row_block_id("0123abcd", 2)


class TestButtons:
    """The button of a scan's progress."""

    def press(self, side: Side) -> BoltResponse:
        """Press it."""
        return side.interact(
            **clicked({"type": "button", "action_id": CANCEL_SCAN, "value": "0123abcd:U0OTHER"})
        )

    def test_cancel_job_names_the_scan(self, side: Side) -> None:
        """The job names the scan, the message, the person, and the scan's requester."""
        assert 200 == self.press(side).status

        requester = Requester("U0PERSON", "https://hooks.slack.com/actions/T0LOCAL/1/x")
        place = ("C0SECURITY", "1.000001")
        assert CancelJob(f"slack/{TRIGGER}", "0123abcd", *place, requester, "U0OTHER") == side.job

    def test_failed_dispatch_is_answered_in_private(self, side: Side, said: list[dict[str, Any]]) -> None:
        """Where the job cannot be handed over the person is told in private, and the message stays."""
        side.jobs.error = THROTTLED
        self.press(side)

        (answer,) = said
        assert "could not be cancelled" in answer["text"]
        assert "ephemeral" == answer["response_type"]
        assert answer["replace_original"] is False

    def test_slow_answer_does_not_delay_the_ack(self, side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where Slack does not take the answer within a second, it hears of that before its 3 are over."""
        waits: list[int] = []

        def urlopen(_request: object, timeout: int, **_: object) -> None:
            waits.append(timeout)
            raise TimeoutError

        monkeypatch.setattr("slack_sdk.webhook.client.urlopen", urlopen)
        side.jobs.error = THROTTLED

        assert 500 == self.press(side).status
        assert [1] == waits


class TestRouting:
    """The buttons of a previewed routing file."""

    @pytest.mark.parametrize(
        ("action_id", "kind"), [(PUT_ROUTING, PutRoutingJob), (DISCARD_ROUTING, DiscardRoutingJob)]
    )
    def test_job_names_the_proposal(self, side: Side, action_id: str, kind: type[Any]) -> None:
        """The job names the proposal, the message and the person."""
        side.interact(**clicked({"type": "button", "action_id": action_id, "value": "0123abcd"}))

        requester = Requester("U0PERSON", "https://hooks.slack.com/actions/T0LOCAL/1/x")
        assert kind(f"slack/{TRIGGER}", "0123abcd", "C0SECURITY", "1.000001", requester) == side.job


class TestMine:
    """The buttons of a private message with a person's own rows."""

    @pytest.mark.parametrize(
        ("place", "expected"),
        [
            ("C0REPORT00:9.000001", ("C0REPORT00", "9.000001", False)),
            (":", ("C0SECURITY", "1.000001", True)),
        ],
    )
    def test_rows_are_marked_in_their_report(self, side: Side, place: str, expected: object) -> None:
        """The job names the report's message; of a report without one it is private."""
        value = f"0123abcd:2::{place}"
        side.interact(**clicked({"type": "button", "action_id": NOTIFY_MINE, "value": value}))

        job = side.job
        assert expected == (job.channel, job.message_ts, job.is_private)
        assert ("C0SECURITY", True, 2) == (job.asked_in, job.selection.is_own, job.selection.shown_count)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [("0123abcd:4567", ("0123abcd", "4567", False)), (f"0:4:{PRIVATE}", ("0", "4", True))],
    )
    def test_undo_of_a_report_without_a_message_is_private(
        self, side: Side, value: str, expected: object
    ) -> None:
        """The message with the button is not the report's."""
        side.interact(**clicked({"type": "button", "action_id": UNDO, "value": value}))

        assert expected == (side.job.report_id, side.job.act_id, side.job.is_private)


class TestTriageForm:
    """The form that the button of a report opens."""

    @pytest.mark.parametrize(
        ("value", "statuses"), [("0123abcd", ["NEW", "NOTIFIED"]), ("0123abcd:SUPPRESSED", ["SUPPRESSED"])]
    )
    def test_triage_form_begins_with_the_reports_status(
        self, side: Side, value: str, statuses: list[str]
    ) -> None:
        """Of a list of what is suppressed that is chosen, and the form knows the report either way."""
        side.interact(**clicked({"type": "button", "action_id": TRIAGE, "value": value}))

        view = view_of(side.calls[0][1])
        (options,) = [
            b["element"]["initial_options"] for b in view["blocks"] if b.get("block_id") == "statuses"
        ]
        assert statuses == [option["value"] for option in options]
        assert "0123abcd" == json.loads(view["private_metadata"])["report_id"]


class TestRowForm:
    """The form that a menu beside a finding opens."""

    @pytest.mark.parametrize(
        ("blocks", "said"),
        [
            (
                [{"block_id": MENU, "text": {"text": "`S3.8`\n`logs`\n🔇 it"}}],
                "`S3.8`\n`logs`\nIt ",
            ),
            (
                [{"text": {"text": "`S3.8`\n`logs`"}}, {"block_id": MENU}, {"text": {"text": "another"}}],
                "`S3.8`\n`logs`\nIt ",
            ),
            (None, "*3*\nIt "),
        ],
    )
    def test_form_names_the_finding(self, side: Side, blocks: list[Any] | None, said: str) -> None:
        """It says what the message calls the finding, or else its number."""
        option = {"selected_option": {"value": "suppress:NEW"}}
        menu = {"type": "overflow", "action_id": ACT_ON_ROW, "block_id": MENU, **option}
        side.interact(**clicked(menu), message={"ts": "1.000001", "blocks": blocks})

        ((method, options),) = side.calls
        assert "views.open" == method
        assert said in view_of(options)["blocks"][0]["text"]["text"]
