"""The events of Slack: a file was shared, a channel has a new ID."""

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
    Dispatch the job that reads a shared file, unless the bot itself shared it.

    The job finds out whether the file is for the bot: the event does not name the thread. Slack repeats an
    event that is not confirmed; its ID makes the repetitions one job.
    """

    def listener(body: Payload) -> BoltResponse:
        event = body["event"]
        bots = [entry.get("user_id") for entry in body.get("authorizations") or () if entry.get("is_bot")]
        if event.get("user_id") in (None, "", *bots):  # a shared channel may hide the person
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
    """Dispatch the job that looks for settings with the old ID of a channel."""

    def listener(body: Payload) -> BoltResponse:
        event = body["event"]
        old_id, new_id = text_of(event, "old_channel_id"), text_of(event, "new_channel_id")
        return _dispatched(context, ChannelMovedJob(f"slack/{text_of(body, 'event_id')}", old_id, new_id))

    return listener


def _dispatched(context: Context, job: Job) -> BoltResponse:
    """Dispatch; after a 503 Slack sends the event again in a minute, and in five."""
    try:
        context.jobs.dispatch(job)
    except BotError as error:
        LOG.warning("an event is not dispatched yet", extra={"error_code": error.code})
        return BoltResponse(status=503)
    return BoltResponse(status=200)
