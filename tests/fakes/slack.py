"""Fakes of Slack: its messages, people, channels and files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.job import Requester
from bot.domain.permission import Standing
from bot.domain.slack import Block, Channel, Message, SharedFile
from bot.errors import BotError, FileError, UnexpectedResponseError
from bot.i18n import Locale
from playground.slack.blocks import problems, view_problems


@dataclass
class Posted:
    """A message in a fake Slack."""

    channel: str
    message: Message
    thread_ts: str | None


@dataclass
class FakeMessenger:
    """A Slack that refuses blocks outside its limits, and fails at a call when told to."""

    locales: dict[str, Locale] = field(default_factory=dict)
    posted: dict[str, Posted] = field(default_factory=dict)
    files: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    told: list[tuple[str, Message]] = field(default_factory=list)
    views: dict[str, Block] = field(default_factory=dict)
    errors: dict[str, BotError] = field(default_factory=dict)
    """Method to the error that it raises, once, before it takes effect …"""
    late_errors: dict[str, BotError] = field(default_factory=dict)
    """… or after."""
    lasting_errors: dict[str, BotError] = field(default_factory=dict)
    """The same, every time, before it takes effect."""
    refusing: dict[str, BotError] = field(default_factory=dict)
    """Channel to the error with which it refuses each post."""

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """Keep a message."""
        with_effect = self._failing("post")
        if channel in self.refusing:
            raise self.refusing[channel]
        _check(message)
        ts = f"{len(self.posted) + 1}.000001"
        self.posted[ts] = Posted(channel, message, thread_ts)
        with_effect()
        return ts

    def direct(self, user_id: str, message: Message) -> tuple[str, str]:
        """Keep a direct message."""
        conversation = f"D{user_id[1:]}"
        return conversation, self.post(conversation, message)

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message."""
        with_effect = self._failing("update")
        _check(message)
        before = self.posted.get(ts)
        self.posted[ts] = Posted(channel, message, before.thread_ts if before else None)
        with_effect()

    def upload(self, channel: str, thread_ts: str, name: str, file: Path) -> None:
        """Keep a file."""
        with_effect = self._failing("upload")
        self.files.append((channel, thread_ts, name, file.read_bytes()))
        with_effect()

    def tell(self, requester: Requester, message: Message, channel: str | None = None) -> None:
        """Keep a private message."""
        del channel
        with_effect = self._failing("tell")
        _check(message)
        self.told.append((requester.user_id, message))
        with_effect()

    def show(self, view_id: str, view: Block) -> None:
        """Keep what a form shows."""
        with_effect = self._failing("show")
        found = view_problems(view)
        assert not found, found
        self.views[view_id] = view
        with_effect()

    def locale(self, user_id: str) -> Locale | None:
        """Return a person's language."""
        return self.locales.get(user_id)

    def name(self, user_id: str) -> str | None:
        """Return a person's name, which everybody with a language has."""
        return f"Name of {user_id}" if user_id in self.locales else None

    def _failing(self, method: str) -> Callable[[], None]:
        if method in self.lasting_errors:
            raise self.lasting_errors[method]
        if method in self.errors:
            raise self.errors.pop(method)

        def late() -> None:
            if method in self.late_errors:
                raise self.late_errors.pop(method)

        return late


def _check(message: Message) -> None:
    found = problems(list(message.blocks), "message") if message.blocks else []
    assert not found, found


