"""Apply what an edited CSV asks for, as its preview has shown it: carry out the plan that was kept then."""

from __future__ import annotations

from bot.domain.change import Act
from bot.domain.edit import EditSummary
from bot.domain.edit_job import ApplyEditJob
from bot.domain.job import job_id
from bot.domain.message import Message
from bot.domain.report import Summary
from bot.i18n import Locale, translate
from bot.ports import Ports
from bot.render import mrkdwn
from bot.render.edit import Edited, applied_message, applied_text
from bot.render.message import Setting
from bot.usecases.act import carry_out
from bot.usecases.deed import Deed
from bot.usecases.edit.preview import COMPARE
from bot.usecases.steps import NO_HURRY, Result, Step, Time, done_key


def apply_edit(
    job: ApplyEditJob, ports: Ports, step: Step, time: Time = NO_HURRY, *, setting: Setting, locale: Locale
) -> None:
    """
    Carry out a previewed file's plan once, whoever presses its button and how often.

    Raises:
        NotDoneError: the time is up, and another delivery is to go on.
        ReportGoneError: the report or the plan is no longer kept.
        BotError: Security Hub or Slack failed; nothing that was done is undone.
    """
    first = step("claim", lambda: _claim(job, ports))
    if first["key"] != job.key:
        step("tell-begun", lambda: _tell_begun(job, first["user_id"], ports, locale))
        return
    summary = ports.reports.summary(job.report_id)
    act_id = job_id(job)
    place = (job.channel, job.thread_ts, job.requester)
    carry_out(Deed(act_id, job.plan_id, summary, *place, setting, locale), ports, step, time)
    made = next(act for act in ports.changes.acts(job.report_id) if act.act_id == act_id)
    step("close", lambda: _close(job, made, summary, ports, setting.locale))


def _claim(job: ApplyEditJob, ports: Ports) -> Result:
    """Take the plan for this click, and give whose it is: the first to be allowed to has it."""
    key = f"{job.plan_id}/applied"
    claim = {"key": job.key, "user_id": job.requester.user_id}
    return claim if ports.ledger.create(key, claim) else ports.ledger.read(key) or claim


def _tell_begun(job: ApplyEditJob, user_id: str, ports: Ports, locale: Locale) -> Result:
    text = translate(locale, "edit.begun", person=mrkdwn.person(user_id))
    ports.messenger.tell(job.requester, Message(text), job.channel)
    return {}


def _close(job: ApplyEditJob, made: Act, summary: Summary, ports: Ports, locale: Locale) -> Result:
    """Say in the preview's message what came of it, in the place of the button."""
    known = ports.ledger.read(done_key(job.plan_id, COMPARE))
    if known:
        found = EditSummary.of(known["summary"])
        edited = Edited(known["person"], known["name"], summary.scanned_at)
        message = applied_message(found, edited, made, locale)
    else:
        message = Message(applied_text(made, locale))
    ports.messenger.update(job.channel, job.message_ts, message)
    return {}
