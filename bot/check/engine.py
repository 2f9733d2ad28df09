"""The engine: from paths to results."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from bot.check.document import BrokenError, parse
from bot.check.files import Source, find_sources
from bot.check.manifest import Stacks, read_bytes
from bot.check.marks import Mark, apply_marks, marks_of
from bot.check.nag.coverage import uncovered
from bot.check.nag.merge import merge
from bot.check.nag.places import Places
from bot.check.nag.report import take_reports
from bot.check.nested import Given, Nesting
from bot.check.rule import Rule, Test
from bot.check.rules import RULES
from bot.check.template import Resource, Template, claims_to_be_template, is_template
from bot.check.verdict import Verdict
from bot.domain.check_result import CheckedStack, CheckReport, Gap, Reason, Result, Status
from bot.domain.control import bundled_catalogue
from bot.errors import PathError

OVERRIDES = "--parameter-overrides"
"""The place of a remark on a value that the requester has given."""

MOST_LEVELS = 3
"""The conditions about which something is assumed at the same time."""

Rules = Mapping[str, Sequence[Rule]]
"""The rules of each type of resource."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """
    Keep Python from looking for cycles, of which a check makes none.

    It would walk over all values of a template again and again: for 5,000 resources a tenth of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_uncollected()
def check(
    paths: Sequence[Path],
    overrides: Mapping[str, str],
    rules: Sequence[Rule] = RULES,
    *,
    today: date | None = None,
    foreign_marks: bool = True,
    stack_name: str = "",
) -> CheckReport:
    """
    Check the templates at some paths: files, and folders that are searched; reports of cdk-nag count as well.

    Args:
        paths: at least one.
        overrides: values of parameters, by name, for every template that has them.
        rules: the rules to check by.
        today: the day on which marks are judged that end; today's date, UTC, if None.
        foreign_marks: whether the marks of other tools suppress results as well.
        stack_name: the stack of the templates that are in no cloud assembly; empty: as SAM is configured.

    Raises:
        PathError: a named file is no template or cannot be read, or there is no template at all.
    """
    by_type = rules_by_type(rules)
    results: list[Result] = []
    marks: list[Mark] = []
    templates: dict[str, Template] = {}
    stacks, named = Stacks(stack_name), list[CheckedStack]()
    count = 0
    reports, others, gaps = take_reports(paths)
    notices: list[Gap] = []
    for count, template in enumerate(_templates(others, overrides, gaps, notices), 1):  # noqa: B007 - is kept
        marks.extend(marks_of(template, foreign=foreign_marks))
        results.extend(judge_template(template, by_type))
        named.extend(filter(None, [stacks.stack_of(template)]))
        if reports:
            templates[template.file] = template
    if reports:
        places = Places(templates, partial(_read_beside, overrides=overrides))
        chosen = None if len(rules) == len(RULES) else frozenset(rule.control for rule in rules)
        results = merge(results, reports, places, partial(judge_template, rules=by_type), chosen)
        gaps.extend(uncovered(reports, places))
        count = places.count
        for template in places.unchecked:
            marks.extend(replace(mark, is_told=False) for mark in marks_of(template, foreign=foreign_marks))
    elif not count and not gaps:
        raise PathError(path=", ".join(map(str, paths)), hint="path-empty")
    judged = frozenset(rule.control for rule in rules)
    results, told = apply_marks(results, marks, today or datetime.now(UTC).date(), judged)
    ordered = sorted(results, key=lambda result: result.order)
    return CheckReport(tuple(ordered), tuple(gaps), count, (*notices, *told), tuple(named))


