"""The table of sub-commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar

import pytest

from bot.domain.document import parse_job
from bot.domain.job import KINDS, Requester, to_document
from bot.domain.permission import Permission
from bot.domain.slack import Message
from bot.i18n import CATALOGUES, Locale
from bot.listeners import subcommands
from bot.listeners.subcommands import SUBCOMMANDS, SubCommand, find_subcommand, usage_hint
from bot.usecases.context import JobContext
from bot.usecases.run_job import USE_CASES
from tests.delivery import deliver_once
from tests.unit.world.scan import a_world
from tests.unit.world.slack import Side, side

__all__ = ["side"]


@dataclass(frozen=True, slots=True)
class EchoJob:
    """Repeat a word."""

    kind: ClassVar[str] = "echo"
    permission: ClassVar[Permission | None] = Permission.READ
    key: str
    word: str
    channel: str
    requester: Requester


def echo(context: JobContext[EchoJob]) -> None:  # type: ignore[type-var]
    """Tell the requester the word."""
    job = context.job
    context.steps.run("echo", context.ports.messenger.tell, job.requester, Message(job.word), job.channel)


ROW = SubCommand(
    word="echo",
    aliases=frozenset({"復唱"}),
    hint="echo …",
    help=("command.help.echo",),
    takes_text=True,
    make_job=lambda call: EchoJob(call.key, call.argument, call.channel, call.requester),  # type: ignore[arg-type, return-value]
    started="echo.started",
)
WORDS = {"command.help.echo": "`{command} echo x` — x", "echo.started": "Echoing …"}


@pytest.fixture
def new_subcommand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a sub-command: a row, a kind of job with its use case, and texts."""
    monkeypatch.setattr(subcommands, "SUBCOMMANDS", (*SUBCOMMANDS, ROW))
    monkeypatch.setitem(KINDS, EchoJob.kind, EchoJob)
    monkeypatch.setitem(USE_CASES, EchoJob, echo)  # type: ignore[misc]
    for catalogue in CATALOGUES.values():
        for key, text in WORDS.items():
            monkeypatch.setitem(catalogue, key, text)


@pytest.mark.usefixtures("new_subcommand")
class TestNewSubcommand:
    """A sub-command that only the table, its use case and its texts know."""

    @pytest.mark.parametrize("word", ["echo", "Echo", "復唱"])
    def test_row_leads_from_ack_to_reply(self, side: Side, word: str) -> None:
        """Its text is acked, its job travels as JSON, and its use case replies to the requester."""
        assert "Echoing …" == side.command(f"{word} S3.8 twice")

        job = parse_job(json.loads(json.dumps(to_document(side.job))))
        world = a_world()
        deliver_once(job, world)

        assert [("U0PERSON", Message("S3.8 twice"))] == world.messenger.told

    def test_row_is_in_help_and_hint(self, side: Side) -> None:
        """The help ends with its line, and the manifest's hint with its own."""
        assert side.command("help").endswith("\n`/sechub-scan echo x` — x")
        assert usage_hint().endswith(" | echo …")


class TestTable:
    """The rows."""

    def test_no_word_leads_to_two_sub_commands(self) -> None:
        """No word leads to two sub-commands."""
        words = [word for row in SUBCOMMANDS for word in {row.word, *row.aliases}]

        assert sorted(set(words)) == sorted(words)

    @pytest.mark.parametrize("row", SUBCOMMANDS, ids=lambda row: row.word)
    def test_row_has_japanese_alias(self, row: SubCommand) -> None:
        """Each word has one that needs no change of the keyboard."""
        assert not row.word or any(not word.isascii() for word in row.aliases)

    @pytest.mark.parametrize("text", ["doctor S3.8", "help me", "S3.8 history", "S3.8 suppressed"])
    def test_other_text_is_a_scan(self, text: str) -> None:
        """A word counts as a sub-command only at the beginning, and alone if it takes no text."""
        assert (subcommands.SCAN, text) == find_subcommand(text)

    @pytest.mark.parametrize("locale", Locale)
    def test_every_key_of_row_is_in_catalogue(self, locale: Locale) -> None:
        """Every key of a row is in the catalogue."""
        keys = {
            key
            for row in SUBCOMMANDS
            for key in (*row.help, row.started, row.not_started, row.argument_missing)
            if key
        }

        assert keys <= CATALOGUES[locale].keys()
