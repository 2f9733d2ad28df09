"""AWS Control Tower's Guard rules: a judge of the check before deployment that we did not write."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.unit.check.cases import CASES, FURTHER_CASES, SURROUNDINGS, Case, cases_of

ENVIRONMENT = Path(".venv-guard")
SCRIPT = Path(__file__).with_name("guard_rules.py")


class Judgement(NamedTuple):
    """The answer of the rules on a template."""

    controls: frozenset[str]
    """The controls of Security Hub that a rule stands for."""
    failed: frozenset[tuple[str, str]]
    """Controls and logical IDs."""
    seconds: float
    """The CPU time of the evaluation, without that of reading the rules."""


def is_installed() -> bool:
    """Return whether `make judges` was run here."""
    return (ENVIRONMENT / ".ready").is_file()


def judge(template: bytes) -> Judgement:
    """Judge a template."""
    command = [str(ENVIRONMENT / "bin/python"), str(SCRIPT)]
    ran = subprocess.run(command, input=template, check=True, capture_output=True)  # noqa: S603 - our script
    answer = json.loads(ran.stdout)
    failed = frozenset((control, name) for control, name in answer["failed"])
    return Judgement(frozenset(answer["controls"]), failed, answer["seconds"])


def all_cases() -> Iterator[tuple[str, str, str, Case]]:
    """Yield each case of the rules that passes or fails: its name, the control, the type and the case."""
    for entry in CASES:
        control, kind, cases = cases_of(entry)
        for name, case in zip(("pass", "fail", "unknown", "silent"), cases, strict=True):
            if case.status in {"PASSED", "FAILED"}:
                yield f"{control} {kind} {name}", control, kind, case
    counts: Counter[str] = Counter()
    for control, kind, *rest in FURTHER_CASES:
        subject, case = f"{control} {kind}", Case(*rest)
        counts[subject] += 1
        if case.status in {"PASSED", "FAILED"}:
            yield f"{subject} further {counts[subject]}", control, kind, case


def template_of(cases: Mapping[str, tuple[str, Case]]) -> bytes:
    """Make one template of cases, each with its type, by the logical IDs of their subjects; as JSON."""
    resources: dict[str, Any] = dict(SURROUNDINGS["Resources"])
    for logical_id, (kind, case) in cases.items():
        others = case.others or {}
        names = {"R": logical_id} | {name: f"{logical_id}{name}" for name in others}
        for name, other in others.items():
            resources[names[name]] = _renamed(other, names)
        resources[logical_id] = {"Type": kind, "Properties": _renamed(case.properties or {}, names)}
    return json.dumps(_typed({**SURROUNDINGS, "Resources": resources})).encode()


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with other logical IDs."""
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Ref": str(name)}:
            return {"Ref": names.get(name, name)}
        case {"Fn::GetAtt": [str(name), *rest]}:
            return {"Fn::GetAtt": [names.get(name, name), *rest]}
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": re.sub(r"(?<=\$\{)\w+", lambda found: names.get(found[0], found[0]), text)}
    return {key: _renamed(each, names) for key, each in value.items()}


def _typed(value: Any) -> Any:
    """Return a value with the types of JSON, on which Guard relies."""
    if isinstance(value, dict):
        return {key: _typed(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    if value in {"true", "false"}:
        return value == "true"
    return int(value) if re.fullmatch(r"-?\d{1,9}", value) else value
