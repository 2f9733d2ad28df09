"""The forms that say what is to be done with findings: with one of a report's rows, or with many."""

from __future__ import annotations

from bot.domain.action import MOST_REASON, Action
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.message import Block
from bot.i18n import Locale, translate
from bot.render.blocks import SEVERITY_MARKS, choice, entry, form, modal, section
from bot.render.ids import ROW_FORM, TRIAGE_FORM
from bot.render.limits import INPUT
from bot.render.modal import CONTROLS

ACTION = "action"
"""block_id and action_id of an input; the others likewise."""
REASON = "reason"
UNTIL = "until"
STATUSES = "statuses"
ACCOUNTS = "accounts"
SEVERITIES = "severities"
RESOURCE = "resource"


def row_form(action: Action, said: str, metadata: str, locale: Locale) -> Block:
    """
    Ask why a finding gets a status.

    Args:
        said: what the report's message calls it, in mrkdwn.
        metadata: comes back with the answer.
    """
    about = section(f"{said}\n{translate(locale, f'act-form.{action}')}")
    inputs = [_reason(locale, "act-form.reason.hint", optional=not action.wants_reason)]
    if action is Action.SUPPRESS:
        inputs.append(_until(locale))
    title = translate(locale, f"act-form.title.{action}")
    view = modal(title, translate(locale, "act-form.close"), [about, *inputs])
    return form(ROW_FORM, metadata, translate(locale, f"act-form.submit.{action}"), view)


def triage_form(metadata: str, locale: Locale, status: str = "") -> Block:
    """Ask what is to be done with which findings of a report: at first of one status, or of the first two."""
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
    return entry(
        REASON,
        translate(locale, "act-form.reason"),
        element,
        hint=translate(locale, hint),
        optional=optional,
    )


def _until(locale: Locale) -> Block:
    hint = translate(locale, "act-form.until.hint")
    return entry(UNTIL, translate(locale, "act-form.until"), {"type": "datepicker"}, hint=hint)


def _input(locale: Locale, name: str, element: Block, *, optional: bool = False) -> Block:
    return entry(name, translate(locale, f"triage.{name}"), element, optional=optional)
