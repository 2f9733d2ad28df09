"""Scans from a form, and the button that cancels one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.domain.command import (
    OPTIONS,
    format_query,
    listed,
    make_query,
    options_of,
    parse_query,
    quoted,
)
from bot.domain.finding import WorkflowStatus
from bot.domain.job import CancelJob, ContinueJob, Job, ScanJob
from bot.domain.query import Query
from bot.domain.slack import Block
from bot.errors import CommandError
from bot.i18n import Locale
from bot.listeners.context import Context
from bot.listeners.interactions import Click, FormError, Submission, open_view, requester
from bot.render import forms, limits
from bot.render.errors import explain
from bot.render.ids import NO_WORDS, SCAN_FORM, TAKE_READ

Payload = dict[str, Any]

BLOCKS = {
    "account": forms.ACCOUNTS,
    "account-mix": forms.ACCOUNTS,
    "region": forms.REGIONS,
    "severity": forms.SEVERITIES,
    "resource": forms.RESOURCES,
    "tag": forms.TAGS,
    "standard": forms.STANDARDS,
    "owner": forms.OWNERS,
    "owner-me": forms.OWNERS,
    "since": forms.SINCE,
    "status": forms.STATUSES,
}
"""Option to the form's input. A CommandError names the option in its hint or its text."""


def open_scan_form(context: Context, command: Payload, client: WebClient) -> None:
    """
    Open the form; its metadata keeps its language and the report's channel.

    Raises:
        BotError: Slack does not open it, for instance because the ack came too late for its trigger.
    """
    locale = context.locale(command["user_id"])
    response_url = command.get("response_url") or ""
    metadata = {"channel": command["channel_id"], "response_url": response_url, "locale": locale}
    open_view(client, command["trigger_id"], forms.scan_form(locale, json.dumps(metadata)))


def suggest_controls(context: Context) -> Callable[[Ack, Payload], None]:
    """Suggest the controls that match the typed text; in the form of a scan, services before them."""

    def listener(ack: Ack, payload: Payload) -> None:
        text, view = payload.get("value") or "", payload.get("view") or {}
        services: list[Block] = []
        if view.get("callback_id") == SCAN_FORM:  # triage is of the rows of a report, by their controls
            locale = Locale(json.loads(view["private_metadata"])["locale"])
            services = forms.service_options(text, context.catalogue.services(text), locale)
        found = context.catalogue.search(text, limits.OPTIONS_COUNT)
        ack(options=[*services, *forms.control_options(found)][: limits.OPTIONS_COUNT])

    return listener


def scan_from_form(context: Context, form: Submission) -> ScanJob:
    """Make the scan that the form describes."""
    try:
        query = _query(form.state)
    except CommandError as error:
        option = next((option for option in BLOCKS if option in error.values.values()), "")
        raise FormError(BLOCKS.get(option, forms.CONTROLS), explain(error, form.locale)) from error
    return ScanJob(
        key=f"view/{form.id}",
        query=replace(query, controls=tuple(map(context.catalogue.canonical, query.controls))),
        channel=form.metadata["channel"],
        requester=requester(form.user, form.metadata["response_url"]),
    )


def scanning(form: Submission, job: Job) -> Block:
    """Return the view that says that the scan has begun."""
    query = format_query(job.query) if isinstance(job, ScanJob) and job.query else ""
    return forms.scanning_view(form.locale, query=query, channel=form.metadata["channel"])


def cancel_scan(_: Context, click: Click) -> CancelJob:
    """Cancel a scan. The button names its job and its requester; the message shows the end."""
    report_id, _colon, asked_by = click.value.partition(":")
    return CancelJob(report_id=report_id, asked_by=asked_by, **click.job_fields())


def continue_scan(_: Context, click: Click) -> ContinueJob:
    """Continue a paused scan, or report the findings that it has read."""
    report_id, _colon, asked_by = click.value.partition(":")
    is_enough = click.action["action_id"] == TAKE_READ
    return ContinueJob(report_id=report_id, asked_by=asked_by, is_enough=is_enough, **click.job_fields())


def narrow_scan(context: Context, click: Click) -> None:
    """Open the form with the words of a paused scan; long words are not in it. Raises BotError."""
    filled: dict[str, list[str]] = {}
    if click.value != NO_WORDS:
        query = parse_query(click.value)
        filled = {BLOCKS[name]: list(map(quoted, values)) for name, values in options_of(query).items()}
        statuses = [WorkflowStatus.SUPPRESSED] if query.is_of_suppressed else filled.get(forms.STATUSES, [])
        filled |= {forms.CONTROLS: list(query.controls), forms.STATUSES: list(statuses)}
    locale = context.quick_locales(click.body["user"]["id"])[0]
    metadata = click.metadata() | {"locale": locale}
    click.open(forms.scan_form(locale, json.dumps(metadata), filled))


def _query(state: forms.FormState) -> Query:
    options = {
        option: listed(forms.picked(state, block_id), option)
        for option, block_id in BLOCKS.items()
        if option in OPTIONS
    }
    return make_query(listed(forms.picked(state, forms.CONTROLS), "control"), options)
