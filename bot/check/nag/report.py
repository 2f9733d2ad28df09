"""
The reports that cdk-nag writes, as rows of one form.

Version 2 writes `<Pack>-<Stage>-<Stack>-NagReport.csv` or `.json`, version 3 the `validation-report.json` of
CDK. A file that is named is told apart by its content. It may come from anybody: its size, its number of
rows and its texts are bounded.

Source: the output of cdk-nag 2.38.2 and 3.0.2 (tests/unit/check/cdk_nag).
"""

from __future__ import annotations

import csv
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from bot.check.document import BrokenError, decode
from bot.check.files import files_in
from bot.check.manifest import read_bytes
from bot.domain.check_result import Gap, Reason, Status
from bot.render.limits import visible

MOST_ROWS = 100_000
MOST_NAME = 300
"""Characters of a rule's name; those of IAM5 end with an ARN in brackets."""
MOST_TEXT = 1000
"""Characters of a reason or an explanation."""

OTHER_PLUGIN = "CloudFormation Validate"
"""CDK's own plugin, which writes into the same file."""

_THREW = "Rule threw an error"
"""The beginning of a description if version 3 could not evaluate a rule's first resource."""

_HEADER = b"Rule ID,Resource ID,Compliance,"
_CELLS = {
    "ruleId": "Rule ID",
    "resourceId": "Resource ID",
    "compliance": "Compliance",
    "exceptionReason": "Exception Reason",
    "ruleInfo": "Rule Info",
}
"""The columns of a CSV, by the keys of the same report in JSON."""
_MARKS = (b'"lines"', b'"pluginReports"')
_FILE_NAME = re.compile(r"(?P<pack>[^-]+)-(?P<stack>.*)-NagReport\.(?:csv|json)", re.IGNORECASE)
_NAMES = ("validation-report.json", "policy-validation-report.json")

_BROKEN = Reason("check.broken.cdk-nag")

_STATUSES = {
    "compliant": Status.PASSED,
    "non-compliant": Status.FAILED,
    "suppressed": Status.SUPPRESSED,
    "unknown": Status.UNKNOWN,
}


class Row(NamedTuple):
    """The verdict of a rule on a construct."""

    rule: str
    """With its pack and its finding, such as `AwsSolutions-IAM5[Resource::*]`."""
    construct: str
    """The construct path, such as `Prod/App/Data/Resource`."""
    status: Status
    reason: str
    """Of a suppression; else empty."""
    info: str
    """The rule's explanation."""
    report: Path
    line: int
    """The line of the report, from 1."""
    is_of_version_3: bool = False
    """Version 3 also reports a rule as violated if it could not be evaluated."""

    @property
    def base(self) -> str:
        """The rule's name without its finding."""
        return self.rule.partition("[")[0]

    @property
    def seems_undecided(self) -> bool:
        """Whether the text speaks of an error, maybe that of another resource: a rule has only one text."""
        return self.is_of_version_3 and self.info.startswith(_THREW)

    @property
    def title(self) -> str:
        """The explanation, without the controls of other standards; if it is empty, the rule's name."""
        text = self.info.partition(" - (Control IDs:")[0]
        return self.rule if self.seems_undecided or not text else text


class NagReport(NamedTuple):
    """What cdk-nag says."""

    path: Path
    rows: tuple[Row, ...]
    version: int
    """2 or 3."""
    pack: str = ""
    """Of version 2: a report is of one pack and one stack, as the file's name says."""
    stack: str = ""
    """Of version 2: `<Stage>-<Stack>`; the stage may be empty."""


def take_reports(paths: Sequence[Path]) -> tuple[list[NagReport], list[Path], list[Gap]]:
    """
    Read the reports among the named files, and those in the named folders.

    Returns:
        the reports, one of each that is there as CSV and as JSON; the paths that are no reports; and the
        reports that cannot be read.
    """
    reports: list[NagReport] = []
    others: list[Path] = []
    gaps: list[Gap] = []
    for path in paths:
        is_taken = False
        for each in filter(_has_name, files_in(path)) if path.is_dir() else [path]:
            try:
                found = read_report(each)
            except BrokenError as error:
                gaps.append(Gap(each.as_posix(), error.line, error.reason))
                is_taken = True
            else:
                reports.extend(filter(None, [found]))
                is_taken |= found is not None
        if path.is_dir() or not is_taken:
            others.append(path)
    by_name = {report.path.with_suffix(""): report for report in reversed(reports)}
    return list(reversed(by_name.values())), others, gaps


def _has_name(path: Path) -> bool:
    return path.name in _NAMES or _FILE_NAME.fullmatch(path.name) is not None


