"""Acting on findings: the menu beside one, the forms, and the confirmation."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from slack_bolt import Ack, Respond
from slack_sdk import WebClient

from bot.adapters.slack_errors import slack_errors
from bot.domain.action import ALL_NEW, MOST_REASON, Action, ActionRequest, Selection
from bot.domain.command import account_ids, listed
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import ActJob, ApplyJob, Job, PreviewJob, UndoJob
from bot.domain.message import Block
from bot.errors import BotError, CommandError
from bot.i18n import Locale, translate
from bot.listeners.context import Context, requester
from bot.listeners.odd import text_of
from bot.listeners.scan_buttons import Listener, job_button
from bot.render import forms
from bot.render.errors import explain
from bot.render.forms import counting_view, row_form, started_view, triage_form
from bot.render.ids import UNDO_ROW, parse_row_block
from bot.render.modal import CONTROLS, FormState, picked

Payload = dict[str, Any]
Click = Callable[[Ack, Payload, Payload, Respond, WebClient], None]
Submit = Callable[[Ack, Payload, Payload], None]

QUICK = frozenset({Action.NOTIFY, Action.REOPEN})
"""What is done at once; the others ask for a reason first."""


class _FormError(Exception):
    """What is wrong with an input of a form: the input, and the key of what to say."""

    def __init__(self, name: str, key: str, **values: str) -> None:
        super().__init__(name, key)
        self.name, self.key, self.values = name, key, values


def act_menu(context: Context) -> Click:
    """Dispatch the action of a finding's button or menu, or ask for the reason first."""

    def listener(ack: Ack, body: Payload, action: Payload, respond: Respond, client: WebClient) -> None:
        report_id, row = parse_row_block(action["block_id"])
        name, what = action.get("selected_option", action)["value"].split(":")
        click = _click(body, report_id)
        locales = context.quick_locales(body["user"]["id"])
        try:
            if name == UNDO_ROW:
                context.jobs.dispatch(UndoJob(act_id=what, **_job(click, body["user"])))
            elif name in QUICK:
                selection = Selection(row=row, statuses=(WorkflowStatus(what),))
                order, job = ActionRequest(Action(name)), _job(click, body["user"])
                context.jobs.dispatch(ActJob(order=order, selection=selection, **job))
            else:
                metadata = click | {"row": row, "action": name, "status": what, "locale": locales[0]}
                said = _said(body, action["block_id"]) or f"*{row + 1}*"
                _open(client, body, row_form(Action(name), said, json.dumps(metadata), locales[0]))
        except BotError as error:
            text = context.explain(error, "command.act-not-started", body["user"]["id"])
            respond(text=text, response_type="ephemeral", replace_original=False)
        ack()

    return listener


def notify_button(context: Context) -> Listener:
    """Dispatch the marking of a report's NEW findings, as many as the button named."""

    def make_job(body: Payload, value: str) -> Job:
        report_id, count, as_of = value.split(":")
        selection = replace(ALL_NEW, as_of=as_of, shown_count=int(count))
        click = _job(_click(body, report_id), body["user"])
        return ActJob(order=ActionRequest(Action.NOTIFY), selection=selection, **click)

    return job_button(context, make_job, "command.act-not-started")


def undo_button(context: Context) -> Listener:
    """Dispatch the undoing of what was done with many findings."""

    def make_job(body: Payload, value: str) -> Job:
        report_id, act_id = value.split(":")
        return UndoJob(act_id=act_id, **_job(_click(body, report_id), body["user"]))

    return job_button(context, make_job, "command.act-not-started")


def triage_button(context: Context) -> Click:
    """Open the form for many findings."""

    def listener(ack: Ack, body: Payload, action: Payload, respond: Respond, client: WebClient) -> None:
        locales = context.quick_locales(body["user"]["id"])
        report_id, _, status = action["value"].partition(":")
        metadata = json.dumps(_click(body, report_id) | {"locale": locales[0]})
        try:
            _open(client, body, triage_form(metadata, locales[0], status))
        except BotError as error:
            text = context.explain(error, "command.act-not-started", body["user"]["id"])
            respond(text=text, response_type="ephemeral", replace_original=False)
        ack()

    return listener


def submit_row_form(context: Context) -> Submit:
    """Dispatch what the form for one row says."""

    def make_job(view: Payload, body: Payload, metadata: Payload) -> Job:
        order = _order(Action(metadata["action"]), view["state"]["values"], context.today())
        selection = Selection(row=metadata["row"], statuses=(WorkflowStatus(metadata["status"]),))
        return ActJob(order=order, selection=selection, **_job(metadata, body["user"]))

    return _submit(context, make_job, forms.REASON, None)


def submit_triage_form(context: Context) -> Submit:
    """Dispatch the preview of what the form for many says."""

    def make_job(view: Payload, body: Payload, metadata: Payload) -> Job:
        state: FormState = view["state"]["values"]
        (action,) = picked(state, forms.ACTION)
        order = _order(Action(action), state, context.today())
        selection = _selection(state, context)
        view_id = text_of(view, "id")
        place = {"view_id": view_id, "locale": metadata["locale"]}
        job = _job(metadata, body["user"]) | {"key": f"view/{view_id}"}
        return PreviewJob(order=order, selection=selection, **place, **job)

    return _submit(context, make_job, forms.ACTION, counting_view)


