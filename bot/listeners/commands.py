"""The slash command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.domain.command import check_length, format_query, words
from bot.domain.job import Job, MineJob, Requester, ScanJob
from bot.errors import BotError, UserError
from bot.i18n import Locale, translate
from bot.listeners.context import Context
from bot.listeners.interactions import Click
from bot.listeners.odd import text_of
from bot.listeners.scan_form import open_scan_form
from bot.listeners.subcommands import COMMAND, Call, find_subcommand, help_text
from bot.render import mrkdwn
from bot.render.errors import explain_in_slack
from bot.render.limits import clip

Payload = dict[str, Any]

REQUIRED = ("user_id", "channel_id", "trigger_id")
"""Fields without which a command is not answered."""


def scan_command(context: Context) -> Callable[[Ack, Payload, WebClient], None]:
    """Answer `/sechub-scan` in private: open the form, explain, or dispatch the sub-command's job."""

    def listener(ack: Ack, command: Payload, client: WebClient) -> None:
        for name in REQUIRED:
            text_of(command, name)
        text = command.get("text") or ""
        try:
            check_length(text)
            answer = _answer(context, command, text) if words(text) else _open_form(context, command, client)
        except UserError as error:
            answer = explain_in_slack(error, context.locale(command["user_id"]))
        if answer:
            ack(text=answer, response_type="ephemeral")
        else:
            ack()

    return listener


def _open_form(context: Context, command: Payload, client: WebClient) -> str:
    """Open the form, which needs no answer; or explain why it did not open."""
    try:
        open_scan_form(context, command, client)
    except BotError as error:
        return context.explain(error, "command.no-form", command["user_id"])
    return ""


def _answer(context: Context, command: Payload, text: str) -> str:
    """
    Dispatch the job of a sub-command, and say so; or explain why not.

    Raises:
        UserError: the text is not understood.
    """
    subcommand, argument = find_subcommand(text)
    user_id = command["user_id"]
    if subcommand.make_job is None:
        return help_text(context.locale(user_id))
    if subcommand.argument_missing and not argument:
        return translate(context.locale(user_id), subcommand.argument_missing, command=COMMAND)
    requester = Requester(user_id, command.get("response_url") or "", command.get("team_id") or "")
    key, channel = f"slack/{command['trigger_id']}", command["channel_id"]
    job = subcommand.make_job(Call(text, argument, key, channel, requester, context.catalogue))
    problem = context.dispatch(job, user_id, subcommand.not_started)
    values = _values(job)
    return problem or "\n".join(
        translate(locale, subcommand.started, **values) for locale in context.quick_locales(user_id)
    )


def choose_meaning(context: Context, click: Click) -> Job | None:
    """Make the job of the command that a button types; the same for each click on the message."""
    subcommand, argument = find_subcommand(click.value)
    if subcommand.make_job is None:
        return None
    fields = click.job_fields()
    key = f"meaning/{fields['channel']}/{fields['message_ts']}/{click.value}"
    call = Call(click.value, argument, key, fields["channel"], fields["requester"], context.catalogue)
    return subcommand.make_job(call)


def chosen_text(job: Job, locale: Locale) -> str:
    """Return the text that takes the place of the question about a word."""
    return translate(
        locale, "mine.looking" if isinstance(job, MineJob) else "command.scanning", **_values(job)
    )


def _values(job: Job) -> dict[str, str]:
    """Return the values that the answer to a command may show."""
    if isinstance(job, ScanJob) and job.query:
        return {"query": mrkdwn.code(clip(format_query(job.query), 1000))}
    return {}
