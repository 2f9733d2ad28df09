"""Findings that are made as they are asked for: a million of them take a few bytes each."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
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
        shares: how many findings a Region has, as many together as the controls; by default the same number
            in each of REGIONS.
        only: the Region of the findings that are kept; empty for all.
    """

    def __init__(
        self, counts: Mapping[str, int], shares: Mapping[str, int] | None = None, only: str = ""
    ) -> None:
        self._controls = list(counts)
        self._control_at = _dealt(list(counts.values()), 4)
        self._regions = list(shares or REGIONS)
        self._region_at = (
            _dealt(list(shares.values()), 5)
            if shares
            else array("H", (at // ACCOUNT_COUNT % len(REGIONS) for at in range(len(self._control_at))))
        )
        self._model = _models(self._controls)
        self._only = only
        numbers = range(len(self._control_at))
        self._own: Sequence[int] = (
            array("I", (number for number in numbers if self.region(number) == only)) if only else numbers
        )
        self._changed: dict[Key, Asff] = {}
        self._selected: dict[tuple[Condition, ...], Numbered] = {}
        """The findings that match a query. Attributes that a query filters on never change here."""

    def __len__(self) -> int:
        return len(self._own)

    def get(self, key: Key) -> Asff | None:
        """Make the finding of an identity."""
        return next((finding for finding in self.named(key[1]) if key_of(finding) == key), None)

    def named(self, finding_id: str) -> list[Asff]:
        """Make the finding with an Id."""
        number = finding_id.rpartition("/")[2]
        finding = self.made(int(number)) if number.isdecimal() and self._has(int(number)) else None
        return [finding] if finding and finding["Id"] == finding_id else []

    def _has(self, number: int) -> bool:
        return number < len(self._control_at) and self._only in ("", self.region(number))

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
        numbers = array("I", (at for at in self._own if is_requested[self._control_at[at]]))
        for attribute, value_of in (("AwsAccountId", account), ("Region", self.region)):
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

    def region(self, number: int) -> str:
        """Return the Region of a finding."""
        return self._regions[self._region_at[number]]

    def made(self, number: int) -> Asff:
        """Make a finding."""
        model = self._model[self._control_at[number]]
        control = self._controls[self._control_at[number]]
        where = (self.region(number), account(number))
        name = f"arn:aws:s3:::bucket-{number:07}"
        finding = {
            **model,
            "Id": f"arn:aws:securityhub:{where[0]}:{where[1]}:security-control/{control}/finding/{number}",
            "ProductArn": f"arn:aws:securityhub:{where[0]}::product/aws/securityhub",
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


def _dealt(counts: Sequence[int], seed: int) -> array[int]:
    """Return each index of some counts as often as its count says, in a random order."""
    dealt = array("H", (index for index, count in enumerate(counts) for _ in range(count)))
    random.Random(seed).shuffle(dealt)  # noqa: S311 - no secret
    return dealt


def owner_id(number: int) -> str:
    """Return the ID in Slack of an owner."""
    return f"U0OWNER{number:03}"


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
