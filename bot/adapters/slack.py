"""
Slack's Web API and response URLs, as the bot.

Every call is retried if Slack refused it for its rate (429: it did nothing). A failed call is retried only if
making it twice is the same as making it once. A call that may have posted a message is never made again
(slack_sdk's default handler does so after a dropped connection).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.webhook import WebhookClient

from bot.adapters.slack_errors import slack_errors
from bot.adapters.slack_files import send
from bot.adapters.slack_users import SlackUsers
from bot.domain.job import Requester
from bot.domain.slack import Block, Message
from bot.errors import BotError, FileNotSharedError, UnexpectedResponseError
from bot.i18n import Locale

LOG = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10

RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Hosts of Slack's response URLs: commercial and GovSlack (https://docs.slack.dev/govslack, read 2026-11)."""

AS_WRITTEN = "none"
"""
How a message's own `text` is parsed: chat.update's default is "client", which makes mentions of plain words
(https://docs.slack.dev/reference/methods/chat.update). `verbatim` does the same for blocks.
"""

SHARING_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""
Waits for Slack to share a file, which it does after it has answered, and now and then never.

Source: https://docs.slack.dev/messaging/working-with-files, "asynchronous", read 2026-11.
"""


class SlackMessenger:
    """
    Slack with a bot token.

    Args:
        default_locale: the language of a person for whom Slack has none.
        check: raises for a channel that may get no message about findings.

    At INFO slack_sdk logs retries with the response URL, at which anybody can answer in the bot's name.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        default_locale: Locale = Locale.JA,
        check: Callable[[str], None] = lambda _: None,
    ) -> None:
        logging.getLogger("slack_sdk").setLevel(logging.WARNING)
        self._once = _client(token, api_url)
        self._retrying = retrying_client(token, api_url)
        self._scheme = urlsplit(api_url).scheme
        self._api_url = api_url
        self._check = check
        self.users = SlackUsers(self._retrying, default_locale)

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Post a message once (see the port). Links are not unfurled: Slack would fetch them."""
        if not message.is_for_everybody:
            self._check(channel)
        return self._post(channel, message, thread_ts)[1]

    def direct(self, user_id: str, message: Message) -> tuple[str, str]:
        """Send a direct message once. chat.postMessage to a user ID opens the conversation."""
        return self._post(user_id, message)

    def _post(self, channel: str, message: Message, thread_ts: str | None = None) -> tuple[str, str]:
        with slack_errors("chat.postMessage", channel):
            answer = self._once.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=list(message.blocks) or None,
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
                parse=AS_WRITTEN,
            )
            return str(answer["channel"]), str(answer["ts"])

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message."""
        with slack_errors("chat.update", channel):
            self._retrying.chat_update(
                channel=channel, ts=ts, text=message.text, blocks=list(message.blocks), parse=AS_WRITTEN
            )

    def upload(self, channel: str, thread_ts: str, name: str, file: Path) -> None:
        """Share a file in a thread: get an upload URL, send the bytes, complete it, wait for the share."""
        self._check(channel)
        with slack_errors("files.getUploadURLExternal", channel):
            target = self._once.files_getUploadURLExternal(filename=name, length=file.stat().st_size)
        with slack_errors("files.completeUploadExternal", channel):
            send(file, str(target["upload_url"]), self._scheme)
            self._once.files_completeUploadExternal(
                files=[{"id": str(target["file_id"]), "title": name}], channel_id=channel, thread_ts=thread_ts
            )
        self._await_share(str(target["file_id"]), channel)

    def tell(self, requester: Requester, message: Message, channel: str | None = None) -> None:
        """Tell one person: by the response URL, which works in any channel, or else as the bot."""
        if requester.response_url and self._responded(requester.response_url, message):
            return
        if not channel:
            raise UnexpectedResponseError(service="Slack", call="response_url", reason="refused")
        with slack_errors("chat.postEphemeral", channel):
            self._once.chat_postEphemeral(
                channel=channel,
                user=requester.user_id,
                text=message.text,
                blocks=list(message.blocks) or None,
                parse=AS_WRITTEN,
            )

    def locale(self, user_id: str) -> Locale | None:
        """Return a person's language."""
        return self.users.locale(user_id)

    def show(self, view_id: str, view: Block) -> None:
        """Replace the content of a form."""
        with slack_errors("views.update", ""):
            self._retrying.views_update(view_id=view_id, view=view)

    def name(self, user_id: str) -> str | None:
        """Return a person's name."""
        return self.users.name(user_id)

    def _await_share(self, file_id: str, channel: str) -> None:
        for seconds in SHARING_SECONDS:
            if self._is_shared(file_id, channel):
                return
            time.sleep(seconds)
        raise FileNotSharedError

    def _is_shared(self, file_id: str, channel: str) -> bool:
        """Return whether a channel shows a file; True if Slack does not answer."""
        try:
            with slack_errors("files.info", channel):
                file: dict[str, Any] = self._retrying.files_info(file=file_id)["file"]
        except BotError as error:
            LOG.warning("it is unknown whether a file is shared", extra={"error_code": error.code})
            return True
        return any(channel in channels for channels in file.get("shares", {}).values())

    def _responded(self, response_url: str, message: Message) -> bool:
        """Answer at a response URL of Slack's own; return False if it has expired."""
        if not is_response_url(response_url, self._api_url):
            return False
        hook = WebhookClient(
            response_url, timeout=TIMEOUT_SECONDS, retry_handlers=[RateLimitErrorRetryHandler(2)]
        )
        with slack_errors("response_url", ""):
            answer = hook.send(
                text=message.text,
                blocks=list(message.blocks) or None,
                response_type="ephemeral",
                replace_original=False,
            )
        return answer.status_code == 200


def is_response_url(url: str, api_url: str) -> bool:
    """Return whether a URL is Slack's, over https; or has the host of `api_url`, as in the local world."""
    try:
        given, api = urlsplit(url), urlsplit(api_url)
    except ValueError:
        return False
    is_hook = given.scheme == "https" and given.netloc in RESPONSE_HOSTS
    return is_hook or (given.scheme, given.netloc) == (api.scheme, api.netloc)


def retrying_client(token: str, api_url: str) -> WebClient:
    """Make a client for calls that may be made twice: it retries failed calls."""
    client = _client(token, api_url)
    client.retry_handlers += [ServerErrorRetryHandler(2), ConnectionErrorRetryHandler(2)]
    return client


def _client(token: str, api_url: str) -> WebClient:
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT_SECONDS,
        retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=3)],
    )
