"""Apply the edits of a CSV as its preview has shown them: carry out the plan that was kept then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from cattrs import structure

from bot.domain.csv_edit import EditSummary
from bot.domain.job import ApplyEditJob, ApplyJob, Requester, job_id
from bot.domain.slack import Message
from bot.errors import BotError
from bot.i18n import translate
from bot.render import mrkdwn
from bot.render.errors import explain_in_slack
from bot.render.uploads.edit import applied_message, applied_text, edit_message, failed_text
from bot.usecases.context import JobContext
from bot.usecases.csv_edit.preview import COMPARE
from bot.usecases.steps import BusyStepError, Steps, UnfinishedError, done_key
from bot.usecases.triage.act import carry_out

CLOSE = "close"
"""The last step: it says in the preview's message who has applied the edits."""


def apply_edit(context: JobContext[ApplyEditJob]) -> None:
    """
    Carry out the plan of a previewed file, once for all presses of its button.

    The act and its steps have the plan as their key, so that a press after another one goes on with the same
    act, as another delivery would. The first press names the actor. The steps of `context` are the press's
    own, because its permission and its errors concern nobody else.

    Raises:
        UnfinishedError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    job, ports = context.job, context.ports
    key = f"plan/{job.plan_id}"
    steps = Steps(ports.ledger, job_id(replace(job, key=key)), ports.now)
    first = steps.run("actor", lambda: {"key": job.key, "user_id": job.requester.user_id})
    is_done = ports.ledger.read(done_key(steps.job_id, CLOSE)) is not None
    if first["key"] != job.key:
        word, person = "edit.done" if is_done else "edit.begun", mrkdwn.person(first["user_id"])
        message = Message(translate(context.locale, word, person=person))
        context.steps.run("tell-first", ports.messenger.tell, job.requester, message, job.channel)
    if is_done:
        return
    is_own = first["user_id"] == job.requester.user_id
    actor = job.requester if is_own else Requester(first["user_id"], "")
    apply = ApplyJob(key, job.report_id, job.plan_id, job.channel, job.thread_ts, actor)
    try:
        carry_out(JobContext(apply, ports, steps, context.deployment, context.deadline), job.plan_id)
        steps.run(CLOSE, _close, context, steps.job_id)
    except (UnfinishedError, BusyStepError):  # another delivery goes on
        raise
    except Exception:
        with suppress(BotError):
            _show_failure(context, steps.job_id)
        raise


def _close(context: JobContext[ApplyEditJob], act_id: str) -> None:
    """
    Replace the button in the preview's message by the result.

    If the message is gone, or Slack refuses it, tell the person who pressed: the changes are made all the
    same.
    """
    job, ports, locale = context.job, context.ports, context.deployment.locale
    result = next(act for act in ports.actions.acts(job.report_id) if act.act_id == act_id)
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
