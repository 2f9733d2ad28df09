"""
Mark the rows NOTIFIED whose owner was reached.

AWS: NOTIFIED "indicates that you notified the resource owner"
(https://docs.aws.amazon.com/securityhub/latest/userguide/findings-workflow-status.html).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import BOT, WorkflowStatus
from bot.domain.job import ApplyJob, Requester, ScanJob, job_id
from bot.domain.owners.contact import Contact
from bot.domain.owners.tally import contact_key
from bot.domain.report import Summary
from bot.domain.triage import Change, Plan
from bot.ports import Channels, People, Ports
from bot.usecases.context import JobContext
from bot.usecases.triage.act import carry_out
from bot.usecases.triage.plan import message_rows, targets_of

NOTIFY = ActionRequest(Action.NOTIFY)


def reached_in(channel: str, contacts: Iterable[Contact], channels: Channels, people: People) -> set[str]:
    """
    Return the IDs of the contacts whom a mention in a channel notifies.

    Slack notifies members of the channel alone; a user group is reached if one of its people is a member.
    """
    members = channels.members(channel)
    reached = set()
    for contact in contacts:
        users = people.group_members(contact.id) if contact.is_group else {contact.id}
        if members & users:
            reached.add(contact.id)
    return reached


def mark_notified(
    summary: Summary,
    message_ts: str,
    reached: Collection[str],
    contacts: Mapping[str, Contact],
    context: JobContext[ScanJob],
) -> None:
    """
    Mark the NEW rows of the reached owners NOTIFIED, as the bot, and show it in the report's message.

    Args:
        summary: the report's.
        message_ts: the report's message, in the job's channel.
        reached: the IDs of the contacts.
        contacts: by comparable name.
        context: the job that made the report.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on.
        BotError: Security Hub or Slack failed.
    """
    plan_id = job_id(ScanJob(f"{context.job.key}/notified"))
    job = ApplyJob(
        f"{context.job.key}/notified", summary.report_id, plan_id, context.channel, message_ts, Requester(BOT)
    )
    steps = context.steps.within("notified")
    if steps.run("plan", _plan, summary, plan_id, reached, contacts, context.ports)["count"]:
        own = JobContext(job, context.ports, steps, context.deployment, context.deadline)
        carry_out(own, plan_id)


def _plan(
    summary: Summary, plan_id: str, reached: Collection[str], contacts: Mapping[str, Contact], ports: Ports
) -> dict[str, int]:
    plan = Plan(summary.report_id, plan_id, (NOTIFY,), message_rows(summary, ports))
    count = 0

    def counted() -> Iterator[Change]:
        nonlocal count
        for target in _targets(summary.report_id, reached, contacts, ports):
            count += 1
            yield target

    ports.actions.save_plan(plan, counted())
    return {"count": count}


def _targets(
    report_id: str, reached: Collection[str], contacts: Mapping[str, Contact], ports: Ports
) -> Iterator[Change]:
    for problem, row in enumerate(ports.reports.rows(report_id)):
        keys = {contact_key(name, contacts) for name in row.owner.names}
        if row.status is WorkflowStatus.NEW and keys.intersection(reached):
            for target in targets_of(problem, row, NOTIFY):
                if target.before.status is not NOTIFY.action.status:
                    yield target
