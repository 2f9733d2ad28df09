"""
Run the checks in their order; a failed one does not stop the others.

`/sechub-scan doctor` is answered in private, `python -m bot doctor` line by line (bot/cli.py).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextvars import copy_context
from queue import Empty, Queue
from threading import Thread

from bot.domain.job import DoctorJob, job_id
from bot.domain.slack import Message
from bot.errors import AccessDeniedError, BotError, ConfigurationError, MissingScopeError, UserError
from bot.probes import Diagnosis, Probes, State, unknown
from bot.render.doctor import doctor_message
from bot.usecases.context import JobContext
from bot.usecases.deliver import failure_text
from bot.usecases.doctor.checks import CHECKS, BlockedError, Check, Exam
from bot.usecases.permissions import authorize

LOG = logging.getLogger(__name__)

SECONDS = 40.0
"""Time limit of a check; some make a dozen calls. All together end within a job's 15 minutes."""


def answer(context: JobContext[DoctorJob]) -> None:
    """
    Check the deployment. A job that is delivered twice answers twice, and changes nothing.

    Raises:
        BotError: the requester cannot be reached or identified.
    """
    job, ports, locale = context.job, context.ports, context.locale
    try:
        authorize(job, ports, context.deployment.settings)
    except BotError as error:
        ports.messenger.tell(job.requester, Message(failure_text(error, locale)), job.channel)
        if isinstance(error, UserError):
            return
        raise
    diagnoses = dict(examine(ports.probes()))
    for name, diagnosis in diagnoses.items():
        LOG.info("check %s: %s", name, diagnosis.state, extra={"job_id": job_id(job)})
    ports.messenger.tell(job.requester, doctor_message(diagnoses, locale), job.channel)


def examine(
    probes: Probes, checks: Iterable[Check] = CHECKS, seconds: float = SECONDS
) -> Iterator[tuple[str, Diagnosis]]:
    """Run checks one after another, each with a time limit: yield names and diagnoses. Raises no BotError."""
    exam = Exam(probes)
    for check in checks:
        diagnosis = _bounded(check, exam, seconds)
        exam.states[check.name] = diagnosis.state
        yield check.name, diagnosis


def _bounded(check: Check, exam: Exam, seconds: float) -> Diagnosis:
    """Run a check in a thread, which is abandoned when its time is up."""
    answered: Queue[Diagnosis] = Queue()
    context = copy_context()
    Thread(target=lambda: answered.put(context.run(_diagnosis, check, exam)), daemon=True).start()
    try:
        return answered.get(timeout=seconds)
    except Empty:
        return unknown("doctor.too-slow", seconds=int(seconds))


def _diagnosis(check: Check, exam: Exam) -> Diagnosis:
    if check.needs and exam.states[check.needs] is not State.OK:
        return unknown("doctor.blocked", check=check.needs)
    try:
        return check.run(exam)
    except BlockedError as error:
        return unknown("doctor.blocked", check=error.check)
    except BotError as error:
        return Diagnosis(_state_of(error, is_needed=check.is_needed and exam.probes.is_job), error=error)
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
