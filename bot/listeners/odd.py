"""Signed requests with absent or malformed fields: they are answered and logged, and have no other effect."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from slack_bolt import BoltRequest, BoltResponse

from bot.errors import OddRequestError

LOG = logging.getLogger(__name__)

ODD = (AttributeError, IndexError, KeyError, TypeError, ValueError, OddRequestError)
"""Errors of code that reads an absent or malformed field."""

EVENT = "event_callback"
"""`type` of a payload of the Events API: https://docs.slack.dev/apis/events-api#callback-field."""


def text_of(payload: Any, *path: str) -> str:
    """
    Read a text that every payload of this kind has.

    Raises:
        OddRequestError: it is absent, empty or not a text; names the field.
    """
    value = payload
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, str) and value:
        return value
    raise OddRequestError(field=".".join(path))


def answer_odd(error: Exception, request: BoltRequest) -> BoltResponse | None:
    """
    Answer a request that a listener could not read; other errors stay a 500, which raises an alarm.

    Returns:
        200 for an event, because Slack repeats those otherwise; 400 for the rest: Slack shows the person that
        the request failed.
    """
    if not isinstance(error, ODD):
        LOG.error("a fault of the bot's own", exc_info=error)
        return None
    return odd_answer(error, is_event=request.body.get("type") == EVENT)


def odd_answer(error: Exception, *, is_event: bool) -> BoltResponse:
    """Answer, and log the line that failed, but no value of the request."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{frame.name}:{frame.lineno}"
    field = error.values["field"] if isinstance(error, OddRequestError) else type(error).__name__
    odd = OddRequestError(field=field)
    LOG.error("ignored: %s", odd, extra={"error_code": odd.code, "where": where})
    return BoltResponse(status=200 if is_event else 400)
