"""The form that scans: opened, searched in, submitted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.domain.command import format_query, listed, make_query
from bot.domain.job import Requester, ScanJob
from bot.domain.query import Query
from bot.errors import BotError, CommandError
from bot.i18n import Locale, translate
from bot.listeners.context import Context
from bot.render import limits, modal
from bot.render.errors import explain

Payload = dict[str, Any]

HINT_BLOCKS = {"account": modal.ACCOUNTS, "region": modal.REGIONS, "severity": modal.SEVERITIES}
"""Which input of the form a CommandError's hint is about; the search for controls otherwise."""


def open_scan_form(context: Context, command: Payload, client: WebClient) -> None:
    """Open the form; where the report goes travels in its metadata."""
    target = {"channel": command["channel_id"], "response_url": command.get("response_url") or ""}
    view = modal.scan_form(context.locale(command["user_id"]), json.dumps(target))
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
        locale = context.quick_locale(body["user"]["id"])
        try:
            query = _query(view["state"]["values"])
        except CommandError as error:
            block_id = HINT_BLOCKS.get(error.values["hint"], modal.CONTROLS)
            ack(response_action="errors", errors={block_id: explain(error, locale)})
            return
        problem = _dispatch(context, query, view, body, locale)
        if problem:
            ack(response_action="errors", errors={modal.CONTROLS: problem})
            return
        channel = json.loads(view["private_metadata"])["channel"]
        done = modal.scanning_view(locale, query=format_query(query), channel=channel)
        ack(response_action="update", view=done)

    return listener


def _query(state: modal.State) -> Query:
    options = {
        "severity": modal.chosen(state, modal.SEVERITIES),
        "account": modal.chosen(state, modal.ACCOUNTS),
        "region": modal.chosen(state, modal.REGIONS),
    }
    read = {name: listed(values) for name, values in options.items()}
    return make_query(listed(modal.chosen(state, modal.CONTROLS)), read)


def _dispatch(context: Context, query: Query, view: Payload, body: Payload, locale: Locale) -> str:
    """Dispatch the scan; give what to tell the person if that fails, nothing otherwise."""
    target = json.loads(view["private_metadata"])
    job = ScanJob(
        key=f"view/{view['id']}",
        query=replace(query, controls=tuple(map(context.catalogue.canonical, query.controls))),
        channel=target["channel"],
        requester=Requester(body["user"]["id"], target["response_url"]),
    )
    try:
        context.jobs.dispatch(job)
    except BotError as error:
        return translate(locale, "command.not-started", reason=explain(error, locale))
    return ""
