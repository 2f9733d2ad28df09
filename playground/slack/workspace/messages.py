"""Messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from playground.slack.workspace.mentions import Reason
from playground.slack.workspace.people import BOT

Block = dict[str, Any]


@dataclass
class Message:
    """One message, of a person, the bot or Slackbot."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    thread_ts: str | None = None
    """Of the message it replies to; None for one that is not a reply, even if it has replies."""
    only_for: str | None = None
    """Who sees it, if it is ephemeral."""
    edited: str | None = None
    """ts of the last edit."""
    error: str | None = None
    """Slack's own text about a command that failed."""
    notified: dict[str, Reason] = field(default_factory=dict)
    """Who was notified when it was posted, and why; an edit changes nothing of it."""
    files: list[str] = field(default_factory=list)
    chosen: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The choices in its menus: block_id to action_id to the element's state."""

    @property
    def ephemeral(self) -> bool:
        """Return whether only one person sees it."""
        return self.only_for is not None

    @property
    def is_the_bots(self) -> bool:
        """Return whether the bot may change it."""
        return self.user == BOT


class Messages:
    """
    All messages, ascending by ts.

    Args:
        notified: tells whom a new one notifies.
    """

    def __init__(
        self, timestamp: Callable[[], str], notified: Callable[[Message], dict[str, Reason]]
    ) -> None:
        self._timestamp = timestamp
        self._notified = notified
        self._all: dict[tuple[str, str], Message] = {}

    def __iter__(self) -> Iterator[Message]:
        """Return every message, ephemeral ones too."""
        return iter(sorted(self._all.values(), key=lambda message: float(message.ts)))

    def move(self, before: str, after: str) -> None:
        """Return the messages of a channel the channel's new ID."""
        for message in self:
            if message.channel == before:
                del self._all[before, message.ts]
                message.channel = after
                self._all[after, message.ts] = message

    def add(self, channel: str, user: str, text: str, **fields: Any) -> Message:
        """Add a message; the fields are those of Message, ts only if it was given out before."""
        fields.setdefault("ts", self._timestamp())
        message = Message(channel=channel, user=user, text=text, **fields)
        message.notified = self._notified(message)
        self._all[channel, message.ts] = message
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """Find one."""
        return self._all.get((channel, ts))

    def remove(self, message: Message) -> None:
        """Delete one."""
        self._all.pop((message.channel, message.ts), None)

    def edit(self, message: Message, text: str, blocks: list[Block] | None) -> None:
        """Replace a message's text and blocks; None keeps its blocks."""
        message.text = text
        if blocks is not None:
            message.blocks = blocks
            message.chosen = {}
        message.edited = self._timestamp()

    def history(self, channel: str) -> list[Message]:
        """Return a channel's messages, without replies and private ones."""
        return [m for m in self if m.channel == channel and not m.thread_ts and not m.ephemeral]

    def replies(self, channel: str, ts: str) -> list[Message]:
        """Return the replies to a message, without it."""
        return [m for m in self if m.channel == channel and m.thread_ts == ts and not m.ephemeral]

    def seen_by(self, person: str, channels: set[str]) -> list[Message]:
        """Return the messages that a person sees in some channels."""
        return [m for m in self if m.channel in channels and m.only_for in (None, person)]
