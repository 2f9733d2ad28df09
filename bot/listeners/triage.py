"""Actions on findings: the menu and button of a row, the buttons below, the forms, and the confirmations."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.action import ALL_NEW, MOST_REASON, Action, ActionRequest, Selection
from bot.domain.command import account_ids, listed
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.job import (
    ActJob,
    ApplyEditJob,
    ApplyJob,
    DiscardRoutingJob,
    Job,
    MineJob,
    NotMineJob,
    PreviewJob,
    PutRoutingJob,
    UndoJob,
)
from bot.domain.owners.owner import split_names
from bot.errors import CommandError
from bot.i18n import translate
from bot.listeners.context import Context
from bot.listeners.interactions import Click, FormError, Submission
from bot.render import forms
from bot.render.forms import CONTROLS, picked, row_form, triage_form
from bot.render.ids import UNDO_ROW, parse_row_block
from bot.render.limits import clip

Payload = dict[str, Any]

QUICK = frozenset({Action.NOTIFY, Action.REOPEN})
"""Actions that need no reason, and so no form."""


def act_on_row(context: Context, click: Click) -> Job | None:
    """Act on the problem of a row, undo an action on it, or open the form for the reason."""
    report_id, row = parse_row_block(click.action["block_id"])
    name, argument = click.value.split(":")
    if name == UNDO_ROW:
        return UndoJob(report_id=report_id, act_id=argument, **click.job_fields())
    action = Action(name)
    if action in QUICK:
        selection = Selection(row=row, statuses=(WorkflowStatus(argument),))
        request = ActionRequest(action)
        return ActJob(report_id=report_id, request=request, selection=selection, **click.job_fields())
    locale = context.quick_locales(click.body["user"]["id"])[0]
    metadata = click.metadata() | {
        "report_id": report_id,
        "row": row,
        "action": name,
        "status": argument,
        "locale": locale,
    }
    problem = _row_text(click.body, click.action["block_id"]) or f"*{row + 1}*"
    click.open(row_form(action, problem, json.dumps(metadata), locale))
    return None


def notify_all(_: Context, click: Click) -> ActJob:
    """Mark the report's NEW problems as NOTIFIED, as many as the button named."""
    report_id, count, as_of = click.value.split(":")
    selection = replace(ALL_NEW, as_of=as_of, shown_count=int(count))
    request = ActionRequest(Action.NOTIFY)
    return ActJob(report_id=report_id, request=request, selection=selection, **click.job_fields())


def show_mine(_: Context, click: Click) -> MineJob:
    """Show the person their own rows of a report."""
    report_id, *ts = click.value.split(":")
    return MineJob(report_id=report_id, **click.job_fields() | ({"message_ts": ts[0]} if ts else {}))


def notify_mine(_: Context, click: Click) -> ActJob:
    """Mark the person's own NEW problems as NOTIFIED, as many as the button named."""
    report_id, count, as_of, channel, ts = click.value.split(":")
    selection = replace(ALL_NEW, is_own=True, as_of=as_of, shown_count=int(count))
    fields = click.job_fields()
    place = {"asked_in": fields["channel"]}
    place |= {"channel": channel, "message_ts": ts} if ts else {"is_private": True}
    return ActJob(
        report_id=report_id, request=ActionRequest(Action.NOTIFY), selection=selection, **fields | place
    )


def not_mine(_: Context, click: Click) -> NotMineJob:
    """Report that a row is not the person's, once however often the button is pressed."""
    report_id, problem, channel, ts = click.value.split(":")
    fields = click.job_fields()
    user_id = fields["requester"].user_id
    place = {"channel": channel or fields["channel"], "message_ts": ts}
    key = {"key": f"not-mine/{report_id}/{problem}/{user_id}"}
    return NotMineJob(report_id=report_id, problem=int(problem), **fields | place | key)


def undo(_: Context, click: Click) -> UndoJob:
    """Undo an action on many problems; of a report without a message, its answer is private too."""
    report_id, act_id, *private = click.value.split(":")
    return UndoJob(report_id=report_id, act_id=act_id, is_private=bool(private), **click.job_fields())


def apply_edit(_: Context, click: Click) -> ApplyEditJob:
    """Apply a previewed CSV. The button names the report, the plan, and the ts of the report's message."""
    report_id, plan_id, thread_ts = click.value.split(":")
    return ApplyEditJob(report_id=report_id, plan_id=plan_id, thread_ts=thread_ts, **click.job_fields())


def put_routing(_: Context, click: Click) -> PutRoutingJob:
    """Put a previewed routing file in force. The button names the proposal."""
    return PutRoutingJob(proposal_id=click.value, **click.job_fields())