def _templates(
    paths: Sequence[Path], overrides: Mapping[str, str], gaps: list[Gap], notices: list[Gap]
) -> Iterator[Template]:
    """Yield the templates at some paths, one at a time, and add to the gaps the parts that cannot be read."""
    sources = list(find_sources(paths))
    nesting = Nesting(sources, overrides, read_template)
    unused = set(overrides)
    for source in sources:
        if source.fault:
            gaps.append(Gap(source.name, 1, source.fault))
            continue
        try:
            template = nesting.template(source)
        except BrokenError as error:
            if source.looks_like_template():
                gaps.append(Gap(source.name, error.line, error.reason))
            continue
        if template is not None:
            gaps.extend((*template.gaps, *nesting.gaps(template)))
            notices.extend(nesting.notices(template))
            if not nesting.is_nested(source.name):
                unused -= {name for name in unused if template.takes(name)}
            yield template
    if not gaps:
        notices.extend(Gap(OVERRIDES, 0, Reason("check.unused", name)) for name in sorted(unused))


def rules_by_type(rules: Sequence[Rule]) -> Rules:
    """Arrange rules by the types of their resources."""
    arranged: dict[str, list[Rule]] = {}
    for rule in rules:
        for kind in rule.types:
            arranged.setdefault(kind, []).append(rule)
    return arranged


def read_template(source: Source, given: Given) -> Template | None:
    """
    Read a template; None if the file is none, and was found in a folder.

    Raises:
        BrokenError: it cannot be read, or says that it is a template and has no resources.
        PathError: it is no template, and was named.
    """
    document = parse(source.text())
    if is_template(document):
        return Template(source.name, document, given.values, given.doubt)
    if source.is_named:
        raise PathError(path=source.name, hint="path-not-template")
    if claims_to_be_template(document):
        raise BrokenError(document.line_of("Resources"), Reason("check.broken.resources"))
    return None


def _read_beside(path: Path, overrides: Mapping[str, str]) -> Template | None:
    """Read a template that stands beside a report of cdk-nag; None if it cannot be read."""
    with suppress(BrokenError, OSError):
        return read_template(Source(path.as_posix(), read_bytes(path), is_named=False), Given(overrides))
    return None


def judge_template(template: Template, rules: Rules) -> Iterator[Result]:
    """Judge each resource of a template by the rules of its type."""
    for resource in template.resources.values():
        for rule in rules.get(resource.type, ()):
            verdict = _decide(rule.test, resource)
            if verdict is not None:
                yield _result(rule, resource, verdict)


def _decide(test: Test, resource: Resource, level: int = 0) -> Verdict | None:
    """
    Judge a resource; if a condition leaves it UNKNOWN, assume that it holds, and that it does not.

    If both lead to the same verdict, it is returned. A resource that exists only if the condition holds, such
    as a bucket beside its policy, is judged as it is then.
    """
    verdict = test(resource.properties, resource)
    is_of_condition = verdict and verdict.reason and verdict.reason.key == "check.why.condition"
    if not (verdict and verdict.reason and is_of_condition) or verdict.status is not Status.UNKNOWN:
        return verdict
    if level >= MOST_LEVELS:
        return verdict
    found = []
    for holds in (True, False):
        template = resource.template.assuming(verdict.reason.name, holds=holds)
        if template is None:
            return verdict
        if resource.id in template.resources:
            found.append(_decide(test, template.resources[resource.id], level + 1))
    statuses = {each.status if each else None for each in found}
    if statuses == {None}:
        return None
    is_agreed = len(statuses) == 1 or statuses == {None, Status.PASSED}
    return next(filter(None, found)) if is_agreed else verdict


def _result(rule: Rule, resource: Resource, verdict: Verdict) -> Result:
    """Make a result; a resource that may not exist fails no control for certain."""
    control = bundled_catalogue().get(rule.control)
    if control is None:
        raise LookupError(rule.control)
    status, reason = verdict.status, verdict.reason
    if status is Status.FAILED and resource.doubt:
        status, reason = Status.UNKNOWN, resource.doubt
    is_stricter = rule.stricter and status is Status.FAILED
    return Result(
        control=control,
        status=status,
        file=resource.template.file,
        line=verdict.line or resource.line,
        logical_id=resource.id,
        type=resource.type,
        path=verdict.path,
        reason=reason,
        stricter=Reason(f"check.stricter.{rule.stricter}") if is_stricter else None,
        tags=() if status is Status.PASSED else resource.tags,
    )
