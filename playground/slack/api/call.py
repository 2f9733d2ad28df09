"""One call of the Web API: who calls, with which arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from playground.slack.workspace.people import Channel, Person
from playground.slack.workspace.tokens import Token
from playground.slack.workspace.workspace import Workspace

T = TypeVar("T")

Answer: TypeAlias = dict[str, Any]


class ApiError(Exception):
    """An answer with ok: false."""

    def __init__(self, error: str, messages: Sequence[str] = (), **fields: Any) -> None:
        super().__init__(error)
        self.answer: Answer = {"ok": False, "error": error, **fields}
        if messages:
            self.answer["errors"] = list(messages)
            self.answer["response_metadata"] = {"messages": [f"[ERROR] {text}" for text in messages]}


@dataclass(frozen=True)
class Call:
    """A call whose token is good."""

    workspace: Workspace
    arguments: Mapping[str, Any]
    """From the query, the form or the JSON body; in a form, values are strings, some of them JSON."""
    token: Token
    url: str
    """Of this server, without a slash at its end."""

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        """Return an argument that must be there. Raises ApiError invalid_arguments."""
        value = self.text(name)
        if not value:
            raise ApiError("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean argument; in a form, 1 and true are true."""
        return self.text(name).lower() in ("1", "true")

    def number(self, name: str, default: int, most: int) -> int:
        """Return a number between 1 and `most`. Raises ApiError invalid_limit."""
        text = self.text(name)
        if text and not (text.isdecimal() and 1 <= int(text) <= most):
            raise ApiError(f"invalid_{name}")
        return int(text or default)

    def json(self, name: str, error: str) -> Any:
        """Return an argument that is JSON, or a string of it. Raises ApiError with `error`."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise ApiError(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """Return the channel of an argument. Raises ApiError channel_not_found."""
        channel = self.workspace.channel(self.required(name))
        if channel is None:
            raise ApiError("channel_not_found")
        return channel

    def joined_channel(self, name: str = "channel") -> Channel:
        """Return a channel that the bot is in. Raises ApiError channel_not_found or not_in_channel."""
        channel = self.channel(name)
        if not channel.bot_is_member:
            raise ApiError("channel_not_found" if channel.is_private else "not_in_channel")
        return channel

    def person(self, name: str, error: str = "user_not_found") -> Person:
        """Return the person of an argument. Raises ApiError with `error`."""
        person = self.workspace.people.get(self.required(name))
        if person is None:
            raise ApiError(error)
        return person

    def page(self, items: Sequence[T], default: int = 100) -> tuple[list[T], Answer]:
        """Return the page of items that limit and cursor ask for, and the fields that tell of the next."""
        limit = self.number("limit", default, 1000)
        cursor = self.text("cursor", "0")
        if not cursor.isdecimal():
            raise ApiError("invalid_cursor")
        start = int(cursor)
        end = start + limit
        following = str(end) if end < len(items) else ""
        return list(items[start:end]), {"response_metadata": {"next_cursor": following}}


@dataclass(frozen=True)
class Method:
    """A method of the Web API."""

    run: Callable[[Call], Answer]
    scopes: tuple[str, ...] = ()
    """One of these is needed."""
