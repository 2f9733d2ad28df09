"""
The ports between the bot and AWS or Slack. Each has one adapter in bot/adapters and one fake in the tests.

Types of the domain are imported for the type checker only: loading the ports loads nothing else of the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from bot.check_ports import CheckedStacks, Checks
    from bot.domain.control import Catalogue, Standard
    from bot.domain.finding import Finding, FindingIdentifier
    from bot.domain.job import Job, Requester
    from bot.domain.permission import Standing
    from bot.domain.query import Query
    from bot.domain.report import PostedReport, Summary
    from bot.domain.row import ReportRow
    from bot.domain.slack import Block, Channel, Message, SharedFile
    from bot.domain.triage import FindingState, Refusal
    from bot.i18n import Locale
    from bot.owner_ports import Accounts, AccountTags, OwnerMemory, RoutingFile
    from bot.probes import Probes
    from bot.region_ports import Regions
    from bot.triage_ports import Actions, AuditLog, Suppressions

Clock = Callable[[], datetime]
"""Returns the present time, aware UTC."""

CheckCancelled = Callable[[], None]
"""Is called before each request, and while it waits for its turn. Raises to end the reading."""


def never_cancelled() -> None:
    """Let every request happen."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of findings."""

    findings: list[Finding]
    """At most 100, each with one identifier, in no particular order."""
    token: str = ""
    """Of the next page; empty for the last."""

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return not self.token


class Jobs(Protocol):
    """The queue of jobs; the port of the ack."""

    def dispatch(self, job: Job) -> None:
        """
        Queue a job, with one network call.

        Raises:
            AccessDeniedError, CredentialsError, ThrottledError, UnavailableError, UnexpectedResponseError.
        """


class ReadableFindings(Protocol):
    """The findings that Security Hub shows in a Region, to read them. Several threads may use it at once."""

    def pages(
        self,
        query: Query,
        weight: float = 1.0,
        check_cancelled: CheckCancelled = never_cancelled,
        token: str = "",
    ) -> Iterator[Page]:
        """
        Read the findings that match a query of at most 20 values for each attribute, page by page.

        Args:
            weight: relative share of the request rate among concurrent readers.
            check_cancelled: its exceptions end the reading.
            token: of the first page to read, from an earlier page of the same query.

        Returns:
            At least one page; max(1, ⌈n/100⌉) calls are made for n findings.

        Raises:
            SecurityHubDisabledError, AccessDeniedError, CredentialsError, ThrottledError, UnavailableError,
            UnexpectedResponseError; PageLostError: read the query again from its first page.
        """


class Findings(ReadableFindings, Protocol):
    """The findings in Security Hub of this Region. Several threads may use it at once."""

    def at(self, region: str) -> ReadableFindings:
        """
        Return the findings that Security Hub shows in another Region, with a rate of their own.

        They keep the same tags. All of a Region share the rate, also those of two scans.

        Raises:
            CredentialsError, RegionError.
        """

    def keeping(self, tags: frozenset[str]) -> Findings:
        """Return the findings with other tags of their resources: those with these keys, in lower case."""

    def update(self, updates: Iterable[tuple[FindingIdentifier, FindingState]]) -> list[Refusal]:
        """
        Set the states of any number of findings; adjacent findings with the same state share calls.

        Returns:
            The findings that Security Hub did not update, also after retries. If it refuses a call for its
            content, these are all findings of that call. If it denies further calls after some updates, these
            are all other findings.

        Raises:
            The same as `pages`, except UnexpectedResponseError; a ConfigurationError only if no finding was
            updated.
        """


class Controls(Protocol):
    """The controls of Security Hub in this account and Region."""

    def catalogue(self) -> Catalogue:
        """Read the catalogue, which may be an hour old. Raises the same as `Findings.pages`."""

    def standards(self) -> tuple[Standard, ...]:
        """Read all standards, enabled or not. Raises the same as `Findings.pages`."""


class Messenger(Protocol):
    """Slack, as the bot."""

    def post(self, channel: str, message: Message, thread_ts: str | None = None) -> str:
        """
        Post a message at most once: a call that may have posted it is not retried.

        Returns:
            The message's ts.

        Raises:
            NotInChannelError, ChannelClosedError, ChannelSharedError, MissingScopeError, SlackTokenError,
            ThrottledError, InvalidBlocksError, UnavailableError, UnexpectedResponseError.
        """

    def direct(self, user_id: str, message: Message) -> tuple[str, str]:
        """
        Send a direct message to a person at most once. The caller has checked that they are a member.

        Returns:
            The ID of the conversation, `D…`, and the message's ts.

        Raises:
            The same as `post`.
        """

    def update(self, channel: str, ts: str, message: Message) -> None:
        """Replace a message. Raises the same as `post`."""

    def upload(self, channel: str, thread_ts: str, name: str, file: Path) -> None:
        """
        Share a file in a thread. The file is not empty, of any size, and never in memory as a whole.

        Raises:
            FileTooLargeError, FileNotSharedError, and the same as `post`.
        """

    def tell(self, requester: Requester, message: Message, channel: str | None = None) -> None:
        """Send a message that only the requester sees. Raises the same as `post`."""

    def show(self, view_id: str, view: Block) -> None:
        """Replace the content of an open form. Raises ViewGoneError, and the same as `post`."""

    def locale(self, user_id: str) -> Locale | None:
        """Return a person's language, None if Slack does not answer. Raises no BotError."""

    def name(self, user_id: str) -> str | None:
        """Return a person's name, None if Slack does not answer. Raises no BotError."""


