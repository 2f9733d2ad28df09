"""
Deliver a stored report to channels and threads: to each the summary, then the CSV in its thread.

The report is in the bucket before anything is posted. Therefore nothing is lost if Slack fails: the
requester gets a link to the report instead.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.job import Job
from bot.domain.report import Summary
from bot.domain.slack import Message
from bot.errors import BotError, InvalidBlocksError, SlackInternalError
from bot.i18n import Locale, translate
from bot.ports import Messenger
from bot.render import mrkdwn
from bot.render.blocks import text_alone
from bot.render.errors import explain_in_slack
from bot.render.message import headline, report_message
from bot.usecases.context import JobContext
from bot.usecases.steps import Result, Steps, UncertainStepError

TELL_FAILURE = "tell-failure"
"""The step that reports a failure. It has one name in all modules, so that a failure is reported once."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A place to which a report is delivered."""

    channel: str
    """ID of a channel, or of the direct messages with a person."""
    thread_ts: str | None = None
    """The message in whose thread the report is posted; None to post it in the channel itself."""


def deliver(report_id: str, destinations: Sequence[Destination], context: JobContext[Job]) -> str | None:
    """
    Post a stored report to each destination, at most once. A destination that fails does not stop the others.

    Args:
        report_id: the report.
        destinations: the first is the report's own; the same in each delivery of the job.
        context: the job's.

    Returns:
        The ts of the message at the first destination; None if it may be missing.

    Raises:
        BotError: the first error by which Slack rejects the message; the requester has then been sent a link
            to the report.
        BusyStepError: another delivery of the same job is posting.
        UncertainStepError: an error may not have been reported to anyone.
    """
    summary, failures = context.ports.reports.summary(report_id), list[BotError]()
    posted: list[str | None] = []
    for to in destinations:
        steps = context.steps
        if to != destinations[0]:
            steps = steps.within(f"{to.channel}-{to.thread_ts or ''}")
        try:
            posted.append(_Delivery(summary, to, context, steps).run())
        except BotError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return posted[0]


def csv_name(summary: Summary) -> str:
    """Name a report's file by its time, in characters that every system accepts."""
    about = f"check-{summary.check.repository.replace('/', '-')}" if summary.check else "securityhub"
    return f"{about}-{summary.scanned_at:%Y%m%d-%H%M%S}Z.csv"


def failure_text(error: BotError, locale: Locale) -> str:
    """Explain an error in mrkdwn, and say whether the bot will retry."""
    text = explain_in_slack(error, locale)
    return f"{text} {translate(locale, 'error.will-retry')}" if error.retryable else text


def _post_or_simplify(to: Destination, message: Message, messenger: Messenger) -> str:
    """Post a message; if Slack rejects its blocks, post its text alone."""
    try:
        return messenger.post(to.channel, message, to.thread_ts)
    except InvalidBlocksError:
        return messenger.post(to.channel, text_alone(message), to.thread_ts)


def update_or_simplify(channel: str, ts: str, message: Message, messenger: Messenger) -> None:
    """Update a message; if Slack rejects its blocks, update it with the text alone."""
    try:
        messenger.update(channel, ts, message)
    except InvalidBlocksError:
        messenger.update(channel, ts, text_alone(message))


