"""What Slack is answered within its three seconds."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool

from playground.world import World
from tests.functional.jobs import ask, keep_jobs
from tests.functional.wire import captured, command, event, interaction


@pytest.fixture
def jobs(world: World) -> list[Any]:
    """Keep the jobs instead of doing them."""
    return keep_jobs(world)


def said(answer: dict[str, Any]) -> str:
    """Return the private text of an answer."""
    body = json.loads(answer["body"])
    assert "ephemeral" == body["response_type"]
    return str(body["text"])


class TestCommand:
    """`/sechub-scan`."""

    def test_command_dispatches_a_job(self, world: World, jobs: list[Any]) -> None:
        """The job has its query, the report's channel, the requester and its key."""
        answer = ask(world, event(command("s3.8,ec2.19 severity:high")))

        assert "S3.8 EC2.19 severity:HIGH" in said(answer)
        assert [
            {
                "version": 1,
                "kind": "scan",
                "key": "slack/13345224609.738474920.8088",
                "query": {
                    "controls": ["S3.8", "EC2.19"],
                    "severities": ["HIGH"],
                    "accounts": [],
                    "account_names": [],
                    "regions": [],
                    "statuses": ["NEW", "NOTIFIED"],
                    "named_resources": [],
                    "tags": [],
                    "standards": [],
                    "owners": [],
                    "since_days": 0,
                },
                "channel": "C0SECURITY",
                "requester": {
                    "user_id": "U0SECURITY",
                    "response_url": "https://hooks.slack.com/commands/T0LOCAL/1/abc",
                    "team_id": "T0LOCAL",
                },
                "bare": [],
            }
        ] == jobs

    def test_unknown_person_is_answered_in_language_of_deployment(
        self, world: World, jobs: list[Any]
    ) -> None:
        """An English deployment answers a person whose language is not known yet in English alone."""
        text = said(ask(world, event(command("S3.8"))))

        assert "Scanning `S3.8`" in text
        assert "スキャン" not in text
        assert 1 == len(jobs)

    @pytest.mark.parametrize("text", ["S3.x", "🎉", "severity:HIGH", "S3.8 owner:me", "<!channel|x>"])
    def test_malformed_text_is_answered_with_an_example(
        self, world: World, jobs: list[Any], text: str
    ) -> None:
        """Any other text is answered in private with an example, and nothing is scanned."""
        answer = said(ask(world, event(command(text))))

        assert "S3.8" in answer or "severity:" in answer
        assert [] == jobs

    def test_full_width_control_is_understood(self, world: World, jobs: list[Any]) -> None:
        """Ｓ３．８ is S3.8."""
        ask(world, event(command("Ｓ３．８")))

        assert [["S3.8"]] == [job["query"]["controls"] for job in jobs]

    def test_two_hundred_controls_are_one_job(self, world: World, jobs: list[Any]) -> None:
        """Two hundred controls are one job."""
        ask(world, event(command(" ".join(f"S3.{n}" for n in range(200)))))

        assert [200] == [len(job["query"]["controls"]) for job in jobs]

    def test_help_is_in_the_persons_language(self, world: World) -> None:
        """Help is in the language of the person's Slack."""
        assert "Usage" in said(ask(world, event(command("help", user_id="U0SECURITY"))))
        assert "使い方" in said(ask(world, event(command("help", user_id="U0PLATFORM"))))

    def test_failed_dispatch_is_answered(self, world: World) -> None:
        """If the job cannot be dispatched the answer says so at once."""
        del world.invocations.functions["JobFunction"]

        assert "could not be started" in said(ask(world, event(command("S3.8"))))


CLICKS: dict[str, dict[str, object]] = {
    "block_actions": {
        "kind": "act",
        "key": "slack/12466734323.1395872398.01ab",
        "request": {"action": "notify", "reason": "", "expires_on": None},
        "selection": {
            "row": 3,
            "statuses": ["NEW"],
            "controls": [],
            "accounts": [],
            "severities": [],
            "resource": "",
            "owners": [],
            "is_own": False,
            "as_of": None,
            "shown_count": None,
        },
        "asked_in": "",
        "is_private": False,
    },
    "block_actions_cancel": {
        "kind": "cancel",
        "key": "slack/12466734323.1395872398.02cd",
        "asked_by": "U0PLATFORM",
    },
}
"""Captured clicks, and what the job of each says that the others do not."""


class TestButton:
    """A click on Mark NOTIFIED, and on Cancel."""

    @pytest.mark.parametrize("name", CLICKS)
    def test_click_dispatches_a_job(self, world: World, jobs: list[Any], name: str) -> None:
        """The job says what to do about which report, in which message, and who clicked."""
        answer = ask(world, event(interaction(captured(name))))

        assert 200 == answer["statusCode"]
        assert [
            CLICKS[name]
            | {
                "version": 1,
                "report_id": "0123456789abcdef0123456789abcdef",
                "channel": "C0SECURITY",
                "message_ts": "1795480200.000100",
                "requester": {
                    "user_id": "U0SECURITY",
                    "response_url": "https://hooks.slack.com/actions/T0LOCAL/1/abc",
                    "team_id": "T0LOCAL",
                },
            }
        ] == jobs


class TestCost:
    """What an ack costs in network calls."""

    def test_warm_ack_makes_one_call(self, world: World, jobs: list[Any], network: list[str]) -> None:
        """A warm ack calls Lambda once and nobody else; a cold one reads the secret first."""
        ask(world, event(command("S3.8")))
        cold = network[:]
        network.clear()
        ask(world, event(command("S3.8", trigger_id="another")))

        assert ["secretsmanager", "2015-03-31"] == cold
        assert ["2015-03-31"] == network
        assert 2 == len(jobs)

    @pytest.mark.parametrize("name", ["block_actions", "block_actions_cancel"])
    def test_button_makes_one_call(
        self, world: World, jobs: list[Any], network: list[str], name: str
    ) -> None:
        """So does a click."""
        ask(world, event(command("S3.8")))
        network.clear()
        ask(world, event(interaction(captured(name))))

        assert ["2015-03-31"] == network
        assert 2 == len(jobs)

    def test_acks_share_a_connection(
        self, world: World, jobs: list[Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Dispatching leaves its connection to Lambda to the next ack, which needs no new handshake."""
        made: list[str] = []
        make = HTTPConnectionPool._new_conn

        def count(self: HTTPConnectionPool) -> Any:
            made.append(f"http://{self.host}:{self.port}")
            return make(self)

        monkeypatch.setattr(HTTPConnectionPool, "_new_conn", count)
        for number in range(3):
            ask(world, event(command("S3.8", trigger_id=f"trigger-{number}")))

        assert 1 == made.count(os.environ["AWS_ENDPOINT_URL_LAMBDA"])
        assert 3 == len(jobs)
