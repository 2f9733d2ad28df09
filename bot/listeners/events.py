"""What Slack tells of its own accord: that somebody has shared a file, that a channel has another ID."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse

from bot.domain.job import ChannelMovedJob, EditJob, Job, Requester
from bot.errors import BotError
from bot.listeners.context import Context
from bot.listeners.odd import text_of

LOG = logging.getLogger(__name__)

Payload = dict[str, Any]

FILE_SHARED = "file_shared"
CHANNEL_ID_CHANGED = "channel_id_changed"


def file_shared(context: Context) -> Callable[[Payload], BoltResponse]:
    """
    Dispatch the reading of a file that somebody else than the bot has shared.

    The event does not say where: whether the file is for the bot is the job's to find out. Slack repeats an
    event that is not confirmed; its ID makes the repetitions one job.
    """

    def listener(body: Payload) -> BoltResponse:
        event = body["event"]
        bots = [entry.get("user_id") for entry in body.get("authorizations") or () if entry.get("is_bot")]
        if event.get("user_id") in (
            None,
            "",
            *bots,
        ):  # a channel of several organizations may hide whose it is
            return BoltResponse(status=200)
        job = EditJob(
            key=f"slack/{text_of(body, 'event_id')}",
            file_id=text_of(event, "file_id"),
            channel=text_of(event, "channel_id"),
            requester=Requester(text_of(event, "user_id"), ""),
        )
        return _dispatched(context, job)

    return listener


def channel_id_changed(context: Context) -> Callable[[Payload], BoltResponse]:
    """Dispatch the look whether a setting names a channel whose ID has changed."""

    def listener(body: Payload) -> BoltResponse:
        event = body["event"]
        old_id, new_id = text_of(event, "old_channel_id"), text_of(event, "new_channel_id")
        return _dispatched(context, ChannelMovedJob(f"slack/{text_of(body, 'event_id')}", old_id, new_id))

    return listener


def _dispatched(context: Context, job: Job) -> BoltResponse:
    """Dispatch; 503 makes Slack send the event again in a minute, and in five."""
    try:
        context.jobs.dispatch(job)
    except BotError as error:
        LOG.warning("an event is not dispatched yet", extra={"error_code": error.code})
        return BoltResponse(status=503)
    return BoltResponse(status=200)
