"""
The stacks that version 2 of cdk-nag has skipped.

Its aspects on an app do not cross into stages (https://github.com/cdklabs/cdk-nag/issues/1726), so the stacks
of a stage have no report, and an app with a stage seems clean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.check.files import NESTED_SUFFIX
from bot.check.manifest import Stack
from bot.check.nag.places import Places
from bot.check.nag.report import NagReport
from bot.check.nested import template_files
from bot.check.template import Resource
from bot.domain.check_result import Gap, Reason


def uncovered(reports: Sequence[NagReport], places: Places) -> Iterator[Gap]:
    """Yield each stack without a report of a pack that other stacks of its app have."""
    by_folder: dict[Path, list[NagReport]] = {}
    for report in reports:
        if report.version == 2 and report.pack:
            by_folder.setdefault(report.path.parent, []).append(report)
    for folder, found in by_folder.items():
        packs = {report.pack for report in found}
        for stack in places.assembly(folder).stacks:
            covered = {report.pack for report in found if _covers(report, stack)}
            yield from _gap(stack.template, stack.path, packs - covered)
            for nested in _nested(stack.template, places):
                reported = {report.pack for report in found if _is_of_nested(report, nested, places)}
                yield from _gap(nested, f"{stack.path} {_name(nested)}", covered - reported)


def _gap(template: Path | None, name: str, missing: set[str]) -> Iterator[Gap]:
    if missing and template:
        packs = ", ".join(sorted(missing))
        yield Gap(template.as_posix(), 1, Reason("check.gap.cdk-nag", f"{name} ({packs})"))


def _covers(report: NagReport, stack: Stack) -> bool:
    """Return whether a report is of a stack: by the construct path of its first row, or by its name."""
    if report.rows:
        return report.rows[0].construct.startswith(f"{stack.path}/")
    stage = stack.path.rpartition("/")[0]
    names = {f"{one}-{stack.name}" for one in (stage.rpartition("/")[2], stage.replace("/", "-"))}
    return report.stack in names


def _nested(path: Path | None, places: Places) -> Iterator[Path]:
    """Yield the files of the nested stacks of a template, each once, at any depth."""
    waiting, seen = [path], set()
    while waiting:
        current = waiting.pop()
        template = places.template(current) if current else None
        for file in template_files(template) if template else ():
            if file not in seen:
                seen.add(file)
                waiting.append(Path(file))
                yield Path(file)


def _is_of_nested(report: NagReport, nested: Path, places: Places) -> bool:
    """Return whether a report is of a nested stack: by its first row's resource, or by its name."""
    if report.stack.rpartition("-")[2] == _name(nested):
        return True
    found = places.find(report.rows[0].construct, report.path.parent) if report.rows else None
    return isinstance(found, Resource) and found.template.file == nested.as_posix()


def _name(nested: Path) -> str:
    return nested.name.removesuffix(NESTED_SUFFIX)
