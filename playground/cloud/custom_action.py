"""
A custom action of Security Hub's console, and the EventBridge rule that leads it to a function.

Sources: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html (each
finding is an event of its own), …/securityhub-cwe-custom-actions.html (20 findings at a time), botocore's
service model of Security Hub (CreateActionTarget) and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playground.cloud.invocations import Invocations

ID = re.compile(r"[0-9a-zA-Z]{1,20}")
MAX_NAME_LENGTH = 20
MAX_FINDINGS = 20
"""The most findings that the console lets one tick for one use of an action."""

PREFIX = "prefix"
"""In a pattern, before the beginning of a text."""

OR = "$or"
"""In a pattern, before patterns of which one is enough."""

Event = dict[str, Any]
Pattern = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """A rule whose target is a function."""

    pattern: Pattern
    """EventPattern: texts that a value equals, prefixes, and `$or`; anything else is an error here."""
    function: str

    def take(self, event: Event, invocations: Invocations) -> None:
        """Hand an event that matches to the function; another one goes nowhere."""
        if matches(self.pattern, event):
            invocations.invoke(self.function, json.dumps(event).encode())


@dataclass(frozen=True)
class CustomAction:
    """
    A custom action.

    Raises:
        ValueError: it is one that Security Hub would not make.
    """

    id: str
    name: str
    account_id: str
    region: str

    def __post_init__(self) -> None:
        if not ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no ID: at most 20 letters and digits")
        if not 0 < len(self.name) <= MAX_NAME_LENGTH:
            raise ValueError(f"{self.name!r} is no name: at most {MAX_NAME_LENGTH} characters")

    @property
    def arn(self) -> str:
        """The action's ARN."""
        return f"arn:aws:securityhub:{self.region}:{self.account_id}:action/custom/{self.id}"

    @property
    def described(self) -> dict[str, str]:
        """The action as DescribeActionTargets returns it."""
        return {"ActionTargetArn": self.arn, "Name": self.name, "Description": "Posts the findings to Slack"}

    def events(self, findings: Sequence[Mapping[str, Any]]) -> list[Event]:
        """
        Return the events that a use of the action sends to EventBridge.

        Raises:
            ValueError: there are no findings, or more than the console lets one tick.
        """
        if not 0 < len(findings) <= MAX_FINDINGS:
            raise ValueError(f"{len(findings)} findings: between 1 and {MAX_FINDINGS} can be chosen")
        return [self._event(finding) for finding in findings]

    def insight_event(self, name: str, counts: Mapping[str, int]) -> Event:
        """
        Return the event that a use of the action on an insight sends: counts, and no findings.

        The resource is the one of the documented example, which is not the action.
        """
        hub = f"{self.region}:{self.account_id}"
        detail = {
            "insightArn": f"arn:aws:securityhub:{hub}:insight/{self.account_id}/custom/1",
            "insightName": name,
            "resultType": "ResourceId",
            "number of results": str(len(counts)),
            "insightResults": [{value: count} for value, count in counts.items()],
        }
        resource = f"arn:aws:securityhub:{hub}::product/aws/macie:{hub}:test/trigger/1/alert/2"
        return self._sent("Security Hub Insight Results", [resource], detail)

    def _event(self, finding: Mapping[str, Any]) -> Event:
        return self._sent("Security Hub Findings - Custom Action", [self.arn], {"findings": [dict(finding)]})

    def _sent(self, kind: str, resources: list[str], detail: Event) -> Event:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": kind,
            "source": "aws.securityhub",
            "account": self.account_id,
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": self.region,
            "resources": resources,
            "detail": {"actionName": self.name, "actionDescription": "Posts the findings to Slack", **detail},
        }


def matches(pattern: Pattern, event: Mapping[str, Any]) -> bool:
    """
    Return whether an event matches a pattern.

    Raises:
        ValueError: the pattern compares otherwise than by equality or the beginning of texts.
    """
    return all(
        any(matches(one, event) for one in expected) if name == OR else _meets(expected, event.get(name))
        for name, expected in pattern.items()
    )


def _meets(expected: Any, value: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(value, Mapping) and matches(expected, value)
    if not isinstance(expected, list) or not all(map(_is_modelled, expected)):
        raise ValueError(f"{expected!r} is more than is modelled here")
    values = value if isinstance(value, list) else [value]
    return any(
        one == each if isinstance(one, str) else isinstance(each, str) and each.startswith(one[PREFIX])
        for one in expected
        for each in values
    )


def _is_modelled(one: Any) -> bool:
    return isinstance(one, str) or (isinstance(one, Mapping) and list(one) == [PREFIX])
