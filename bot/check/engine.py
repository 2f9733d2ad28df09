"""The engine: from paths to results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from bot.check.document import BrokenError, parse
from bot.check.files import NESTED_SUFFIX, Source, find_sources, read_bytes
from bot.check.marks import Mark, apply_marks, marks_of
from bot.check.nag.coverage import uncovered
from bot.check.nag.merge import merge
from bot.check.nag.places import Places
from bot.check.nag.report import take_reports
from bot.check.rule import Rule
from bot.check.rules import RULES
from bot.check.template import Resource, Template, claims_to_be_template, is_template
from bot.check.values import follow
from bot.check.verdict import Verdict
from bot.domain.check_result import CheckReport, Gap, Reason, Result, Status
from bot.domain.control import bundled_catalogue
from bot.errors import PathError

Rules = Mapping[str, Sequence[Rule]]
"""The rules of each type of resource."""


def check(
    paths: Sequence[Path],
    overrides: Mapping[str, str],
    rules: Sequence[Rule] = RULES,
    *,
    today: date | None = None,
    foreign_marks: bool = True,
) -> CheckReport:
    """
    Check the templates at some paths: files, and folders that are searched; reports of cdk-nag count as well.

    Args:
        paths: at least one.
        overrides: values of parameters, by name, for every template that has them.
        rules: the rules to check by.
        today: the day on which marks are judged that end; today's date, UTC, if None.
        foreign_marks: whether the marks of other tools suppress results as well.

    Raises:
        PathError: a named file is no template or cannot be read, or there is no template at all.
    """
    by_type = rules_by_type(rules)
    results: list[Result] = []
    marks: list[Mark] = []
    templates: dict[str, Template] = {}
    count = 0
    reports, others, gaps = take_reports(paths)
    for count, template in enumerate(_templates(others, overrides, gaps), 1):  # noqa: B007 - counted after the loop
        marks.extend(marks_of(template, foreign=foreign_marks))
        results.extend(judge_template(template, by_type))
        if reports:
            templates[template.file] = template
    if reports:
        places = Places(templates, partial(_read_beside, overrides=overrides))
        chosen = None if len(rules) == len(RULES) else frozenset(rule.control for rule in rules)
        results = merge(results, reports, places, partial(judge_template, rules=by_type), chosen)
        gaps.extend(uncovered(reports, places))
        count = places.count
    elif not count and not gaps:
        raise PathError(path=", ".join(map(str, paths)), hint="path-empty")
    judged = frozenset(rule.control for rule in rules)
    results, notices = apply_marks(results, marks, today or datetime.now(UTC).date(), judged)
    ordered = sorted(results, key=lambda result: result.order)
    return CheckReport(tuple(ordered), tuple(gaps), count, tuple(notices))


def _templates(paths: Sequence[Path], overrides: Mapping[str, str], gaps: list[Gap]) -> Iterator[Template]:
    """Yield the templates at some paths, one at a time, and add to the gaps the parts that cannot be read."""
    for source in find_sources(paths):
        if source.fault:
            gaps.append(Gap(source.name, 1, source.fault))
            continue
        try:
            template = read_template(source, overrides)
        except BrokenError as error:
            if source.looks_like_template():
                gaps.append(Gap(source.name, error.line, error.reason))
            continue
        if template is not None:
            gaps.extend(template.gaps)
            gaps.extend(_absent_templates(template))
            yield template


def _absent_templates(template: Template) -> Iterator[Gap]:
    """Yield the nested stacks of CDK whose template is not in the folder of the parent's."""
    for stack in template.of_type("AWS::CloudFormation::Stack"):
        name = follow(stack.declared, ("Metadata", "aws:asset:path"))
        if not isinstance(name, str):
            continue
        path = Path(template.file).parent / Path(name).name
        if not (name.endswith(NESTED_SUFFIX) and "\0" not in name and path.is_file()):
            yield Gap(template.file, stack.line, Reason("check.broken.artifact", stack.id))


def rules_by_type(rules: Sequence[Rule]) -> Rules:
    """Arrange rules by the types of their resources."""
    arranged: dict[str, list[Rule]] = {}
    for rule in rules:
        for kind in rule.types:
            arranged.setdefault(kind, []).append(rule)
    return arranged


def read_template(source: Source, overrides: Mapping[str, str]) -> Template | None:
    """
    Read a template; None if the file is none, and was found in a folder.

    Raises:
        BrokenError: it cannot be read, or says that it is a template and has no resources.
        PathError: it is no template, and was named.
    """
    document = parse(source.text())
    if is_template(document):
        return Template(source.name, document, overrides)
    if source.is_named:
        raise PathError(path=source.name, hint="path-not-template")
    if claims_to_be_template(document):
        raise BrokenError(document.line_of("Resources"), Reason("check.broken.resources"))
    return None


def _read_beside(path: Path, overrides: Mapping[str, str]) -> Template | None:
    """Read a template that stands beside a report of cdk-nag; None if it cannot be read."""
    with suppress(BrokenError, OSError):
        return read_template(Source(path.as_posix(), read_bytes(path), is_named=False), overrides)
    return None


def judge_template(template: Template, rules: Rules) -> Iterator[Result]:
    """Judge each resource of a template by the rules of its type."""
    for resource in template.resources.values():
        for rule in rules.get(resource.type, ()):
            verdict = rule.test(resource.properties, resource)
            if verdict is not None:
                yield _result(rule, resource, verdict)


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
    )
