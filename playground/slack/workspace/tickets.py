"""
The temporary permissions that an interaction gives the app: to open a view, and to answer at a URL.

Sources: https://docs.slack.dev/interactivity/handling-user-interaction (trigger_id: 3 s, once; response_url:
5 times within 30 minutes), read 2026-11.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.slack.workspace.people import TEAM

TRIGGER_SECONDS = 3
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


class TicketError(Exception):
    """A trigger or a response URL that is not valid any more; its text is Slack's word for it."""


@dataclass
class Trigger:
    """The interaction of a trigger_id."""

    person: str
    issued_at: float
    view_id: str | None = None
    """The modal in which it was pulled."""
    used: bool = False


@dataclass
class Response:
    """The interaction of a response_url."""

    person: str
    channel: str
    issued_at: float
    original: str | None = None
    """ts of the message that replace_original and delete_original are about."""
    thread_ts: str | None = None
    uses: int = field(default=0)


class Tickets:
    """All trigger IDs and response URLs."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._responses: dict[str, Response] = {}

    def trigger(self, person: str, view_id: str | None = None) -> str:
        """Issue a trigger_id, in Slack's form."""
        digits = secrets.randbelow(10**12), secrets.randbelow(10**12)
        trigger_id = f"{digits[0]:013}.{digits[1]:012}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(person, self._clock(), view_id)
        return trigger_id

    def pull(self, trigger_id: str) -> Trigger:
        """
        Use a trigger_id.

        Raises:
            TicketError: invalid_trigger_id, exchanged_trigger_id (used before) or expired_trigger_id.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise TicketError("invalid_trigger_id")
        if trigger.used:
            raise TicketError("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > TRIGGER_SECONDS:
            raise TicketError("expired_trigger_id")
        trigger.used = True
        return trigger

    def response(self, kind: str, response: Response) -> str:
        """Issue the path of a response_url; `kind` is commands or actions."""
        path = f"/{kind}/{TEAM}/{secrets.randbelow(10**12):013}/{secrets.token_urlsafe(18)}"
        self._responses[path] = response
        return path

    def answer(self, path: str) -> Response:
        """
        Find the interaction of a response_url. The caller counts its use after it has accepted the answer.

        Raises:
            TicketError: no_such_url, expired_url or used_url.
        """
        response = self._responses.get(path)
        if response is None:
            raise TicketError("no_such_url")
        if self._clock() - response.issued_at > RESPONSE_SECONDS:
            raise TicketError("expired_url")
        if response.uses >= RESPONSE_USES:
            raise TicketError("used_url")
        return response
