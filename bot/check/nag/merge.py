"""
The verdicts of cdk-nag beside our own: one result for each control and resource.

Where a rule of ours has a verdict, it counts, and cdk-nag is named as a further source. A suppression of
cdk-nag accepts a failure of ours. A rule that stands for no control has a result under its own name.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from bot.check.nag.assembly import Assembly
from bot.check.nag.places import ABSENT, Places, is_undecided, parents
from bot.check.nag.report import MOST_ROWS, NagReport, Row
from bot.check.nag.rules import Meaning, has_own_rule, meanings
from bot.check.template import Resource, Template
from bot.domain.check_result import Key, Reason, Result, Status, Suppression
from bot.domain.control import Control, bundled_catalogue
from bot.domain.finding import Severity

ORIGIN = "cdk_nag"
"""The origin of its suppressions, as in the metadata of templates."""

Judge = Callable[[Template], Iterable[Result]]


@dataclass(slots=True)
class _Votes:
    """The rows about one control, or one rule, and one resource."""

    control: Control
    file: str
    line: int
    logical_id: str
    resource: Resource | None
    """None if its template is not at hand."""
    is_partial: bool = True
    """Whether all rows are of rules that ask for more, or for less, than the control."""
    rows: dict[tuple[str, Status], Row] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """The key of the result."""
        return self.control.id, self.file, self.logical_id

    def sources(self, status: Status) -> Iterator[str]:
        """Yield each rule, with its verdict if that is another one."""
        for row in self.rows.values():
            yield f"cdk-nag {row.rule}" if row.status is status else f"cdk-nag {row.rule}: {row.status}"

    def suppression(self) -> Suppression | None:
        """Return the suppression of a rule, none of whose findings has failed."""
        failed = {row.base for row in self.rows.values() if row.status is Status.FAILED}
        accepted = (row for row in self.rows.values() if row.status is Status.SUPPRESSED)
        found = next((row for row in accepted if row.base not in failed), None)
        return Suppression(ORIGIN, found.reason) if found else None

    def beside(self, own: Result) -> Result:
        """Return our own result with cdk-nag as a further source."""
        mark = self.suppression() if own.status in {Status.FAILED, Status.UNKNOWN} else None
        status = Status.SUPPRESSED if mark else own.status
        sources = (*own.sources, *self.sources(status))
        return replace(own, status=status, suppression=mark or own.suppression, sources=sources)

    def alone(self) -> Result:
        """Return the result of cdk-nag alone; UNKNOWN if its rules may not have been evaluated."""
        rows = self.rows.values()
        statuses = {Status.UNKNOWN if self._is_unknown(row) else row.status for row in rows}
        mark = self.suppression()
        order = (Status.FAILED, Status.UNKNOWN, Status.SUPPRESSED, Status.PASSED)
        status = Status.SUPPRESSED if mark else next(one for one in order if one in statuses)
        names = ", ".join(sorted({row.rule for row in rows}))
        is_partial = self.is_partial and status is Status.FAILED and bundled_catalogue().get(self.control.id)
        return Result(
            control=self.control,
            status=status,
            file=self.file,
            line=self.line,
            logical_id=self.logical_id,
            type=self.resource.type if self.resource else "",
            reason=Reason("check.why.cdk-nag", names) if status is Status.UNKNOWN else None,
            stricter=Reason("check.stricter.cdk-nag", names) if is_partial else None,
            suppression=mark,
            sources=tuple(f"cdk-nag {row.rule}" for row in rows),
            tags=self.resource.tags if self.resource and status is not Status.PASSED else (),
        )

    def _is_unknown(self, row: Row) -> bool:
        """Decide by the template whether version 3 may not have evaluated a rule; without it, by the text."""
        if row.status is not Status.FAILED or not row.is_of_version_3:
            return False
        return is_undecided(self.resource) if self.resource else row.seems_undecided


def merge(
    own: Sequence[Result],
    reports: Iterable[NagReport],
    places: Places,
    judge: Judge,
    chosen: frozenset[str] | None,
) -> list[Result]:
    """
    Return our own results with those of the reports, in no order.

    Args:
        judge: judges a template that was not checked, of which only the rows of the reports are kept.
        chosen: the only controls that are shown; None for all, and for the rules that stand for none.
    """
    votes = _Ballot(places, chosen)
    for report in reports:
        for row in (*report.rows, *_acknowledged(report, places)):
            votes.add(row)
    merged = [votes.beside(result) for result in own]
    for template in votes.templates():
        if template.file not in places.checked:
            judged = (result for result in judge(template) if result.key in votes.of_controls)
            merged.extend(map(votes.beside, judged))
    return [*merged, *votes.alone({result.key for result in merged})]


class _Ballot:
    """The rows of all reports, by control and resource."""

    def __init__(self, places: Places, chosen: frozenset[str] | None) -> None:
        self._places = places
        self._chosen = chosen
        self.of_controls: dict[Key, _Votes] = {}
        self._of_rules: dict[Key, _Votes] = {}

    def add(self, row: Row) -> None:
        """Add a row to each control that it stands for, or under its rule's own name."""
        resource = self._places.find(row.construct, row.report.parent)
        if resource is ABSENT:
            return
        targets = list(_targets(row, resource))
        for meaning, target in targets:
            control = bundled_catalogue().get(meaning.control)
            if control and (self._chosen is None or control.id in self._chosen):
                self._put(self.of_controls, control, row, target, is_partial=meaning.is_partial)
        if not targets:
            self._put_under_own_name(row, resource)

    def beside(self, own: Result) -> Result:
        """Return a result of ours with cdk-nag's rows about it."""
        votes = self.of_controls.get(own.key)
        return votes.beside(own) if votes else own

    def templates(self) -> Iterator[Template]:
        """Yield each template that has a row, once."""
        found = {
            id(one.resource.template): one.resource.template
            for one in self.of_controls.values()
            if one.resource
        }
        yield from found.values()

    def alone(self, own: Container[Key]) -> Iterator[Result]:
        """
        Yield the results of cdk-nag alone.

        If our rule says that a control does not apply to a resource, the rows stand under their own name.
        """
        for key, votes in self.of_controls.items():
            if key not in own:
                if votes.resource and has_own_rule(votes.control.id):
                    for row in votes.rows.values():
                        self._put_under_own_name(row, votes.resource)
                else:
                    yield votes.alone()
        yield from (votes.alone() for votes in self._of_rules.values())

    def _put_under_own_name(self, row: Row, resource: Resource | None) -> None:
        if self._chosen is None:
            control = Control(row.rule, row.title, Severity.INFORMATIONAL)
            self._put(self._of_rules, control, row, resource)

    def _put(
        self,
        votes: dict[Key, _Votes],
        control: Control,
        row: Row,
        resource: Resource | None,
        *,
        is_partial: bool = False,
    ) -> None:
        found = _Votes(
            control=control,
            file=resource.template.file if resource else row.report.as_posix(),
            line=resource.line if resource else row.line,
            logical_id=resource.id if resource else row.construct,
            resource=resource,
        )
        found = votes.setdefault(found.key, found)
        found.is_partial &= is_partial
        found.rows[row.rule, row.status] = row


