"""
API Gateway to Bolt: everything that Slack sends.

The raw bytes are checked before Mangum and Bolt see them. A request that Slack has not signed gets 401 (or
404, or 413) and reaches no parser; the log has no traceback of it.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
import os
import time
from functools import cache, lru_cache
from typing import Any

from mangum import Mangum
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.asgi import SlackRequestHandler
from slack_bolt.adapter.asgi.http_request import AsgiHttpRequest

from bot.bootstrap.ack import Ack
from bot.errors import BotError
from bot.listeners.odd import ODD, odd_answer
from bot.listeners.signature import MAX_BODY_BYTES, UNSIGNED, RefusalLog, fault_of, is_ssl_check
from bot.settings import Settings

PATH = "/slack/events"

LOG = logging.getLogger(__name__)

REFUSALS = RefusalLog()

Event = dict[str, Any]


def handler(event: Event, context: Any) -> dict[str, Any]:
    """
    Answer an API Gateway HTTP API event of payload format 2.0.

    Returns:
        Bolt's answer; 404 for another path or method, 413 for a body above 256 KiB, 401 without Slack's
        signature, 503 while the bot's own configuration is broken. Slack's check of the certificate, which
        it does not sign, gets an empty 200.
    """
    http = event.get("requestContext", {}).get("http", {})
    if (http.get("method"), http.get("path")) != ("POST", PATH):
        return _answer(404)
    body = _body(event)
    if body is None:
        return _refused(UNSIGNED)
    if len(body) > MAX_BODY_BYTES:
        return _answer(413)
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    if is_ssl_check(headers, body):
        return _answer(200)
    try:
        ack = _ack()
        secret = ack.secret()
    except BotError as error:
        # a traceback would add nothing to the code
        LOG.error("not set up: %s", error, extra={"error_code": error.code})  # noqa: TRY400
        return _answer(503)
    fault = fault_of(headers, body, signing_secret=secret.signing_secret, now=time.time())
    return _refused(fault) if fault else _mangum(ack.app(secret))(event, context)


@cache
def _ack() -> Ack:
    return Ack(Settings(os.environ))


@lru_cache(maxsize=1)
def _mangum(app: App) -> Mangum:
    """Set the event loop that Mangum asks for. Without one, Python 3.12 and later warn."""
    asyncio.set_event_loop(event_loop())
    asgi: Any = _Handler(app, path=PATH)  # ASGI, though Bolt's types say dict for its scope
    return Mangum(asgi, lifespan="off")


class _Handler(SlackRequestHandler):
    """Bolt's handler, without its answer 500 to a payload that names no workspace or person."""

    async def dispatch(self, request: AsgiHttpRequest) -> BoltResponse:
        """Let Bolt read and answer a request. The Events API alone sends JSON."""
        try:
            return await super().dispatch(request)
        except ODD as error:
            is_event = "json" in str(request.get_headers().get("content-type", ""))
            return odd_answer(error, is_event=is_event)


@cache
def event_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop of the process. Close it only to end the process early."""
    return asyncio.new_event_loop()


def _body(event: Event) -> bytes | None:
    """Return the bytes that Slack has signed, None if a body marked as base64 is not base64."""
    text = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(text).encode(errors="replace")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _refused(reason: str) -> dict[str, Any]:
    REFUSALS.write(reason)
    return _answer(401)


def _answer(status: int) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "text/plain"},
        "body": "",
        "isBase64Encoded": False,
    }


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:  # initialization before the first request costs nobody time
    try:
        _ack()
    except BotError:
        LOG.exception("not set up")
