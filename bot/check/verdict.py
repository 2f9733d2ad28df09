"""
The three verdicts of a test, the three answers to a question within one, and how they combine.

Where nobody can know, the verdict is UNKNOWN with a reason, and the answer Unknown. A test that does not
apply returns None.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.check.values import Unknown
from bot.domain.check_result import Reason, Status


@dataclass(frozen=True, slots=True)
class Verdict:
    """PASSED, FAILED or UNKNOWN, with the place in the template that decides it."""

    status: Status
    path: str = ""
    """The property, such as `Listeners[0].Protocol`; empty for the resource as a whole."""
    line: int = 0
    """The property's line; 0 for that of the resource."""
    reason: Reason | None = None
    """Always there if UNKNOWN. Of a FAILED one it says that a parameter's default decided."""


PASSED = Verdict(Status.PASSED)
FAILED = Verdict(Status.FAILED)


def unknown(kind: str, name: str = "") -> Verdict:
    """Make an UNKNOWN verdict; the texts of the kinds are `check.why.<kind>`."""
    return Verdict(Status.UNKNOWN, reason=Reason(f"check.why.{kind}", name))


def passes(*, holds: bool) -> Verdict:
    """Make the verdict of a test that could be decided."""
    return PASSED if holds else FAILED


def all_of(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """Return the first FAILED, else the first UNKNOWN, else PASSED; None if none applies."""
    return _first(verdicts, (Status.FAILED, Status.UNKNOWN, Status.PASSED))


def any_of(verdicts: Iterable[Verdict | None]) -> Verdict | None:
    """
    Return the first PASSED, else the first UNKNOWN, else the last FAILED; None if none applies.

    A FAILED verdict on a property that the template has comes before one on a property that it lacks.
    """
    return _first(verdicts, (Status.PASSED, Status.UNKNOWN, Status.FAILED))


def negated(verdict: Verdict | None) -> Verdict | None:
    """Exchange PASSED and FAILED."""
    if verdict is None or verdict.status is Status.UNKNOWN:
        return verdict
    return replace(verdict, status=Status.FAILED if verdict.status is Status.PASSED else Status.PASSED)


def under(verdict: Verdict | None, prefix: str, line: int) -> Verdict | None:
    """Put a verdict on a part of a property below the property's own path."""
    if verdict is None:
        return None
    path = f"{prefix}.{verdict.path}" if verdict.path else prefix
    return replace(verdict, path=path, line=verdict.line or line)


def _first(verdicts: Iterable[Verdict | None], order: tuple[Status, Status, Status]) -> Verdict | None:
    found: dict[Status, Verdict] = {}
    for verdict in verdicts:
        if verdict is None:
            continue
        former = found.get(verdict.status)
        if former is None or (verdict.status is order[2] and (verdict.line or not former.line)):
            found[verdict.status] = verdict
        if verdict.status is order[0]:
            break
    return next((found[status] for status in order if status in found), None)


Answer = bool | Unknown
"""True, False, or Unknown with the reason."""


def any_true(answers: Iterable[Answer]) -> Answer:
    """Return True if an answer is, else the first Unknown, else False."""
    doubt: Unknown | None = None
    for answer in answers:
        if answer is True:
            return True
        if isinstance(answer, Unknown):
            doubt = doubt or answer
    return doubt or False


def all_true(answers: Iterable[Answer]) -> Answer:
    """Return False if an answer is, else the first Unknown, else True."""
    return opposite(any_true(opposite(answer) for answer in answers))


def opposite(answer: Answer) -> Answer:
    """Exchange True and False."""
    return answer if isinstance(answer, Unknown) else not answer


def verdict_of(answer: Answer) -> Verdict:
    """Make a verdict of the answer to "does it pass?"."""
    if isinstance(answer, Unknown):
        return Verdict(Status.UNKNOWN, reason=answer.reason)
    return PASSED if answer else FAILED
