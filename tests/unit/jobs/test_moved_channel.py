"""A channel that has got another ID."""

from __future__ import annotations

import json

import pytest

from bot.domain.document import parse_job
from bot.domain.job import ChannelMovedJob, to_document
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.context import Deployment, JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import Steps
from tests.fakes import FakeWorld

JOB = ChannelMovedJob("slack/Ev1", "G0OLD", "C0NEW")


def run(world: FakeWorld, **settings: str) -> list[tuple[str, str]]:
    """Run the job twice; give what was posted where."""
    deployment = Deployment("prod", Locale.EN, Settings({"SLACK_CHANNEL": "C0HOME"} | settings))
    for _ in range(2):
        run_job(JobContext(JOB, world.ports, Steps(world.ledger, "job", world.clock), deployment))
    assert all(posted.message.is_for_everybody for posted in world.messenger.posted.values())
    return [(posted.channel, posted.message.text) for posted in world.messenger.posted.values()]


class TestMoved:
    """What the operator hears."""

    @pytest.mark.parametrize("name", ["READ_ALLOWED", "ACT_ALLOWED", "SHARED_CHANNELS"])
    def test_notice_names_the_setting_and_both_ids(self, name: str) -> None:
        """A setting that names the old ID is told once, in the channel of the scheduled report."""
        ((channel, text),) = run(FakeWorld(), **{name: "U0PERSON, G0OLD"})

        assert "C0HOME" == channel
        assert all(word in text for word in (f"`{name}`", "`G0OLD`", "`C0NEW`", "<#C0NEW>"))

    def test_moved_report_channel_gets_the_notice(self) -> None:
        """The old ID leads nowhere any more."""
        ((channel, text),) = run(FakeWorld(), SLACK_CHANNEL="G0OLD", ACT_ALLOWED="G0OLD")

        assert "C0NEW" == channel
        assert "`SLACK_CHANNEL`, `ACT_ALLOWED`" in text

    @pytest.mark.parametrize("ids", ["", "G0OLDER", "C0NEW"])
    def test_channel_of_no_setting_is_ignored(self, ids: str) -> None:
        """A channel that no setting names is none of the operator's business."""
        assert [] == run(FakeWorld(), ACT_ALLOWED=ids)

    def test_job_survives_its_way_to_job_function(self) -> None:
        """The job survives its way to the job function."""
        assert JOB == parse_job(json.loads(json.dumps(to_document(JOB))))
