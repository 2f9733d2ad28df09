"""Jobs from the click to Slack, on what is deployed, and a process that dies over one."""

from __future__ import annotations

import threading

import pytest

from playground.slack.workspace.messages import Message
from playground.world import World
from tests.artifact.functions import Built
from tests.functional.asff import a_control_finding
from tests.scenarios.driver import DirectDriver


@pytest.fixture
def built() -> Built:
    """Return the built functions; Slack's three seconds are not what is tested here."""
    return Built(warm=True)


def reports(world: World) -> list[Message]:
    """Return the bot's messages in channels."""
    said = [m for m in world.slack.workspace.messages if m.is_the_bots and not m.ephemeral]
    return [message for message in said if not message.thread_ts]


class TestJob:
    """What Slack dispatches and the job function does."""

    def test_command_becomes_report_and_button_marks(self, world: World) -> None:
        """A command becomes a report with its CSV, and its button marks the findings."""
        findings = [a_control_finding(number, "S3.8") for number in range(3)]
        world.hub.load(findings)
        person = DirectDriver(world.slack)
        person.type("U0SECURITY", "C0SECURITY", "/sechub-scan S3.8")
        world.invocations.drain()
        (report,) = reports(world)
        files = [file for message in world.slack.workspace.messages for file in message.files]
        person.press("U0SECURITY", report, "Triage…")
        for _ in ("preview", "confirm"):
            person.fill("U0SECURITY", {})
            world.invocations.drain()

        assert 1 == len(files)
        statuses = [world.hub.finding(finding["Id"])["Workflow"]["Status"] for finding in findings]
        assert ["NOTIFIED"] * 3 == statuses
        assert 1 == len(reports(world))


class TestDeath:
    """The job's process is killed, as Lambda kills what runs out of memory."""

    def test_report_is_posted_once(self, world: World, built: Built) -> None:
        """Killed while it waits for GetFindings, the job is tried again, and its report is posted once."""
        world.hub.load([a_control_finding(0, "S3.8")])
        killed = threading.Event()

        def kill(_seconds: float) -> None:
            if not killed.is_set():
                killed.set()
                built.functions["JobFunction"].kill()

        world.hub.knobs.sleep = kill
        world.hub.knobs.latency_seconds = 1
        DirectDriver(world.slack).type("U0SECURITY", "C0SECURITY", "/sechub-scan S3.8")
        world.invocations.drain(60)

        assert killed.is_set()
        assert 1 == len(reports(world))
        assert [] == world.invocations.dead_letters
        assert "Runtime.ExitError" in built.functions["JobFunction"].log()
