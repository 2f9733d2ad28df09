"""Responses to a response URL before the ack: Slack waits 3 seconds for both together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from slack_bolt import BoltContext, BoltResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.adapters.slack import is_response_url
from bot.errors import OddRequestError, UnexpectedResponseError

RESPOND_SECONDS = 1
"""The rest of the 3 seconds after a failed call, which may have taken 2."""


@dataclass(frozen=True, slots=True)
class FastRespond:
    """Replaces Bolt's `respond`, which waits for 30 seconds, and retries after a broken connection."""

    url: str = field(repr=False)
    api_url: str

    def __call__(self, **answer: Any) -> WebhookResponse:
        """
        Send an answer. Errors make Bolt return a 500, and Slack shows that something failed.

        Raises:
            OddRequestError: the address is not Slack's; nothing is sent.
            UnexpectedResponseError: Slack does not take the answer.
            OSError: Slack does not answer.
        """
        if not is_response_url(self.url, self.api_url):
            raise OddRequestError(field="response_url")
        response = WebhookClient(self.url, timeout=RESPOND_SECONDS, retry_handlers=[]).send(**answer)
        if response.status_code != HTTPStatus.OK:
            raise UnexpectedResponseError(
                service="Slack", call="response_url", reason=str(response.status_code)
            )
        return response


def fast_respond(api_url: str) -> Callable[[BoltContext, Callable[[], BoltResponse]], BoltResponse]:
    """Make the middleware that passes `FastRespond` to every listener as `respond`."""

    def middleware(context: BoltContext, next_: Callable[[], BoltResponse]) -> BoltResponse:
        context["respond"] = FastRespond(str(context.response_url or ""), api_url)
        return next_()

    return middleware
