"""What Slack sends, from Bolt's app to the job and the ack."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web import SlackResponse

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import CancelJob, HistoryJob, Requester, ScanJob
from bot.domain.query import Query
from bot.errors import AccessDeniedError, ThrottledError
from bot.i18n import Locale
from bot.listeners.app import build_app
from bot.listeners.context import Context
from bot.render import modal
from bot.render.ids import ACT_ON_ROW, CANCEL_SCAN, SCAN_FORM, TRIAGE
from playground.slack.blocks import view_problems
from tests.builders import CATALOGUE
from tests.fakes import FakeJobs

SECRET = "local-signing-secret"
TRIGGER = "1795480200.000001.abc"
RESPONSE_URL = "https://hooks.slack.com/commands/T0LOCAL/1/x"
THROTTLED = ThrottledError(service="AWS", call="lambda:InvokeFunction")


class Side:
    """Slack's side: the app on a fake queue, and calls to Slack that stay here."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, locale: Locale | None = Locale.EN) -> None:
        self.jobs = FakeJobs()
        self.locale = locale
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.error = ""
        self.lookups = 0
        monkeypatch.setattr(WebClient, "api_call", self._called)
        context = Context(
            jobs=self.jobs,
            catalogue=CATALOGUE,
            default_locale=Locale.JA,
            known_locale=lambda user_id: self.locale,
            find_locale=self._find,
        )
        self.app: App = build_app(
            context, token="xoxb-local", signing_secret=SECRET, api_url="http://127.0.0.1:9/api/"
        )

    def _find(self, user_id: str) -> Locale | None:
        self.lookups += 1
        return self.locale

    def _called(self, method: str, **options: Any) -> SlackResponse:
        self.calls.append((method, options.get("json") or options.get("params") or {}))
        data = {"ok": not self.error, "error": self.error}
        response = SlackResponse(
            client=self.app.client,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers={},
            status_code=200,
        )
        if self.error:
            raise SlackApiError("failed", response)  # type: ignore[no-untyped-call]
        return response

    def send(self, fields: dict[str, str], secret: str = SECRET) -> BoltResponse:
        """Send a form as Slack does, signed."""
        import time

        body = urlencode(fields)
        timestamp = str(int(time.time()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        headers: dict[str, str | Sequence[str]] = {
            "content-type": ["application/x-www-form-urlencoded"],
            "x-slack-request-timestamp": [timestamp],
            "x-slack-signature": [str(signature)],
        }
        return self.app.dispatch(BoltRequest(body=body, headers=headers))

    def command(self, text: str, **changes: str) -> str:
        """Enter the command; give what the ack says."""
        fields = {
            "command": "/sechub-scan",
            "text": text,
            "team_id": "T0LOCAL",
            "user_id": "U0PERSON",
            "channel_id": "C0SECURITY",
            "trigger_id": TRIGGER,
            "response_url": RESPONSE_URL,
        }
        response = self.send(fields | changes)
        assert 200 == response.status
        if not response.body:
            return ""
        answer = json.loads(response.body)
        assert "ephemeral" == answer["response_type"]
        return str(answer["text"])

    def interact(self, **payload: Any) -> BoltResponse:
        """Send an interaction."""
        whole = {"team": {"id": "T0LOCAL"}, "user": {"id": "U0PERSON"}, "trigger_id": TRIGGER} | payload
        return self.send({"payload": json.dumps(whole)})

    @property
    def job(self) -> Any:
        """Give the one job that was dispatched."""
        (job,) = self.jobs.jobs
        return job


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Side:
    """Give Slack's side, with a person whose language is known."""
    return Side(monkeypatch)


class TestCommand:
    """The slash command with a text."""

    def test_dispatches_a_scan(self, side: Side) -> None:
        """The job has the query, the channel, who asked and where they can be answered."""
        side.command("s3.8 severity:high account:123456789012 region:us-east-1 status:new")

        query = Query(
            controls=("S3.8",),
            severities=(Severity.HIGH,),
            accounts=("123456789012",),
            regions=("us-east-1",),
            statuses=(WorkflowStatus.NEW,),
        )
        requester = Requester("U0PERSON", RESPONSE_URL, "T0LOCAL")
        assert ScanJob(f"slack/{TRIGGER}", query, "C0SECURITY", requester) == side.job

    def test_says_that_it_has_begun(self, side: Side) -> None:
        """The private answer repeats what is scanned, as it was understood."""
        assert "🔍 Scanning `S3.8 EC2.19` …" == side.command("Ｓ３．８ ec2.19")

    def test_makes_no_other_call(self, side: Side) -> None:
        """The dispatch is the only call before the ack."""
        side.command("S3.8")

        assert [] == side.calls
        assert 0 == side.lookups

    def test_keeps_what_it_does_not_know(self, side: Side) -> None:
        """A control that is newer than the bundled list goes to Security Hub as it was typed."""
        side.command("Bedrock.99")

        assert ("Bedrock.99",) == side.job.query.controls

    @pytest.mark.parametrize(
        "text", ["🎉", "S3.8 severity:huge", "severity:HIGH", "<!channel>", "'; DROP TABLE"]
    )
    def test_refuses_what_is_none(self, side: Side, text: str) -> None:
        """A private reply says what is wanted, and nothing is scanned."""
        answer = side.command(text)

        assert answer
        assert "<!" not in answer
        assert [] == side.jobs.jobs

    def test_says_when_it_could_not_begin(self, side: Side) -> None:
        """Where the job cannot be handed over the person is told in the same answer."""
        side.jobs.error = AccessDeniedError(action="lambda:InvokeFunction")
        answer = side.command("S3.8")

        assert "could not be started" in answer
        assert "`lambda:InvokeFunction`" in answer

    def test_takes_200_controls(self, side: Side) -> None:
        """Many controls are one job, and the answer keeps a bearable length."""
        answer = side.command(" ".join(f"S3.{number}" for number in range(200)))

        assert 200 == len(side.job.query.controls)
        assert len(answer) < 1200

    def test_without_a_response_url_is_a_scan(self, side: Side) -> None:
        """Slack may leave the address out."""
        side.command("S3.8", response_url="")

        assert "" == side.job.requester.response_url


class TestLanguage:
    """The language of an answer."""

    def test_is_the_persons(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whoever is known gets their own."""
        assert "スキャンしています" in Side(monkeypatch, Locale.JA).command("S3.8")

    def test_is_both_where_it_is_not_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where asking would cost the time of the ack the answer is in both languages."""
        side = Side(monkeypatch, None)
        answer = side.command("S3.8")

        assert "スキャンしています" in answer.splitlines()[0]
        assert "Scanning" in answer.splitlines()[1]
        assert 0 == side.lookups

    def test_of_help_is_asked_for(self, side: Side) -> None:
        """Where nothing is dispatched there is time to ask."""
        side.command("help")

        assert 1 == side.lookups


class TestHelp:
    """Asking for help."""

    @pytest.mark.parametrize("text", ["help", "HELP", "ヘルプ", "？"])
    def test_is_answered(self, side: Side, text: str) -> None:
        """The answer shows the command, and nothing is scanned."""
        answer = side.command(text)

        assert "`/sechub-scan S3.8 EC2.19`" in answer
        assert [] == side.jobs.jobs


class TestForm:
    """The command without a text."""

    @pytest.mark.parametrize("text", ["", "   ", "\u3000"])
    def test_opens(self, side: Side, text: str) -> None:
        """A form opens, and the answer says nothing."""
        assert "" == side.command(text)

        ((method, arguments),) = side.calls
        assert ("views.open", TRIGGER) == (method, arguments["trigger_id"])
        assert [] == view_problems(_view(arguments))

    def test_knows_where_the_report_goes(self, side: Side) -> None:
        """The channel and the address travel in the form."""
        side.command("")
        metadata = json.loads(_view(side.calls[0][1])["private_metadata"])

        assert ("C0SECURITY", RESPONSE_URL) == (metadata["channel"], metadata["response_url"])

    @pytest.mark.parametrize("error", ["expired_trigger_id", "ratelimited", "fatal_error"])
    def test_says_why_it_did_not_open(self, side: Side, error: str) -> None:
        """Where Slack does not open it the person is told, and gets no stack trace."""
        side.error = error

        assert side.command("")


def _view(arguments: dict[str, Any]) -> dict[str, Any]:
    view = arguments["view"]
    return json.loads(view) if isinstance(view, str) else dict(view)


class TestSuggestions:
    """The search in the form."""

    def suggested(self, side: Side, value: str) -> list[str]:
        """Type into the search; give the values that are offered."""
        response = side.interact(
            type="block_suggestion", action_id=modal.CONTROLS, block_id=modal.CONTROLS, value=value
        )
        return [option["value"] for option in json.loads(response.body)["options"]]

    @pytest.mark.parametrize(
        ("value", "offered"),
        [("s3", ["S3.1", "S3.8"]), ("SCANNING", ["ECR.1"]), ("nothing like it", []), ("", None)],
    )
    def test_offers_what_fits(self, side: Side, value: str, offered: list[str] | None) -> None:
        """IDs and titles are searched; an empty search offers all."""
        wanted = [c.id for c in CATALOGUE.search("", 100)] if offered is None else offered

        assert wanted == self.suggested(side, value)


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

    def test_dispatches_a_scan(self, side: Side) -> None:
        """What was chosen and typed is the query."""
        self.submit(
            side,
            controls=_options("S3.8", "EC2.19"),
            severities=_options("HIGH"),
            accounts={"value": "1234-5678-9012、111111111111"},
            regions={"value": "us-east-1"},
        )

        query = Query(
            controls=("S3.8", "EC2.19"),
            severities=(Severity.HIGH,),
            accounts=("123456789012", "111111111111"),
            regions=("us-east-1",),
        )
        assert ScanJob("view/V1", query, "C0SECURITY", Requester("U0PERSON", RESPONSE_URL)) == side.job

    def test_says_that_it_has_begun(self, side: Side) -> None:
        """The form's place is taken by the answer."""
        answer = self.submit(side, controls=_options("S3.8"), accounts={"value": None})

        assert "update" == answer["response_action"]
        assert [] == view_problems(answer["view"])
        assert "`S3.8`" in answer["view"]["blocks"][0]["text"]["text"]

    @pytest.mark.parametrize(
        ("chosen", "block_id"),
        [
            ({"controls": {"selected_options": []}}, modal.CONTROLS),
            ({"accounts": {"value": "12"}}, modal.ACCOUNTS),
            ({"regions": {"value": "mars"}}, modal.REGIONS),
            ({"severities": {"selected_options": [{"value": "HUGE"}]}}, modal.SEVERITIES),
        ],
    )
    def test_says_what_is_wrong(self, side: Side, chosen: dict[str, Any], block_id: str) -> None:
        """What is wrong stands beside the input that it is wrong with, and nothing is scanned."""
        answer = self.submit(side, **{"controls": _options("S3.8")} | chosen)

        assert "errors" == answer["response_action"]
        assert [block_id] == list(answer["errors"])
        assert [] == side.jobs.jobs

    def test_says_when_it_could_not_begin(self, side: Side) -> None:
        """Where the job cannot be handed over the form stays, with the reason in it."""
        side.jobs.error = THROTTLED
        answer = self.submit(side, controls=_options("S3.8"))

        assert "could not be started" in answer["errors"][modal.CONTROLS]


def _options(*values: str) -> dict[str, Any]:
    return {"selected_options": [{"value": value} for value in values]}


class TestHistory:
    """`/sechub-scan history …`."""

    def test_is_dispatched(self, side: Side) -> None:
        """The rest of the words is what it is about, in their own spelling."""
        assert "Looking" in side.command("history arn:aws:s3:::My-Bucket")

        asking = Requester("U0PERSON", RESPONSE_URL, "T0LOCAL")
        assert HistoryJob(f"slack/{TRIGGER}", "arn:aws:s3:::My-Bucket", "C0SECURITY", asking) == side.job

    def test_wants_to_know_of_what(self, side: Side) -> None:
        """Without a name there is an example."""
        assert "history S3.8" in side.command("history")
        assert [] == side.jobs.jobs

    def test_says_when_it_could_not_begin(self, side: Side) -> None:
        """Where the job cannot be handed over the answer says so."""
        side.jobs.error = THROTTLED

        assert "throttling" in side.command("履歴 S3.8")


class TestButtons:
    """The button of a scan's progress."""

    def press(self, side: Side) -> BoltResponse:
        """Press it."""
        return side.interact(
            **clicked({"type": "button", "action_id": CANCEL_SCAN, "value": "0123abcd:U0OTHER"})
        )

    def test_dispatch_a_cancel(self, side: Side) -> None:
        """Cancel's job names the scan, the message, the person, and who asked for the scan."""
        assert 200 == self.press(side).status

        requester = Requester("U0PERSON", "https://hooks.slack.com/actions/T0LOCAL/1/x")
        place = ("C0SECURITY", "1.000001")
        assert CancelJob(f"slack/{TRIGGER}", "0123abcd", *place, requester, "U0OTHER") == side.job

    def test_say_when_it_could_not_begin(self, side: Side, said: list[dict[str, Any]]) -> None:
        """Where the job cannot be handed over the person is told in private, and the message stays."""
        side.jobs.error = THROTTLED
        self.press(side)

        (answer,) = said
        assert "could not be cancelled" in answer["text"]
        assert ("ephemeral", False) == (answer["response_type"], answer["replace_original"])

    def test_do_not_wait_for_an_answer(self, side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where Slack does not take the answer within a second, it hears of that before its 3 are over."""
        waits: list[int] = []

        def urlopen(_request: object, timeout: int, **_: object) -> None:
            waits.append(timeout)
            raise TimeoutError

        monkeypatch.setattr("slack_sdk.webhook.client.urlopen", urlopen)
        side.jobs.error = THROTTLED

        assert (500, [1]) == (self.press(side).status, waits)


class TestTriageForm:
    """The form that the button of a report opens."""

    @pytest.mark.parametrize(
        ("value", "statuses"), [("0123abcd", ["NEW", "NOTIFIED"]), ("0123abcd:SUPPRESSED", ["SUPPRESSED"])]
    )
    def test_begins_with_what_the_report_shows(self, side: Side, value: str, statuses: list[str]) -> None:
        """Of a list of what is suppressed that is chosen, and the form knows the report either way."""
        side.interact(**clicked({"type": "button", "action_id": TRIAGE, "value": value}))

        view = _view(side.calls[0][1])
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
                [{"type": "divider"}, {"block_id": "row-2", "text": {"text": "*3* `S3.8`\n🔇 it"}}],
                "*3* `S3.8`\nIt ",
            ),
            (None, "*3*\nIt "),
        ],
    )
    def test_names_the_finding(self, side: Side, blocks: list[Any] | None, said: str) -> None:
        """It says what the message calls the finding, or else its number."""
        option = {"selected_option": {"value": "0123abcd:2:suppress:NEW"}}
        menu = {"type": "overflow", "action_id": ACT_ON_ROW, "block_id": "row-2", **option}
        side.interact(**clicked(menu), message={"ts": "1.000001", "blocks": blocks})

        ((method, options),) = side.calls
        assert "views.open" == method
        assert said in _view(options)["blocks"][0]["text"]["text"]


def clicked(action: dict[str, Any]) -> dict[str, Any]:
    """Say of a click in a message what Slack says."""
    return {
        "type": "block_actions",
        "container": {"type": "message", "channel_id": "C0SECURITY", "message_ts": "1.000001"},
        "response_url": "https://hooks.slack.com/actions/T0LOCAL/1/x",
        "actions": [{"block_id": "b"} | action],
    }


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give what is answered at the response URL."""
    answers: list[dict[str, Any]] = []

    def respond(_self: object, **answer: Any) -> None:
        answers.append(answer)

    monkeypatch.setattr("bot.listeners.respond.HastyRespond.__call__", respond)
    return answers


class TestBolt:
    """What stands around the listeners."""

    def test_checks_the_signature_too(self, side: Side) -> None:
        """Bolt's own check stands behind the gate."""
        assert 401 == side.send({"command": "/sechub-scan"}, secret="another").status
        assert [] == side.jobs.jobs

    def test_never_asks_who_it_is(self, side: Side) -> None:
        """No auth.test is made: the token is the stored one."""
        side.command("help")

        assert [] == side.calls

    def test_knows_one_command(self, side: Side) -> None:
        """Another app's command is not answered."""
        assert 404 == side.send({"command": "/other", "team_id": "T0LOCAL", "user_id": "U0PERSON"}).status
