"""Pieces of Block Kit that are right, to be broken by tests."""

from __future__ import annotations

from typing import Any

Piece = dict[str, Any]


def plain(text: str = "text") -> Piece:
    """Make a plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "text") -> Piece:
    """Make a mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(**fields: Any) -> Piece:
    """Make a section."""
    return {"type": "section", "text": mrkdwn(), **fields}


def actions(*elements: Piece, **fields: Any) -> Piece:
    """Make an actions block."""
    return {"type": "actions", "elements": list(elements), **fields}


def entry(element: Piece, **fields: Any) -> Piece:
    """Make an input block."""
    return {"type": "input", "label": plain(), "element": element, **fields}


def button(**fields: Any) -> Piece:
    """Make a button."""
    return {"type": "button", "text": plain(), "action_id": "press", **fields}


def option(value: str = "1", text: str = "one", **fields: Any) -> Piece:
    """Make an option."""
    return {"text": plain(text), "value": value, **fields}


def select(**fields: Any) -> Piece:
    """Make a static select."""
    return {"type": "static_select", "options": [option()], **fields}


def confirm(**fields: Any) -> Piece:
    """Make a confirm dialog."""
    return {"title": plain(), "text": plain(), **fields}


def cell(text: str = "cell") -> Piece:
    """Make a cell of a table."""
    return {"type": "raw_text", "text": text}


def rich(*parts: Piece, **fields: Any) -> Piece:
    """Make a rich text."""
    parts = parts or ({"type": "text", "text": "text"},)
    inner = {"type": "rich_text_section", "elements": list(parts)}
    return {"type": "rich_text", "elements": [inner], **fields}


def table(rows: list[list[Piece]] | None = None, **fields: Any) -> Piece:
    """Make a table."""
    return {"type": "table", "rows": [[cell()]] if rows is None else rows, **fields}


def data_table(rows: list[list[Piece]] | None = None, **fields: Any) -> Piece:
    """Make a table that sorts."""
    rows = [[cell()], [cell()]] if rows is None else rows
    return {"type": "data_table", "caption": "caption", "rows": rows, **fields}


def pie(*segments: Piece) -> Piece:
    """Make a pie chart."""
    chart = {"type": "pie", "segments": list(segments) or [{"label": "one", "value": 1}]}
    return {"type": "data_visualization", "title": "title", "chart": chart}


def bars(series: list[Piece] | None = None, categories: list[str] | None = None, **axes: Any) -> Piece:
    """Make a bar chart."""
    if series is None:
        series = [{"name": "one", "data": [{"label": "a", "value": 1}]}]
    axis_config = {"categories": categories or ["a"], **axes}
    chart = {"type": "bar", "series": series, "axis_config": axis_config}
    return {"type": "data_visualization", "title": "title", "chart": chart}


def image(**fields: Any) -> Piece:
    """Make an image, as a block or an element."""
    return {"type": "image", "alt_text": "alt", "image_url": "https://example.com/a.png", **fields}


def video(**fields: Any) -> Piece:
    """Make a video."""
    return {
        "type": "video",
        "alt_text": "alt",
        "title": plain(),
        "video_url": "https://example.com/v",
        "thumbnail_url": "https://example.com/t",
        **fields,
    }


def task(**fields: Any) -> Piece:
    """Make a task card."""
    return {"type": "task_card", "task_id": "1", "title": "title", "status": "complete", **fields}


def container(**fields: Any) -> Piece:
    """Make a container."""
    return {"type": "container", "title": plain(), "child_blocks": [section()], **fields}


def feedback(**fields: Any) -> Piece:
    """Make the two buttons of feedback."""
    one = {"text": plain(), "value": "1"}
    buttons = {"type": "feedback_buttons", "positive_button": one, "negative_button": one}
    return {"type": "context_actions", "elements": [{**buttons, **fields}]}


def modal(*blocks: Piece, **fields: Any) -> Piece:
    """Make a modal."""
    return {"type": "modal", "title": plain(), "blocks": list(blocks) or [section()], **fields}


def home(*blocks: Piece, **fields: Any) -> Piece:
    """Make a Home tab."""
    return {"type": "home", "blocks": list(blocks) or [section()], **fields}


def longer(limit: int) -> str:
    """Make a text that is one character too long; a character beyond the BMP counts once."""
    return "🚨" * (limit + 1)


def shown(case: object) -> str | None:
    """Name a test after its reason."""
    return case if isinstance(case, str) else None


PIECES: dict[str, Piece] = {
    "actions": actions(button()),
    "alert": {"type": "alert", "text": mrkdwn(), "level": "info"},
    "card": {"type": "card", "title": plain(), "actions": [button()]},
    "carousel": {"type": "carousel", "elements": [{"type": "card", "title": plain()}]},
    "container": container(),
    "context": {"type": "context", "elements": [mrkdwn(), plain(), image()]},
    "context_actions": feedback(),
    "data_table": data_table(),
    "data_visualization": bars(),
    "divider": {"type": "divider"},
    "header": {"type": "header", "text": plain()},
    "image": image(),
    "input": entry({"type": "plain_text_input"}),
    "markdown": {"type": "markdown", "text": "**text**"},
    "plan": {"type": "plan", "title": "title", "tasks": [task(status="pending")]},
    "rich_text": rich(),
    "section": section(accessory=button()),
    "table": table(),
    "task_card": task(),
    "video": video(),
}
"""One of each block."""

ELEMENTS: dict[str, Piece] = {
    "button": button(),
    "workflow_button": {
        "type": "workflow_button",
        "text": plain(),
        "workflow": {"trigger": {"url": "https://example.com/w"}},
    },
    "overflow": {"type": "overflow", "options": [option(url="https://example.com")]},
    "checkboxes": {"type": "checkboxes", "options": [{"text": mrkdwn(), "value": "1"}]},
    "radio_buttons": {"type": "radio_buttons", "options": [option()], "initial_option": option()},
    "datepicker": {"type": "datepicker", "initial_date": "2026-11-24"},
    "timepicker": {"type": "timepicker", "initial_time": "23:59"},
    "datetimepicker": {"type": "datetimepicker", "initial_date_time": 1795478400},
    "static_select": select(placeholder=plain()),
    "multi_static_select": {"type": "multi_static_select", "options": [option()]},
    "external_select": {"type": "external_select", "min_query_length": 0},
    "multi_external_select": {"type": "multi_external_select", "initial_options": [option()]},
    "users_select": {"type": "users_select", "initial_user": "U0SECURITY"},
    "multi_users_select": {"type": "multi_users_select", "max_selected_items": 2},
    "conversations_select": {"type": "conversations_select", "filter": {"include": ["public"]}},
    "multi_conversations_select": {
        "type": "multi_conversations_select",
        "default_to_current_conversation": True,
    },
    "channels_select": {"type": "channels_select"},
    "multi_channels_select": {"type": "multi_channels_select"},
    "plain_text_input": {"type": "plain_text_input", "multiline": True, "min_length": 0, "max_length": 3000},
    "email_text_input": {"type": "email_text_input"},
    "url_text_input": {"type": "url_text_input", "initial_value": "https://example.com"},
    "number_input": {"type": "number_input", "is_decimal_allowed": False, "max_value": "5"},
    "rich_text_input": {"type": "rich_text_input", "initial_value": rich(), "min_lines": 1},
    "file_input": {"type": "file_input", "filetypes": ["csv"], "max_files": 10},
    "image": image(),
}
"""One of each element."""
