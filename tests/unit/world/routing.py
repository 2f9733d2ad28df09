"""A routing file: its drop into a direct message, and the press of a button of its preview."""

from __future__ import annotations

from bot.domain.job import DiscardRoutingJob, EditJob, PutRoutingJob, Requester, job_id
from bot.domain.slack import Message
from bot.usecases.context import Deployment
from tests.builders import PERSON
from tests.delivery import DEPLOYMENT, FaultInjector, deliver_once
from tests.fakes import FakeWorld

DIRECT = "D0PERSON"
HOME = "C0SECURITY"
DROP = EditJob("slack/Ev1", "F1", DIRECT, Requester(PERSON.user_id, ""))
PREVIEW = "1.000001"

OLD = b'version = 1\n[people]\nalice = "U0123456789"\n[accounts]\n123456789012 = "finance"\n'
NEW = b'version = 1\n[people]\nalice = "U9876543210"\nbob = "U0123456789"\n'


def drop(world: FakeWorld, content: bytes, name: str = "routing.toml", thread_ts: str | None = None) -> None:
    """Share a file with the bot."""
    world.files.share(DIRECT, name, content, thread_ts)
    deliver_once(DROP, world)


def put_job(click_id: str = "1") -> PutRoutingJob:
    """Make the job of a press of the button that puts the file in force."""
    return PutRoutingJob(f"slack/{click_id}", job_id(DROP), DIRECT, PREVIEW, PERSON)


def put(
    world: FakeWorld,
    click_id: str = "1",
    injector: FaultInjector | None = None,
    deployment: Deployment = DEPLOYMENT,
) -> None:
    """Press it."""
    deliver_once(put_job(click_id), world, injector, deployment)


def discard(world: FakeWorld, click_id: str = "2") -> None:
    """Press the button that discards it."""
    deliver_once(DiscardRoutingJob(f"slack/{click_id}", job_id(DROP), DIRECT, PREVIEW, PERSON), world)


def messages(world: FakeWorld, channel: str = DIRECT) -> list[Message]:
    """Return what is posted in a channel."""
    return [posted.message for posted in world.messenger.posted.values() if posted.channel == channel]


def text_in(world: FakeWorld, channel: str = DIRECT) -> str:
    """Return all that is said there."""
    return "\n".join(f"{message.text}{message.blocks}" for message in messages(world, channel))
