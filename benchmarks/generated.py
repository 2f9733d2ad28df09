"""Findings that are made as they are asked for: a million of them take a few bytes each."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress
from typing import Any

from playground import seed
from playground.hub.findings.conditions import Condition
from playground.hub.findings.finding import STARTS_AS, Asff, Key, key_of

ACCOUNT_COUNT = 10
OWNER_COUNT = 500
REGIONS = ("ap-northeast-1", "us-east-1", "eu-west-1", "us-west-2")


def sizes(law: str, count: int, parts: int) -> list[int]:
    """
    Share out a count.

    Args:
        law: `equal`, or `zipf`: the part numbered k is proportional to 1 ÷ k.
    """
    shares = [1.0 if law == "equal" else 1 / (number + 1) for number in range(parts)]
    ends = [round(count * end / sum(shares)) for end in accumulate(shares)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


class GeneratedStore:
    """
    A Store of failed, active findings of some controls, in a random order that is always the same.

    Args:
        counts: how many findings a control has.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._controls = list(counts)
        self._control_at = array(
            "H", [number for number, control in enumerate(counts) for _ in range(counts[control])]
        )
        random.Random(4).shuffle(self._control_at)  # noqa: S311 - no secret
        self._model = _models(self._controls)
        self._changed: dict[Key, Asff] = {}
        self._selected: dict[tuple[Condition, ...], Numbered] = {}
        """The findings that match a query. Attributes that a query filters on never change here."""

    def __len__(self) -> int:
        return len(self._control_at)

    def get(self, key: Key) -> Asff | None:
        """Make the finding of an identity."""
        number = key[1].rpartition("/")[2]
        finding = self.made(int(number)) if number.isdecimal() and int(number) < len(self) else None
        return finding if finding and key_of(finding) == key else None

    def named(self, finding_id: str) -> list[Asff]:
        """Make the finding with an Id."""
        number = finding_id.rpartition("/")[2]
        finding = self.made(int(number)) if number.isdecimal() and int(number) < len(self) else None
        return [finding] if finding and finding["Id"] == finding_id else []

    def put(self, finding: Asff) -> None:
        """Keep the changes."""
        self._changed[key_of(finding)] = finding

    def select(self, conditions: Sequence[Condition]) -> Numbered:
        """Find by control, account and Region; everything is failed, active and NEW."""
        asked = tuple(conditions)
        if asked not in self._selected:
            self._selected[asked] = Numbered(self, self._numbers(asked))
        return self._selected[asked]

    def _numbers(self, conditions: Sequence[Condition]) -> Sequence[int]:
        by = {condition.attribute: condition for condition in conditions}
        requested = by.get("ComplianceSecurityControlId", Condition("")).equals or set(self._controls)
        is_requested = bytes(control in requested for control in self._controls)
        numbers = array("I", compress(range(len(self)), (is_requested[at] for at in self._control_at)))
        for attribute, value_of in (("AwsAccountId", account), ("Region", region)):
            if condition := by.get(attribute):
                numbers = array(
                    "I",
                    (
                        number
                        for number in numbers
                        if value_of(number) in (condition.equals or (value_of(number),))
                        and value_of(number) not in condition.not_equals
                    ),
                )
        return numbers

    def made(self, number: int) -> Asff:
        """Make a finding."""
        model = self._model[self._control_at[number]]
        control, where = self._controls[self._control_at[number]], (region(number), account(number))
        name = f"arn:aws:s3:::bucket-{number:07}"
        finding = {
            **model,
            "Id": f"arn:aws:securityhub:{where[0]}:{where[1]}:security-control/{control}/finding/{number}",
            "AwsAccountId": where[1],
            "Region": where[0],
            "Resources": [
                {**model["Resources"][0], "Id": name, "Tags": {"Owner": f"team-{number % OWNER_COUNT}"}}
            ],
        }
        return self._changed.get(key_of(finding), finding)


@dataclass(frozen=True)
class Numbered:
    """A Selection of findings by their numbers."""

    store: GeneratedStore
    numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.numbers)

    def page(self, start: int, count: int) -> list[Asff]:
        """Make some of them."""
        return [self.store.made(number) for number in self.numbers[start : start + count]]


def account(number: int) -> str:
    """Return the account of a finding."""
    return f"{number % ACCOUNT_COUNT + 1:012}"


def region(number: int) -> str:
    """Return the Region of a finding."""
    return REGIONS[number // ACCOUNT_COUNT % len(REGIONS)]


def _models(controls: Sequence[str]) -> list[dict[str, Any]]:
    """Take a finding of the playground's, and give it each control's name."""
    model: dict[str, Any] = {**STARTS_AS, **next(_failed())}
    return [
        {
            **model,
            "GeneratorId": f"security-control/{control}",
            "Compliance": {**model["Compliance"], "SecurityControlId": control},
        }
        for control in controls
    ]


def _failed() -> Iterator[Asff]:
    for finding in seed.findings():
        state = finding["Compliance"]["Status"], finding["Workflow"]["Status"], finding["RecordState"]
        if state == ("FAILED", "NEW", "ACTIVE") and "SecurityControlId" in finding["Compliance"]:
            yield finding
