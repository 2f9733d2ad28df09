"""The state of the workspace, all of it in memory, and the waiting for its changes."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from playground.slack.workspace.faults import Faults
from playground.slack.workspace.files import File, Files, Share
from playground.slack.workspace.mentions import Reason, notified
from playground.slack.workspace.messages import Message, Messages
from playground.slack.workspace.people import (
    BOT,
    FIRST_GROUPS,
    SLACKBOT,
    TEAM,
    Channel,
    Person,
    direct_messages,
    first_channels,
    first_people,
)
from playground.slack.workspace.rates import Rates
from playground.slack.workspace.tickets import Tickets
from playground.slack.workspace.tokens import Tokens
from playground.slack.workspace.traffic import Entry, Traffic
from playground.slack.workspace.views import Views

T = TypeVar("T")


class Workspace:
    """
    Messages, views and files. Each change takes place inside `changing`.

    Args:
        manifest: of the app, as https://docs.slack.dev/reference/app-manifest has it.
        clock: seconds since 1970, for timestamps and expiry.
    """

    def __init__(self, manifest: Mapping[str, Any], token: str, clock: Callable[[], float]) -> None:
        self.manifest = manifest
        self.clock = clock
        self.version = 0
        """Grows with every change."""
        self.is_closed = False
        self.organization = ""
        """ID of the Enterprise organization that the workspace is of, `E…`; empty for none."""
        self._changed = threading.Condition(threading.RLock())
        self._last_microseconds = 0
        bot = manifest.get("features", {}).get("bot_user", {}).get("display_name", "bot")
        self.people = first_people(bot)
        self.channels = first_channels()
        self.usergroups = list(FIRST_GROUPS)
        self.messages = Messages(self.timestamp, self._notified)
        self.files = Files(self.identifier)
        self.views = Views(self.identifier)
        self.tokens = Tokens(token, manifest)
        self.tickets = Tickets(clock)
        self.faults = Faults()
        self.rates = Rates(clock)
        self.traffic = Traffic()

    @property
    def app_home(self) -> Mapping[str, Any]:
        """The manifest's settings of the app's own place: the Home tab and the Messages tab."""
        settings: Mapping[str, Any] = self.manifest.get("features", {}).get("app_home", {})
        return settings

    @property
    def takes_direct_messages(self) -> bool:
        """Whether people may write to the bot directly."""
        is_read_only = self.app_home.get("messages_tab_read_only_enabled")
        return bool(self.app_home.get("messages_tab_enabled")) and not is_read_only

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock, and tell everybody who waits when it is over."""
        with self._changed:
            yield
            self.version += 1
            self._changed.notify_all()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock."""
        with self._changed:
            yield

    def timestamp(self) -> str:
        """Return a ts: the time, later than every one before."""
        now = max(int(self.clock() * 1_000_000), self._last_microseconds + 100)
        self._last_microseconds = now
        return f"{now // 1_000_000}.{now % 1_000_000:06}"

    def identifier(self, kind: str) -> str:
        """Return a new ID; `kind` is its first letter."""
        return kind + secrets.token_hex(5).upper()

    def next_version(self, version: int, timeout: float) -> int:
        """Wait for a later version, the end of the time or that of the server; return the version."""
        with self._changed:
            self._changed.wait_for(lambda: self.version != version or self.is_closed, timeout)
            return self.version

    def wait(self, condition: Callable[[Workspace], T | None], timeout: float = 10) -> T:
        """
        Wait until a condition returns a true value, and return it.

        Raises:
            TimeoutError: it has not after `timeout` seconds; the text has the state.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (found := condition(self)):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(self.dump())
                self._changed.wait(left)
            return found

    def close(self) -> None:
        """Let everybody go who waits for a next version."""
        with self.changing():
            self.is_closed = True

    def channel(self, name: str) -> Channel | None:
        """Find a channel by its ID, by its name, or by the person whose direct messages it is for."""
        if name in self.channels:
            return self.channels[name]
        if name in self.people and not self.people[name].is_bot and self.meets_bot(self.people[name]):
            return self.direct_messages(name)
        for channel in self.channels.values():
            if channel.name == name.removeprefix("#") and channel.person is None:
                return channel
        return None

    def direct_messages(self, person: str) -> Channel:
        """Open the direct messages with a person."""
        channel = direct_messages(person)
        return self.channels.setdefault(channel.id, channel)

    def meets_bot(self, person: Person) -> bool:
        """Return whether the bot can write to a person: of another workspace, only in a common channel."""
        together = (channel for channel in self.channels.values() if {BOT, person.id} <= channel.members)
        return person.team == TEAM or any(channel.person is None for channel in together)

    def set_membership(self, channel: str, *, member: bool) -> None:
        """Invite the bot to a channel, or remove it."""
        with self.changing():
            members = self.channels[channel].members
            (members.add if member else members.discard)(BOT)

    def move(self, channel: Channel) -> None:
        """Return a channel another ID, and move its messages along."""
        del self.channels[channel.id]
        before, channel.id = channel.id, self.identifier("C")
        self.channels[channel.id] = channel
        self.messages.move(before, channel.id)

    def _notified(self, message: Message) -> dict[str, Reason]:
        """Tell whom a new message notifies; one that only one person sees notifies nobody."""
        if message.ephemeral:
            return {}
        return notified(
            message.text,
            message.blocks,
            author=message.user,
            channel=self.channels[message.channel],
            people=self.people,
            groups=self.usergroups,
            is_reply=message.thread_ts is not None,
        )

    def share(self, file: File, message: Message) -> None:
        """Put a file on a message."""
        message.files.append(file.id)
        file.shares.setdefault(message.channel, []).append(Share(message.ts, message.thread_ts))

    def say_as_slack(self, channel: str, person: str, error: str, thread_ts: str | None = None) -> None:
        """Tell one person of an error, as Slackbot."""
        with self.changing():
            self.messages.add(channel, SLACKBOT, error, only_for=person, error=error, thread_ts=thread_ts)

    def log(self, entry: Entry) -> None:
        """Keep a request."""
        with self.changing():
            self.traffic.add(entry)

    def dump(self) -> str:
        """Describe the state in some lines, for an error."""
        lines = [f"{m.channel} {m.ts} {m.user}: {m.text[:200]!r}" for m in self.messages]
        calls = [f"{e.direction} {e.name}: {e.status}" for e in self.traffic]
        return "\n".join(["the messages are:", *lines, "the last requests were:", *calls[-20:]])
