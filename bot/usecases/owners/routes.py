"""
Routes: the rows of a scheduled report that go to other channels, each channel's as a report of its own.

A part is stored and delivered as the report of a job of its own, of the same query in another channel. Its
buttons, its CSV, its thread and its mentions therefore work as those of any report, and its steps are in the
ledger under its own ID.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.domain.command import schedule_name
from bot.domain.job import FINISHING, Progress, ScanJob
from bot.domain.report import Part, PostedReport, PostFault
from bot.errors import BotError
from bot.usecases.context import JobContext
from bot.usecases.deliver import Destination, deliver
from bot.usecases.owners.division import part_job
from bot.usecases.owners.notify import Delivered, notify_owners
from bot.usecases.steps import Result, UncertainStepError, UnfinishedError, done_key


def deliver_report(report_id: str, context: JobContext[ScanJob]) -> None:
    """
    Post a report and its parts, then tell the owners of their rows. Whichever fails does not stop the others.

    A part that Slack refuses, not only for now, is posted in the report's own channel, which says so.

    Raises:
        BotError: the first error of `deliver`.
        BusyStepError, UncertainStepError: as of `deliver`.
        UnfinishedError: the time is up, and another delivery of the job continues.
    """
    delivery = _Delivery(context)
    delivery.post(report_id)
    delivery.set_latest(report_id)
    notify_owners(delivery.posted, context)
    if delivery.failures:
        raise delivery.failures[0]


@dataclass
class _Delivery:
    """A report and its parts on their way to their channels."""

    context: JobContext[ScanJob]
    posted: list[Delivered] = field(default_factory=list)
    failures: list[BotError | UncertainStepError] = field(default_factory=list)

    def post(self, report_id: str) -> None:
        """Post the parts, then the report, which names those whose channel has refused, then these."""
        reports, own = self.context.ports.reports, self.context
        summary = reports.summary(report_id)
        parts = [self._settled(part, number) for number, part in enumerate(summary.parts)]
        refused = [part for part in parts if part.fault]
        if refused:
            reports.save_summary(replace(summary, parts=tuple(parts)))
        self._deliver(report_id, own)
        for part in refused:
            reports.save_summary(replace(reports.summary(part.report_id), part=part))
            self._deliver(part.report_id, _part_context(part, own.channel, own))

    def set_latest(self, report_id: str) -> None:
        """Remember the report of a schedule: it is the one in which people find their own rows."""
        job, reports = self.context.job, self.context.ports.reports
        own = next((posted for posted in self.posted if posted.report_id == report_id), None)
        if own and job.is_scheduled:
            parts = [
                PostedReport(part.report_id, part.context.channel, part.ts)
                for part in self.posted
                if part is not own
            ]
            posted = PostedReport(report_id, self.context.channel, own.ts, tuple(parts))
            # A repeat of the job may have more parts, and never other ones: the number tells the sets apart.
            schedule = schedule_name(self.context.channel, job.query)
            self.context.steps.run(f"latest-{len(parts)}", reports.set_latest, schedule, posted)

    def _settled(self, part: Part, number: int) -> Part:
        """Post a part in its channel; return it with the reason if Slack refuses it, not only for now."""
        deadline = self.context.deadline
        if deadline.resumable and not deadline.left():
            raise UnfinishedError(Progress(FINISHING, number))
        context = _part_context(part, part.channel, self.context)
        try:
            # The first outcome counts: by then the report's own message may have told of it.
            outcome = self.context.steps.run(f"route-{part.channel}", self._try, part, context)
        except (BotError, UncertainStepError) as error:
            self.failures.append(error)
            return part
        if "code" in outcome:
            return replace(part, fault=PostFault(outcome["code"], outcome["reason"]))
        if outcome["ts"]:
            self.posted.append(Delivered(part.report_id, outcome["ts"], context))
        return part

    def _try(self, part: Part, context: JobContext[ScanJob]) -> Result:
        try:
            return {"ts": deliver(part.report_id, [Destination(part.channel)], context)}
        except BotError as error:
            is_posted = context.steps.ledger.read(done_key(part.report_id, "post")) is not None
            if error.retryable or is_posted:
                raise
            return {"code": error.code, "reason": error.values.get("reason", "")}

    def _deliver(self, report_id: str, context: JobContext[ScanJob]) -> None:
        try:
            ts = deliver(report_id, [Destination(context.channel)], context)
        except (BotError, UncertainStepError) as error:
            self.failures.append(error)
        else:
            if ts:
                self.posted.append(Delivered(report_id, ts, context))


def _part_context(part: Part, channel: str, context: JobContext[ScanJob]) -> JobContext[ScanJob]:
    """Return the context of a part in a channel. In another than the route's its steps have other names."""
    job = part_job(part.channel, channel, context.job)
    steps = replace(context.steps, job_id=part.report_id)
    if channel != part.channel:
        steps = steps.within("home")
    return context.of(job, steps)
