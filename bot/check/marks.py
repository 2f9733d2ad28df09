"""
The marks in a template by which people accept results: the bot's own, and those of other tools.

A mark stands in the Metadata of a resource; the bot's own may also stand in that of the template:

    Metadata:
      sechub-bot:
        suppress:
          - {control: S3.9, reason: holds nothing but logs, until: 2027-03-31}

The marks of cdk-nag, cfn_nag, checkov and Guard name rules of these tools, and a table has their controls. A
mark that suppresses nothing, has ended or is not complete is told.

Sources: the tools' documentation of suppressions, named at each reader.
"""

from __future__ import annotations

import base64
import binascii
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources

from bot.check.nag.rules import meanings
from bot.check.template import Template
from bot.check.values import Block, Value, follow, items_of
from bot.domain.check_result import Gap, Reason, Result, Status, Suppression
from bot.domain.control import bundled_catalogue
from bot.domain.finding import BOT

MOST_REASON = 1000
"""The characters of a reason that are kept."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a resource, or on a template."""

    origin: str
    """The tool: `sechub-bot`, `cdk_nag`, `cfn_nag`, `checkov`, `guard`."""
    name: str
    """The control or the rule, as the mark has it."""
    controls: frozenset[str]
    reason: str
    file: str
    line: int
    logical_id: str = ""
    """Empty for all resources of the template."""
    until: str = ""
    """The last day on which it counts, as the mark has it."""

    def fits(self, result: Result) -> bool:
        """Return whether it is about a result."""
        is_here = result.file == self.file and self.logical_id in {"", result.logical_id}
        return is_here and result.control.id in self.controls

    def fault(self, today: date) -> Reason | None:
        """Return the reason why it does not count. Only the bot's own marks need a reason, and may end."""
        if self.origin != BOT:
            return None
        if not self.reason:
            return Reason("check.mark.no-reason", self.name)
        if not self.controls:
            return Reason("check.mark.no-control", self.name)
        if self.until:
            try:
                has_ended = date.fromisoformat(self.until) < today
            except ValueError:
                return Reason("check.mark.no-date", self.until)
            return Reason("check.mark.ended", self.name) if has_ended else None
        return None


def marks_of(template: Template, *, foreign: bool = True) -> Iterator[Mark]:
    """Read the marks of a template: the bot's own before those of other tools, if these count at all."""
    yield from _own(template.metadata, template.file, "")
    for resource in template.resources.values():
        metadata = follow(resource.declared, ("Metadata",))
        for read in (_own, *(_FOREIGN if foreign else ())):
            yield from read(metadata, template.file, resource.id)


def apply_marks(
    results: Iterable[Result], marks: Sequence[Mark], today: date, judged: frozenset[str]
) -> tuple[list[Result], list[Gap]]:
    """
    Suppress the results that a mark is about, and return what is to be told of the marks.

    `judged` are the controls that were checked: a mark of another one is not told as useless.
    """
    told = [Gap(mark.file, mark.line, fault) for mark in marks if (fault := mark.fault(today))]
    valid = [mark for mark in marks if mark.fault(today) is None]
    by_place: dict[tuple[str, str], list[Mark]] = {}
    for mark in valid:
        by_place.setdefault((mark.file, mark.logical_id), []).append(mark)
    used: set[int] = set()
    made = [_marked(result, by_place, used) for result in results]
    told += [
        Gap(mark.file, mark.line, Reason("check.mark.useless", mark.name))
        for mark in valid
        if id(mark) not in used and not judged.isdisjoint(mark.controls)
    ]
    return made, told


def _marked(result: Result, by_place: Mapping[tuple[str, str], Sequence[Mark]], used: set[int]) -> Result:
    if result.status not in {Status.FAILED, Status.UNKNOWN, Status.SUPPRESSED}:
        return result
    near = (*by_place.get((result.file, result.logical_id), ()), *by_place.get((result.file, ""), ()))
    fitting = [mark for mark in near if mark.fits(result)]
    used.update(id(mark) for mark in fitting)
    if not fitting or result.status is Status.SUPPRESSED:
        return result
    suppression = Suppression(fitting[0].origin, fitting[0].reason)
    return replace(result, status=Status.SUPPRESSED, suppression=suppression)


