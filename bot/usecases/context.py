"""The context of a use case: the job, the ports, and the conditions of this delivery."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from bot.domain.job import CheckJob, ExpireJob, Job, MineJob, ScanJob, job_id
from bot.i18n import Locale
from bot.ports import Ports
from bot.render.message import ReportSetting
from bot.settings import Settings
from bot.usecases.owners.routing import RoutingInForce, load_routing, pinned_routing
from bot.usecases.steps import NO_DEADLINE, Deadline, Steps

Job_co = TypeVar("Job_co", bound=Job, covariant=True)
OtherJob = TypeVar("OtherJob", bound=Job)


@dataclass(frozen=True)
class Deployment:
    """The settings of the deployment that runs the job."""

    environment: str
    locale: Locale
    settings: Settings

    @property
    def report_setting(self) -> ReportSetting:
        """The language and environment name of report messages."""
        return ReportSetting(self.locale, self.environment)


@dataclass(frozen=True)
class JobContext(Generic[Job_co]):
    """One delivery of a job."""

    job: Job_co
    ports: Ports
    steps: Steps
    deployment: Deployment
    deadline: Deadline = NO_DEADLINE

    @property
    def job_id(self) -> str:
        """The job's ID, the same in each delivery of the job."""
        return job_id(self.job)

    def of(self, job: OtherJob, steps: Steps) -> JobContext[OtherJob]:
        """Return the context of another job in the same delivery, with the routing that was read for it."""
        other = JobContext(job, self.ports, steps, self.deployment, self.deadline)
        vars(other)["routing"] = self.routing
        return other

    @cached_property
    def locale(self) -> Locale:
        """The requester's language; the deployment's if there is no requester or Slack does not tell."""
        requester = self.job.requester
        own = self.ports.messenger.locale(requester.user_id) if requester else None
        return own or self.deployment.locale

    @cached_property
    def routing(self) -> RoutingInForce:
        """The routing, read once; of a job that makes a report, the same in each delivery of the job."""
        file = self.ports.routing_file
        if isinstance(self.job, ScanJob | MineJob | ExpireJob | CheckJob):
            return pinned_routing(file, self.steps)
        return load_routing(file).in_force

    @property
    def channel(self) -> str:
        """
        The job's channel, or SLACK_CHANNEL.

        Raises:
            MissingSettingError: the job names no channel, and SLACK_CHANNEL is not set.
        """
        if self.job.channel is None:
            self.deployment.settings.require(["SLACK_CHANNEL"])
        return self.job.channel or self.deployment.settings.get("SLACK_CHANNEL")