def submit_confirmation(context: Context) -> Submit:
    """Dispatch what a person has seen in the preview, once however often it is confirmed."""

    def listener(ack: Ack, view: Payload, body: Payload) -> None:
        metadata = json.loads(view["private_metadata"])
        locale, plan_id = Locale(metadata["locale"]), metadata["plan_id"]
        job = _job(metadata, body["user"]) | {"key": f"plan/{plan_id}"}
        try:
            context.jobs.dispatch(ApplyJob(plan_id=plan_id, **job))
        except BotError as error:
            problem = translate(locale, "command.act-not-started", reason=explain(error, locale))
            ack(response_action="update", view=_again(view, problem))
            return
        ack(response_action="update", view=started_view(locale))

    return listener


def _again(view: Payload, problem: str) -> Block:
    """Show the preview once more, with what went wrong on top: it has no input to say it beside."""
    kept = {
        name: view[name] for name in ("type", "callback_id", "private_metadata", "title", "submit", "close")
    }
    said = {"type": "section", "block_id": "problem", "text": {"type": "plain_text", "text": problem}}
    return kept | {"blocks": [said, *(block for block in view["blocks"] if block["block_id"] != "problem")]}


def _submit(
    context: Context,
    make_job: Callable[[Payload, Payload, Payload], Job],
    first: str,
    then: Callable[[Locale], Block] | None,
) -> Submit:
    """Dispatch the job that a form describes, or say beside an input what is wrong with it."""

    def listener(ack: Ack, view: Payload, body: Payload) -> None:
        metadata = json.loads(view["private_metadata"])
        locale = Locale(metadata["locale"])
        try:
            context.jobs.dispatch(make_job(view, body, metadata))
        except _FormError as error:
            ack(
                response_action="errors",
                errors={error.name: translate(locale, error.key, **error.values)},
            )
            return
        except BotError as error:
            problem = translate(locale, "command.act-not-started", reason=explain(error, locale))
            ack(response_action="errors", errors={first: problem})
            return
        if then:
            ack(response_action="update", view=then(locale))
        else:
            ack()

    return listener


def _order(action: Action, state: FormState, today: date) -> ActionRequest:
    reason = " ".join(" ".join(picked(state, forms.REASON)).split())
    until = picked(state, forms.UNTIL)
    expires_on = date.fromisoformat(until[0]) if until else None
    if len(reason) > MOST_REASON:
        raise _FormError(forms.REASON, "hint.too-long", most=str(MOST_REASON))
    if action.wants_reason and not reason:
        raise _FormError(forms.REASON, "act-form.reason.missing")
    if expires_on and action is not Action.SUPPRESS:
        raise _FormError(forms.UNTIL, "act-form.until.only")
    if expires_on and expires_on <= today:
        raise _FormError(forms.UNTIL, "act-form.until.past")
    return ActionRequest(action, reason, expires_on)


def _selection(state: FormState, context: Context) -> Selection:
    try:
        accounts = account_ids(listed(picked(state, forms.ACCOUNTS), "account"))
    except CommandError as error:
        raise _FormError(forms.ACCOUNTS, f"hint.{error.values['hint']}", **error.values) from error
    return Selection(
        statuses=tuple(map(WorkflowStatus, picked(state, forms.STATUSES))),
        controls=tuple(map(context.catalogue.canonical, picked(state, CONTROLS))),
        accounts=accounts,
        severities=tuple(map(Severity, picked(state, forms.SEVERITIES))),
        resource=" ".join(picked(state, forms.RESOURCE)),
    )


def _said(body: Payload, block_id: str) -> str:
    """
    Return the first two lines of a row, in mrkdwn: what it is and where, without what was done with it.

    They are in the block of the row's menu, or in the one above.
    """
    text = ""
    for block in body.get("message", {}).get("blocks") or ():
        text = block["text"]["text"] if "text" in block else text
        if block.get("block_id") == block_id:
            return "\n".join(text.split("\n")[:2])
    return ""


def _click(body: Payload, report_id: str) -> dict[str, Any]:
    """Read what a click says that its form must not forget."""
    return {
        "key": f"slack/{text_of(body, 'trigger_id')}",
        "report_id": report_id,
        "channel": text_of(body, "container", "channel_id"),
        "message_ts": text_of(body, "container", "message_ts"),
        "response_url": body.get("response_url") or "",
    }


def _job(click: Payload, user: Payload) -> dict[str, Any]:
    named = {name: click[name] for name in ("key", "report_id", "channel", "message_ts") if name in click}
    return named | {"requester": requester(user, click["response_url"])}


def _open(client: WebClient, body: Payload, view: Block) -> None:
    with slack_errors("views.open", ""):
        client.views_open(trigger_id=body["trigger_id"], view=view)
