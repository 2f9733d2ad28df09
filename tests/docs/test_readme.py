"""README.md and its Japanese twin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import cli
from bot.domain.command import is_doctor, is_help, is_history, parse_query
from bot.settings import SETTINGS
from playground.cloud.iam import listed
from tests.deploy.stack import Stack
from tests.docs.markdown import ROOT, codes, headings, table_of, tables, text_of

README, JAPANESE = text_of("README.md"), text_of("README.ja.md")


def usage(text: str) -> str:
    """Give the usage of the command line that a README shows."""
    return text.partition("<!-- cli -->\n```text\n")[2].partition("```")[0]


class TestSettings:
    """The table of settings."""

    def test_has_every_setting(self) -> None:
        """Each setting of the code has a row with its description and its default, and no other has one."""
        rows = {codes(row[0])[0]: row for row in table_of(README, "setting")}

        assert [setting.name for setting in SETTINGS] == list(rows)
        for setting in SETTINGS:
            assert setting.help == rows[setting.name][1]
            assert setting.default in {*codes(rows[setting.name][2]), ""}


class TestPermissions:
    """The tables of permissions."""

    def test_has_every_aws_action(self) -> None:
        """Each action that a role is allowed, in whatever deployment, is in the table, and no other."""
        stack = Stack(SlackSecretKmsKeyArn="arn:aws:kms:ap-northeast-1:123456789012:key/k")
        roles = stack.of_type("AWS::IAM::Role")
        allowed = {
            action
            for role in roles
            for statement in stack.statements(role)
            if statement["Effect"] == "Allow"
            for action in listed(statement["Action"])
        }

        assert allowed == {code for row in table_of(README, "AWS action") for code in codes(row[0])}

    def test_has_every_slack_scope(self) -> None:
        """Each scope of the manifest is in the table, and no other."""
        manifest: Any = yaml.safe_load(text_of("manifest.yml"))

        scopes = [codes(row[0])[0] for row in table_of(README, "Slack scope")]
        assert manifest["oauth_config"]["scopes"]["bot"] == scopes


class TestCommands:
    """The commands."""

    def test_slack_commands_work(self) -> None:
        """Each command of the table is one that the bot understands."""
        for row in table_of(README, "command"):
            text = codes(row[0])[0].removeprefix("/sechub-scan").strip()

            assert not text or is_help(text) or is_history(text) or is_doctor(text) or parse_query(text)

    def test_usage_is_the_real_one(self) -> None:
        """The usage is what --help prints, however it is folded."""
        scan = cli._parser()._subparsers._group_actions[0].choices["scan"]  # type: ignore[union-attr,index]

        assert " ".join(scan.format_usage().split()) == " ".join(usage(README).split())

    def test_exit_codes(self) -> None:
        """Each exit code of the command line is in the table."""
        rows = [int(row[0]) for row in table_of(README, "exit code")]

        codes_of = [
            cli.CLEAN,
            cli.FOUND,
            cli.BAD_INPUT,
            cli.CONFIGURATION,
            cli.FAILED,
            cli.PARTIAL,
            cli.INTERNAL,
            cli.INTERRUPTED,
        ]
        assert codes_of == rows

    @pytest.mark.parametrize("name", ["README.md", "README.ja.md", "CONTRIBUTING.md", "docs/operations.md"])
    def test_make_targets_exist(self, name: str) -> None:
        """Each `make …` that a document names is a target of the Makefile."""
        targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))

        assert set(re.findall(r"\bmake ([a-z]+)\b(?= |`|$)", text_of(name), re.MULTILINE)) <= targets


class TestTwins:
    """The English README and the Japanese one."""

    def test_have_the_same_parts(self) -> None:
        """Both have the same levels of headings, in the same order."""
        assert [level for level, _ in headings(README)] == [level for level, _ in headings(JAPANESE)]

    def test_have_the_same_tables(self) -> None:
        """Both have the same tables: as many rows, with the same first cells and the same code in them."""
        pairs = list(zip(tables(README), tables(JAPANESE), strict=True))
        assert pairs

        for english, japanese in pairs:
            assert [codes(row[0]) for row in english] == [codes(row[0]) for row in japanese]

    def test_have_the_same_usage(self) -> None:
        """Both show the same usage."""
        assert usage(README) == usage(JAPANESE)


def documents() -> Iterator[Path]:
    """Find the documents."""
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")


class TestLinks:
    """Links between documents."""

    @pytest.mark.parametrize("document", [*documents()], ids=lambda path: str(path.relative_to(ROOT)))
    def test_lead_somewhere(self, document: Path) -> None:
        """Each relative link leads to a file, and each anchor to a heading."""
        for target in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", document.read_text(encoding="utf-8")):
            path, _, anchor = target.partition("#")
            file = (document.parent / path) if path else document

            assert file.exists(), target
            if anchor:
                anchors = {words.lower().replace(" ", "-") for _, words in headings(file.read_text("utf-8"))}
                assert anchor in anchors
