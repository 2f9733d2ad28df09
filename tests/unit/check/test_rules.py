"""The rules, by the table of cases.yaml, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.check.document import parse
from bot.check.engine import judge_template, rules_by_type
from bot.check.rules import RULES
from bot.check.template import Template
from bot.check.values import Block, Value, block_of
from bot.domain.check_result import Result, Status
from bot.domain.control import bundled_catalogue

CASES: Block = parse((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))

SURROUNDINGS: Block = parse(
    """
    Parameters: {P: {Type: String}}
    Conditions: {Undecided: !Equals [!Ref P, a]}
    Resources:
      Acl: {Type: AWS::WAFv2::WebACL}
      Api: {Type: AWS::ApiGateway::RestApi}
      Bucket: {Type: AWS::S3::Bucket}
      Certificate: {Type: AWS::CertificateManager::Certificate}
      Key: {Type: AWS::KMS::Key}
      Logs: {Type: AWS::Logs::LogGroup}
      Oac: {Type: AWS::CloudFront::OriginAccessControl}
      Topic: {Type: AWS::SNS::Topic}
      WebSocket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
    """
)

PARAMETER = block_of([("Ref", "P")])

BY_TYPE = rules_by_type(RULES)


def types_of(control: str) -> list[str]:
    """Return the types for which a control has rules."""
    return [kind for rule in RULES if rule.control == control for kind in rule.types]


def at(path: str, value: Value, others: Value) -> Block:
    """Make properties with a value at a path, beside others."""
    key, _, rest = path.partition(".")
    entries = dict(others) if isinstance(others, Block) else {}
    entries[key] = at(rest, value, entries.get(key)) if rest else value
    return block_of(entries.items())


class Case(NamedTuple):
    """A resource and the verdict that is expected on it."""

    status: str
    properties: Value
    others: Value = None
    """Other resources of the template, by logical ID."""


def cases_of(name: str) -> tuple[str, str, list[Case]]:
    """Return the control and the type of an entry of the table, and its cases."""
    control, _, kind = name.partition(" ")
    (kind,) = [kind] if kind else types_of(control)
    case = CASES[name]
    return control, kind, list(short(case) if isinstance(case, list) else long(case))


def short(case: list[Value]) -> Iterator[Case]:
    """Yield the cases of a control with one property."""
    path, passed, failed, silent, *rest = case
    others = rest[0] if rest else None
    yield Case("PASSED", at(path, passed, others))
    yield Case("FAILED", at(path, failed, others))
    yield Case("UNKNOWN", at(path, PARAMETER, others))
    yield Case(silent, None)


def long(case: Block) -> Iterator[Case]:
    """Yield the cases of a control whose properties are spelled out."""
    for status in ("PASSED", "FAILED", "UNKNOWN"):
        properties, others = case[status] if isinstance(case[status], list) else (case[status], None)
        yield Case(status, properties, others)
    yield Case(case["silent"], None)


def judged(control: str, kind: str, case: Case) -> list[Result]:
    """Judge a resource R of a type by a control."""
    subject = block_of([("Type", kind), ("Properties", case.properties)])
    resources = {**SURROUNDINGS["Resources"], **(case.others or {}), "R": subject}
    document = block_of({**SURROUNDINGS, "Resources": block_of(resources.items())}.items())
    found = judge_template(Template("t", document, {}), BY_TYPE)
    return [each for each in found if each.control.id == control and each.logical_id == "R"]


@pytest.mark.parametrize("name", CASES)
def test_rule_gives_the_verdicts_of_the_table(name: str) -> None:
    """Each rule passes, fails, does not know and is silent, as the table says."""
    control, kind, cases = cases_of(name)
    found = [judged(control, kind, case) for case in cases]

    assert [case.status for case in cases] == [each[0].status if each else "NONE" for each in found]
    assert all(each[0].reason for each in found if each and each[0].status is Status.UNKNOWN)


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
