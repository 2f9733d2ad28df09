"""What the use cases need of the world. Each port has one adapter in bot/adapters and one fake in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.changes import Changes, History, Suppressions
from bot.domain.channel import Channel
from bot.domain.control import Catalogue
from bot.domain.finding import Finding, FindingIdentifier
from bot.domain.job import Requester
from bot.domain.message import Block, Message
from bot.domain.partition import Partition
from bot.domain.permission import Standing
from bot.domain.query import Query
from bot.domain.report import PartitionResult, Summary
from bot.domain.row import ReportRow
from bot.domain.triage import FindingState, Refusal
from bot.i18n import Locale
from bot.probes import Probes
from bot.shared_files import SharedFiles

Clock = Callable[[], datetime]
"""Gives the present time, aware UTC."""

CheckCancelled = Callable[[], None]
"""Is called before each request, and while it waits for its turn; raises where it is no longer wanted."""


def never_cancelled() -> None:
    """Want every request."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of an answer."""

    findings: list[Finding]
    """At most 100, each with one identifier, in no particular order."""
    token: str = ""
    """Where the next page begins; empty for the last."""

    @property
    def is_last(self) -> bool:
        """Whether there is no more."""
        return not self.token


class Findings(Protocol):
    """The findings in Security Hub. May be used by several threads at once."""

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """
        Read the findings that answer a query of at most 20 values for each attribute, a page at a time.

        Args:
            weight: of those who read at the same time, who gets how large a share of the requests.
            go_on: what it raises ends the reading.
            token: of the page to begin with, from an earlier page of the same query; the first if empty.

        Returns:
            At least one page; max(1, ⌈n/100⌉) calls are made for n findings.

        Raises:
            SecurityHubDisabledError, AccessDeniedError, CredentialsError, ThrottledError,
            UnavailableError, UnexpectedResponseError; PageLostError: the answer has to be read again from
            its start.
        """

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """
        Set values on any number of findings; those that follow each other with the same share calls.

        Returns:
            The findings that Security Hub did not update, also after trying again where that helps. If it
            refuses a call as a whole for its content, these are all findings of that call. If it denies
            further calls after it has updated some findings, these are all the others.

        Raises:
            The same as `pages`, but for UnexpectedResponseError; a ConfigurationError only if no finding has
            been updated.
        """


class Controls(Protocol):
    """The controls that Security Hub knows here and now."""

    def catalogue(self) -> Catalogue:
        """
        Read the catalogue; a copy of at most an hour's age may be given.

        Raises:
            The same as `Findings.pages`.
        """


class Messenger(Protocol):
    """Slack, as the bot."""

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """
        Post a message once: nothing is tried again that may have taken effect.

        Returns:
            The message's ts.

        Raises:
            NotInChannelError, ChannelClosedError, ChannelSharedError, MissingScopeError, SlackTokenError,
            ThrottledError, InvalidBlocksError, UnavailableError, UnexpectedResponseError.
        """

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message. Raises the same as `post`."""

    def upload(self, channel: str, thread_ts: str, name: str, file: Path) -> None:
        """
        Share a file, not empty, in a thread; of whatever size, it is not held in memory.

        Raises:
            FileTooLargeError: Slack takes none of that size. And the same as `post`.
        """

    def tell(self, requester: Requester, message: Message, channel: str | None = None) -> None:
        """Tell one person, so that nobody else sees it. Raises the same as `post`."""

    def show(self, view_id: str, view: Block) -> None:
        """Replace the content of a form that is open. Raises ViewGoneError, and the same as `post`."""

    def locale(self, user_id: str) -> Locale | None:
        """Give a person's language, None where Slack will not say. Never raises a BotError."""

    def name(self, user_id: str) -> str | None:
        """Give a person's name, likewise."""


class People(Protocol):
    """Who is who in the bot's workspace."""

    def standing(self, requester: Requester) -> Standing:
        """
        Tell what somebody is, as it is now.

        Raises:
            MissingScopeError, SlackTokenError, ThrottledError, UnavailableError, UnexpectedResponseError.
        """

    def of_group(self, group_id: str) -> frozenset[str]:
        """Give the user IDs of a user group, as they were at most a minute ago. Raises the same."""


class Channels(Protocol):
    """The channels that the bot can see."""

    def find(self, channel_id: str) -> Channel | None:
        """
        Find a channel as it was at most a minute ago; None if there is none that the bot can see.

        Raises:
            MissingScopeError, SlackTokenError, ThrottledError, UnavailableError, UnexpectedResponseError.
        """


class Reports(Protocol):
    """The reports that are kept."""

    def save(self, summary: Summary, csv_file: Path, seen_file: Path) -> None:
        """Keep a report; again under the same ID replaces it."""

    def summary(self, report_id: str) -> Summary:
        """Give a kept report's summary. Raises ReportGoneError."""

    def seen(self, report_id: str) -> Iterator[ReportRow]:
        """Give each of a kept report's problems as it was seen, in its order. Raises ReportGoneError."""

    def add_thread(self, channel: str, ts: str, report_id: str) -> None:
        """Remember of which report a message is, for what people put into its thread."""

    def report_in(self, channel: str, ts: str) -> str | None:
        """Give the ID of the report whose message it is, None where it is of none."""

    def csv_link(self, report_id: str) -> str:
        """Make a link to the report's CSV that needs no AWS account and ends after an hour."""

    def parts(self, report_id: str) -> Parts:
        """Give what is kept of a scan that is not done yet."""

    def fetch_csv(self, report_id: str, file: Path) -> None:
        """Write the report's CSV to a file. Raises ReportGoneError."""


class Parts(Protocol):
    """
    The checkpoints of a large scan, for the next attempt. Several threads may use it, and two deliveries of a
    job at once: the checkpoint that was saved last counts, and is whole.
    """

    def names(self) -> frozenset[str]:
        """Return the names of all checkpoints."""

    def find(self, name: str) -> PartitionResult | None:
        """Return the result of a finished partition, None if there is none."""

    def keep(self, name: str, part: PartitionResult, file: Path) -> None:
        """Save a finished partition: its result and its file."""

    def fetch(self, name: str, file: Path) -> None:
        """Copy the file of a partition that was found or saved before. Raises ReportGoneError."""

    def suspend(self, name: str, file: Path) -> None:
        """Save the file of an unfinished partition."""

    def resume(self, name: str, file: Path) -> None:
        """Copy the file of an unfinished partition. Raises ReportGoneError."""

    def save_split(self, name: str, partitions: Sequence[Partition]) -> None:
        """Save the partitions into which one was split."""

    def load_split(self, name: str) -> list[Partition]:
        """Return the partitions into which one was split. Raises ReportGoneError."""


class Ledger(Protocol):
    """What has been done, so that it is not done again: small JSON objects that are written once."""

    def read(self, key: str) -> dict[str, Any] | None:
        """Give an entry, None if there is none."""

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """Write an entry unless there is one; tells whether it was written. Atomic."""

    def delete(self, key: str) -> None:
        """Remove an entry."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a job may need."""

    findings: Findings
    controls: Controls
    messenger: Messenger
    people: People
    channels: Channels
    reports: Reports
    changes: Changes
    suppressions: Suppressions
    history: History
    files: SharedFiles
    ledger: Ledger
    probes: Callable[[], Probes]
    """Makes what the doctor asks."""
    now: Clock
