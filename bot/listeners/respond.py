"""An answer at a response URL before the ack, for which Slack waits 3 seconds, and so for both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt import BoltContext, BoltResponse
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.adapters.slack import is_response_url
from bot.errors import OddRequestError

RESPOND_SECONDS = 1
"""What is left of the 3 seconds where a call before it has failed after the 2 that it may take."""


@dataclass(frozen=True, slots=True)
class FastRespond:
    """Bolt's `respond`, which would wait for 30 seconds, and again after a connection that broke off."""

    url: str = field(repr=False)
    api_url: str

    def __call__(self, **answer: Any) -> WebhookResponse:
        """
        Answer, or raise what makes Bolt give an error: Slack then shows that something has failed.

        Raises:
            OddRequestError: the address is none of Slack's; nothing is sent there.
            OSError: Slack does not answer.
        """
        if not is_response_url(self.url, self.api_url):
            raise OddRequestError(field="response_url")
        return WebhookClient(self.url, timeout=RESPOND_SECONDS, retry_handlers=[]).send(**answer)


def fast_respond(api_url: str) -> Callable[[BoltContext, Callable[[], BoltResponse]], BoltResponse]:
    """Make the middleware that gives every listener the `respond` that does not wait."""

    def middleware(context: BoltContext, next_: Callable[[], BoltResponse]) -> BoltResponse:
        context["respond"] = FastRespond(str(context.response_url or ""), api_url)
        return next_()

    return middleware
