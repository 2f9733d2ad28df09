"""The slash command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.domain.command import format_query, is_help, parse_query, words
from bot.domain.job import Requester, ScanJob
from bot.errors import BotError, UserError
from bot.i18n import Locale, translate
from bot.listeners.context import Context
from bot.listeners.views import open_scan_form
from bot.render import mrkdwn
from bot.render.errors import explain_in_slack
from bot.render.limits import clip

Payload = dict[str, Any]

COMMAND = "/sechub-scan"


def scan_command(context: Context) -> Callable[[Ack, Payload, WebClient], None]:
    """Answer `/sechub-scan`: help, the form, what is wrong with the text, or that the scan has begun."""

    def listener(ack: Ack, command: Payload, client: WebClient) -> None:
        text = command.get("text") or ""
        if is_help(text):
            help_text = translate(context.locale(command["user_id"]), "command.help", command=COMMAND)
            ack(text=help_text, response_type="ephemeral")
        elif not words(text):
            open_scan_form(context, command, client)
            ack()
        else:
            ack(text=_started(context, command, text), response_type="ephemeral")

    return listener


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
        requester=Requester(user_id, command.get("response_url") or ""),
    )
    locale = context.quick_locale(user_id)
    return dispatched(context, job, locale) or translate(
        locale, "command.scanning", query=mrkdwn.code(clip(format_query(query), 1000))
    )


def dispatched(context: Context, job: ScanJob, locale: Locale) -> str:
    """Dispatch a scan; give what to tell the person if that fails, in mrkdwn, nothing otherwise."""
    try:
        context.jobs.dispatch(job)
    except BotError as error:
        return translate(locale, "command.not-started", reason=explain_in_slack(error, locale))
    return ""
