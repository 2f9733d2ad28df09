"""The modals of triage: the forms for one row and for many findings, the preview, and short notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.action import MOST_REASON, Action, ActionRequest
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.message import Block
from bot.i18n import Locale, translate
from bot.render import mrkdwn
from bot.render.blocks import (
    SEVERITY_MARKS,
    choice,
    context,
    control_name,
    entry,
    field,
    form,
    modal,
    section,
)
from bot.render.ids import CONFIRM_FORM, ROW_FORM, TRIAGE_FORM
from bot.render.limits import INPUT
from bot.render.modal import CONTROLS

if TYPE_CHECKING:  # the ack opens these forms, and must start without the triage
    from bot.domain.triage import Skip

ACTION, REASON, UNTIL = "action", "reason", "until"
STATUSES, ACCOUNTS, SEVERITIES, RESOURCE = "statuses", "accounts", "severities", "resource"
"""block_id and action_id of the inputs."""

SHOWN = 8
"""Controls, and accounts, that the preview names; it counts the others together."""


def row_form(action: Action, said: str, metadata: str, locale: Locale) -> Block:
    """
    Ask for the reason of an action on one row.

    Args:
        said: the row's text in the report's message, in mrkdwn.
        metadata: private_metadata, which Slack sends back with the answer.
    """
    about = section(f"{said}\n{translate(locale, f'act-form.{action}')}")
    inputs = [_reason(locale, "act-form.reason.hint", optional=not action.wants_reason)]
    if action is Action.SUPPRESS:
        inputs.append(_until(locale))
    title = translate(locale, f"act-form.title.{action}")
    view = modal(title, translate(locale, "act-form.close"), [about, *inputs])
    return form(ROW_FORM, metadata, translate(locale, f"act-form.submit.{action}"), view)


def triage_form(metadata: str, locale: Locale, status: str = "") -> Block:
    """Ask for an action on many findings, with a status selected; without one, the first two statuses."""
    actions = [choice(action, translate(locale, f"triage.action.{action}")) for action in Action]
    statuses = [choice(status, status) for status in WorkflowStatus]
    first = [option for option in statuses if option["value"] == status] or statuses[:2]
    severities = [choice(s, f"{SEVERITY_MARKS[s]} {s}") for s in reversed(Severity)]
    blocks = [
        _input(locale, ACTION, {"type": "radio_buttons", "options": actions, "initial_option": actions[0]}),
        _reason(locale, "triage.reason.hint", optional=True),
        _until(locale),
        {"type": "divider"},
        section(translate(locale, "triage.which")),
        _input(
            locale,
            STATUSES,
            {"type": "multi_static_select", "options": statuses, "initial_options": first},
        ),
        _input(locale, CONTROLS, {"type": "multi_external_select", "min_query_length": 1}, optional=True),
        _input(locale, ACCOUNTS, {"type": "plain_text_input", "max_length": INPUT}, optional=True),
        _input(locale, SEVERITIES, {"type": "multi_static_select", "options": severities}, optional=True),
        _input(locale, RESOURCE, {"type": "plain_text_input", "max_length": 200}, optional=True),
    ]
    view = modal(translate(locale, "triage.title"), translate(locale, "act-form.close"), blocks)
    return form(TRIAGE_FORM, metadata, translate(locale, "triage.submit"), view)


def _reason(locale: Locale, hint: str, *, optional: bool) -> Block:
    element = {"type": "plain_text_input", "multiline": True, "max_length": MOST_REASON}
    label = translate(locale, "act-form.reason")
    return entry(REASON, label, element, hint=translate(locale, hint), optional=optional)


def _until(locale: Locale) -> Block:
    hint = translate(locale, "act-form.until.hint")
    return entry(UNTIL, translate(locale, "act-form.until"), {"type": "datepicker"}, hint=hint)


def _input(locale: Locale, name: str, element: Block, *, optional: bool = False) -> Block:
    return entry(name, translate(locale, f"triage.{name}"), element, optional=optional)


@dataclass(frozen=True, slots=True)
class Preview:
    """The changes that an action would make, in problems; the dictionaries have the largest count first."""

    order: ActionRequest
    count: int
    by_control: dict[str, int]
    by_account: dict[str, int]
    skipped: dict[Skip, int]


def preview_view(preview: Preview, metadata: str, locale: Locale) -> Block:
    """Show the changes that an action would make, with a button that confirms them if there are any."""
    skipped = [
        "• " + translate(locale, f"triage.skipped.{reason}", count=count)
        for reason, count in preview.skipped.items()
    ]
    if not preview.count:
        return told_view("\n".join([translate(locale, "triage.nothing"), *skipped]), locale)
    action, count = preview.order.action, preview.count
    counts = [
        field(translate(locale, "report.by-control"), _count_lines(preview.by_control, locale)),
        field(translate(locale, "triage.by-account"), _count_lines(preview.by_account, locale)),
    ]
    blocks = [
        section(translate(locale, f"triage.preview.{action}", count=count)),
        {"type": "section", "fields": counts},
        *([section("\n".join(skipped))] if skipped else []),
        *_reason_blocks(preview.order, locale),
        context(translate(locale, "triage.undo")),
    ]
    view = modal(translate(locale, "triage.title.confirm"), translate(locale, "act-form.close"), blocks)
    return form(CONFIRM_FORM, metadata, translate(locale, f"act-form.submit.{action}"), view)


def _count_lines(counts: dict[str, int], locale: Locale) -> list[str]:
    lines = [f"{control_name(name, locale)}  *{count:,}*" for name, count in counts.items()]
    if len(lines) <= SHOWN:
        return lines
    rest = list(counts.values())[SHOWN - 1 :]
    return [*lines[: SHOWN - 1], f"{translate(locale, 'triage.others', count=len(rest))}  *{sum(rest):,}*"]


def _reason_blocks(request: ActionRequest, locale: Locale) -> list[Block]:
    lines = []
    if request.reason:
        lines.append(translate(locale, "triage.reason", reason=mrkdwn.code(request.reason)))
    if request.expires_on:
        lines.append(translate(locale, "triage.until-day", day=request.expires_on.isoformat()))
    return [section("\n".join(lines))] if lines else []


def counting_view(locale: Locale) -> Block:
    """Say that the findings of an action are being counted."""
    return told_view(translate(locale, "triage.counting"), locale)


def started_view(locale: Locale) -> Block:
    """Say that a confirmed action has started."""
    return told_view(translate(locale, "triage.started"), locale)


def failed_view(reason: str, locale: Locale) -> Block:
    """Say why there is no preview; `reason` is mrkdwn."""
    return told_view(translate(locale, "triage.failed", reason=reason), locale)


def told_view(text: str, locale: Locale) -> Block:
    """Show a text without inputs."""
    return modal(translate(locale, "triage.title"), translate(locale, "act-form.close"), [section(text)])