@dataclass(frozen=True)
class _Delivery:
    """
    One report on its way to one destination.

    Errors are reported to the requester; if there is none, to the channel, where no message may be repeated.
    """

    summary: Summary
    to: Destination
    context: JobContext[Job]
    steps: Steps
    """The job's, with names of the destination's own."""

    def run(self) -> str | None:
        """Post the report and share its CSV; return the message's ts, None if it may be missing."""
        try:
            ts = str(self.steps.run("post", self._post, at_most_once=True)["ts"])
        except UncertainStepError as error:
            self._report_uncertain(error.__cause__)
            return None
        except BotError as error:
            self._report_not_posted(error)
            raise
        if self.summary.finding_count:
            if not (self.to.thread_ts or self.summary.check):  # nothing in the CSV of a check can be changed
                reports = self.context.ports.reports
                self.steps.run("thread", reports.add_thread, self.to.channel, ts, self.summary.report_id)
            self._attach(self.to.thread_ts or ts)
        return ts

    def _post(self) -> Result:
        ports, summary = self.context.ports, self.summary
        acts = ports.actions.acts(summary.report_id) if summary.report_kind else ()
        message = report_message(summary, acts, self.context.deployment.report_setting)
        return {"ts": _post_or_simplify(self.to, message, ports.messenger)}

    def _attach(self, thread_ts: str) -> None:
        """Share the CSV; if that fails or may have failed, provide a link to it instead."""
        try:
            self.steps.run("upload", self._upload, thread_ts, at_most_once=True)
        except (UncertainStepError, BotError) as error:
            cause = error if isinstance(error, BotError) else error.__cause__
            is_public = self.context.job.requester is None
            self.steps.run("tell-csv", self._report_no_csv, thread_ts, cause, at_most_once=is_public)

    def _upload(self, thread_ts: str) -> None:
        ports, summary = self.context.ports, self.summary
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "report.csv"
            ports.reports.fetch_csv(summary.report_id, file)
            ports.messenger.upload(self.to.channel, thread_ts, csv_name(summary), file)

    def _report_no_csv(self, thread_ts: str, cause: BaseException | None) -> None:
        context = self.context
        reason = explain_in_slack(cause, context.locale) if isinstance(cause, BotError) else "Slack"
        message = Message(translate(context.locale, "report.csv-failed", reason=reason, link=self._link()))
        requester, messenger = context.job.requester, context.ports.messenger
        if requester:
            messenger.tell(requester, message, self.to.channel)
        else:
            messenger.post(self.to.channel, message, thread_ts)

    def _report_uncertain(self, cause: BaseException | None) -> None:
        """
        Say that the report may be missing, in words unlike the report's own.

        After an internal error of Slack the channel is told, in text alone: the blocks may be the reason.
        """
        steps, ports = self.steps, self.context.ports
        requester, is_internal = self.context.job.requester, isinstance(cause, SlackInternalError)
        if requester is None or is_internal:
            key = "report.maybe-here" if is_internal else "report.maybe-posted"
            try:
                steps.run("tell-uncertain", self._post_linked, key, at_most_once=True)
            except (BotError, UncertainStepError):
                if requester is None:
                    raise
            else:
                return
        message = self._linked("report.maybe-posted", self.context.locale)
        steps.run("tell-uncertain", ports.messenger.tell, requester, message, self.to.channel)

    def _report_not_posted(self, error: BotError) -> None:
        """Tell the requester why nothing was posted, with the report: the only message about this failure."""
        context, requester = self.context, self.context.job.requester
        if requester is None:
            return
        found = self._linked("report.not-posted", context.locale).text
        message = Message(f"{failure_text(error, context.locale)}\n{found}")
        context.steps.run(TELL_FAILURE, context.ports.messenger.tell, requester, message, self.to.channel)

    def _post_linked(self, key: str) -> None:
        message = self._linked(key, self.context.deployment.locale)
        self.context.ports.messenger.post(self.to.channel, message, self.to.thread_ts)

    def _linked(self, key: str, locale: Locale) -> Message:
        summary, channel = self.summary, mrkdwn.channel(self.to.channel)
        if not summary.finding_count:
            sentence = mrkdwn.text(headline(summary, self.context.deployment.report_setting))
            return Message(translate(locale, f"{key}.none", channel=channel, sentence=sentence))
        count = summary.check.failed_count if summary.check else summary.finding_count
        return Message(translate(locale, key, channel=channel, count=count, link=self._link()))

    def _link(self) -> str:
        url = self.context.ports.reports.csv_link(self.summary.report_id)
        return mrkdwn.link(url, csv_name(self.summary))
