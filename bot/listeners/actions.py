"""The buttons of a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, Respond

from bot.domain.job import MarkJob, Requester
from bot.errors import BotError
from bot.listeners.commands import not_done
from bot.listeners.context import Context

Payload = dict[str, Any]


def mark_button(context: Context) -> Callable[[Ack, Payload, Payload, Respond], None]:
    """Dispatch the marking of what a button stands for; the message tells when it is done."""

    def listener(ack: Ack, body: Payload, action: Payload, respond: Respond) -> None:
        try:
            context.jobs.dispatch(_job(body, action))
        except BotError as error:
            text = not_done(error, "command.mark-not-started", context.quick_locales(body["user"]["id"]))
            respond(text=text, response_type="ephemeral", replace_original=False)
        ack()

    return listener


def _job(body: Payload, action: Payload) -> MarkJob:
    """Read a button's value: the report's ID, and the finding's row if it stands for one."""
    report_id, _, row = action["value"].partition(":")
    return MarkJob(
        key=f"slack/{body['trigger_id']}",
        report_id=report_id,
        row=int(row) if row else None,
        channel=body["container"]["channel_id"],
        message_ts=body["container"]["message_ts"],
        requester=Requester(body["user"]["id"], body.get("response_url") or ""),
    )