def _own(metadata: Value, file: str, logical_id: str) -> Iterator[Mark]:
    """Read the bot's own marks."""
    for entry in _blocks(metadata, BOT, "suppress"):
        name = _text(entry.get("control"))
        control = bundled_catalogue().get(name)
        controls = frozenset({control.id} if control else {name} if "-" in name else ())
        reason, until = _text(entry.get("reason")), _text(entry.get("until"))
        yield Mark(BOT, name, controls, reason, file, entry.line, logical_id, until)


def _cdk_nag(metadata: Value, file: str, logical_id: str) -> Iterator[Mark]:
    """Read cdk-nag's: https://github.com/cdklabs/cdk-nag/blob/main/README.md, "Suppressing a Rule"."""
    for entry in _blocks(metadata, "cdk_nag", "rules_to_suppress"):
        name = _text(entry.get("id"))
        reason = _text(entry.get("reason"))
        if _text(entry.get("is_reason_encoded")).lower() == "true":
            reason = _decoded(reason)
        controls = {meaning.control for meaning in meanings(name.partition("[")[0].strip())}
        yield Mark("cdk_nag", name, frozenset(controls | {name}), reason, file, entry.line, logical_id)


def _cfn_nag(metadata: Value, file: str, logical_id: str) -> Iterator[Mark]:
    """Read cfn_nag's: https://github.com/stelligent/cfn_nag, "Per-Resource Rule Suppression"."""
    for entry in _blocks(metadata, "cfn_nag", "rules_to_suppress"):
        yield _foreign(
            "cfn_nag", _text(entry.get("id")), _text(entry.get("reason")), file, entry.line, logical_id
        )


def _checkov(metadata: Value, file: str, logical_id: str) -> Iterator[Mark]:
    """Read checkov's: https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html."""
    for entry in _blocks(metadata, "checkov", "skip"):
        yield _foreign(
            "checkov", _text(entry.get("id")), _text(entry.get("comment")), file, entry.line, logical_id
        )


def _guard(metadata: Value, file: str, logical_id: str) -> Iterator[Mark]:
    """Read Guard's: https://github.com/aws-cloudformation/aws-guard-rules-registry, "SuppressedRules"."""
    section = follow(metadata, ("guard",))
    if isinstance(section, Block):
        for name in items_of(section.get("SuppressedRules")):
            yield _foreign("guard", _text(name), "", file, section.line_of("SuppressedRules"), logical_id)


_FOREIGN: tuple[Callable[[Value, str, str], Iterator[Mark]], ...] = (_cdk_nag, _cfn_nag, _checkov, _guard)


def _foreign(tool: str, name: str, reason: str, file: str, line: int, logical_id: str) -> Mark:
    return Mark(tool, name, _controls_of(tool, name), reason, file, line, logical_id)


def _controls_of(tool: str, rule: str) -> frozenset[str]:
    return _controls().get((tool, rule.upper()), frozenset())


@cache
def _controls() -> dict[tuple[str, str], frozenset[str]]:
    """
    Read the controls that rules of other tools stand for.

    Sources: identifiers of AWS Config's rules for Guard; the texts of their rules for checkov and cfn_nag.
    """
    text = resources.files("bot.check").joinpath("suppressed_rules.csv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], frozenset[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = (row["tool"], row["rule"].upper())
        table[key] = table.get(key, frozenset()) | {row["control"]}
    return table


def _blocks(metadata: Value, *path: str) -> Iterator[Block]:
    """Yield the entries of a list in the metadata."""
    yield from (each for each in items_of(follow(metadata, path)) if isinstance(each, Block))


def _text(value: Value) -> str:
    return value.strip()[:MOST_REASON] if isinstance(value, str) else ""


def _decoded(reason: str) -> str:
    """Decode a reason that cdk-nag has encoded, because it is not plain ASCII."""
    try:
        return base64.b64decode(reason, validate=True).decode()[:MOST_REASON]
    except (binascii.Error, UnicodeDecodeError):
        return reason
