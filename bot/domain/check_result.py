"""The result of a check before deployment: the verdict of one control on one resource of a template."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.control import CONTROL_ID, Control
from bot.domain.finding import BOT


class Status(StrEnum):
    """The verdict on a resource; SUPPRESSED is a FAILED or UNKNOWN one that somebody has accepted."""

    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    """Only a deployment can know; a result has the reason."""
    SUPPRESSED = "SUPPRESSED"
    PASSED = "PASSED"


class Reason(NamedTuple):
    """A reason for a person: the key of a text in bot/i18n, and the name that fills it in."""

    key: str
    name: str = ""


class Gap(NamedTuple):
    """A part of the input that could not be read, so that the check is incomplete."""

    file: str
    line: int
    """From 1; 0 for a remark that is about no line."""
    reason: Reason


class Suppression(NamedTuple):
    """A mark in a template by which somebody accepts a result."""

    origin: str
    """The tool whose mark it is: `sechub-bot`, `cdk_nag`, `cfn_nag`, `checkov`, `guard`."""
    reason: str
    """As the template has it; empty if the tool does not ask for one."""


STACK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
"""The name of a stack. Source: CreateStack in the API reference of CloudFormation."""


class CheckedStack(NamedTuple):
    """A stack, and the places of its resources in the template that was checked."""

    name: str
    """Of the form STACK_NAME."""
    file: str
    """The template, as in Result."""
    lines: Mapping[str, int]
    """Logical ID to the line of the resource, from 1."""
    is_synthesized: bool = False
    """Whether CDK makes the template, so that no repository has it."""


Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """
    The verdict of one control on one resource.

    The resource is the one that Security Hub will name: a bucket, even if its policy is the fault.
    """

    control: Control
    """Of the bundled catalogue; of another tool's rule without a control, one with that rule's name."""
    status: Status
    file: str
    """The path as it was given, or below the folder that was given."""
    line: int
    """Of the property that decides, else of the resource; from 1."""
    logical_id: str
    type: str
    """The resource's type, such as `AWS::S3::Bucket`."""
    path: str = ""
    """The property that decides, such as `Listeners[0].Protocol`; empty for the resource as a whole."""
    reason: Reason | None = None
    """Always there if UNKNOWN. Of a FAILED one it says that a parameter's default decided."""
    stricter: Reason | None = None
    """There if the rule is stricter than Security Hub."""
    suppression: Suppression | None = None
    """There if SUPPRESSED."""
    sources: tuple[str, ...] = (BOT,)
    """The tools that say so: `sechub-bot`, or a rule of another one, such as `cdk-nag AwsSolutions-S1`."""
    tags: tuple[tuple[str, str], ...] = ()
    """The resource's tags whose values are known, as the template has them."""

    @property
    def key(self) -> Key:
        """Control, file and logical ID, which stay the same when lines move."""
        return self.control.id, self.file, self.logical_id

    @property
    def is_of_control(self) -> bool:
        """Whether it is of a control of Security Hub, and not of another tool's rule."""
        return CONTROL_ID.fullmatch(self.control.id) is not None

    @property
    def order(self) -> tuple[object, ...]:
        """The place in a report: FAILED first, then by severity, control, file and line."""
        place = (*self.control.order, self.file, self.line, self.logical_id, self.path)
        return (_ORDER[self.status], -self.control.severity.rank, *place)


_ORDER = {status: position for position, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The outcome of a check."""

    results: tuple[Result, ...]
    """In their order, PASSED ones included."""
    gaps: tuple[Gap, ...]
    """The parts that could not be read; empty if the check is complete."""
    file_count: int
    """How many templates were read."""
    notices: tuple[Gap, ...] = ()
    """Remarks that leave the check complete, such as one on a mark that suppresses nothing."""
    stacks: tuple[CheckedStack, ...] = ()
    """Of the templates whose stack is known."""


def fingerprint(*parts: str) -> str:
    """Return the SHA-256 of texts, hexadecimal: of a result, the same after lines were added above it."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
