"""What Slack tells of its own accord: that somebody has shared a file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse

from bot.domain.edit_job import EditJob
from bot.domain.requester import Requester
from bot.errors import BotError
from bot.listeners.context import Context

LOG = logging.getLogger(__name__)

Payload = dict[str, Any]

FILE_SHARED = "file_shared"


def file_shared(context: Context) -> Callable[[Payload], BoltResponse]:
    """
    Dispatch the reading of a file that somebody else than the bot has shared.

    The event does not say where: whether the file is for the bot is the job's to find out. Slack repeats an
    event that is not confirmed; its ID makes the repetitions one job.
    """

    def listener(body: Payload) -> BoltResponse:
        event = body["event"]
        bots = [entry.get("user_id") for entry in body.get("authorizations") or () if entry.get("is_bot")]
        if event["user_id"] in bots:
            return BoltResponse(status=200)
        job = EditJob(
            key=f"slack/{body['event_id']}",
            file_id=event["file_id"],
            channel=event["channel_id"],
            requester=Requester(event["user_id"], ""),
        )
        try:
            context.jobs.dispatch(job)
        except BotError as error:
            LOG.warning("a file is not read yet", extra={"error_code": error.code})
            return BoltResponse(status=503)
        return BoltResponse(status=200)

    return listener
