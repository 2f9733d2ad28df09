"""
Deliver a kept report to a channel: the summary, then the CSV in its thread.

The report is in the bucket before anything is posted, so that whatever Slack does nothing is lost: who
asked gets a link to it instead.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.domain.job import Requester
from bot.domain.message import Message
from bot.domain.report import Summary
from bot.errors import BotError, InvalidBlocksError, SlackInternalError
from bot.i18n import Locale, translate
from bot.ports import Messenger, Ports
from bot.render import mrkdwn
from bot.render.blocks import text_alone
from bot.render.errors import explain_in_slack
from bot.render.message import ReportSetting, headline, report_message
from bot.usecases.steps import Result, Step, UncertainStepError

TELL_FAILURE = "tell-failure"
"""The step that tells a failure: one name wherever it is told, so that it is told once."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a report goes, and to whom what goes wrong is told."""

    channel: str
    setting: ReportSetting
    requester: Requester | None
    locale: Locale
    """The language of what is told in private; the report's own for a schedule."""

    @property
    def is_for_all(self) -> bool:
        """Whether what goes wrong is told in the channel, where nothing may stand twice."""
        return self.requester is None


def deliver(report_id: str, delivery: Delivery, ports: Ports, step: Step) -> None:
    """
    Post a kept report, at most once.

    Raises:
        BotError: Slack refuses the message; who asked has then been sent a link to the report.
        BusyStepError: another delivery of the same job is posting.
        UncertainStepError: what went wrong may not have been told.
    """
    summary = ports.reports.summary(report_id)
    try:
        posted = step("post", lambda: _post(summary, delivery, ports), once=True)
    except UncertainStepError as error:
        _tell_uncertain(summary, error.__cause__, delivery, ports, step)
        return
    except BotError as error:
        _tell_not_posted(summary, error, delivery, ports, step)
        raise
    if summary.finding_count:
        step("thread", lambda: _remember(summary, posted["ts"], delivery, ports))
        _attach(summary, posted["ts"], delivery, ports, step)


def failure_text(error: BotError, locale: Locale) -> str:
    """Say in mrkdwn what went wrong, and whether the bot tries again."""
    text = explain_in_slack(error, locale)
    return f"{text} {translate(locale, 'error.will-retry')}" if error.retryable else text


def post_or_simplify(channel: str, message: Message, messenger: Messenger) -> str:
    """Post a message; if Slack refuses its layout, as text alone."""
    try:
        return messenger.post(channel, message)
    except InvalidBlocksError:
        return messenger.post(channel, text_alone(message))


def update_or_simplify(channel: str, ts: str, message: Message, messenger: Messenger) -> None:
    """Replace a message; if Slack refuses its layout, by text alone."""
    try:
        messenger.update(channel, ts, message)
    except InvalidBlocksError:
        messenger.update(channel, ts, text_alone(message))


def _post(summary: Summary, delivery: Delivery, ports: Ports) -> Result:
    acts = ports.changes.acts(summary.report_id) if summary.report_kind else ()
    message = report_message(summary, acts, delivery.setting)
    return {"ts": post_or_simplify(delivery.channel, message, ports.messenger)}


def _remember(summary: Summary, ts: str, delivery: Delivery, ports: Ports) -> Result:
    ports.reports.add_thread(delivery.channel, ts, summary.report_id)
    return {}


def _attach(summary: Summary, ts: str, delivery: Delivery, ports: Ports, step: Step) -> None:
    """Share the CSV; where that fails or may have failed, give a link to it instead."""
    try:
        step("upload", lambda: _upload(summary, ts, delivery, ports), once=True)
    except (UncertainStepError, BotError) as error:
        reason = error if isinstance(error, BotError) else error.__cause__
        step("tell-csv", lambda: _tell_csv(summary, ts, reason, delivery, ports), once=delivery.is_for_all)


def _upload(summary: Summary, ts: str, delivery: Delivery, ports: Ports) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.csv"
        ports.reports.fetch_csv(summary.report_id, file)
        ports.messenger.upload(delivery.channel, ts, csv_name(summary), file)
    return {}


def csv_name(summary: Summary) -> str:
    """Name a report's file by its time, in characters that every system takes."""
    return f"securityhub-{summary.scanned_at:%Y%m%d-%H%M%S}Z.csv"


def _tell_csv(
    summary: Summary, ts: str, cause: BaseException | None, delivery: Delivery, ports: Ports
) -> Result:
    known = cause if isinstance(cause, BotError) else None
    reason = explain_in_slack(known, delivery.locale) if known else "Slack"
    text = translate(delivery.locale, "report.csv-failed", reason=reason, link=_link(summary, ports))
    if delivery.requester:
        return _told(delivery.requester, Message(text), delivery, ports)
    ports.messenger.post(delivery.channel, Message(text), thread_ts=ts)
    return {}


def _tell_uncertain(
    summary: Summary, cause: BaseException | None, delivery: Delivery, ports: Ports, step: Step
) -> None:
    """
    Say that the report may be missing, in other words than the report's own.

    After an error of Slack's own the channel is told, by text alone: the layout may have been the reason.
    """
    requester, is_internal = delivery.requester, isinstance(cause, SlackInternalError)
    if requester is None or is_internal:
        key = "report.maybe-here" if is_internal else "report.maybe-posted"
        try:
            step("tell-uncertain", lambda: _tell_all(key, summary, delivery, ports), once=True)
        except (BotError, UncertainStepError):
            if requester is None:
                raise
        else:
            return
    message = _linked("report.maybe-posted", summary, delivery, ports)
    step("tell-uncertain", lambda: _told(requester, message, delivery, ports))


def _tell_not_posted(summary: Summary, error: BotError, delivery: Delivery, ports: Ports, step: Step) -> None:
    """Tell who asked why nothing was posted, and give them the report: the one telling of this failure."""
    requester = delivery.requester
    if requester is None:
        return
    found = _linked("report.not-posted", summary, delivery, ports).text
    message = Message(f"{failure_text(error, delivery.locale)}\n{found}")
    step(TELL_FAILURE, lambda: _told(requester, message, delivery, ports))


def _told(requester: Requester, message: Message, delivery: Delivery, ports: Ports) -> Result:
    ports.messenger.tell(requester, message, delivery.channel)
    return {}


def _tell_all(key: str, summary: Summary, delivery: Delivery, ports: Ports) -> Result:
    message = _linked(key, summary, delivery, ports, is_for_all=True)
    ports.messenger.post(delivery.channel, message)
    return {}


def _linked(
    key: str, summary: Summary, delivery: Delivery, ports: Ports, *, is_for_all: bool = False
) -> Message:
    locale = delivery.setting.locale if is_for_all else delivery.locale
    channel = mrkdwn.channel(delivery.channel)
    if not summary.finding_count:
        sentence = mrkdwn.text(headline(summary, delivery.setting))
        return Message(translate(locale, f"{key}.none", channel=channel, sentence=sentence))
    link = _link(summary, ports)
    return Message(translate(locale, key, channel=channel, count=summary.finding_count, link=link))


def _link(summary: Summary, ports: Ports) -> str:
    return mrkdwn.link(ports.reports.csv_link(summary.report_id), csv_name(summary))
