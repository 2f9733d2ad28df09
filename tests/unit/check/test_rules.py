"""The rules, by the table of cases.yaml, and what holds for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.check.rules import RULES
from bot.check.values import Value
from bot.domain.check_result import Status
from bot.domain.control import bundled_catalogue, checked_controls
from tests.unit.check.cases import CASES, CFN_NAG_CASES, FURTHER_CASES, Case, cases_of, judged

CHECKED = Path("bot/data/checked_controls.txt")
"""The list that the Lambda package has instead of the rules."""


@pytest.mark.parametrize("name", CASES)
def test_rule_gives_the_verdicts_of_the_table(name: str) -> None:
    """Each rule passes, fails, does not know and is silent, as the table says."""
    control, kind, cases = cases_of(name)
    found = [judged(control, kind, case) for case in cases]

    assert [case.status for case in cases] == [each[0].status if each else "NONE" for each in found]
    assert all(each[0].reason for each in found if each and each[0].status is Status.UNKNOWN)


@pytest.mark.parametrize(
    "entry", FURTHER_CASES, ids=[f"{at}-{each[0]}-{each[2]}" for at, each in enumerate(FURTHER_CASES)]
)
def test_rule_gives_the_verdict_of_a_further_case(entry: list[Value]) -> None:
    """A rule gives the verdict of an entry of further_cases.yaml."""
    control, kind, *case = entry
    found = judged(control, kind, Case(*case))

    assert [each.status for each in found] == [status for status in case[:1] if status != "NONE"]


@pytest.mark.parametrize(
    "entry", CFN_NAG_CASES, ids=[f"{at}-{each[0]}-{each[1]}" for at, each in enumerate(CFN_NAG_CASES)]
)
def test_rule_finds_what_cfn_nag_finds(entry: list[Value]) -> None:
    """A rule gives the verdict of an entry of cfn_nag_cases.yaml."""
    _, control, kind, *case = entry
    found = judged(control, kind, Case(*case))

    assert [each.status for each in found] == [status for status in case[:1] if status != "NONE"]


class TestTable:
    """The table of rules as a whole."""

    def test_each_rule_has_its_cases(self) -> None:
        """No rule is without cases, and no cases are without a rule."""
        tested = {cases_of(name)[:2] for name in CASES}

        assert tested == {(rule.control, kind) for rule in RULES for kind in rule.types}

    def test_each_control_is_in_the_catalogue(self) -> None:
        """Each control has a title and a severity, and is in its own spelling."""
        catalogue = bundled_catalogue()

        assert not [rule.control for rule in RULES if catalogue.canonical(rule.control) != rule.control]
        assert not [rule.control for rule in RULES if catalogue.get(rule.control) is None]

    def test_no_two_rules_judge_one_resource_by_one_control(self) -> None:
        """A control has one rule for a type."""
        pairs = [(rule.control, kind) for rule in RULES for kind in rule.types]

        assert len(pairs) == len(set(pairs))

    def test_file_has_the_controls_of_the_rules(self, request: pytest.FixtureRequest) -> None:
        """The file has each control that has a rule, in the catalogue's order; --golden writes it."""
        names = {rule.control for rule in RULES}
        controls = filter(None, map(bundled_catalogue().get, names))
        text = "".join(f"{each.id}\n" for each in sorted(controls, key=lambda control: control.order))
        if request.config.getoption("--golden"):
            CHECKED.write_text(text, encoding="utf-8")

        assert text == CHECKED.read_text(encoding="utf-8")

    def test_reports_read_the_file(self) -> None:
        """A control without a rule is not in it."""
        assert "S3.8" in checked_controls()
        assert "Account.1" not in checked_controls()
