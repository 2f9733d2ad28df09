"""Words of a query that only findings can tell: nearly right ones, and ones with two meanings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.command import bare_services, parse_query
from bot.domain.finding import Finding, WorkflowStatus
from bot.domain.query import Query
from bot.errors import (
    AmbiguousError,
    CommandError,
    UnknownAccountError,
    UnknownControlError,
    UnknownRegionError,
    UnknownStandardError,
)
from bot.i18n import Locale
from bot.render.ids import CHOOSE_MEANING
from bot.render.progress import meanings_message
from playground.slack.blocks import problems
from tests.builders import a_finding
from tests.fakes.findings import FakeFindings
from tests.unit.world.counting_findings import CountingFindings
from tests.unit.world.scan import scanned

PROD = a_finding(1, account_id="111111111111", account_name="prod")
OTHER_PROD = a_finding(2, account_id="222222222222", account_name="prod")
BACKUP = a_finding(3, account_id="333333333333", account_name="backup", control_id="S3.1")
LINKED = a_finding(4, account_id="444444444444", account_name="Data Platform", region="us-east-1")
ALL = [PROD, OTHER_PROD, BACKUP, LINKED]


def scan(text: str, findings: list[Finding] | FakeFindings = ALL, *, is_stored: bool = False) -> int:
    """Scan for what was typed, and return the number of rows."""
    hub = findings if isinstance(findings, FakeFindings) else FakeFindings(list(findings))
    bare = () if is_stored else bare_services(text)
    query = parse_query(text, is_stored=is_stored)
    return len(scanned(hub, query=query, bare=bare, is_stored=is_stored).rows)


def meanings(text: str, findings: list[Finding] = ALL) -> dict[str, Query]:
    """Return the meanings of an ambiguous question, each with its query."""
    with pytest.raises(AmbiguousError) as caught:
        scan(text, findings)
    return {word: parse_query(words) for word, words in caught.value.questions.items()}


class TestAccounts:
    """Two accounts of one name."""

    def test_each_account_and_both_are_meanings(self) -> None:
        """The meanings name the accounts by their IDs, and keep the rest of the question."""
        asked = Query(("S3.8",), since_days=7)

        assert {
            "account:111111111111": replace(asked, accounts=("111111111111",)),
            "account:222222222222": replace(asked, accounts=("222222222222",)),
            "account:111111111111,222222222222": replace(asked, accounts=("111111111111", "222222222222")),
        } == meanings("S3.8 account:prod since:7d")

    def test_meanings_keep_the_other_accounts(self) -> None:
        """Names and IDs cannot be mixed: the accounts of the other names have IDs too."""
        first = meanings("S3.8 account:prod,backup")["account:111111111111"]

        assert ("333333333333", "111111111111") == first.accounts

    def test_second_account_is_found_behind_a_full_page(self) -> None:
        """A hundred findings of one account do not hide the other."""
        first = [replace(PROD, identifiers=a_finding(10 + n).identifiers) for n in range(100)]
        hub = FakeFindings([*first, OTHER_PROD], page_size=100)

        with pytest.raises(AmbiguousError):
            scan("S3.8 account:prod", hub)

    def test_meaning_can_be_scanned(self) -> None:
        """The question with one meaning is not ambiguous."""
        assert 1 == scan("S3.8 account:111111111111")
        assert 2 == scan("S3.8 account:111111111111,222222222222")

    def test_schedule_means_both(self) -> None:
        """Nobody is there to be asked."""
        assert 2 == scan("S3.8 account:prod", is_stored=True)


class TestBareWords:
    """A service that has the name of an account."""

    FINDINGS = (a_finding(5, account_name="s3"), a_finding(6, control_id="S3.1"))

    def test_service_and_account_are_meanings(self) -> None:
        """The meanings are the service and the account, each with the rest of the question."""
        assert {
            "S3.*": parse_query("S3.* EC2.19 severity:HIGH"),
            "account:s3": parse_query("EC2.19 severity:HIGH account:s3"),
        } == meanings("S3 EC2.19 severity:HIGH", list(self.FINDINGS))

    def test_account_alone_is_of_all_controls(self) -> None:
        """Without another control, the question about the account is about all."""
        assert parse_query("all account:s3") == meanings("S3", list(self.FINDINGS))["account:s3"]

    @pytest.mark.parametrize("text", ["S3.*", "S3.8 S3.1", "S3 account:123456789012", "all"])
    def test_word_with_one_meaning_needs_no_call(self, text: str) -> None:
        """A control, a service as `S3.*`, and a question that names accounts are not looked up."""
        hub = CountingFindings(list(self.FINDINGS), page_size=100)
        scan(text, hub)

        assert 1 == hub.given

    def test_service_costs_one_call_more(self) -> None:
        """One call compares all such words."""
        hub = CountingFindings([a_finding(control_id="S3.1")], page_size=100)
        scan("S3 EC2", hub)

        assert 2 == hub.given

    def test_schedule_means_the_service(self) -> None:
        """Nobody is there to be asked."""
        assert 2 == scan("S3", list(self.FINDINGS), is_stored=True)


class TestNearest:
    """Words that are nearly right."""

    def test_account_is_offered_for_an_unknown_service(self) -> None:
        """A word that is no service, but an account, is offered as that."""
        with pytest.raises(UnknownControlError) as caught:
            scan("backup", [replace(BACKUP, account_name="backups"), *ALL])
        assert "account:backup" == caught.value.values["nearest"].split(", ")[0]

    @pytest.mark.parametrize(
        ("text", "nearest"),
        [("account:444444444445", "444444444444"), ("account:data-platform", "Data Platform")],
    )
    def test_unknown_account_gets_the_nearest(self, text: str, nearest: str) -> None:
        """A name or an ID that no finding has gets the nearest of those that findings have."""
        with pytest.raises(UnknownAccountError) as caught:
            scan(f"S3.8 {text}")

        assert nearest in caught.value.values["nearest"].split(", ")

    def test_account_of_other_findings_is_known(self) -> None:
        """An account without such findings, open or not, has none: that is no error."""
        resolved = replace(BACKUP, workflow_status=WorkflowStatus.RESOLVED)

        assert 0 == scan("S3.8 account:333333333333", [resolved])

    def test_unknown_region_gets_the_nearest(self) -> None:
        """A Region of which no finding is gets the nearest of those that findings have, of many pages."""
        many = [replace(PROD, identifiers=a_finding(10 + n).identifiers) for n in range(100)]
        with pytest.raises(UnknownRegionError) as caught:
            scan("S3.8 region:us-esat-1", FakeFindings([*many, LINKED], page_size=100))

        assert "us-east-1" == caught.value.values["nearest"]

    def test_region_of_other_findings_is_known(self) -> None:
        """A Region without such findings has none."""
        assert 0 == scan("S3.1 region:us-east-1")

    def test_places_are_checked_only_if_nothing_is_found(self) -> None:
        """A question that finds something makes no call more."""
        hub = CountingFindings(ALL, page_size=100)
        scan("S3.8 account:111111111111 region:ap-northeast-1", hub)

        assert 1 == hub.given

    @pytest.mark.parametrize(("word", "nearest"), [("fspb", "fsbp"), ("cis-1.5", "cis-1.4.0"), ("zzz", "")])
    def test_unknown_standard_gets_the_nearest(self, word: str, nearest: str) -> None:
        """A name of no standard gets the nearest."""
        with pytest.raises(UnknownStandardError) as caught:
            scan(f"standard:{word}")

        assert nearest in caught.value.values["nearest"].split(", ")

    @pytest.mark.parametrize(
        ("word", "option"),
        [
            ("critical", "severity:CRITICAL"),
            ("New", "status:new"),
            ("FSBP", "standard:fsbp"),
            ("us-east-1", "region:us-east-1"),
            ("123456789012", "account:123456789012"),
        ],
    )
    def test_value_without_its_option_gets_it(self, word: str, option: str) -> None:
        """A word that only an option can mean is answered with that option."""
        with pytest.raises(CommandError) as caught:
            parse_query(f"S3 {word}")

        assert option == caught.value.values["option"]


class TestMessage:
    """The question."""

    @pytest.mark.parametrize("locale", Locale)
    def test_each_meaning_has_a_button(self, locale: Locale) -> None:
        """A button has the whole command, and Slack takes the message."""
        error = AmbiguousError(word="prod", meanings="account:1, account:2")
        error.questions = {"account:1": "S3.8 account:1", "account:2": "S3.8 account:2"}
        message = meanings_message(error, "mine", "reason", locale)
        buttons = [block["accessory"] for block in message.blocks[1:]]

        assert ["mine S3.8 account:1", "mine S3.8 account:2"] == [button["value"] for button in buttons]
        assert {CHOOSE_MEANING} == {button["action_id"] for button in buttons}
        assert [] == problems(message.blocks, "message")

    def test_long_question_has_no_buttons(self) -> None:
        """A value of a button has 2,000 characters: a longer question is answered by a sentence."""
        error = AmbiguousError(word="prod", meanings="account:1")
        error.questions = {"account:1": "S3.8 " * 401}

        assert () == meanings_message(error, "", "reason", Locale.EN).blocks