def discard_routing(_: Context, click: Click) -> DiscardRoutingJob:
    """Discard a previewed routing file."""
    return DiscardRoutingJob(proposal_id=click.value, **click.job_fields())


def open_triage_form(context: Context, click: Click) -> None:
    """Open the form for many problems."""
    locale = context.quick_locales(click.body["user"]["id"])[0]
    report_id, _, status = click.value.partition(":")
    metadata = click.metadata() | {"report_id": report_id, "locale": locale}
    click.open(triage_form(json.dumps(metadata), locale, status))


def act_from_form(context: Context, form: Submission) -> ActJob:
    """Make the action on one row that the form describes."""
    request = _request(Action(form.metadata["action"]), form, context.today())
    selection = Selection(row=form.metadata["row"], statuses=(WorkflowStatus(form.metadata["status"]),))
    return ActJob(request=request, selection=selection, **form.job_fields())


def preview_from_form(context: Context, form: Submission) -> PreviewJob:
    """Make the preview of the action on many problems that the form describes."""
    (action,) = picked(form.state, forms.ACTION)
    return PreviewJob(
        request=_request(Action(action), form, context.today()),
        selection=_selection(form, context),
        view_id=form.id,
        locale=form.metadata["locale"],
        **form.job_fields() | {"key": f"view/{form.id}"},
    )


def confirm(_: Context, form: Submission) -> ApplyJob:
    """Apply the previewed plan, once however often it is confirmed."""
    plan_id = form.metadata["plan_id"]
    return ApplyJob(plan_id=plan_id, **form.job_fields() | {"key": f"plan/{plan_id}"})


def show_again(view: Payload, problem: str) -> dict[str, Any]:
    """Return the ack that shows the preview again, with the problem on top, as it has no input."""
    names = ("type", "callback_id", "private_metadata", "title", "submit", "close")
    shown = {"type": "section", "block_id": "problem", "text": {"type": "plain_text", "text": problem}}
    blocks = [shown, *(block for block in view["blocks"] if block["block_id"] != "problem")]
    return {"response_action": "update", "view": {name: view[name] for name in names} | {"blocks": blocks}}


def _request(action: Action, form: Submission, today: date) -> ActionRequest:
    def wrong(block_id: str, key: str, **values: str) -> FormError:
        return FormError(block_id, translate(form.locale, key, **values))

    reason = " ".join(" ".join(picked(form.state, forms.REASON)).split())
    until = picked(form.state, forms.UNTIL)
    expires_on = date.fromisoformat(until[0]) if until else None
    if len(reason) > MOST_REASON:
        raise wrong(forms.REASON, "hint.too-long", most=str(MOST_REASON))
    if action.wants_reason and not reason:
        raise wrong(forms.REASON, "act-form.reason.missing")
    if expires_on and action is not Action.SUPPRESS:
        raise wrong(forms.UNTIL, "act-form.until.only")
    if expires_on and expires_on <= today:
        raise wrong(forms.UNTIL, "act-form.until.past")
    return ActionRequest(action, reason, expires_on)


def _selection(form: Submission, context: Context) -> Selection:
    state = form.state
    try:
        accounts = account_ids(listed(picked(state, forms.ACCOUNTS), "account"))
    except CommandError as error:
        text = translate(form.locale, f"hint.{error.values['hint']}", **error.values)
        raise FormError(forms.ACCOUNTS, text) from error
    return Selection(
        statuses=tuple(map(WorkflowStatus, picked(state, forms.STATUSES))),
        controls=tuple(map(context.catalogue.canonical, picked(state, CONTROLS))),
        accounts=accounts,
        severities=tuple(map(Severity, picked(state, forms.SEVERITIES))),
        resource=" ".join(picked(state, forms.RESOURCE)),
        owners=_owners(form),
    )


def _owners(form: Submission) -> tuple[str, ...]:
    """Read the names of owners; a text without any must not mean the findings of all owners."""
    typed = " ".join(picked(form.state, forms.OWNERS))
    names = split_names(typed, frozenset())
    if typed.strip() and not names:
        raise FormError(forms.OWNERS, translate(form.locale, "hint.empty", text=clip(typed.strip(), 40)))
    return names


def _row_text(body: Payload, block_id: str) -> str:
    """
    Return the first two lines of a row, in mrkdwn: the problem, without the actions on it.

    They are in the block of the row's menu, or in the one above.
    """
    text = ""
    for block in body.get("message", {}).get("blocks") or ():
        text = block["text"]["text"] if "text" in block else text
        if block.get("block_id") == block_id:
            return "\n".join(text.split("\n")[:2])
    return ""
