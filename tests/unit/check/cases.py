"""The cases of cases.yaml, further_cases.yaml and cfn_nag_cases.yaml, and the templates that they make."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.check.document import parse
from bot.check.engine import judge_template, rules_by_type
from bot.check.rules import RULES
from bot.check.template import Template
from bot.check.values import Block, Value, block_of
from bot.domain.check_result import Result

FOLDER = Path(__file__).parent
CASES: Block = parse((FOLDER / "cases.yaml").read_text(encoding="utf-8"))
CFN_NAG_CASES: list[Value] = parse((FOLDER / "cfn_nag_cases.yaml").read_text(encoding="utf-8"))
FURTHER_CASES: list[Value] = parse((FOLDER / "further_cases.yaml").read_text(encoding="utf-8"))

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
    yield Case(silent, others)


def long(case: Block) -> Iterator[Case]:
    """Yield the cases of a control whose properties are spelled out."""
    for status in ("PASSED", "FAILED", "UNKNOWN"):
        properties, others = case[status] if isinstance(case[status], list) else (case[status], None)
        yield Case(status, properties, others)
    yield Case(case["silent"], None)


def document_of(kind: str, case: Case) -> Block:
    """Make a template of a case, in which the subject is R."""
    subject = block_of([("Type", kind), ("Properties", case.properties)])
    resources = {**SURROUNDINGS["Resources"], **(case.others or {}), "R": subject}
    return block_of({**SURROUNDINGS, "Resources": block_of(resources.items())}.items())


def judged(control: str, kind: str, case: Case) -> list[Result]:
    """Judge a resource R of a type by a control."""
    found = judge_template(Template("t", document_of(kind, case), {}), BY_TYPE)
    return [each for each in found if each.control.id == control and each.logical_id == "R"]