class People(Protocol):
    """The people of the bot's workspace."""

    def standing(self, requester: Requester) -> Standing:
        """
        Return a person's standing at this moment.

        Raises:
            MissingScopeError, SlackTokenError, ThrottledError, UnavailableError, UnexpectedResponseError.
        """

    def group_members(self, group_id: str) -> frozenset[str]:
        """Return the user IDs of a user group, at most a minute old. Raises the same as `standing`."""

    def groups_of(self, user_id: str) -> frozenset[str]:
        """Return the IDs of the user groups that a person is in. Raises the same as `standing`."""

    def by_email(self, email: str) -> tuple[str, Standing] | None:
        """
        Return the user ID and standing of the person with an e-mail address.

        None if there is none, or the account is deactivated. Raises the same as `standing`.
        """

    def all_by_email(self) -> dict[str, tuple[str, Standing]]:
        """Return the same of everybody, by case-folded address. Raises the same as `standing`."""

    def email(self, user_id: str) -> str:
        """Return a person's e-mail address; empty if Slack tells none. Raises the same as `standing`."""

    def group_handles(self) -> dict[str, str]:
        """Return the IDs of the active user groups, by case-folded handle. Raises the same as `standing`."""


class Channels(Protocol):
    """The channels that the bot can see."""

    def find(self, channel_id: str) -> Channel | None:
        """Return a channel, at most a minute old; None if the bot cannot see it. Raises as `standing`."""

    def members(self, channel_id: str) -> frozenset[str]:
        """Return the user IDs of a channel's members. Raises NotInChannelError, and as `standing`."""


class SharedFiles(Protocol):
    """The files that people share in Slack."""

    def find(self, file_id: str, channel: str) -> SharedFile | None:
        """Return a file as it is shared in a channel, None if it is not. Raises as `People.standing`."""

    def is_person(self, user_id: str) -> bool:
        """
        Return whether an ID is of a person: not of a bot, nor of somebody whom the workspace does not know.

        Raises the same as `find`.
        """

    def fetch(self, file: SharedFile, to: Path, most_bytes: int) -> None:
        """Copy the bytes of a file. Raises FileError, and the same errors as `find`."""


class Reports(Protocol):
    """The stored reports. Reading one that has expired raises ReportGoneError."""

    def save(self, summary: Summary, csv_file: Path, seen_file: Path) -> None:
        """Save a report; the same ID again replaces it."""

    def save_summary(self, summary: Summary) -> None:
        """Replace the summary of a saved report."""

    def summary(self, report_id: str) -> Summary:
        """Return the summary of a report."""

    def rows(self, report_id: str) -> Iterator[ReportRow]:
        """Read the rows of a report in their order."""

    def add_thread(self, channel: str, ts: str, report_id: str) -> None:
        """Save the report of a message, to find it when a file is shared in its thread."""

    def report_in(self, channel: str, ts: str) -> str | None:
        """Return the ID of the report of a message, None if it has none."""

    def set_latest(self, schedule: str, posted: PostedReport) -> None:
        """Save which report of a schedule was posted last."""

    def latest(self) -> list[PostedReport]:
        """Return the last report of each schedule, of at most 50, the newest first. Some may have expired."""

    def share(self, job_id: str, name: str, file: Path) -> str:
        """Save a CSV for a day or two, and return a link as `csv_link` does; `name` is for the browser."""

    def csv_link(self, report_id: str) -> str:
        """Return a link to the CSV of a report. It needs no AWS account and expires after an hour."""

    def checkpoints(self, job_id: str) -> CheckpointStore:
        """Return the checkpoints of a scan or an action."""

    def fetch_csv(self, report_id: str, file: Path) -> None:
        """Copy the CSV of a report to a file."""


class CheckpointStore(Protocol):
    """
    The files of a long job's checkpoints, for its next attempt. Several threads may use it, and two
    deliveries of a job at once: of a name, the file that was saved last counts, and is whole.
    """

    def names(self) -> frozenset[str]:
        """Return the names of all files."""

    def save(self, name: str, file: Path) -> None:
        """Save a file."""

    def fetch(self, name: str, file: Path) -> None:
        """Copy a saved file to `file`. Raises ReportGoneError."""


class Ledger(Protocol):
    """The steps that jobs have begun and done: small JSON objects that are written once."""

    def read(self, key: str) -> dict[str, Any] | None:
        """Return an entry, None if it is absent."""

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """Write an entry unless it exists, atomically; return whether it was written."""

    def delete(self, key: str) -> None:
        """Delete an entry."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All ports of a job."""

    findings: Findings
    regions: Regions
    controls: Controls
    messenger: Messenger
    people: People
    channels: Channels
    reports: Reports
    actions: Actions
    suppressions: Suppressions
    audit_log: AuditLog
    files: SharedFiles
    owner_memory: OwnerMemory
    ledger: Ledger
    routing_file: RoutingFile
    accounts: Accounts
    account_tags: AccountTags
    checked_stacks: CheckedStacks
    checks: Checks
    probes: Callable[[], Probes]
    """Makes the probes of the doctor."""
    now: Clock
