"""README.md, the pages that it leads to, and their Japanese twins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import cli, shell
from bot.domain.command import parse_query
from bot.listeners.subcommands import SCAN, SUBCOMMANDS, find_subcommand
from bot.settings import SETTINGS
from bot.shell import MODULE
from playground.cloud.iam import listed
from tests.deploy.stack import Stack
from tests.docs.markdown import ROOT, codes, headings, table_of, tables, text_of

README, SETTINGS_PAGE, SECURITY, COMMAND_LINE = (
    text_of(name) for name in ("README.md", "docs/settings.md", "docs/security.md", "docs/command-line.md")
)

TWINS = [("README.md", "README.ja.md")] + [
    (f"docs/{path.name}", f"docs/ja/{path.name}") for path in sorted((ROOT / "docs" / "ja").glob("*.md"))
]
"""Each English document with its Japanese twin."""

MOST_LINES, MOST_COLUMNS = 140, 120


def usage(text: str) -> str:
    """Return the usage of the command line that a document shows."""
    return text.partition("<!-- cli -->\n```text\n")[2].partition("```")[0]


class TestSettings:
    """The table of settings."""

    def test_table_has_every_setting(self) -> None:
        """Each setting of the code has a row with its description and its default, and no other has one."""
        rows = {codes(row[0])[0]: row for row in table_of(SETTINGS_PAGE, "setting")}

        assert [setting.name for setting in SETTINGS] == list(rows)
        for setting in SETTINGS:
            assert setting.help == rows[setting.name][1]
            assert setting.default in {*codes(rows[setting.name][2]), ""}


class TestPermissions:
    """The tables of permissions."""

    def test_table_has_every_aws_action(self) -> None:
        """Each action that a role is allowed, in any deployment, is in the table, and no other."""
        stack = Stack(SlackSecretKmsKeyArn="arn:aws:kms:ap-northeast-1:123456789012:key/k")
        roles = stack.of_type("AWS::IAM::Role")
        allowed = {
            action
            for role in roles
            for statement in stack.statements(role)
            if statement["Effect"] == "Allow"
            for action in listed(statement["Action"])
        }

        assert allowed == {code for row in table_of(SECURITY, "AWS action") for code in codes(row[0])}

    def test_table_has_every_slack_scope(self) -> None:
        """Each scope of the manifest is in the table, and no other."""
        manifest: Any = yaml.safe_load(text_of("manifest.yml"))

        scopes = [codes(row[0])[0] for row in table_of(SECURITY, "Slack scope")]
        assert manifest["oauth_config"]["scopes"]["bot"] == scopes


class TestCommands:
    """The commands."""

    def test_slack_commands_work(self) -> None:
        """Each command of the table is one that the bot understands, and no sub-command is missing."""
        found = set()
        commands = [codes(row[0])[0] for row in table_of(README, "command")]
        for command in (each for each in commands if each.startswith("/")):
            text = command.removeprefix("/sechub-scan").strip()
            subcommand, _ = find_subcommand(text)
            found.add(subcommand.word)

            assert not text or subcommand is not SCAN or parse_query(text)
        assert {subcommand.word for subcommand in SUBCOMMANDS} == found

    def test_shell_commands_exist(self) -> None:
        """Each command of the table that is for a shell is one that the command line understands."""
        commands = [codes(row[0])[0] for row in table_of(README, "command")]
        shell = [each.removeprefix(MODULE).split() for each in commands if not each.startswith("/")]

        assert ["check", "scan"] == [cli._parser().parse_args(words).run and words[0] for words in shell]

    def test_usage_is_the_real_one(self) -> None:
        """The usage is what --help prints, however it is folded."""
        scan = cli._parser()._subparsers._group_actions[0].choices["scan"]  # type: ignore[union-attr,index]

        assert " ".join(scan.format_usage().split()) == " ".join(usage(COMMAND_LINE).split())

    def test_each_exit_code_is_in_table(self) -> None:
        """Each exit code of the command line is in the table."""
        rows = [int(row[0]) for row in table_of(COMMAND_LINE, "exit code")]

        codes_of = [
            shell.CLEAN,
            shell.FOUND,
            shell.BAD_INPUT,
            shell.CONFIGURATION,
            shell.FAILED,
            shell.PARTIAL,
            shell.INTERNAL,
            shell.INTERRUPTED,
        ]
        assert codes_of == rows


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_readme_is_short(name: str) -> None:
    """A README has at most 140 lines."""
    assert len(text_of(name).splitlines()) <= MOST_LINES


@pytest.mark.parametrize(("english", "japanese"), TWINS)
class TestTwins:
    """An English document and its Japanese twin."""

    def test_twins_have_the_same_parts(self, english: str, japanese: str) -> None:
        """Both have the same levels of headings, in the same order."""
        levels = [[level for level, _ in headings(text_of(name))] for name in (english, japanese)]

        assert levels[0] == levels[1]

    def test_twins_have_the_same_tables(self, english: str, japanese: str) -> None:
        """Both have the same tables: as many rows, with the same first cells and the same code in them."""
        first_cells = [
            [[codes(row[0]) for row in table] for table in tables(text_of(name))]
            for name in (english, japanese)
        ]

        assert first_cells[0] == first_cells[1]

    def test_twins_have_the_same_usage(self, english: str, japanese: str) -> None:
        """Both show the same usage."""
        assert usage(text_of(english)) == usage(text_of(japanese))


def documents() -> Iterator[Path]:
    """Find the documents."""
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")


FOLDERS = "benchmarks|bot|docs|handlers|playground|requirements|tests|tools"


@pytest.mark.parametrize("document", [*documents()], ids=lambda path: str(path.relative_to(ROOT)))
class TestDocuments:
    """Names in a document."""

    def test_make_targets_exist(self, document: Path) -> None:
        """Each `make …` in code is a target of the Makefile."""
        targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
        text = document.read_text(encoding="utf-8")
        lines = [
            line
            for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
            for line in block.splitlines()
        ]
        named = [match[1] for code in codes(text) + lines if (match := re.match(r" *make ([a-z-]+)", code))]

        assert {*named} <= targets

    def test_paths_exist(self, document: Path) -> None:
        """Each path of the repository, in backticks, exists."""
        spans = codes(document.read_text(encoding="utf-8"))
        paths = [span for span in spans if re.fullmatch(rf"(?:{FOLDERS})/[\w./-]*", span)]

        assert [path for path in paths if not (ROOT / path).exists()] == []

    def test_lines_are_wrapped(self, document: Path) -> None:
        """Lines outside of code and tables have at most 120 characters, unless one word is longer."""
        prose = re.sub(
            r"^( *)```.*?^\1```$", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
        )
        lines = [line for line in prose.splitlines() if not line.startswith(("|", "!"))]

        assert (
            document.parent.name == "ja"
            or [line for line in lines if len(line) > MOST_COLUMNS and " " in line] == []
        )

    def test_links_lead_somewhere(self, document: Path) -> None:
        """Each relative link leads to a file, and each anchor to a heading."""
        for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", document.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            file = (document.parent / path) if path else document

            assert file.exists(), target
            if anchor:
                anchors = {words.lower().replace(" ", "-") for _, words in headings(file.read_text("utf-8"))}
                assert anchor in anchors
