"""Run the checks in order; a failed check does not stop the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, Queue
from threading import Thread

from bot.domain.check import Checked, State, Verdict, unknown
from bot.errors import (
    AccessDeniedError,
    BotError,
    ConfigurationError,
    MissingScopeError,
)
from bot.probes import Identity, Probes, SlackProbe

LOG = logging.getLogger(__name__)

SECONDS = 40.0
"""Time limit of a check; some make a dozen calls. All together end within a job's 15 minutes."""


class BlockedError(Exception):
    """A check depends on another one, `check`, that did not pass."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


@dataclass
class Exam:
    """The probes of the checks, and the results of earlier checks."""

    probes: Probes
    states: dict[str, State] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    identity: Identity | None = None

    def require(self, check: str) -> None:
        """Return if an earlier check passed. Raises BlockedError."""
        if self.states.get(check) is not State.OK:
            raise BlockedError(check)

    def refuse_if_wrong(self, check: str) -> None:
        """Return unless an earlier check failed. Raises BlockedError."""
        if self.states.get(check) is State.WRONG:
            raise BlockedError(check)

    def slack(self) -> SlackProbe:
        """Return a client with the token of the secret. Raises BlockedError: there is none."""
        if not self.token:
            raise BlockedError("secret")
        return self.probes.slack(self.token)


Check = Callable[[Exam], Verdict]


@dataclass(frozen=True, slots=True)
class NamedCheck:
    """A check and its name."""

    name: str
    run: Check
    is_needed: bool = False
    """Whether the bot itself needs the permission of the check; if not, only the doctor does."""


def examine(probes: Probes, checks: Iterable[NamedCheck], seconds: float = SECONDS) -> Iterator[Checked]:
    """Run checks one after another, each with a time limit. Never raises a BotError."""
    exam = Exam(probes)
    for check in checks:
        verdict = _bounded(check, exam, seconds)
        exam.states[check.name] = verdict.state
        yield Checked(check.name, verdict)


def _bounded(check: NamedCheck, exam: Exam, seconds: float) -> Verdict:
    """Run a check in a thread, which is abandoned when its time is up."""
    answer: Queue[Verdict] = Queue()
    context = copy_context()
    Thread(target=lambda: answer.put(context.run(_verdict, check, exam)), daemon=True).start()
    try:
        return answer.get(timeout=seconds)
    except Empty:
        return unknown("doctor.too-slow", seconds=int(seconds))


def _verdict(check: NamedCheck, exam: Exam) -> Verdict:
    try:
        return check.run(exam)
    except BlockedError as error:
        return unknown("doctor.blocked", check=error.check)
    except BotError as error:
        return Verdict(_state_of(error, is_needed=check.is_needed and exam.probes.is_job), error=error)
    except Exception:
        LOG.exception("a fault of the doctor's own")
        return unknown("doctor.fault")


def _state_of(error: BotError, *, is_needed: bool) -> State:
    """
    Distinguish a fault from a state that could not be read.

    A person in a shell may lack a permission of the job's role; missing scopes have a line of their own.
    """
    if isinstance(error, AccessDeniedError):
        return State.WRONG if is_needed else State.UNKNOWN
    if isinstance(error, MissingScopeError):
        return State.UNKNOWN
    return State.WRONG if isinstance(error, ConfigurationError) else State.UNKNOWN
