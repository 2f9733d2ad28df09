"""The forms of scans and of actions, the preview of an action, and the notices that replace forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.domain.action import MOST_REASON, Action, ActionRequest
from bot.domain.control import ALL, EACH, Control
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.query import OPEN
from bot.domain.slack import Block
from bot.i18n import Locale, translate
from bot.render import limits, mrkdwn
from bot.render.blocks import (
    SEVERITY_MARKS,
    choice,
    context,
    count_lines,
    entry,
    field,
    form,
    modal,
    plain,
    section,
)
from bot.render.ids import CONFIRM_FORM, ROW_FORM, SCAN_FORM, TRIAGE_FORM
from bot.render.limits import INPUT, clip

if TYPE_CHECKING:  # the ack opens these forms, and must start without the triage
    from bot.domain.triage import Skip

CONTROLS, SEVERITIES, ACCOUNTS, REGIONS = "controls", "severities", "accounts", "regions"
ACTION, REASON, UNTIL = "action", "reason", "until"
STATUSES, RESOURCE, OWNERS = "statuses", "resource", "owners"
RESOURCES, TAGS, SINCE, STANDARDS = "resources", "tags", "since", "standards"
"""block_id and action_id of the inputs."""

NOTHING: Mapping[str, Sequence[str]] = {}

FormState = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""view.state.values: by block_id and action_id, the element's state."""


def scan_form(locale: Locale, metadata: str, filled: Mapping[str, Sequence[str]] = NOTHING) -> Block:
    """
    Return the form that `/sechub-scan` opens without arguments.

    Args:
        filled: input to the values that it has at first.
    """

    def ask(name: str, element: Block) -> Block:
        hint = plain(translate(locale, f"modal.{name}.hint"), limits.OPTION)
        label = translate(locale, f"modal.{name}")
        return entry(name, label, element | {"placeholder": hint}, optional=True)

    def select(name: str, options: Sequence[Block]) -> Block:
        chosen = [option for option in options if option["value"] in filled.get(name, ())]
        initial = {"initial_options": chosen} if chosen else {}
        return ask(name, {"type": "multi_static_select", "options": options} | initial)

    def write(name: str) -> Block:
        initial = {"initial_value": ",".join(filled[name])} if filled.get(name) else {}
        return ask(name, {"type": "plain_text_input", "max_length": INPUT} | initial)

    controls = [choice(control, control) for control in filled.get(CONTROLS, ())]
    search = {"type": "multi_external_select", "min_query_length": 1}
    inputs = [
        ask(CONTROLS, search | ({"initial_options": controls} if controls else {})),
        select(SEVERITIES, _severities()),
        *map(write, (STANDARDS, ACCOUNTS, REGIONS, RESOURCES, TAGS, OWNERS, SINCE)),
        select(STATUSES, [choice(status, status) for status in (*OPEN, WorkflowStatus.SUPPRESSED)]),
    ]
    view = modal(translate(locale, "modal.title"), translate(locale, "modal.close"), inputs)
    return form(SCAN_FORM, metadata, translate(locale, "modal.submit"), view)


def scanning_view(locale: Locale, *, query: str, channel: str) -> Block:
    """Return the view that replaces the form when the scan has begun."""
    values = {"query": mrkdwn.code(clip(query, 500)), "channel": mrkdwn.channel(channel)}
    text = section(translate(locale, "modal.scanning", **values))
    return modal(translate(locale, "modal.title"), translate(locale, "modal.close"), [text])


def control_options(controls: Sequence[Control]) -> list[Block]:
    """Return the first 100 controls as options of the search."""
    return [
        choice(control.id, f"{control.id} {control.title}") for control in controls[: limits.OPTIONS_COUNT]
    ]


