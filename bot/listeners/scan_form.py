"""The form that scans: opened, searched in, submitted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.domain.command import format_query, listed, make_query
from bot.domain.job import ScanJob
from bot.domain.query import Query
from bot.errors import BotError, CommandError
from bot.i18n import Locale, translate
from bot.listeners.context import Context, requester
from bot.listeners.odd import text_of
from bot.render import limits, modal
from bot.render.errors import explain

Payload = dict[str, Any]

BLOCKS = {"account": modal.ACCOUNTS, "region": modal.REGIONS, "severity": modal.SEVERITIES}
"""The input of the form for each option, which a CommandError names in its hint or its text."""


def open_scan_form(context: Context, command: Payload, client: WebClient) -> None:
    """
    Open the form; its language, and where the report goes, travel in its metadata.

    Raises:
        BotError: Slack does not open it, for instance because the ack came too late for its trigger.
    """
    locale = context.locale(command["user_id"])
    response_url = command.get("response_url") or ""
    metadata = {"channel": command["channel_id"], "response_url": response_url, "locale": locale}
    view = modal.scan_form(locale, json.dumps(metadata))
    with slack_errors("views.open", ""):
        client.views_open(trigger_id=command["trigger_id"], view=view)


def suggest_controls(context: Context) -> Callable[[Ack, Payload], None]:
    """Offer the controls that fit what is typed."""

    def listener(ack: Ack, payload: Payload) -> None:
        found = context.catalogue.search(payload.get("value") or "", limits.OPTIONS_COUNT)
        ack(options=modal.control_options(found))

    return listener


def submit_scan_form(context: Context) -> Callable[[Ack, Payload, Payload], None]:
    """Dispatch the scan that the form describes, or say beside an input what is wrong with it."""

    def listener(ack: Ack, view: Payload, body: Payload) -> None:
        metadata = json.loads(view["private_metadata"])
        locale = Locale(metadata["locale"])
        try:
            query = _query(view["state"]["values"])
        except CommandError as error:
            option = next((option for option in BLOCKS if option in error.values.values()), "")
            block_id = BLOCKS.get(option, modal.CONTROLS)
            ack(response_action="errors", errors={block_id: explain(error, locale)})
            return
        canonical = tuple(map(context.catalogue.canonical, query.controls))
        job = ScanJob(
            key=f"view/{text_of(view, 'id')}",
            query=replace(query, controls=canonical),
            channel=metadata["channel"],
            requester=requester(body["user"], metadata["response_url"]),
        )
        try:
            context.jobs.dispatch(job)
        except BotError as error:
            problem = translate(locale, "command.not-started", reason=explain(error, locale))
            ack(response_action="errors", errors={modal.CONTROLS: problem})
            return
        done = modal.scanning_view(locale, query=format_query(query), channel=metadata["channel"])
        ack(response_action="update", view=done)

    return listener


def _query(state: modal.FormState) -> Query:
    options = {option: listed(modal.picked(state, block_id), option) for option, block_id in BLOCKS.items()}
    return make_query(listed(modal.picked(state, modal.CONTROLS), "control"), options)
