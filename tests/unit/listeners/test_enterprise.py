"""What Slack sends where an Enterprise organization has installed the app for all its workspaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from bot.domain.job import CancelJob, ChannelMovedJob, Requester, ScanJob
from tests.unit.world.handlers import COMMAND, FakeAck, event, handle

EVENTS = Path("tests/events")


def captured(name: str) -> Any:
    """Read a captured event."""
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


class TestEnterprise:
    """An organization's IDs."""

    def test_command_names_workspace_in_which_it_was_typed(self, ack: FakeAck) -> None:
        """A command names the workspace in which it was typed, a W… person and the organization."""
        names = {"enterprise_id": "E0LOCAL", "enterprise_name": "Local", "is_enterprise_install": "true"}
        fields = dict(parse_qsl(COMMAND)) | names | {"user_id": "W0123456789"}

        assert 200 == handle(event(urlencode(fields)))["statusCode"]
        (job,) = ack.jobs.jobs
        assert isinstance(job, ScanJob)
        assert Requester("W0123456789", "", "T0LOCAL") == job.requester

    def test_click_without_workspace_is_taken(self, ack: FakeAck) -> None:
        """A click may name no workspace, and the organization as the person's; GovSlack has its own host."""
        payload = captured("enterprise_block_actions")

        assert 200 == handle(event(urlencode({"payload": json.dumps(payload)})))["statusCode"]
        (job,) = ack.jobs.jobs
        assert isinstance(job, CancelJob)
        assert Requester("W0123456789", payload["response_url"], "E0LOCAL") == job.requester


class TestChannelIdChanged:
    """A private channel has been shared with another organization."""

    def test_event_dispatches_both_channel_ids(self, ack: FakeAck) -> None:
        """The job has both IDs; Slack's repetitions are one job."""
        body = json.dumps(captured("channel_id_changed"))
        request = event(body, headers={"Content-Type": "application/json"})

        assert [200, 200] == [handle(request)["statusCode"] for _ in range(2)]
        assert {ChannelMovedJob("slack/Ev0123456780", "G0123456789", "C0123456789")} == set(ack.jobs.jobs)
