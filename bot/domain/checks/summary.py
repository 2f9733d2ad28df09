"""The comparison of a check with the branch's last report, and the summary of a check for a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.check_result import Gap, Result, Status, fingerprint
from bot.domain.checks.document import CheckDocument

TOP_COUNT = 10
"""The most failures that a message shows."""

MOST_SHOWN_GAPS = 5

DIGITS = 16
"""Hexadecimal, of the hash by which a failure is known again."""


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The failures and the unread parts of a branch's last report, by their hashes, sorted."""

    failed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A check beside the branch's last report."""

    is_new: tuple[bool, ...]
    """Of each result: whether it is a failure of a control that the last report does not have."""
    gone_count: int
    """The failures of the last report that are no more."""
    has_new_gap: bool
    after: LastCheck
    """The state that the next check is compared with."""

    @property
    def is_worth_telling(self) -> bool:
        """Whether something is new."""
        return any(self.is_new) or self.has_new_gap


def compare(document: CheckDocument, last: LastCheck) -> Comparison:
    """
    Compare a check with the branch's last report.

    A failure that is suppressed, or not known any more, is gone. From an incomplete check nothing is gone:
    the failure may be in the part that could not be read, or that the object omits.
    """
    known, hashes = frozenset(last.failed), [_hash_of(result) for result in document.results]
    present = frozenset(filter(None, hashes))
    is_partial = bool(document.gaps or document.omitted)
    unread = frozenset(_short(gap.file, gap.reason.key, gap.reason.name) for gap in document.gaps)
    return Comparison(
        is_new=tuple(bool(number) and number not in known for number in hashes),
        gone_count=0 if is_partial else len(known - present),
        has_new_gap=not unread <= frozenset(last.unread),
        after=LastCheck(_sorted(present | known if is_partial else present), _sorted(unread)),
    )


def _hash_of(result: Result) -> str:
    """Return the hash of a failed control, which stays when lines move; empty for any other result."""
    is_failure = result.status is Status.FAILED and result.is_of_control
    return _short(*result.key) if is_failure else ""


def _short(*parts: str) -> str:
    return fingerprint(*parts)[:DIGITS]


def _sorted(hashes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(hashes))


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """The part of a check that a message shows."""

    repository: str
    """As the key of the object proves it."""
    branch: str
    commit: str
    run: str
    """The address of the run; empty if its host is not in CHECK_LINK_HOSTS."""
    is_first: bool
    """Whether the branch had no report before."""
    failed_count: int
    unknown_count: int
    suppressed_count: int
    other_count: int
    """The results of other tools' rules that are no control."""
    omitted_count: int
    """Further results that the object does not have."""
    gone_count: int
    file_count: int
    top: tuple[Result, ...]
    """At most TOP_COUNT of the new failures, the most severe first."""
    gaps: tuple[Gap, ...]
    """At most MOST_SHOWN_GAPS of the parts that could not be read."""
    gap_count: int
