"""Processes that die at the worst moment, and Lambda, which delivers their job again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from bot.domain.job import Job, job_id
from bot.errors import BotError
from bot.i18n import Locale
from bot.ports import Ports
from bot.settings import Settings
from bot.usecases.context import Deployment, JobContext
from bot.usecases.run_job import run_job
from bot.usecases.steps import BusyStepError, Steps, UncertainStepError
from tests.fakes import FakeWorld

SETTINGS = {
    "SLACK_CHANNEL": "C0SECURITY",
    "TARGET_CONTROL_IDS": "S3.8,EC2.19",
    "ACT_ALLOWED": "S0SECURITY",
}

DEPLOYMENT = Deployment("本番", Locale.JA, Settings(SETTINGS))

WAITS_SECONDS = (60, 120)
"""What Lambda waits before it tries a failed event again, twice."""


class CrashError(BaseException):
    """The process is gone: nothing of the bot's may catch this."""


@dataclass
class FaultInjector:
    """Writes down every call of a port, fails some, and kills the process before or after one of them."""

    at: int | None = None
    """Which call, counted from 0; None for none."""
    late: bool = False
    """Whether the call takes effect before the process dies."""
    calls: list[str] = field(default_factory=list)
    errors: dict[str, BaseException] = field(default_factory=dict)
    """A call's name, as "reports.save", to the error that the first such call raises, without effect."""

    def ports(self, ports: Ports) -> Ports:
        """Return the same ports under observation, except those that raise nothing or are called beside."""
        watched = {f.name: _Watched(f.name, getattr(ports, f.name), self) for f in fields(ports)}
        unwatched = {name: getattr(ports, name) for name in ("now", "probes", "regions")}
        return Ports(**watched | unwatched)

    def call(self, name: str, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Do a call, and die if it is the one."""
        number = len(self.calls)
        self.calls.append(name)
        if number == self.at and not self.late:
            raise CrashError
        if error := self.errors.pop(name, None):
            raise error
        result = method(*args, **options)
        if number == self.at:
            raise CrashError
        return result


@dataclass
class ConcurrentActor(FaultInjector):
    """Lets somebody else act before the first call of a name."""

    before: str = ""
    act: Callable[[], object] = list

    def call(self, name: str, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Do a call."""
        if name == self.before and name not in self.calls:
            self.act()
        return super().call(name, method, *args, **options)


@dataclass
class _Watched:
    _name: str
    _port: Any
    _injector: FaultInjector

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        if name == "keeping":  # returns the same port with another setting
            return lambda tags: _Watched(self._name, method(tags), self._injector)

        def call(*args: Any, **options: Any) -> Any:
            return self._injector.call(f"{self._name}.{name}", method, *args, **options)

        return call


def deliver_once(
    job: Job,
    world: FakeWorld,
    injector: FaultInjector | None = None,
    deployment: Deployment = DEPLOYMENT,
) -> None:
    """Run a job as handlers/job.py does."""
    ports = (injector or FaultInjector()).ports(world.ports)
    run_job(JobContext(job, ports, Steps(ports.ledger, job_id(job), world.clock), deployment))


def deliver_as_lambda(
    job: Job, world: FakeWorld, injector: FaultInjector | None = None, deployment: Deployment = DEPLOYMENT
) -> BaseException | None:
    """Deliver a job until it is done, three times at most; give what it was dead-lettered with."""
    error: BaseException | None = None
    for wait in (0, *WAITS_SECONDS):
        world.clock.move(wait)
        try:
            deliver_once(job, world, injector, deployment)
        except (BotError, BusyStepError, UncertainStepError, CrashError) as raised:
            error = raised
        else:
            return None
    return error
