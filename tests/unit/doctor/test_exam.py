"""An examination: checks whose failures stop nothing."""

from __future__ import annotations

from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from bot.errors import (
    AccessDeniedError,
    BotError,
    CredentialsError,
    MissingScopeError,
    SecretError,
    ThrottledError,
    UnavailableError,
)
from bot.probes import Diagnosis, State, ok
from bot.usecases.doctor.checks import Check, Exam
from bot.usecases.doctor.exam import examine


def examined(*checks: Check, is_job: bool = True, seconds: float = 5) -> dict[str, Diagnosis]:
    """Run checks; return each diagnosis by its check's name."""
    probes: Any = SimpleNamespace(is_job=is_job)
    return dict(examine(probes, checks, seconds))


def raising(error: Exception, *, is_needed: bool = True) -> Check:
    """Make a check that fails."""

    def run(exam: Exam) -> Diagnosis:
        del exam
        raise error

    return Check("broken", run, is_needed=is_needed)


def fine(exam: Exam) -> Diagnosis:
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
        diagnoses = examined(raising(error), Check("next", fine))

        assert (state, error) == (diagnoses["broken"].state, diagnoses["broken"].error)
        assert diagnoses["next"].state is State.OK

    @pytest.mark.parametrize(("is_needed", "is_job"), [(True, False), (False, True)])
    def test_denial_of_the_doctor_alone_tells_nothing(self, *, is_needed: bool, is_job: bool) -> None:
        """What a person in a shell may not read, or only the doctor reads, may be right all the same."""
        denied = raising(AccessDeniedError(action="x"), is_needed=is_needed)

        assert examined(denied, is_job=is_job)["broken"].state is State.UNKNOWN

    def test_fault_of_doctor_stops_nothing(self) -> None:
        """A fault of the doctor's own is a line, and the next check runs."""
        diagnoses = examined(raising(KeyError("x")), Check("next", fine))

        assert (State.UNKNOWN, "doctor.fault") == (diagnoses["broken"].state, diagnoses["broken"].text)
        assert diagnoses["next"].state is State.OK

    def test_slow_check_is_left_behind(self) -> None:
        """A check that does not end is given up, and the next one runs."""
        never = Event()

        def hang(exam: Exam) -> Diagnosis:
            never.wait()
            return fine(exam)

        diagnoses = examined(Check("broken", hang), Check("next", fine), seconds=0.05)
        never.set()

        assert "doctor.too-slow" == diagnoses["broken"].text
        assert diagnoses["next"].state is State.OK


class TestRequired:
    """A check that needs another."""

    def test_names_what_it_lacks(self) -> None:
        """It is not made unless the other passed, and says which."""
        diagnoses = examined(raising(SecretError(problem="x")), Check("next", fine, needs="broken"))

        assert (State.UNKNOWN, {"check": "broken"}) == (diagnoses["next"].state, diagnoses["next"].values)
