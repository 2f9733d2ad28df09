"""An examination: checks whose failures stop nothing."""

from __future__ import annotations

from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.check import State, Verdict, ok
from bot.errors import (
    AccessDeniedError,
    BotError,
    CredentialsError,
    MissingScopeError,
    SecretError,
    ThrottledError,
    UnavailableError,
)
from bot.usecases.doctor.exam import Exam, NamedCheck, examine


def examined(*checks: NamedCheck, is_job: bool = True, seconds: float = 5) -> dict[str, Verdict]:
    """Run checks; return each verdict by its check's name."""
    probes: Any = SimpleNamespace(is_job=is_job)
    return {checked.name: checked.verdict for checked in examine(probes, checks, seconds)}


def raising(error: Exception, *, is_needed: bool = True) -> NamedCheck:
    """Make a check that fails."""

    def run(exam: Exam) -> Verdict:
        del exam
        raise error

    return NamedCheck("broken", run, is_needed)


def fine(exam: Exam) -> Verdict:
    """Pass."""
    del exam
    return ok("doctor.read.ok")


class TestFailures:
    """What becomes of a check that fails."""

    @pytest.mark.parametrize(
        ("error", "state"),
        [
            (SecretError(problem="not found"), State.WRONG),
            (CredentialsError(problem="none"), State.WRONG),
            (AccessDeniedError(action="s3:PutObject"), State.WRONG),
            (MissingScopeError(scope="channels:read"), State.UNKNOWN),
            (ThrottledError(service="AWS", call="x"), State.UNKNOWN),
            (UnavailableError(service="Slack", call="x"), State.UNKNOWN),
        ],
    )
    def test_configuration_is_wrong_and_outages_tell_nothing(self, error: BotError, state: State) -> None:
        """What a person must put right is wrong; what may pass by itself is not known. The others go on."""
        verdicts = examined(raising(error), NamedCheck("next", fine))

        assert (state, error) == (verdicts["broken"].state, verdicts["broken"].error)
        assert verdicts["next"].state is State.OK

    @pytest.mark.parametrize(("is_needed", "is_job"), [(True, False), (False, True)])
    def test_denial_of_the_doctor_alone_tells_nothing(self, *, is_needed: bool, is_job: bool) -> None:
        """What a person in a shell may not read, or only the doctor reads, may be right all the same."""
        denied = raising(AccessDeniedError(action="x"), is_needed=is_needed)

        assert examined(denied, is_job=is_job)["broken"].state is State.UNKNOWN

    def test_fault_of_doctor_stops_nothing(self) -> None:
        """A fault of the doctor's own is a line, and the next check runs."""
        verdicts = examined(raising(KeyError("x")), NamedCheck("next", fine))

        assert (State.UNKNOWN, "doctor.fault") == (verdicts["broken"].state, verdicts["broken"].text)
        assert verdicts["next"].state is State.OK

    def test_slow_check_is_left_behind(self) -> None:
        """A check that does not end is given up, and the next one runs."""
        never = Event()

        def hang(exam: Exam) -> Verdict:
            never.wait()
            return fine(exam)

        verdicts = examined(NamedCheck("broken", hang), NamedCheck("next", fine), seconds=0.05)
        never.set()

        assert "doctor.too-slow" == verdicts["broken"].text
        assert verdicts["next"].state is State.OK


class TestRequired:
    """A check that needs another."""

    def test_names_what_it_lacks(self) -> None:
        """It is not made unless the other passed, and says which."""

        def needing(exam: Exam) -> Verdict:
            exam.require("broken")
            return fine(exam)

        verdicts = examined(raising(SecretError(problem="x")), NamedCheck("next", needing))

        assert (State.UNKNOWN, {"check": "broken"}) == (verdicts["next"].state, verdicts["next"].values)

    def test_required_may_go_on_where_nothing_is_known(self) -> None:
        """What could not be told need not stop what can be tried without it; what is wrong does."""

        def trying(exam: Exam) -> Verdict:
            exam.refuse_if_wrong("broken")
            return fine(exam)

        outage, fault = ThrottledError(service="AWS", call="x"), SecretError(problem="x")
        states = [examined(raising(e), NamedCheck("next", trying))["next"].state for e in (outage, fault)]

        assert [State.OK, State.UNKNOWN] == states
