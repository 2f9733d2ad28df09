"""Answers of three values: True, False, or Unknown with the reason."""

from __future__ import annotations

from collections.abc import Iterable

from bot.check.values import Unknown
from bot.check.verdict import FAILED, PASSED, Verdict
from bot.domain.check_result import Status

Answer = bool | Unknown


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
