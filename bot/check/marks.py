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
from typing import NamedTuple

from bot.check.nag.rules import meanings
from bot.check.template import Resource, Template
from bot.check.values import Block, Value, follow, items_of
from bot.domain.check_result import Gap, Reason, Result, Status, Suppression
from bot.domain.control import bundled_catalogue
from bot.domain.finding import BOT

MOST_REASON = 1000
"""The characters of a reason that are kept."""


class Place(NamedTuple):
    """The resources that a mark is about."""

    file: str
    logical_ids: tuple[str, ...] = ("",)
    """Several if SAM has made them of the resource that has the mark; empty for all of the template."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on a resource, or on a template."""

    origin: str
    """The tool: `sechub-bot`, `cdk_nag`, `cfn_nag`, `checkov`, `guard`."""
    name: str
    """The control or the rule, as the mark has it."""
    controls: frozenset[str]
    reason: str
    place: Place
    line: int
    until: str = ""
    """The last day on which it counts, as the mark has it."""
    is_odd: bool = False
    """Whether it is no mapping of a control and a reason."""
    is_told: bool = True
    """Whether it is told if it suppresses nothing: not if its template was not judged as a whole."""

    def fault(self, today: date) -> Reason | None:
        """Return the reason why it does not count. Only the bot's own marks need a reason, and may end."""
        if self.origin != BOT:
            return None
        if self.is_odd:
            return Reason("check.mark.form")
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
    yield from _own(template.metadata, Place(template.file))
    sharing: dict[int, list[Resource]] = {}
    for resource in template.resources.values():
        sharing.setdefault(id(resource.declared.get("Metadata", resource)), []).append(resource)
    for group in sharing.values():
        metadata = group[0].declared.get("Metadata")
        place = Place(template.file, tuple(resource.id for resource in group))
        for read in (_own, *(_FOREIGN if foreign else ())):
            yield from read(metadata, place)


def apply_marks(
    results: Iterable[Result], marks: Sequence[Mark], today: date, judged: frozenset[str]
) -> tuple[list[Result], list[Gap]]:
    """
    Suppress the results that a mark is about, and return what is to be told of the marks.

    `judged` are the controls that were checked: a mark of another one is not told as useless.
    """
    told = [Gap(mark.place.file, mark.line, fault) for mark in marks if (fault := mark.fault(today))]
    valid = [mark for mark in marks if mark.fault(today) is None]
    by_place: dict[tuple[str, str], list[Mark]] = {}
    for mark in valid:
        for logical_id in mark.place.logical_ids:
            by_place.setdefault((mark.place.file, logical_id), []).append(mark)
    used: set[int] = set()
    made = [_marked(result, by_place, used) for result in results]
    told += [
        Gap(mark.place.file, mark.line, Reason("check.mark.useless", mark.name))
        for mark in valid
        if mark.is_told and id(mark) not in used and not judged.isdisjoint(mark.controls)
    ]
    return made, told


def _marked(result: Result, by_place: Mapping[tuple[str, str], Sequence[Mark]], used: set[int]) -> Result:
    if result.status not in {Status.FAILED, Status.UNKNOWN, Status.SUPPRESSED}:
        return result
    near = (*by_place.get((result.file, result.logical_id), ()), *by_place.get((result.file, ""), ()))
    fitting = [mark for mark in near if result.control.id in mark.controls]
    used.update(id(mark) for mark in fitting)
    if not fitting or result.status is Status.SUPPRESSED:
        return result
    suppression = Suppression(fitting[0].origin, fitting[0].reason)
    return replace(result, status=Status.SUPPRESSED, suppression=suppression)


def _own(metadata: Value, place: Place) -> Iterator[Mark]:
    """Read the bot's own marks; what has another form than one is a mark that does not count."""
    section = metadata.get(BOT) if isinstance(metadata, Block) else None
    if section is None:
        return
    entries = follow(section, ("suppress",)) if isinstance(section, Block) else section
    for entry in items_of(entries):
        if not isinstance(entry, Block):
            yield Mark(BOT, "", frozenset(), "", place, metadata.line_of(BOT), is_odd=True)
            continue
        name = _text(entry.get("control"))
        control = bundled_catalogue().get(name)
        controls = frozenset({control.id} if control else {name} if "-" in name else ())
        reason, until = _text(entry.get("reason")), _text(entry.get("until"))
        yield Mark(BOT, name, controls, reason, place, entry.line, until)


def _cdk_nag(metadata: Value, place: Place) -> Iterator[Mark]:
    """Read cdk-nag's: https://github.com/cdklabs/cdk-nag/blob/main/README.md, "Suppressing a Rule"."""
    for entry in _blocks(metadata, "cdk_nag", "rules_to_suppress"):
        name = _text(entry.get("id"))
        reason = _text(entry.get("reason"))
        if _text(entry.get("is_reason_encoded")).lower() == "true":
            reason = _decoded(reason)
        controls = {meaning.control for meaning in meanings(name.partition("[")[0].strip())}
        yield Mark("cdk_nag", name, frozenset(controls | {name}), reason, place, entry.line)


def _cfn_nag(metadata: Value, place: Place) -> Iterator[Mark]:
    """Read cfn_nag's: https://github.com/stelligent/cfn_nag, "Per-Resource Rule Suppression"."""
    for entry in _blocks(metadata, "cfn_nag", "rules_to_suppress"):
        yield _foreign("cfn_nag", entry.get("id"), entry.get("reason"), place, entry.line)


def _checkov(metadata: Value, place: Place) -> Iterator[Mark]:
    """Read checkov's: https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html."""
    for entry in _blocks(metadata, "checkov", "skip"):
        yield _foreign("checkov", entry.get("id"), entry.get("comment"), place, entry.line)


def _guard(metadata: Value, place: Place) -> Iterator[Mark]:
    """Read Guard's: https://github.com/aws-cloudformation/aws-guard-rules-registry, "SuppressedRules"."""
    section = follow(metadata, ("guard",))
    if isinstance(section, Block):
        for name in items_of(section.get("SuppressedRules")):
            yield _foreign("guard", name, None, place, section.line_of("SuppressedRules"))


_FOREIGN: tuple[Callable[[Value, Place], Iterator[Mark]], ...] = (_cdk_nag, _cfn_nag, _checkov, _guard)


def _foreign(tool: str, rule: Value, reason: Value, place: Place, line: int) -> Mark:
    name = _text(rule)
    return Mark(tool, name, _controls_of(tool, name), _text(reason), place, line)


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