def service_options(text: str, services: Iterable[tuple[str, int]], locale: Locale) -> list[Block]:
    """Return services with the number of their controls, after the word for all if `text` begins it."""
    everything = [choice(ALL, translate(locale, "modal.all"))] if ALL.startswith(text.lower() or "-") else []
    return everything + [
        choice(f"{name}{EACH}", translate(locale, "modal.service", service=name, count=count))
        for name, count in services
    ]


def picked(state: FormState, name: str) -> list[str]:
    """Return the values of an input of any type; blanks are left out."""
    element: dict[str, Any] = dict(state.get(name, {}).get(name, {}))
    options = [*(element.get("selected_options") or ()), element.get("selected_option") or {}]
    values = [option["value"] for option in options if option]
    return [*values, *filter(None, ((element.get("value") or "").strip(), element.get("selected_date")))]


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
        _input(locale, SEVERITIES, {"type": "multi_static_select", "options": _severities()}, optional=True),
        _input(locale, RESOURCE, {"type": "plain_text_input", "max_length": 200}, optional=True),
        _input(locale, OWNERS, {"type": "plain_text_input", "max_length": 1000}, optional=True),
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


def _severities() -> list[Block]:
    return [choice(severity, f"{SEVERITY_MARKS[severity]} {severity}") for severity in reversed(Severity)]


def _input(locale: Locale, name: str, element: Block, *, optional: bool = False) -> Block:
    return entry(name, translate(locale, f"triage.{name}"), element, optional=optional)


@dataclass(frozen=True, slots=True)
class Preview:
    """The changes that an action would make, in problems; the dictionaries have the largest count first."""

    request: ActionRequest
    count: int
    by_control: dict[str, int]
    by_account: dict[str, int]
    skipped: dict[Skip, int]
    by_owner: dict[str, int]
    """A problem counts for each of its owners, and one without an owner for none."""


def preview_view(preview: Preview, metadata: str, locale: Locale) -> Block:
    """Show the changes that an action would make, with a button that confirms them if there are any."""
    skipped = [
        "• " + translate(locale, f"triage.skipped.{reason}", count=count)
        for reason, count in preview.skipped.items()
    ]
    if not preview.count:
        return _text_view("\n".join([translate(locale, "triage.nothing"), *skipped]), locale)
    action, count = preview.request.action, preview.count
    counts = [
        field(
            translate(locale, "report.by-control"), count_lines(preview.by_control, "triage.others", locale)
        ),
        field(
            translate(locale, "triage.by-account"), count_lines(preview.by_account, "triage.others", locale)
        ),
    ]
    lines = count_lines(preview.by_owner, "triage.others", locale)
    owners = [field(translate(locale, "triage.by-owner"), lines)]
    blocks = [
        section(translate(locale, f"triage.preview.{action}", count=count)),
        {"type": "section", "fields": counts},
        *([{"type": "section", "fields": owners}] if preview.by_owner else []),
        *([section("\n".join(skipped))] if skipped else []),
        *_reason_blocks(preview.request, locale),
        context(translate(locale, "triage.undo")),
    ]
    view = modal(translate(locale, "triage.title.confirm"), translate(locale, "act-form.close"), blocks)
    return form(CONFIRM_FORM, metadata, translate(locale, f"act-form.submit.{action}"), view)


def _reason_blocks(request: ActionRequest, locale: Locale) -> list[Block]:
    lines = []
    if request.reason:
        lines.append(translate(locale, "triage.reason", reason=mrkdwn.code(request.reason)))
    if request.expires_on:
        lines.append(translate(locale, "triage.until-day", day=request.expires_on.isoformat()))
    return [section("\n".join(lines))] if lines else []


def notice_view(key: str, locale: Locale, **values: str) -> Block:
    """Show a text of bot/i18n in place of a form of triage; the values are mrkdwn."""
    return _text_view(translate(locale, key, **values), locale)


def _text_view(text: str, locale: Locale) -> Block:
    return modal(translate(locale, "triage.title"), translate(locale, "act-form.close"), [section(text)])
