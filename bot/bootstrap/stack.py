"""The probes of the doctor in a shell, for a stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.adapters.doctor import QUICK, BucketDoctor, HubDoctor
from bot.adapters.sdk import client
from bot.adapters.stack import BUCKET, SCHEDULES, JobRole, job_function, read_resources
from bot.adapters.stores.bucket import Bucket
from bot.adapters.timers import Deployed
from bot.bootstrap.doctor import job_probes
from bot.domain.check import Checked, State, Verdict, ok
from bot.errors import AccessDeniedError, BotError, UpstreamError
from bot.probes import Probes
from bot.settings import Settings
from bot.usecases.doctor.answer import CHECKS
from bot.usecases.doctor.exam import examine


def check_stack(stack: str) -> Iterator[Checked]:
    """Check a stack of this account and Region, with the credentials at hand. Never raises a BotError."""
    try:
        probes = _probes(stack)
    except BotError as error:
        state = State.UNKNOWN if isinstance(error, AccessDeniedError | UpstreamError) else State.WRONG
        yield Checked("stack", Verdict(state, error=error))
        return
    yield Checked("stack", ok("doctor.stack.ok", stack=stack, region=probes.hub.region))
    yield from examine(probes, CHECKS)


def _probes(stack: str) -> Probes:
    """
    Make the probes of a stack, with the credentials at hand.

    Raises:
        StackError: there is no such stack in this account and Region.
        BotError: it could not be read.
    """
    resources = read_resources(stack)
    job = job_function(resources, stack)
    probes = job_probes(Settings(job.variables))
    hub = HubDoctor(client("securityhub", QUICK))
    return replace(
        probes,
        hub=hub,
        role=JobRole(job.role, hub),
        store=BucketDoctor(Bucket(client("s3", QUICK), resources.get(BUCKET, ""))),
        deployment=Deployed(
            group=resources.get("Schedules", ""),
            schedules={timer: resources.get(name, "") for timer, name in SCHEDULES.items()},
            rule=resources.get("CustomActionRule", ""),
            reach=job.is_reachable,
        ),
        is_job=False,
    )
