"""Requests that Slack has signed and that lack what they should have: answered, logged, and nothing else."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from slack_bolt import BoltRequest, BoltResponse

from bot.errors import OddRequestError

LOG = logging.getLogger(__name__)

ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError, OddRequestError)
"""Errors of code that reads an absent or odd field."""

EVENT = "event_callback"
"""`type` of what the Events API sends: https://docs.slack.dev/apis/events-api#callback-field."""


def text_of(payload: Any, *path: str) -> str:
    """
    Read a text that Slack sends with every payload of this kind.

    Raises:
        OddRequestError: it is absent or empty, or no text; names the field.
    """
    value = payload
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str) and value:
        return value
    raise OddRequestError(field=".".join(path))


def answer_odd(error: Exception, request: BoltRequest) -> BoltResponse | None:
    """
    Answer a request that a listener could not read; another error stays a 500, of which an alarm tells.

    Returns:
        200 for an event, which Slack would send again otherwise; 400 for the rest, of which Slack shows the
        person that it failed.
    """
    if not isinstance(error, ODD):
        LOG.error("a fault of the bot's own", exc_info=error)
        return None
    return odd_answer(error, is_event=request.body.get("type") == EVENT)


def odd_answer(error: Exception, *, is_event: bool) -> BoltResponse:
    """Answer, and log where the reading stopped; a value of the request is never logged."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.name}:{frame.lineno}"
    field = error.values["field"] if isinstance(error, OddRequestError) else type(error).__name__
    odd = OddRequestError(field=field)
    LOG.error("ignored: %s", odd, extra={"error_code": odd.code, "where": where})
    return BoltResponse(status=200 if is_event else 400)
