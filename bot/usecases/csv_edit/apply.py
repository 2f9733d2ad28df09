"""Apply the edits of a CSV as its preview has shown them: carry out the plan that was kept then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from cattrs import structure

from bot.domain.csv_edit import EditSummary
from bot.domain.job import ApplyEditJob, ApplyJob, Requester, job_id
from bot.domain.message import Message
from bot.errors import BotError
from bot.i18n import translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.edit import applied_message, applied_text, edit_message, failed_text
from bot.render.errors import explain_in_slack
from bot.usecases.context import JobContext
from bot.usecases.csv_edit.preview import COMPARE
from bot.usecases.steps import (
    BusyStepError,
    Result,
    Steps,
    UnfinishedError,
    done_key,
)
from bot.usecases.triage.act import carry_out

LEASE = timedelta(minutes=20)
"""
How long a press has a plan to itself. Each delivery renews the lease, takes at most 15 minutes, and follows
the last one within two (RETRY_WAITS in bot/adapters/durable.py): a press whose lease is over has died.
"""

CLOSE = "close"
"""The last step: it says in the preview's message who has applied the edits."""


def apply_edit(context: JobContext[ApplyEditJob]) -> None:
    """
    Carry out the plan of a previewed file, once for all presses of its button.

    The act and its steps have the plan as their key, so that a press after a failed one goes on with the same
    act, as another delivery would. The first press names the actor. The steps of `context` are the press's
    own, because its permission and its errors concern nobody else.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    job, ports = context.job, context.ports
    act_id = job_id(replace(job, key=f"plan/{job.plan_id}"))
    closed = ports.ledger.read(done_key(act_id, CLOSE))
    press = closed or _take_lease(job, act_id, ports)
    if press["key"] != job.key:
        key = "edit.done" if closed else "edit.begun"
        text = translate(context.locale, key, person=mrkdwn.person(press["user_id"]))
        context.steps.run("tell-begun", ports.messenger.tell, job.requester, Message(text), job.channel)
        return
    try:
        act = _act(context, act_id)
        carry_out(act, job.plan_id)
        act.steps.run(CLOSE, _close, context, act_id)
    except (UnfinishedError, BusyStepError):  # another delivery goes on
        raise
    except Exception:
        with suppress(BotError):
            ports.ledger.delete(f"{act_id}/lease")
            _show_failure(context, act_id)
        raise


def _act(context: JobContext[ApplyEditJob], act_id: str) -> JobContext[ApplyJob]:
    """Return the act of a press: with the plan's steps, and the first press's requester."""
    job, ports = context.job, context.ports
    steps = Steps(ports.ledger, act_id, ports.now)
    user_id = steps.run("actor", lambda: {"user_id": job.requester.user_id})["user_id"]
    actor = job.requester if user_id == job.requester.user_id else Requester(user_id, "")
    apply = ApplyJob(f"plan/{job.plan_id}", job.report_id, job.plan_id, job.channel, job.thread_ts, actor)
    return JobContext(apply, ports, steps, context.deployment, context.deadline)


def _take_lease(job: ApplyEditJob, act_id: str, ports: Ports) -> Result:
    """
    Take or renew a press's lease on a plan, unless another press has it.

    Two presses may find the same lease over and both go on: that is twice the work, and does no harm, because
    a plan can be carried out twice at once (bot/usecases/steps.py).

    Returns:
        The press that has the lease: its key, its user_id, and the time.
    """
    key = f"{act_id}/lease"
    lease = {"key": job.key, "user_id": job.requester.user_id, "at": ports.now().isoformat()}
    held = ports.ledger.read(key)
    if held and (held["key"] == job.key or ports.now() - datetime.fromisoformat(held["at"]) > LEASE):
        ports.ledger.delete(key)
        held = None
    if held is None and not ports.ledger.create(key, lease):
        held = ports.ledger.read(key)
        if held is None:  # another press is taking it at this moment
            raise BusyStepError
    return held or lease


def _close(context: JobContext[ApplyEditJob], act_id: str) -> Result:
    """
    Replace the button in the preview's message by the result.

    If the message is gone, or Slack refuses it, tell the person who pressed: the changes are made all the
    same.
    """
    job, ports = context.job, context.ports
    result = next(act for act in ports.actions.acts(job.report_id) if act.act_id == act_id)
    locale = context.deployment.locale
    compared = ports.ledger.read(done_key(job.plan_id, COMPARE))
    if compared is None:  # the ledger has expired it
        message = Message(applied_text(result, locale))
    else:
        message = applied_message(structure(compared, EditSummary), result, locale)
    try:
        ports.messenger.update(job.channel, job.message_ts, message)
    except BotError as error:
        if error.retryable:
            raise
        text = f"{applied_text(result, context.locale)}\n{explain_in_slack(error, context.locale)}"
        ports.messenger.tell(job.requester, Message(text), job.channel)
    return {"key": job.key, "user_id": result.user_id}


def _show_failure(context: JobContext[ApplyEditJob], act_id: str) -> None:
    """Say in the preview's message that a press has failed which may have changed something."""
    job, ports, locale = context.job, context.ports, context.deployment.locale
    is_chosen = ports.ledger.read(done_key(act_id, "choose"))
    compared = ports.ledger.read(done_key(job.plan_id, COMPARE))
    if is_chosen and compared and ports.ledger.read(done_key(act_id, CLOSE)) is None:
        value = f"{job.report_id}:{job.plan_id}:{job.thread_ts}"
        state = failed_text(job.requester.user_id, ports.now(), locale)
        message = edit_message(structure(compared, EditSummary), value, locale, state)
        ports.messenger.update(job.channel, job.message_ts, message)
