"""
The table of sub-commands of `/sechub-scan`.

The answer to the command, its help, and the manifest's `usage_hint` follow from this table; the READMEs are
tested against it. A new sub-command is a row here, a kind of job with its use case (bot/domain/job.py,
bot/usecases/run_job.py), and its texts. Its permission is that of its job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.domain.command import SUPPRESSED_WORDS, bare_services, parse_query, words
from bot.domain.control import Catalogue
from bot.domain.job import DoctorJob, HistoryJob, Job, MineJob, OwnerJob, Requester, ScanJob
from bot.domain.query import Query
from bot.domain.words.history import parse_history
from bot.i18n import Locale, translate

COMMAND = "/sechub-scan"


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a sub-command."""

    text: str
    """The whole text after the command."""
    argument: str
    """The words after the sub-command."""
    key: str
    """The key of the job."""
    channel: str
    requester: Requester
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class SubCommand:
    """A row of the table. Texts are keys of bot/i18n."""

    word: str
    """The first word of the text; empty for the scan, which has none."""
    hint: str
    """Its part of the manifest's `usage_hint`."""
    help: tuple[str, ...]
    """Its lines of the help."""
    aliases: frozenset[str] = frozenset()
    takes_text: bool = False
    """Whether words may follow. If not, a text with more words is a scan's."""
    make_job: Callable[[Call], Job] | None = None
    """Makes the job; raises UserError. None: the answer is the help."""
    started: str = ""
    """The answer once the job is dispatched."""
    not_started: str = "command.not-started"
    """The answer if the job could not be dispatched."""
    argument_missing: str = ""
    """The answer if no word follows; empty if none need follow."""


def _scan_job(call: Call) -> ScanJob:
    query, bare = _query(call.text, call.catalogue), bare_services(call.text)
    return ScanJob(call.key, query, call.channel, call.requester, bare)


def _query(text: str, catalogue: Catalogue) -> Query:
    query = parse_query(text)
    return replace(query, controls=tuple(map(catalogue.canonical, query.controls)))


def _history_job(call: Call) -> HistoryJob:
    asked = parse_history(call.argument)
    return HistoryJob(
        call.key,
        asked.subject,
        call.channel,
        call.requester,
        accounts=asked.accounts,
        regions=asked.regions,
        since_days=asked.since_days,
    )


def _mine_job(call: Call) -> MineJob:
    query = _query(call.argument, call.catalogue) if call.argument else None
    return MineJob(call.key, call.channel, call.requester, query)


def _owner_job(call: Call) -> OwnerJob:
    return OwnerJob(call.key, call.argument, call.channel, call.requester)


def _doctor_job(call: Call) -> DoctorJob:
    return DoctorJob(call.key, call.channel, call.requester)


SCAN = SubCommand(
    word="",
    hint="S3.1 [IAM …] [severity:HIGH] [account:…] [region:…] [status:new]",
    help=(
        "command.help.scan",
        "command.help.service",
        "command.help.all",
        "command.help.narrow",
        "command.help.standard",
        "command.help.which",
        "command.help.form",
    ),
    takes_text=True,
    make_job=_scan_job,
    started="command.scanning",
)

SUBCOMMANDS = (
    SCAN,
    SubCommand(
        word="history",
        aliases=frozenset({"履歴"}),
        hint="history …",
        help=("command.help.history",),
        takes_text=True,
        make_job=_history_job,
        started="history.looking",
        not_started="history.not-looked-up",
        argument_missing="history.subject",
    ),
    SubCommand(
        word="mine",
        aliases=frozenset({"自分", "担当"}),
        hint="mine [S3.1 …]",
        help=("command.help.mine",),
        takes_text=True,
        make_job=_mine_job,
        started="mine.looking",
        not_started="mine.not-looked-up",
    ),
    SubCommand(
        word="owner",
        aliases=frozenset({"担当者"}),
        hint="owner …",
        help=("command.help.owner",),
        takes_text=True,
        make_job=_owner_job,
        started="history.looking",
        not_started="owner.not-looked-up",
        argument_missing="owner.subject",
    ),
    SubCommand(
        word="suppressed",
        aliases=SUPPRESSED_WORDS,
        hint="suppressed",
        help=("command.help.suppressed",),
        takes_text=True,
        make_job=_scan_job,
        started="command.scanning",
    ),
    SubCommand(
        word="doctor",
        aliases=frozenset({"診断"}),
        hint="doctor",
        help=("command.help.doctor",),
        make_job=_doctor_job,
        started="command.checking",
        not_started="command.not-checked",
    ),
    SubCommand(
        word="help",
        aliases=frozenset({"?", "-h", "--help", "ヘルプ"}),
        hint="help",
        help=("command.help.help",),
    ),
)


def find_subcommand(text: str) -> tuple[SubCommand, str]:
    """Return the sub-command of a text, which is the scan if no word matches, and the words after it."""
    first, *rest = words(text) or [""]
    for row in SUBCOMMANDS:
        if first.lower() in {row.word, *row.aliases} and (row.takes_text or not rest):
            return row, " ".join(rest)
    return SCAN, text


def help_text(locale: Locale) -> str:
    """Return the help, in mrkdwn."""
    keys = ["command.help", *(key for row in SUBCOMMANDS for key in row.help)]
    return "\n".join(translate(locale, key, command=COMMAND) for key in keys)


def usage_hint() -> str:
    """Return the manifest's `usage_hint`."""
    return " | ".join(row.hint for row in SUBCOMMANDS)
