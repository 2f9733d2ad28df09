"""
The stacks that version 2 of cdk-nag has skipped.

Its aspects on an app do not cross into stages (https://github.com/cdklabs/cdk-nag/issues/1726), so the stacks
of a stage have no report, and an app with a stage seems clean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.check.nag.assembly import Stack
from bot.check.nag.places import Places
from bot.check.nag.report import NagReport
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
            missing = packs - {report.pack for report in found if _covers(report, stack)}
            if missing:
                name = f"{stack.path} ({', '.join(sorted(missing))})"
                yield Gap(stack.template.as_posix(), 1, Reason("check.gap.cdk-nag", name))


def _covers(report: NagReport, stack: Stack) -> bool:
    """Return whether a report is of a stack: by the construct path of its first row, or by its name."""
    if report.rows:
        return report.rows[0].construct.startswith(f"{stack.path}/")
    stage = stack.path.rpartition("/")[0]
    names = {f"{one}-{stack.name}" for one in (stage.rpartition("/")[2], stage.replace("/", "-"))}
    return report.stack in names
