"""The slash command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.domain.command import check_length, format_query, is_doctor, is_help, is_history, parse_query, words
from bot.domain.job import DoctorJob, HistoryJob, Requester, ScanJob
from bot.errors import BotError, CommandError, UserError
from bot.i18n import Locale, translate
from bot.listeners.context import Context
from bot.listeners.odd import text_of
from bot.listeners.scan_form import open_scan_form
from bot.render import mrkdwn
from bot.render.errors import explain_in_slack
from bot.render.limits import clip

Payload = dict[str, Any]

COMMAND = "/sechub-scan"

NEEDED = ("user_id", "channel_id", "trigger_id")
"""Fields without which a command is not answered."""


def scan_command(context: Context) -> Callable[[Ack, Payload, WebClient], None]:
    """Answer `/sechub-scan`: help, the form, what is wrong with the text, or that the scan has begun."""

    def listener(ack: Ack, command: Payload, client: WebClient) -> None:
        for name in NEEDED:
            text_of(command, name)
        text = command.get("text") or ""
        try:
            check_length(text)
        except CommandError as error:
            ack(text=explain_in_slack(error, context.locale(command["user_id"])), response_type="ephemeral")
            return
        if is_help(text):
            help_text = translate(context.locale(command["user_id"]), "command.help", command=COMMAND)
            ack(text=help_text, response_type="ephemeral")
        elif not words(text):
            problem = _opened(context, command, client)
            if problem:
                ack(text=problem, response_type="ephemeral")
            else:
                ack()
        elif is_history(text):
            ack(text=_looked_up(context, command, text), response_type="ephemeral")
        elif is_doctor(text):
            ack(text=_checked(context, command), response_type="ephemeral")
        else:
            ack(text=_started(context, command, text), response_type="ephemeral")

    return listener


def _opened(context: Context, command: Payload, client: WebClient) -> str:
    """Open the form, which says enough; or say why it did not open."""
    try:
        open_scan_form(context, command, client)
    except BotError as error:
        return not_done(error, "command.no-form", context.quick_locales(command["user_id"]))
    return ""


def _started(context: Context, command: Payload, text: str) -> str:
    """Dispatch the scan, and say so; or say why not."""
    user_id = command["user_id"]
    try:
        query = parse_query(text)
    except UserError as error:
        return explain_in_slack(error, context.locale(user_id))
    query = replace(query, controls=tuple(map(context.catalogue.canonical, query.controls)))
    job = ScanJob(
        key=f"slack/{command['trigger_id']}",
        query=query,
        channel=command["channel_id"],
        requester=Requester(user_id, command.get("response_url") or "", command.get("team_id") or ""),
    )
    locales = context.quick_locales(user_id)
    try:
        context.jobs.dispatch(job)
    except BotError as error:
        return not_done(error, "command.not-started", locales)
    shown = mrkdwn.code(clip(format_query(query), 1000))
    return "\n".join(translate(locale, "command.scanning", query=shown) for locale in locales)


def _looked_up(context: Context, command: Payload, text: str) -> str:
    """Dispatch the look into the history, and say so; or say what is missing."""
    what = " ".join(words(text)[1:])
    user_id = command["user_id"]
    if not what:
        return translate(context.locale(user_id), "history.what", command=COMMAND)
    asking = Requester(user_id, command.get("response_url") or "", command.get("team_id") or "")
    job = HistoryJob(f"slack/{command['trigger_id']}", what, command["channel_id"], asking)
    locales = context.quick_locales(user_id)
    try:
        context.jobs.dispatch(job)
    except BotError as error:
        return not_done(error, "command.not-started", locales)
    return "\n".join(translate(locale, "history.looking") for locale in locales)


def _checked(context: Context, command: Payload) -> str:
    """Dispatch the check of the deployment, and say so; or say why not."""
    user_id = command["user_id"]
    asking = Requester(user_id, command.get("response_url") or "", command.get("team_id") or "")
    locales = context.quick_locales(user_id)
    try:
        context.jobs.dispatch(DoctorJob(f"slack/{command['trigger_id']}", command["channel_id"], asking))
    except BotError as error:
        return not_done(error, "command.not-checked", locales)
    return "\n".join(translate(locale, "command.checking") for locale in locales)


def not_done(error: BotError, key: str, locales: Iterable[Locale]) -> str:
    """Say in mrkdwn, in each of some languages, that something could not be dispatched, and why."""
    return "\n".join(translate(locale, key, reason=explain_in_slack(error, locale)) for locale in locales)
