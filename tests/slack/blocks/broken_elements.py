"""Elements that break one rule each, with the reason and the pointer from the element on."""

from __future__ import annotations

from tests.slack import kit
from tests.slack.kit import Piece, confirm, longer, mrkdwn, option, plain


def typed(name: str, **fields: object) -> Piece:
    """Make an element of a type, right but for some fields."""
    return {**kit.ELEMENTS[name], **fields}


def without(name: str, field: str) -> Piece:
    """Make an element that lacks a field."""
    return {key: value for key, value in kit.ELEMENTS[name].items() if key != field}


MANY = [option(str(n)) for n in range(101)]


IN_ACTIONS: list[tuple[Piece, str, str]] = [
    (typed("button", text=plain(longer(75))), "must be less than 76 characters", "/text/text"),
    (typed("button", text=mrkdwn()), "unsupported type: mrkdwn", "/text/type"),
    (typed("button", value=longer(2000)), "must be less than 2001 characters", "/value"),
    (typed("button", url=longer(3000)), "must be less than 3001 characters", "/url"),
    (typed("button", style="default"), "must be a valid enum value", "/style"),
    (
        typed("button", accessibility_label=longer(75)),
        "must be less than 76 characters",
        "/accessibility_label",
    ),
    (typed("button", action_id=longer(255)), "must be less than 256 characters", "/action_id"),
    (typed("button", colour="red"), "invalid additional property: colour", ""),
    (without("button", "text"), "missing required field: text", ""),
    (
        typed("button", confirm=confirm(title=plain(longer(100)))),
        "must be less than 101 characters",
        "/confirm/title/text",
    ),
    (
        typed("button", confirm=confirm(text=mrkdwn(longer(300)))),
        "must be less than 301 characters",
        "/confirm/text/text",
    ),
    (
        typed("button", confirm=confirm(confirm=plain(longer(30)))),
        "must be less than 31 characters",
        "/confirm/confirm/text",
    ),
    (
        typed("button", confirm=confirm(deny=plain(longer(30)))),
        "must be less than 31 characters",
        "/confirm/deny/text",
    ),
    (typed("button", confirm=confirm(deny=mrkdwn())), "unsupported type: mrkdwn", "/confirm/deny/type"),
    (typed("button", confirm=confirm(style="loud")), "must be a valid enum value", "/confirm/style"),
    (typed("button", confirm={"text": plain()}), "missing required field: title", "/confirm"),
    (typed("overflow", options=[]), "must provide at least 1 items", "/options"),
    (typed("overflow", options=MANY[:6]), "no more than 5 items allowed", "/options"),
    (typed("checkboxes", options=MANY[:11]), "no more than 10 items allowed", "/options"),
    (typed("checkboxes", initial_options=[option("2")]), "initial options must be among the options", ""),
    (
        typed("radio_buttons", options=MANY[:11], initial_option=MANY[0]),
        "no more than 10 items allowed",
        "/options",
    ),
    (typed("radio_buttons", initial_option=option("2")), "initial options must be among the options", ""),
    (typed("static_select", options=MANY), "no more than 100 items allowed", "/options"),
    (typed("static_select", options=[]), "must provide at least 1 items", "/options"),
    (without("static_select", "options"), "must define either `options` or `option_groups`", ""),
    (
        typed("static_select", option_groups=[{"label": plain(), "options": [option()]}]),
        "must define either `options` or `option_groups`",
        "",
    ),
    (
        typed("static_select", options=[option("1", longer(75))]),
        "must be less than 76 characters",
        "/options/0/text/text",
    ),
    (
        typed("static_select", options=[option(longer(150))]),
        "must be less than 151 characters",
        "/options/0/value",
    ),
    (typed("static_select", options=[option("")]), "must be more than 0 characters", "/options/0/value"),
    (
        typed("static_select", options=[option() | {"text": mrkdwn()}]),
        "unsupported type: mrkdwn",
        "/options/0/text/type",
    ),
    (
        typed("static_select", options=[option(description=plain(longer(75)))]),
        "must be less than 76 characters",
        "/options/0/description/text",
    ),
    (
        typed("static_select", options=[option(url="https://e")]),
        "invalid additional property: url",
        "/options/0",
    ),
    (typed("static_select", initial_option=option("2")), "initial options must be among the options", ""),
    (
        typed("static_select", placeholder=plain(longer(150))),
        "must be less than 151 characters",
        "/placeholder/text",
    ),
    (typed("static_select", placeholder=mrkdwn()), "unsupported type: mrkdwn", "/placeholder/type"),
    (typed("multi_static_select", max_selected_items=0), "must be at least 1", "/max_selected_items"),
    (typed("multi_static_select", initial_options=[]), "must provide at least 1 items", "/initial_options"),
    (typed("external_select", min_query_length=-1), "must be at least 0", "/min_query_length"),
    (typed("external_select", min_query_length="1"), "must provide an integer", "/min_query_length"),
    (typed("external_select", options=[option()]), "invalid additional property: options", ""),
    (
        typed("conversations_select", filter={"include": []}),
        "must provide at least 1 items",
        "/filter/include",
    ),
    (
        typed("conversations_select", filter={"include": ["all"]}),
        "must be a valid enum value",
        "/filter/include/0",
    ),
    (typed("datetimepicker", initial_date_time=1), "must be at least 1000000000", "/initial_date_time"),
]


IN_INPUT: list[tuple[Piece, str, str]] = [
    ({"type": "plain_text_input", "min_length": 3001}, "must be at most 3000", "/min_length"),
    (typed("plain_text_input", max_length=0), "must be at least 1", "/max_length"),
    (
        typed("plain_text_input", min_length=5, max_length=4),
        "`min_length` must not be greater than `max_length`",
        "",
    ),
    (
        typed("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_blur"]}),
        "must be a valid enum value",
        "/dispatch_action_config/trigger_actions_on/0",
    ),
    (without("number_input", "is_decimal_allowed"), "missing required field: is_decimal_allowed", ""),
    (typed("number_input", min_value="6"), "`min_value` must not be greater than `max_value`", ""),
    (typed("number_input", min_value=1), "must provide a string", "/min_value"),
    (typed("rich_text_input", max_lines=101), "must be at most 100", "/max_lines"),
    (
        typed("rich_text_input", min_lines=2, max_lines=1),
        "`min_lines` must not be greater than `max_lines`",
        "",
    ),
    (
        typed("plain_text_input", dispatch_action_config=1),
        "must provide an object",
        "/dispatch_action_config",
    ),
    (typed("file_input", max_files=11), "must be at most 10", "/max_files"),
    (typed("file_input", filetypes=[]), "must provide at least 1 items", "/filetypes"),
    (typed("email_text_input", confirm=confirm()), "invalid additional property: confirm", ""),
]


PATTERNS: list[tuple[Piece, str]] = [
    (typed("datepicker", initial_date="2026-13-01"), "/initial_date"),
    (typed("timepicker", initial_time="24:00"), "/initial_time"),
    (typed("url_text_input", initial_value="example"), "/initial_value"),
]
