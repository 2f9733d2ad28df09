"""The first event of a function: a cold start that succeeds, and one that cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.cloud.emulator import FunctionError
from playground.world import World
from tests.artifact.functions import SETTINGS, Built
from tests.functional.asff import a_control_finding
from tests.functional.wire import command, event

SCAN = {
    "version": 1,
    "kind": "scan",
    "key": "slack/1.2.3",
    "query": {"controls": ["S3.8"], "statuses": ["NEW"]},
    "channel": "C0SECURITY",
    "requester": {"user_id": "U0SECURITY"},
}


def without(setting: str) -> Built:
    """Return the built functions as they are if a setting is forgotten."""

    def forget(_name: str, environment: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in environment.items() if name != setting}

    return Built(forget)


class TestColdStart:
    """Functions that have not handled anything yet."""

    def test_ack_acknowledges_signed_command(self, world: World, built: Built) -> None:
        """The ack acknowledges a signed command, in private."""
        answer: Any = built.functions["SlackFunction"](event(command("S3.8")))

        assert 200 == answer["statusCode"]
        assert "Scanning `S3.8`" in json.loads(answer["body"])["text"]
        world.invocations.drain()

    def test_ack_answers_unsigned_request_with_401(self, world: World, built: Built) -> None:
        """The ack answers what nobody has signed with 401."""
        del world
        unsigned = event(command("S3.8"), headers={"x-slack-signature": ""})

        assert 401 == built.functions["SlackFunction"](unsigned)["statusCode"]

    def test_job_posts_its_report(self, world: World, built: Built) -> None:
        """The job posts its report, and answers with its ID."""
        world.hub.load([a_control_finding(0, "S3.8")])
        answer = built.functions["JobFunction"](SCAN)

        assert ["job_id"] == list(answer)
        said = [message.text for message in world.slack.workspace.messages if message.is_the_bots]
        assert "Found 1 violation in test" in said[0]

    def test_code_is_the_packages(self, world: World, built: Built) -> None:
        """A traceback of the job names files of the package, and none of the checkout."""
        del world
        with pytest.raises(FunctionError):
            built.functions["JobFunction"]({"version": 99})

        log = built.functions["JobFunction"].log()
        package = str(built.functions["JobFunction"].program.package)
        assert f"{package}/bot/domain/document.py" in log
        assert "/bot/" not in log.replace(f"{package}/bot/", "")


class TestMissingSetting:
    """A deployment that somebody has broken."""

    @pytest.mark.parametrize("setting", ["SLACK_SECRET_ID", "JOB_FUNCTION"])
    def test_ack_without_setting_answers_503(self, setting: str) -> None:
        """The ack starts all the same, answers 503, and its log names the setting."""
        built = without(setting)
        with World(SETTINGS, runtime=built):
            answer = built.functions["SlackFunction"](event(command("S3.8")))
            log = built.functions["SlackFunction"].log()

        assert 503 == answer["statusCode"]
        assert f"missing-setting, settings={setting}" in log

    @pytest.mark.parametrize("setting", ["SLACK_SECRET_ID", "REPORT_BUCKET"])
    def test_job_without_setting_names_it(self, setting: str) -> None:
        """The job's error names the setting, also where Lambda keeps it: among the dead letters."""
        with World(SETTINGS, pause=lambda _seconds: None, runtime=without(setting)) as world:
            world.invocations.invoke("JobFunction", json.dumps(SCAN).encode())
            world.invocations.drain()

        errors = [letter.error for letter in world.invocations.dead_letters]
        assert [f"MissingSettingError: missing-setting, settings={setting}"] == errors
