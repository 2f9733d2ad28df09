"""Apply what an edited CSV asks for, as its preview has shown it: carry out the plan that was kept then."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.csv_edit import EditSummary
from bot.domain.job import ApplyEditJob, Requester, job_id
from bot.domain.message import Message
from bot.domain.report import Summary
from bot.domain.triage import ActionResult
from bot.errors import BotError
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.edit import Edited, applied_message, applied_text, edit_message, failed_text
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
from bot.usecases.triage.run import TriageRun

ABANDONED = timedelta(hours=8)
"""After how long a click that has neither ended nor failed has died: an execution lasts no longer."""

CLOSE = "close"
"""The step that says what came of it: the last."""


def apply_edit(context: JobContext[ApplyEditJob]) -> None:
    """
    Carry out a previewed file's plan once, whoever presses its button and how often.

    A click after one that has failed goes on with what that one has begun, as another delivery of it would.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    job, ports, steps = context.job, context.ports, context.steps
    first = steps.run("claim", _claim, job, ports)
    begun = replace(job, key=first["key"])
    if begun.key != job.key:
        if not steps.run("go-on", lambda: {"may": _is_left(begun, first, ports)})["may"]:
            steps.run("tell-begun", _tell_begun, job, first["user_id"], ports, context.locale)
            return
        begun = replace(begun, requester=_who(job, begun, first, ports))
        steps = Steps(ports.ledger, job_id(begun), ports.now)
    try:
        _apply(replace(context, job=begun, steps=steps))
    except (UnfinishedError, BusyStepError):  # it goes on
        raise
    except Exception:
        ports.ledger.create(_failed_key(begun), {})
        with suppress(BotError):
            _show_failure(begun, ports, context.deployment.locale)
        raise


def _apply(context: JobContext[ApplyEditJob]) -> None:
    job, ports, act_id = context.job, context.ports, context.job_id
    setting, locale = context.deployment.report_setting, context.locale
    summary = ports.reports.summary(job.report_id)
    place = (job.channel, job.thread_ts, job.requester)
    carry_out(TriageRun(act_id, job.plan_id, summary, *place, setting, locale), context)
    made = next(act for act in ports.changes.acts(job.report_id) if act.act_id == act_id)
    context.steps.run(CLOSE, _close, job, made, summary, ports, setting.locale, locale)


def _claim(job: ApplyEditJob, ports: Ports) -> Result:
    """Take the plan for this click, and give whose it is: the first to be allowed to has it."""
    key = f"{job.plan_id}/applied"
    claim = {"key": job.key, "user_id": job.requester.user_id, "at": ports.now().isoformat()}
    if ports.ledger.create(key, claim):
        return claim
    others = ports.ledger.read(key)
    if others is None:  # another click is at it, and neither has it yet
        raise BusyStepError
    return others


def _is_left(begun: ApplyEditJob, claim: Result, ports: Ports) -> bool:
    """Tell whether whoever has claimed a plan has left it: failed, or died without a word."""
    if ports.ledger.read(done_key(job_id(begun), CLOSE)) is not None:
        return False
    if ports.ledger.read(_failed_key(begun)) is not None:
        return True
    return ports.now() - datetime.fromisoformat(claim["at"]) > ABANDONED


def _failed_key(begun: ApplyEditJob) -> str:
    return f"{begun.plan_id}/failed"


def _who(job: ApplyEditJob, begun: ApplyEditJob, claim: Result, ports: Ports) -> Requester:
    """Give who acts: what the first has chosen bears their name, on the findings and in the history."""
    is_chosen = ports.ledger.read(done_key(job_id(begun), "choose"))
    return replace(job.requester, user_id=claim["user_id"]) if is_chosen else job.requester


def _tell_begun(job: ApplyEditJob, user_id: str, ports: Ports, locale: Locale) -> None:
    text = translate(locale, "edit.begun", person=mrkdwn.person(user_id))
    ports.messenger.tell(job.requester, Message(text), job.channel)


def _close(
    job: ApplyEditJob,
    made: ActionResult,
    summary: Summary,
    ports: Ports,
    channel_locale: Locale,
    locale: Locale,
) -> None:
    """
    Say in the preview's message what came of it, in the place of the button.

    Where the message is gone, or Slack will not have it, who pressed is told: what was done is done.
    """
    message = _closing(job, made, summary, ports, channel_locale)
    try:
        ports.messenger.update(job.channel, job.message_ts, message)
    except BotError as error:
        if error.retryable:
            raise
        reason = explain_in_slack(error, locale)
        ports.messenger.tell(job.requester, Message(f"{applied_text(made, locale)}\n{reason}"), job.channel)


def _show_failure(job: ApplyEditJob, ports: Ports, locale: Locale) -> None:
    """Say in the preview's message that a click has failed which may have changed something."""
    is_chosen = ports.ledger.read(done_key(job_id(job), "choose"))
    is_closed = ports.ledger.read(done_key(job_id(job), CLOSE))
    previewed = _previewed(job, ports.reports.summary(job.report_id), ports)
    if is_chosen and previewed and not is_closed:
        value = f"{job.report_id}:{job.plan_id}:{job.thread_ts}"
        state = failed_text(job.requester.user_id, ports.now(), locale)
        ports.messenger.update(job.channel, job.message_ts, edit_message(*previewed, value, locale, state))


def _closing(
    job: ApplyEditJob, made: ActionResult, summary: Summary, ports: Ports, locale: Locale
) -> Message:
    previewed = _previewed(job, summary, ports)
    return applied_message(*previewed, made, locale) if previewed else Message(applied_text(made, locale))


def _previewed(job: ApplyEditJob, summary: Summary, ports: Ports) -> tuple[EditSummary, Edited] | None:
    """Return the numbers that the preview shows, and of which file; None once the ledger has expired them."""
    known = ports.ledger.read(done_key(job.plan_id, COMPARE))
    if not known:
        return None
    return EditSummary.of(known["summary"]), Edited(known["person"], known["name"], summary.scanned_at)
