"""
Mark the rows NOTIFIED whose owner was reached.

AWS: NOTIFIED "indicates that you notified the resource owner"
(https://docs.aws.amazon.com/securityhub/latest/userguide/findings-workflow-status.html).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.action import Action, ActionRequest
from bot.domain.finding import BOT, WorkflowStatus
from bot.domain.job import ApplyJob, Job, Requester, ScanJob, job_id
from bot.domain.owners.contact import Contact
from bot.domain.owners.tally import contact_key, names_of
from bot.domain.report import Summary
from bot.domain.row import ReportRow
from bot.domain.triage import Change, Plan
from bot.errors import BotError
from bot.ports import Channels, People, Ports
from bot.usecases.context import JobContext
from bot.usecases.triage.act import carry_out
from bot.usecases.triage.plan import message_rows, targets_of

LOG = logging.getLogger(__name__)

NOTIFY = ActionRequest(Action.NOTIFY)


def reached_in(channel: str, contacts: Iterable[Contact], channels: Channels, people: People) -> set[str]:
    """
    Return the IDs of the contacts whom a mention in a channel notifies.

    Slack notifies members of the channel alone; a user group is reached if one of its people is a member.
    """
    members = channels.members(channel)
    return {contact.id for contact in contacts if members & _users(contact, people)}


def _users(contact: Contact, people: People) -> frozenset[str]:
    """Return the users of a contact; none of a group that cannot be read."""
    if not contact.is_group:
        return frozenset({contact.id})
    try:
        return people.group_members(contact.id)
    except BotError as error:
        LOG.warning("a user group cannot be read", extra={"error_code": error.code, "group": contact.id})
        return frozenset()


def mark_notified(
    summary: Summary,
    message_ts: str,
    reached: frozenset[str],
    final: frozenset[str],
    contacts: Mapping[str, Contact],
    context: JobContext[Job],
) -> None:
    """
    Mark the NEW rows NOTIFIED, as the bot, of which every owner was reached or cannot be reached.

    Args:
        summary: the report's.
        message_ts: the report's message, in the job's channel.
        reached: the keys of the owners who were reached; a row needs one of them.
        final: the keys of the owners whom Slack does not know, or whom the bot never mentions.
        contacts: by OwnerName.key.
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
    owners = _Owners(reached, reached | final, contacts)
    if steps.run("plan", _plan, summary, plan_id, owners, context.ports)["count"]:
        own = JobContext(job, context.ports, steps, context.deployment, context.deadline)
        carry_out(own, plan_id)


@dataclass(frozen=True, slots=True)
class _Owners:
    """The owners by whom rows are chosen."""

    reached: frozenset[str]
    served: frozenset[str]
    """Those who were reached, and those who cannot be."""
    contacts: Mapping[str, Contact]

    def have(self, row: ReportRow) -> bool:
        """Return whether a row may be marked."""
        keys = {contact_key(owner, self.contacts) for owner in names_of(row)}
        return row.status is WorkflowStatus.NEW and bool(keys & self.reached) and keys <= self.served


def _plan(summary: Summary, plan_id: str, owners: _Owners, ports: Ports) -> dict[str, int]:
    plan = Plan(summary.report_id, plan_id, (NOTIFY,), message_rows(summary, ports))
    count = 0

    def counted() -> Iterator[Change]:
        nonlocal count
        for problem, row in enumerate(ports.reports.rows(summary.report_id)):
            for target in targets_of(problem, row, NOTIFY) if owners.have(row) else ():
                if target.before.status is not NOTIFY.action.status:
                    count += 1
                    yield target

    ports.actions.save_plan(plan, counted())
    return {"count": count}
