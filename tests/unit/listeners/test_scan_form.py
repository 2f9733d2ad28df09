"""The form of a scan: opened, searched, sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import Requester, ScanJob
from bot.domain.query import Query
from bot.render import forms
from bot.render.ids import SCAN_FORM
from playground.slack.blocks import view_problems
from tests.builders import CATALOGUE
from tests.unit.world.slack import RESPONSE_URL, THROTTLED, TRIGGER, Side, view_of


class TestForm:
    """The command without a text."""

    @pytest.mark.parametrize("text", ["", "   ", "\u3000"])
    def test_form_opens_and_answer_says_nothing(self, side: Side, text: str) -> None:
        """A form opens, and the answer says nothing."""
        assert "" == side.command(text)

        ((method, arguments),) = side.calls
        assert "views.open" == method
        assert TRIGGER == arguments["trigger_id"]
        assert [] == view_problems(view_of(arguments))

    def test_form_keeps_channel_and_response_url(self, side: Side) -> None:
        """The channel and the address travel in the form."""
        side.command("")
        metadata = json.loads(view_of(side.calls[0][1])["private_metadata"])

        assert "C0SECURITY" == metadata["channel"]
        assert RESPONSE_URL == metadata["response_url"]

    @pytest.mark.parametrize("error", ["expired_trigger_id", "ratelimited", "fatal_error"])
    def test_unopened_form_is_explained(self, side: Side, error: str) -> None:
        """Where Slack does not open it the person is told, and gets no stack trace."""
        side.error = error

        assert side.command("")


class TestSuggestions:
    """The search in the form."""

    def suggested(self, side: Side, value: str) -> list[str]:
        """Type into the search; give the values that are offered."""
        response = side.interact(
            type="block_suggestion", action_id=forms.CONTROLS, block_id=forms.CONTROLS, value=value
        )
        return [option["value"] for option in json.loads(response.body)["options"]]

    def test_scan_form_offers_services_first(self, side: Side) -> None:
        """In the form of a scan a service comes before its controls; the triage of rows has controls only."""
        view = {"callback_id": SCAN_FORM, "private_metadata": json.dumps({"locale": "ja"})}
        response = side.interact(
            type="block_suggestion", action_id=forms.CONTROLS, block_id=forms.CONTROLS, value="s3", view=view
        )
        options = json.loads(response.body)["options"]

        assert ["S3.*", "S3.1", "S3.8"] == [option["value"] for option in options]
        assert "2 個" in options[0]["text"]["text"]

    @pytest.mark.parametrize(
        ("value", "offered"),
        [("s3", ["S3.1", "S3.8"]), ("SCANNING", ["ECR.1"]), ("nothing like it", []), ("", None)],
    )
    def test_ids_and_titles_are_searched(self, side: Side, value: str, offered: list[str] | None) -> None:
        """IDs and titles are searched; an empty search offers all."""
        expected = [c.id for c in CATALOGUE.search("", 100)] if offered is None else offered

        assert expected == self.suggested(side, value)


class TestSubmit:
    """The form is sent."""

    def submit(self, side: Side, **chosen: Any) -> dict[str, Any]:
        """Send the form; give the answer."""
        metadata = {"channel": "C0SECURITY", "response_url": RESPONSE_URL, "locale": "en"}
        state = {name: {name: value} for name, value in chosen.items()}
        response = side.interact(
            type="view_submission",
            view={
                "id": "V1",
                "type": "modal",
                "callback_id": SCAN_FORM,
                "private_metadata": json.dumps(metadata),
                "state": {"values": state},
            },
        )
        assert 200 == response.status
        return dict(json.loads(response.body))

    def test_scan_form_dispatches_its_query(self, side: Side) -> None:
        """What was chosen and typed is the query."""
        self.submit(
            side,
            controls=_options("S3.8", "EC2.19"),
            severities=_options("HIGH"),
            accounts={"value": "1234-5678-9012、111111111111"},
            regions={"value": "us-east-1"},
            resources={"value": "logs-*"},
            tags={"value": "Team=web,api"},
            standards={"value": "FSBP, cis-1.4"},
            owners={"value": "Data Platform, web"},
            since={"value": "7d"},
            statuses=_options("NEW"),
        )

        query = Query(
            controls=("S3.8", "EC2.19"),
            severities=(Severity.HIGH,),
            accounts=("123456789012", "111111111111"),
            regions=("us-east-1",),
            named_resources=("logs-*",),
            tags=("Team=web", "Team=api"),
            standards=("fsbp", "cis-1.4"),
            owners=("Data Platform", "web"),
            since_days=7,
            statuses=(WorkflowStatus.NEW,),
        )
        assert ScanJob("view/V1", query, "C0SECURITY", Requester("U0PERSON", RESPONSE_URL)) == side.job

    def test_answer_takes_the_forms_place(self, side: Side) -> None:
        """The form's place is taken by the answer."""
        answer = self.submit(side, controls=_options("S3.8"), accounts={"value": None})

        assert "update" == answer["response_action"]
        assert [] == view_problems(answer["view"])
        assert "`S3.8`" in answer["view"]["blocks"][0]["text"]["text"]

    @pytest.mark.parametrize(
        ("chosen", "block_id"),
        [
            ({"controls": {"selected_options": []}}, forms.CONTROLS),
            ({"controls": {"selected_options": [{"value": "*"}]}}, forms.CONTROLS),
            ({"accounts": {"value": "12"}}, forms.ACCOUNTS),
            ({"accounts": {"value": "123456789012, prod"}}, forms.ACCOUNTS),
            ({"resources": {"value": "*"}}, forms.RESOURCES),
            ({"owners": {"value": "me"}}, forms.OWNERS),
            ({"owners": {"value": "*"}}, forms.OWNERS),
            ({"tags": {"value": "Team"}}, forms.TAGS),
            ({"since": {"value": "0d"}}, forms.SINCE),
            ({"regions": {"value": "mars"}}, forms.REGIONS),
            ({"severities": {"selected_options": [{"value": "HUGE"}]}}, forms.SEVERITIES),
            ({"accounts": {"value": ","}}, forms.ACCOUNTS),
            ({"regions": {"value": "、"}}, forms.REGIONS),
            ({"regions": {"value": "a" * 9000}}, forms.REGIONS),
        ],
    )
    def test_wrong_input_is_marked(self, side: Side, chosen: dict[str, Any], block_id: str) -> None:
        """What is wrong stands beside the input that it is wrong with, and nothing is scanned."""
        answer = self.submit(side, **{"controls": _options("S3.8")} | chosen)

        assert "errors" == answer["response_action"]
        assert [block_id] == list(answer["errors"])
        assert [] == side.jobs.jobs

    def test_failed_dispatch_keeps_the_form(self, side: Side) -> None:
        """Where the job cannot be handed over the form stays, with the reason in it."""
        side.jobs.error = THROTTLED
        answer = self.submit(side, controls=_options("S3.8"))

        assert "could not be started" in answer["errors"][forms.CONTROLS]


def _options(*values: str) -> dict[str, Any]:
    return {"selected_options": [{"value": value} for value in values]}