def read_report(path: Path) -> NagReport | None:
    """
    Read a file; None if it is no report of cdk-nag.

    Raises:
        BrokenError: it is a report, and cannot be read.
    """
    try:
        content = read_bytes(path)
    except OSError:
        return None
    if content.removeprefix(BOM_UTF8).startswith(_HEADER):
        return _of_version_2(path, _table(decode(content)))
    document = _json(content) if any(mark in content for mark in _MARKS) else None
    if isinstance(document, dict) and isinstance(document.get("lines"), list):
        return _of_version_2(path, ((line, 1) for line in document["lines"]))
    if isinstance(document, dict) and isinstance(document.get("pluginReports"), list):
        packs = list(filter(_is_pack, document["pluginReports"]))
        rows = (row for pack in packs for row in _rows_of_pack(pack, path))
        return NagReport(path, _bounded(rows), 3) if packs else None
    if _FILE_NAME.fullmatch(path.name) or (document is None and _has_name(path)):
        raise BrokenError(1, _BROKEN)
    return None


def _json(content: bytes) -> object:
    """Read a JSON document; None if it is none, as a template in YAML."""
    with suppress(ValueError, RecursionError):
        return json.loads(decode(content))
    return None


def _bounded(rows: Iterator[Row]) -> tuple[Row, ...]:
    kept = tuple(islice(rows, MOST_ROWS + 1))
    if len(kept) > MOST_ROWS:
        raise BrokenError(kept[-1].line, Reason("check.broken.size"))
    return kept


def _of_version_2(path: Path, rows: Iterable[tuple[object, int]]) -> NagReport:
    name = _FILE_NAME.fullmatch(path.name)
    pack, stack = (name["pack"], name["stack"]) if name else ("", "")
    return NagReport(path, _bounded(_row(cells, path, line) for cells, line in rows), 2, pack, stack)


def _table(text: str) -> Iterator[tuple[dict[str, str], int]]:
    """Read a CSV, with its lines; cells have newlines and quotes in them, and a reason may begin with `=`."""
    table = csv.DictReader(io.StringIO(text, newline=""))
    line = 1
    try:
        for cells in table:
            line = table.line_num
            yield {key: cells.get(name) or "" for key, name in _CELLS.items()}, line
    except csv.Error as error:
        raise BrokenError(line, _BROKEN) from error


def _row(cells: object, path: Path, line: int) -> Row:
    """
    Make a row of version 2.

    Raises:
        BrokenError: a rule, a resource or the compliance is missing.
    """
    rule, construct = _text(cells, "ruleId"), _text(cells, "resourceId")
    status = _STATUSES.get(_text(cells, "compliance").lower())
    if status is None or not rule or not construct:
        raise BrokenError(line, _BROKEN)
    reason = _text(cells, "exceptionReason")[:MOST_TEXT] if status is Status.SUPPRESSED else ""
    return Row(
        _name(rule), _name(construct), status, reason, _text(cells, "ruleInfo")[:MOST_TEXT], path, line
    )


def _is_pack(plugin: object) -> bool:
    """Return whether a plugin of CDK is a pack of cdk-nag: its rules have its name before a dash."""
    name = _text(plugin, "pluginName")
    rules = [_text(violation, "ruleName") for violation in _list(plugin, "violations")]
    return name != OTHER_PLUGIN and (not rules or any(rule.startswith(f"{name}-") for rule in rules))


def _rows_of_pack(plugin: object, path: Path) -> Iterator[Row]:
    for violation in _list(plugin, "violations"):
        yield from _rows_of_violation(violation, Status.FAILED, path)
    if isinstance(plugin, dict) and "suppressedViolations" in plugin:
        for violation in _list(plugin, "suppressedViolations"):
            yield from _rows_of_violation(violation, Status.SUPPRESSED, path)


def _rows_of_violation(violation: object, status: Status, path: Path) -> Iterator[Row]:
    rule, info = _text(violation, "ruleName"), _text(violation, "description")[:MOST_TEXT]
    reason = _text(violation, "reason")[:MOST_TEXT] if status is Status.SUPPRESSED else ""
    for each in _list(violation, "violatingConstructs"):
        construct = _text(each, "constructPath")
        if not rule or not construct:
            raise BrokenError(1, _BROKEN)
        yield Row(_name(rule), _name(construct), status, reason, info, path, 1, is_of_version_3=True)


def _list(value: object, key: str) -> list[object]:
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, list):
        raise BrokenError(1, _BROKEN)
    return found


def _text(value: object, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def _name(text: str) -> str:
    """Bound a name, and keep it on one line."""
    return visible(text[:MOST_NAME])
