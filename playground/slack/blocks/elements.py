"""
Elements: the parts of a block.

Source: https://docs.slack.dev/reference/block-kit/block-elements, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from playground.slack.blocks import limits, surfaces
from playground.slack.blocks.objects import (
    URL,
    any_text,
    confirm,
    conversation_filter,
    dispatch_action_config,
    group,
    option,
    plain_text,
    slack_file,
    workflow,
)
from playground.slack.blocks.rich_text import rich_text
from playground.slack.blocks.rules import (
    Report,
    Rule,
    anything,
    boolean,
    both,
    integer,
    items,
    one_of,
    record,
    string,
    typed,
)

_DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"

_ACTION = {"action_id": string(limits.IDENTIFIER), "confirm": confirm}
_INPUT = {
    "action_id": string(limits.IDENTIFIER),
    "placeholder": plain_text(limits.PLACEHOLDER),
    "focus_on_load": boolean,
}
_MULTI = {**_INPUT, "confirm": confirm, "max_selected_items": integer(1)}
_SELECT = {**_INPUT, "confirm": confirm}
_STYLE = one_of("primary", "danger")


def _element(required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    return record({"type": anything, **required}, optional)


def _one_source(report: Report, path: str, value: Mapping[str, Any]) -> None:
    """A static select has either options or option_groups."""
    if (value.get("options") is None) == (value.get("option_groups") is None):
        report.add(path, "must define either `options` or `option_groups`")


def _offered(report: Report, path: str, value: Mapping[str, Any]) -> None:
    """The initial choice must be one of the options, with all its fields."""
    chosen = [value["initial_option"]] if "initial_option" in value else _list(value, "initial_options")
    offered = _list(value, "options")
    for options in _list(value, "option_groups"):
        offered = offered + _list(options, "options")
    if any(option not in offered for option in chosen):
        report.add(path, "initial options must be among the options")


def _list(value: Any, name: str) -> list[Any]:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def _least_first(least: str, most: str) -> Rule:
    """A lower bound must not lie above its upper bound. number_input has its bounds as strings."""

    def check(report: Report, path: str, value: Mapping[str, Any]) -> None:
        try:
            bounds = float(value.get(least) or "-inf"), float(value.get(most) or "inf")
        except (TypeError, ValueError):
            return
        if bounds[0] > bounds[1]:
            report.add(path, f"`{least}` must not be greater than `{most}`")

    return check


def _static(fields: Mapping[str, Rule], initial: str, initial_rule: Rule) -> Rule:
    sources = {
        "options": items(option(), 1, limits.OPTIONS),
        "option_groups": items(group, 1, limits.OPTION_GROUPS),
    }
    return both(_element({}, {**fields, **sources, initial: initial_rule}), _one_source, _offered)


def _boxes(initial: str, initial_rule: Rule) -> Rule:
    rule = _element(
        {"options": items(option(_BOX_TEXT), 1, limits.BOX_OPTIONS)},
        {**_ACTION, "focus_on_load": boolean, initial: initial_rule},
    )
    return both(rule, _offered)


_BOX_TEXT = any_text(limits.OPTION_TEXT)
_OPTIONS = items(option(), 1, limits.OPTIONS)
_NAMES = items(string(), 1)
_CONVERSATIONS = {"default_to_current_conversation": boolean, "filter": conversation_filter}
_TYPED_INPUT = {**_INPUT, "dispatch_action_config": dispatch_action_config}

image = both(
    _element(
        {"alt_text": string(limits.IMAGE_TEXT)},
        {"image_url": string(limits.IMAGE_URL, pattern=URL), "slack_file": slack_file},
    ),
    lambda report, path, value: (
        report.add(path, "must define either `image_url` or `slack_file`")
        if (value.get("image_url") is None) == (value.get("slack_file") is None)
        else None
    ),
)

ELEMENTS: dict[str, Rule] = {
    "button": _element(
        {"text": plain_text(limits.BUTTON_TEXT)},
        {
            **_ACTION,
            "url": string(limits.BUTTON_URL),
            "value": string(limits.BUTTON_VALUE, shortest=0),
            "style": _STYLE,
            "accessibility_label": string(limits.BUTTON_LABEL),
            "agent_prompt": string(limits.AGENT_PROMPT),
            "agent_prompt_display": string(),
            "visible_to_user_ids": items(string(), 0, limits.VISIBLE_TO),
        },
    ),
    "workflow_button": _element(
        {"text": plain_text(limits.BUTTON_TEXT), "workflow": workflow},
        {
            "action_id": string(limits.IDENTIFIER),
            "style": _STYLE,
            "accessibility_label": string(limits.BUTTON_LABEL),
        },
    ),
    "overflow": _element({"options": items(option(url=True), 1, limits.OVERFLOW_OPTIONS)}, _ACTION),
    "checkboxes": _boxes("initial_options", items(option(_BOX_TEXT), 1, limits.BOX_OPTIONS)),
    "radio_buttons": _boxes("initial_option", option(_BOX_TEXT)),
    "datepicker": _element({}, {**_SELECT, "initial_date": string(pattern=_DATE)}),
    "timepicker": _element({}, {**_SELECT, "initial_time": string(pattern=_TIME), "timezone": string()}),
    "datetimepicker": _element(
        {}, {**_ACTION, "focus_on_load": boolean, "initial_date_time": integer(10**9, 10**10 - 1)}
    ),
    "static_select": _static(_SELECT, "initial_option", option()),
    "multi_static_select": _static(_MULTI, "initial_options", _OPTIONS),
    "external_select": _element({}, {**_SELECT, "initial_option": option(), "min_query_length": integer(0)}),
    "multi_external_select": _element(
        {}, {**_MULTI, "initial_options": _OPTIONS, "min_query_length": integer(0)}
    ),
    "users_select": _element({}, {**_SELECT, "initial_user": string()}),
    "multi_users_select": _element({}, {**_MULTI, "initial_users": _NAMES}),
    "conversations_select": _element(
        {},
        {**_SELECT, **_CONVERSATIONS, "initial_conversation": string(), "response_url_enabled": boolean},
    ),
    "multi_conversations_select": _element({}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": _NAMES}),
    "channels_select": _element(
        {}, {**_SELECT, "initial_channel": string(), "response_url_enabled": boolean}
    ),
    "multi_channels_select": _element({}, {**_MULTI, "initial_channels": _NAMES}),
    "plain_text_input": both(
        _element(
            {},
            {
                **_TYPED_INPUT,
                "initial_value": string(limits.INPUT_TEXT, shortest=0),
                "multiline": boolean,
                "min_length": integer(0, limits.INPUT_TEXT),
                "max_length": integer(1, limits.INPUT_TEXT),
            },
        ),
        _least_first("min_length", "max_length"),
    ),
    "email_text_input": _element({}, {**_TYPED_INPUT, "initial_value": string()}),
    "url_text_input": _element({}, {**_TYPED_INPUT, "initial_value": string(pattern=URL)}),
    "number_input": both(
        _element(
            {"is_decimal_allowed": boolean},
            {**_TYPED_INPUT, "initial_value": string(), "min_value": string(), "max_value": string()},
        ),
        _least_first("min_value", "max_value"),
    ),
    "rich_text_input": both(
        _element(
            {},
            {
                **_TYPED_INPUT,
                "initial_value": rich_text,
                "min_lines": integer(1, limits.RICH_TEXT_LINES),
                "max_lines": integer(1, limits.RICH_TEXT_LINES),
            },
        ),
        _least_first("min_lines", "max_lines"),
    ),
    "file_input": _element(
        {},
        {
            "action_id": string(limits.IDENTIFIER),
            "filetypes": items(string(), 1, limits.FILE_TYPES),
            "max_files": integer(1, limits.FILES),
        },
    ),
    "image": image,
}


def elements(types: Collection[str]) -> Rule:
    """Take an element of one of these types, where the surface has it."""
    judge = typed({name: rule for name, rule in ELEMENTS.items() if name in types})

    def check(report: Report, path: str, value: Any) -> None:
        kind = value.get("type") if isinstance(value, Mapping) else None
        if isinstance(kind, str) and report.surface not in surfaces.ELEMENTS.get(kind, {report.surface}):
            report.add(f"{path}/type", f"unsupported type: {kind}")
        else:
            judge(report, path, value)

    return check