def _targets(row: Row, resource: Resource | None) -> Iterator[tuple[Meaning, Resource | None]]:
    """Yield the controls that a row stands for, each with the resource that Security Hub names."""
    found = meanings(row.base)
    if resource is None:
        yield from ((meaning, None) for meaning in found if len(found) == 1)
        return
    for meaning in found:
        if resource.type in meaning.types:
            yield meaning, resource
        else:
            yield from ((meaning, parent) for parent in parents(resource, meaning.types))


def _acknowledged(report: NagReport, places: Places) -> Iterator[Row]:
    """
    Yield the acknowledgements of version 3, whose violations are not in its report, as suppressed rows.

    An acknowledgement also covers the constructs below its own. At most MOST_ROWS are made; without one, a
    failure stays a failure.
    """
    if report.version == 3:
        assembly = places.assembly(report.path.parent)
        paths = sorted(assembly.logical_ids)
        yield from islice(_covered(report.path, assembly, paths), MOST_ROWS)


def _covered(report: Path, assembly: Assembly, paths: list[str]) -> Iterator[Row]:
    for construct, rule, reason in assembly.acknowledged:
        below = paths[bisect_left(paths, f"{construct}/") : bisect_left(paths, f"{construct}0")]
        inside = [construct, *below] if construct in assembly.logical_ids else below
        if not meanings(rule):  # nothing says which of these the rule is about
            inside = inside[:1]
        for path in inside:
            yield Row(rule, path, Status.SUPPRESSED, reason, "", report, 1)
