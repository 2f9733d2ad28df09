"""
Baselines: the failed controls that a team knows of, and that do not fail a build.

A baseline is a JSON document `{"version": 1, "known": [{"control": …, "file": …, "logical_id": …}, …]}`. It
has no line numbers, so that it holds when lines move.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot.domain.check_result import CheckReport, Key, Result, Status, Suppression
from bot.errors import CommandError

VERSION = 1
BASELINE = "baseline"
"""The origin of the suppression of a known result."""


def write_baseline(results: Iterable[Result]) -> str:
    """Write the failed results as a baseline."""
    keys = sorted({result.key for result in results if result.status is Status.FAILED})
    known = [{"control": control, "file": file, "logical_id": name} for control, file, name in keys]
    return json.dumps({"version": VERSION, "known": known}, ensure_ascii=False, indent=2) + "\n"


def read_baseline(file: str) -> frozenset[Key]:
    """
    Read a baseline.

    Raises:
        CommandError: the file cannot be read, or has another form or version.
    """
    try:
        document = json.loads(Path(file).read_text(encoding="utf-8-sig"))
        known = frozenset((one["control"], one["file"], one["logical_id"]) for one in document["known"])
        version = document["version"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise CommandError(text=file[:100], hint="baseline") from error
    if version != VERSION:
        raise CommandError(text=file[:100], hint="baseline")
    return known


def accept_known(
    report: CheckReport, known: frozenset[Key], controls: frozenset[str]
) -> tuple[CheckReport, tuple[Key, ...]]:
    """
    Return the report with the known failures suppressed, and the known failures that have vanished.

    A failure has not vanished if it is uncertain now, if its control was not checked, or if its file was not
    read to its end.

    Args:
        controls: the IDs of the controls that were checked.
    """
    mark = Suppression(BASELINE, "")
    results = [
        replace(result, status=Status.SUPPRESSED, suppression=mark)
        if result.status is Status.FAILED and result.key in known
        else result
        for result in report.results
    ]
    present = {result.key for result in report.results if result.status is not Status.PASSED}
    files = {result.file for result in report.results} - {gap.file for gap in report.gaps}
    ordered = tuple(sorted(results, key=lambda result: result.order))
    return replace(report, results=ordered), tuple(
        sorted(key for key in known - present if key[0] in controls and key[1] in files)
    )
