"""The grammar of the slash command."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.command import format_query, listed, parse_query
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.query import Query
from bot.errors import CommandError
from bot.listeners.subcommands import find_subcommand
from tests.unit.world.queries import QUERIES

SUPPRESSED_OF_WEB = Query((), statuses=(WorkflowStatus.SUPPRESSED,), tags=("Team=web",), is_of_failed=False)


def folded(text: str) -> str:
    """Normalize a text."""
    return unicodedata.normalize("NFKC", text)


class TestParseQuery:
    """Reading a query from words."""

    @given(QUERIES)
    def test_parse_reads_what_format_writes(self, query: Query) -> None:
        """A query written as words is read as the same query."""
        assert query == parse_query(format_query(query))

    @pytest.mark.parametrize(
        ("text", "controls"),
        [
            ("S3.1", ("S3.1",)),
            ("S3.1 IAM.1", ("S3.1", "IAM.1")),
            ("S3.1,IAM.1", ("S3.1", "IAM.1")),
            ("S3.1、IAM.1", ("S3.1", "IAM.1")),
            ("  S3.1 ,  IAM.1 ", ("S3.1", "IAM.1")),
            ("S3.1 S3.1", ("S3.1",)),
            ("Ｓ３．１", ("S3.1",)),
            ("“S3.1”", ("S3.1",)),
            ("'S3.1'", ("S3.1",)),
            ("S3.1\u200b", ("S3.1",)),
            ("S3.1\u3000IAM.1", ("S3.1", "IAM.1")),
            ("[S3.1]", ("S3.1",)),
            ("[S3.1, IAM.1].", ("S3.1", "IAM.1")),
            ("(S3.1)", ("S3.1",)),
            ("「S3.1」、【IAM.1】。", ("S3.1", "IAM.1")),
            ("*S3.1*", ("S3.1",)),
            ("S3.1.", ("S3.1",)),
            ("S3.1,", ("S3.1",)),
            ("S3.1 , , IAM.1", ("S3.1", "IAM.1")),
            ("S3", ("S3.*",)),
            ("S3.*", ("S3.*",)),
            ("Ｓ３．＊、EC2.19", ("S3.*", "EC2.19")),
            ("s3, IAM EC2.19", ("s3.*", "IAM.*", "EC2.19")),
            ("S3.8 s3 S3.1 IAM.1", ("s3.*", "IAM.1")),
            ("ＡＬＬ", ("all",)),
            ("すべて", ("all",)),
            ("all S3", ("S3.*",)),
            ("suppressed all", ()),
        ],
    )
    def test_command_tolerates_separators_and_quotes(self, text: str, controls: tuple[str, ...]) -> None:
        """Separators, quotes, brackets, full stops, full-width and invisible characters do not matter."""
        assert controls == parse_query(text).controls

    def test_options_narrow_query_in_any_case_and_with_spaces_around(self) -> None:
        """Options narrow the query, in any case and with spaces around their marks."""
        query = parse_query("S3.1 Severity: high,CRITICAL account:1234-5678-9012 region:US-EAST-1 status:new")

        assert (Severity.HIGH, Severity.CRITICAL) == query.severities
        assert ("123456789012",) == query.accounts
        assert ("us-east-1",) == query.regions
        assert (WorkflowStatus.NEW,) == query.statuses

    @pytest.mark.parametrize(
        ("text", "query"),
        [
            ("resource:arn:aws:s3:::logs", Query(("all",), named_resources=("arn:aws:s3:::logs",))),
            ("arn:aws:s3:::logs-*", Query(("all",), named_resources=("arn:aws:s3:::logs-*",))),
            ("S3 リソース：logs-*,i-0a", Query(("S3.*",), named_resources=("logs-*", "i-0a"))),
            ("tag:Team=platform", Query(("all",), tags=("Team=platform",))),
            ("タグ：Team＝web,api", Query(("all",), tags=("Team=web", "Team=api"))),
            ("tag:url=a=b:c", Query(("all",), tags=("url=a=b:c",))),
            ("tag:aws:stack=x", Query(("all",), tags=("aws:stack=x",))),
            ('S3 tag:Team="My Team"', Query(("S3.*",), tags=("Team=My Team",))),
            ("S3 account:“Data Platform”,prod", Query(("S3.*",), account_names=("Data Platform", "prod"))),
            ("S3 アカウント:本番", Query(("S3.*",), account_names=("本番",))),
            ("standard:FSBP,cis-1.4", Query(("all",), standards=("fsbp", "cis-1.4"))),
            ("S3 標準：ｐｃｉ", Query(("S3.*",), standards=("pci",))),
            ("owner:platform", Query(("all",), owners=("platform",))),
            ('S3 Owner:@web,"Data Platform"', Query(("S3.*",), owners=("web", "Data Platform"))),
            ("S3 担当者：基盤チーム、Ａｌｉｃｅ", Query(("S3.*",), owners=("基盤チーム", "Alice"))),
            ("S3 担当:なし", Query(("S3.*",), owners=("nobody",))),
            ("S3 owner:(web).", Query(("S3.*",), owners=("(web).",))),
            ("S3 since:7d", Query(("S3.*",), since_days=7)),
            ("S3 期間：２週間 since:30D", Query(("S3.*",), since_days=14)),
            ("S3 重要度:high", Query(("S3.*",), severities=(Severity.HIGH,))),
            ("suppressed tag:Team=web", SUPPRESSED_OF_WEB),
        ],
    )
    def test_words_name_resources_tags_and_times(self, text: str, query: Query) -> None:
        """Resources, tags, names of accounts and times are read in both languages and widths."""
        assert query == parse_query(text)

    def test_number_of_controls_is_not_limited(self) -> None:
        """The number of controls is not limited."""
        assert 200 == len(parse_query(" ".join(f"S3.{n}" for n in range(200))).controls)

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("", "no-control"),
            ("severity:HIGH", "no-control"),
            ("🎉", "control"),
            ("S3.x", "control"),
            ("*", "control"),
            ("*.*", "control"),
            ("123", "control"),
            ("<!channel|general>", "control"),
            ("S3.1 severity:huge", "severity"),
            ("S3.1 account:12", "account"),
            ("S3.1 region:mars", "region"),
            ("S3.1 status:RESOLVED", "status"),
            ("S3.1 status:new,suppressed", "status"),
            ("suppressed status:new", "status"),
            ("S3.1 ownr:web", "option"),
            ("S3.1 owner:me", "owner-me"),
            ("S3.1 担当者：自分", "owner-me"),
            ("S3.1 owner:🎉", "owner"),
            ("S3.1 owner:@", "owner"),
            ("S3.1 owner:", "empty"),
            ("S3 owner:" + ",".join(f"team-{n}" for n in range(21)), "too-many"),
            ("S3.1 account:", "empty"),
            ("S3.1 severity:,", "empty"),
            ("S3.1 region: , ,", "empty"),
            ("S3.1 status:", "empty"),
            ("suppressed account:", "empty"),
            ("S3.1 account:.", "account"),
            ("...", "control"),
            ("resource:*", "resource"),
            ("resource:ab*", "resource"),
            ("resource:arn:*", "resource"),
            ("resource:arn:aws:*", "resource"),
            ("resource:AWS::*", "resource"),
            ("resource:*logs", "resource"),
            ("resource:🎉", "resource"),
            ("resource:", "empty"),
            ("arn:", "resource"),
            ("tag:Team", "tag"),
            ("standard:🎉", "standard"),
            ("standard:", "empty"),
            ("tag:=x", "tag"),
            ("tag:Team=", "tag"),
            ("S3 since:0d", "since"),
            ("S3 since:tomorrow", "since"),
            ("S3 since:400d", "since"),
            ("S3 since:７", "since"),
            ("S3 account:123456789012,prod", "account-mix"),
            ("since:7d", "no-control"),
            ("account:prod", "no-control"),
            ("S3 resource:" + ",".join(f"bucket-{n}" for n in range(21)), "too-many"),
            ("S3 tag:Team=" + ",".join(map(str, range(21))), "too-many"),
            (" " * 8001, "too-long"),
            ("\ufdfa" * 500, "too-long"),  # 18 characters each, once they are normalized
        ],
    )
    def test_malformed_query_is_refused_with_help(self, text: str, hint: str) -> None:
        """A malformed query is an error with a hint, and never a query for everything."""
        with pytest.raises(CommandError) as caught:
            parse_query(text)

        assert hint == caught.value.values["hint"]

    @given(st.text())
    def test_no_text_asks_for_everything(self, text: str) -> None:
        """Each text is refused or names a control."""
        try:
            query = parse_query(text)
        except CommandError:
            return

        assert query.controls
        is_asked = (
            query.named_resources
            or query.tags
            or query.standards
            or query.owners
            or re.search("all|すべて|全て|全部", folded(text), re.IGNORECASE)
        )
        assert is_asked or not query.is_of_all

    def test_error_repeats_the_beginning_of_a_wrong_word(self) -> None:
        """An error that repeats what was typed fits into the answer."""
        with pytest.raises(CommandError) as caught:
            parse_query("x" * 8000)

        assert "x" * 60 + "…" == caught.value.values["text"]


class TestListed:
    """Fields that people type values into."""

    def test_spaces_and_commas_separate_values(self) -> None:
        """Spaces and commas separate values; a field may be there several times."""
        assert ["HIGH", "LOW", "MEDIUM"] == listed(["HIGH, LOW", "MEDIUM."], "severity")

    def test_names_are_separated_by_commas_alone(self) -> None:
        """A name may have spaces; IDs of accounts may also be separated by them."""
        assert ["Data Platform", "web"] == listed(["Data Platform, web"], "owner")
        assert ["Data Platform", "123456789012"] == listed(["Data  Platform、123456789012"], "account")
        assert ["123456789012", "111111111111"] == listed(["123456789012 111111111111"], "account")

    def test_absent_option_narrows_nothing(self) -> None:
        """What is not given narrows nothing."""
        assert [] == listed([], "account")

    @pytest.mark.parametrize("text", ["", " ", ",", "、 ,", "\u200b"])
    def test_option_without_value_is_named(self, text: str) -> None:
        """What is given and has no value is an error that names it."""
        with pytest.raises(CommandError) as caught:
            listed(["123456789012", text], "account")

        assert {"text": "account", "hint": "empty"} == caught.value.values

    def test_length_of_options_is_bounded(self) -> None:
        """All together have at most 8,000 characters."""
        with pytest.raises(CommandError) as caught:
            listed(["1" * 4000, "2" * 4000], "account")

        assert "too-long" == caught.value.values["hint"]


class TestIsHelp:
    """Asking for help."""

    @pytest.mark.parametrize("text", ["help", " HELP ", "？", "ヘルプ", "--help"])
    def test_word_for_help_is_known_in_several_forms(self, text: str) -> None:
        """The word for help is known in several forms."""
        assert "help" == find_subcommand(text)[0].word

    @pytest.mark.parametrize("text", ["", "S3.1", "help me"])
    def test_anything_else_is_not_asking_for_help(self, text: str) -> None:
        """Anything else is not asking for help."""
        assert "help" != find_subcommand(text)[0].word
