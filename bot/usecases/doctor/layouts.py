"""A sample of each kind of message and form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.domain.action import Action
from bot.domain.check import Checked, ok
from bot.domain.message import Block, Message
from bot.domain.suppression import Suppression
from bot.domain.triage import Skip
from bot.errors import ReportGoneError
from bot.i18n import Locale
from bot.render import edit, progress
from bot.render.doctor import doctor_message
from bot.render.errors import explain_in_slack
from bot.render.forms import (
    Preview,
    counting_view,
    failed_view,
    preview_view,
    row_form,
    started_view,
    told_view,
    triage_form,
)
from bot.render.message import ReportSetting, report_message
from bot.render.modal import scan_form, scanning_view
from bot.usecases.doctor import samples
from bot.usecases.doctor.samples import AT, ID, PERSON, SUPPRESS

Layout = tuple[str, str, Any]
"""The name, `blocks` or `view`, and the payload."""

TOP = 5


def layouts(locale: Locale) -> Iterator[Layout]:
    """Make each kind. Messages without blocks are omitted: Slack always accepts plain text."""
    for name, message in {**_reports(locale), **_progress(locale), **_answers(locale)}.items():
        if message.blocks:
            yield name, "blocks", list(message.blocks)
    for name, view in _views(locale).items():
        yield name, "view", view


def _reports(locale: Locale) -> Mapping[str, Message]:
    setting = ReportSetting(locale, "example")
    some = samples.summary(TOP)
    suppression = Suppression(ID, SUPPRESS.expires_on or AT.date(), PERSON, SUPPRESS.reason, AT, 2)
    of_suppressed = samples.summary(TOP, query=samples.SUPPRESSED)
    told = {"suppressions": (suppression,), "suppression_count": 1}
    ending = {
        name: report_message(replace(of_suppressed, report_kind=report_kind, **told), [], setting)  # type: ignore[arg-type]
        for name, report_kind in samples.REPORT_KINDS.items()
    }
    return {
        "report": report_message(some, [], setting),
        "report without findings": report_message(samples.summary(0), [], setting),
        "incomplete report": report_message(samples.summary(TOP, samples.UNREAD), [], setting),
        "report with acts": report_message(some, [samples.act(0), samples.act()], setting),
        "list of suppressions": report_message(of_suppressed, [], setting),
        **ending,
    }


def _progress(locale: Locale) -> Mapping[str, Message]:
    return {
        "progress of a scan": progress.scanning_message(ID, PERSON, 2000, locale),
        "scan that stops": progress.cancelling_message(PERSON, locale),
        "cancelled scan": progress.cancelled_message(PERSON, 2000, locale),
        "finished scan": progress.finished_message(2000, locale),
        "stopped scan": progress.stopped_message(locale),
        "progress of an act": progress.acting_message(1000, 2000, locale),
        "finished act": progress.acted_message(2000, locale),
        "stopped act": progress.stopped_acting_message(locale),
    }


def _answers(locale: Locale) -> Mapping[str, Message]:
    value = f"{ID}:{ID}:1.2"
    return {
        "edited CSV": edit.edit_message(samples.edit(), value, locale),
        "edited CSV without changes": edit.edit_message(samples.edit(is_empty=True), value, locale),
        "applied CSV": edit.applied_message(samples.edit(), samples.act(), locale),
        "refused CSV": edit.refused_file_message(ReportGoneError(), PERSON, "example.csv", locale),
        "check of the deployment": doctor_message([Checked("read", ok("doctor.read.ok"))], locale),
    }


def _views(locale: Locale) -> Mapping[str, Block]:
    counted = Preview(SUPPRESS, 3, {"S3.8": 3}, {"123456789012": 3}, {Skip.CHANGED: 1})
    return {
        "scan form": scan_form(locale, "{}"),
        "scan form, sent": scanning_view(locale, query="S3.8", channel="C0000000000"),
        "suppression form": row_form(Action.SUPPRESS, "`S3.8`", "{}", locale),
        "resolution form": row_form(Action.RESOLVE, "`S3.8`", "{}", locale),
        "triage form": triage_form("{}", locale),
        "triage form, counting": counting_view(locale),
        "triage preview": preview_view(counted, "{}", locale),
        "triage form, sent": started_view(locale),
        "triage form, failed": failed_view(explain_in_slack(ReportGoneError(), locale), locale),
        "triage form, told": told_view("text", locale),
    }