@dataclass
class FakePeople:
    """A workspace in which everybody is a member, unless told otherwise, and in a group."""

    standings: dict[str, Standing] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(
        default_factory=lambda: {"S0SECURITY": frozenset({"U0PERSON", "U0OTHER"})}
    )
    errors: dict[str, BotError] = field(default_factory=dict)
    """User or group ID, e-mail address, or method to the error that asking for it raises."""
    emails: dict[str, str] = field(default_factory=dict)
    """Case-folded e-mail address to user ID."""
    handles: dict[str, str] = field(default_factory=dict)
    """Case-folded handle to user group ID."""
    looked_up: list[str] = field(default_factory=list)
    """The addresses that were looked up one by one, and the names of the methods that read all."""

    def standing(self, requester: Requester) -> Standing:
        """Tell what somebody is."""
        if requester.user_id in self.errors:
            raise self.errors[requester.user_id]
        return self.standings.get(requester.user_id, Standing.MEMBER)

    def group_members(self, group_id: str) -> frozenset[str]:
        """Return a group."""
        if group_id in self.errors:
            raise self.errors[group_id]
        if group_id not in self.groups:
            call = f"usergroups.users.list {group_id}"
            raise UnexpectedResponseError(service="Slack", call=call, reason="no_such_subteam")
        return self.groups[group_id]

    def by_email(self, email: str) -> tuple[str, Standing] | None:
        """Return a person by e-mail address; deactivated ones are not found."""
        self.looked_up.append(email)
        if email in self.errors:
            raise self.errors[email]
        found = self._person(email)
        return found if found and _is_active(found) else None

    def all_by_email(self) -> dict[str, tuple[str, Standing]]:
        """Return everybody who is active."""
        self._note("all_by_email")
        everybody = {email: self._person(email) for email in self.emails}
        return {email: found for email, found in everybody.items() if found and _is_active(found)}

    def email(self, user_id: str) -> str:
        """Return a person's e-mail address."""
        self._note("email")
        return next((email for email, known in self.emails.items() if known == user_id), "")

    def group_handles(self) -> dict[str, str]:
        """Return the user groups."""
        self._note("group_handles")
        return dict(self.handles)

    def groups_of(self, user_id: str) -> frozenset[str]:
        """Return the user groups of a person."""
        self._note("groups_of")
        return frozenset(group for group, members in self.groups.items() if user_id in members)

    def _person(self, email: str) -> tuple[str, Standing] | None:
        user_id = self.emails.get(email.casefold())
        return (user_id, self.standings.get(user_id, Standing.MEMBER)) if user_id else None

    def _note(self, method: str) -> None:
        self.looked_up.append(method)
        if method in self.errors:
            raise self.errors[method]


def _is_active(found: tuple[str, Standing]) -> bool:
    return found[1] is not Standing.INACTIVE


@dataclass
class FakeChannels:
    """A workspace in which the bot is in each channel that is asked for, unless told otherwise."""

    channels: dict[str, Channel | None] = field(default_factory=dict)
    people: dict[str, frozenset[str]] = field(default_factory=dict)
    """Channel ID to its members."""
    error: BotError | None = None

    def members(self, channel_id: str) -> frozenset[str]:
        """Return the members of a channel."""
        if self.error:
            raise self.error
        return self.people.get(channel_id, frozenset())

    def find(self, channel_id: str) -> Channel | None:
        """Find a channel."""
        if self.error:
            raise self.error
        return self.channels.get(channel_id, Channel(channel_id, is_member=True))


@dataclass
class FakeSharedFiles:
    """Files in memory: by ID and channel, with their content."""

    files: dict[tuple[str, str], tuple[SharedFile, bytes]] = field(default_factory=dict)
    bots: set[str] = field(default_factory=set)
    error: BotError | None = None

    def share(
        self, channel: str, name: str, content: bytes, thread_ts: str | None = None, file_id: str = "F1"
    ) -> None:
        """Share a file."""
        file = SharedFile(file_id, name, len(content), thread_ts, "https://files.slack.com/x")
        self.files[file_id, channel] = file, content

    def find(self, file_id: str, channel: str) -> SharedFile | None:
        """Find a file."""
        if self.error:
            raise self.error
        found = self.files.get((file_id, channel))
        return found[0] if found else None

    def is_person(self, user_id: str) -> bool:
        """Tell a person from a bot."""
        return user_id not in self.bots

    def fetch(self, file: SharedFile, to: Path, most_bytes: int) -> None:
        """Copy a file."""
        content = next(content for known, content in self.files.values() if known == file)
        if len(content) > most_bytes:
            raise FileError(hint="file-over-limit", most=str(most_bytes >> 20))
        to.write_bytes(content)
