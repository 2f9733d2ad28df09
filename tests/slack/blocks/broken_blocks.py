"""Blocks that break one rule each, with the reason and the pointer from the block on."""

from __future__ import annotations

from tests.slack import kit
from tests.slack.kit import Piece, cell, longer, mrkdwn, plain, section

BROKEN: list[tuple[Piece, str, str]] = [
    (section(text=mrkdwn(longer(3000))), "must be less than 3001 characters", "/text/text"),
    (section(text=mrkdwn("")), "must be more than 0 characters", "/text/text"),
    (section(text={"type": "raw_text", "text": "x"}), "unsupported type: raw_text", "/text/type"),
    (section(text={"text": "x"}), "missing required field: type", "/text"),
    (section(text={"type": "mrkdwn"}), "missing required field: text", "/text"),
    (section(text="text"), "must provide an object", "/text"),
    (section(text=mrkdwn() | {"emoji": True}), "invalid additional property: emoji", "/text"),
    (section(text=plain() | {"verbatim": True}), "invalid additional property: verbatim", "/text"),
    (section(text=plain() | {"emoji": "yes"}), "must be a boolean", "/text/emoji"),
    (section(text={"type": "plain_text", "text": 5}), "must provide a string", "/text/text"),
    ({"type": "section"}, "must define either `text` or `fields`", "/type"),
    (section(fields=[mrkdwn()] * 11), "no more than 10 items allowed", "/fields"),
    (section(fields=[]), "must provide at least 1 items", "/fields"),
    (section(fields=[mrkdwn(longer(2000))]), "must be less than 2001 characters", "/fields/0/text"),
    (section(fields={}), "must provide an array", "/fields"),
    (section(colour="red"), "invalid additional property: colour", ""),
    (section(accessory=None), "must provide an object", "/accessory"),
    (section(expand=1), "must be a boolean", "/expand"),
    (section(block_id=longer(255)), "must be less than 256 characters", "/block_id"),
    (section(block_id=""), "must be more than 0 characters", "/block_id"),
    ({"type": "header", "text": plain(longer(150))}, "must be less than 151 characters", "/text/text"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn", "/text/type"),
    ({"type": "header", "text": "x"}, "must provide an object", "/text"),
    ({"type": "header"}, "missing required field: text", ""),
    ({"type": "divider", "text": plain()}, "invalid additional property: text", ""),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items allowed", "/elements"),
    ({"type": "context", "elements": []}, "must provide at least 1 items", "/elements"),
    ({"type": "context", "elements": [kit.button()]}, "unsupported type: button", "/elements/0/type"),
    (kit.actions(), "must provide at least 1 items", "/elements"),
    (
        kit.actions(*(kit.button(action_id=str(n)) for n in range(26))),
        "no more than 25 items allowed",
        "/elements",
    ),
    (kit.entry(kit.select(), label=plain(longer(2000))), "must be less than 2001 characters", "/label/text"),
    (kit.entry(kit.select(), label=mrkdwn()), "unsupported type: mrkdwn", "/label/type"),
    (kit.entry(kit.select(), hint=plain(longer(2000))), "must be less than 2001 characters", "/hint/text"),
    (kit.entry(kit.select(), optional="no"), "must be a boolean", "/optional"),
    ({"type": "input", "label": plain()}, "missing required field: element", ""),
    (kit.image(alt_text=longer(2000)), "must be less than 2001 characters", "/alt_text"),
    (kit.image(title=plain(longer(2000))), "must be less than 2001 characters", "/title/text"),
    (
        kit.image(image_url="https://e/" + longer(2990)),
        "must be less than 3001 characters",
        "/image_url",
    ),
    (
        kit.image(image_url="file:///etc/passwd"),
        r"input must match regex pattern: https?://\S+",
        "/image_url",
    ),
    (
        kit.image(slack_file={"id": "F1"}),
        "must define either `image_url` or `slack_file`",
        "/type",
    ),
    ({"type": "markdown", "text": longer(12_000)}, "must be less than 12001 characters", "/text"),
    ({"type": "markdown", "text": ""}, "must be more than 0 characters", "/text"),
    (kit.video(title=plain(longer(199))), "must be less than 200 characters", "/title/text"),
    (
        kit.video(video_url="http://example.com/v"),
        r"input must match regex pattern: https://\S+",
        "/video_url",
    ),
    (kit.video(author_name=longer(49)), "must be less than 50 characters", "/author_name"),
    (kit.video(description=plain(longer(200))), "must be less than 201 characters", "/description/text"),
]


NEWER: list[tuple[Piece, str, str]] = [
    ({"type": "card"}, "must define either `hero_image` or `title` or `actions` or `body`", "/type"),
    ({"type": "card", "title": plain(longer(150))}, "must be less than 151 characters", "/title/text"),
    ({"type": "card", "body": plain(longer(200))}, "must be less than 201 characters", "/body/text"),
    (
        {"type": "card", "actions": [kit.button(action_id=str(n)) for n in range(4)]},
        "no more than 3 items allowed",
        "/actions",
    ),
    ({"type": "card", "actions": [kit.select()]}, "unsupported type: static_select", "/actions/0/type"),
    ({"type": "carousel", "elements": []}, "must provide at least 1 items", "/elements"),
    (
        {"type": "carousel", "elements": [kit.PIECES["card"]] * 11},
        "no more than 10 items allowed",
        "/elements",
    ),
    ({"type": "carousel", "elements": [section()]}, "unsupported type: section", "/elements/0/type"),
    (kit.container(child_blocks=[]), "must provide at least 1 items", "/child_blocks"),
    (kit.container(child_blocks=[section()] * 11), "no more than 10 items allowed", "/child_blocks"),
    (
        kit.container(child_blocks=[{"type": "markdown", "text": "x"}]),
        "unsupported type: markdown",
        "/child_blocks/0/type",
    ),
    (kit.container(width="huge"), "must be a valid enum value", "/width"),
    (
        kit.container(is_collapsible=True, has_header_divider=True),
        "`has_header_divider` cannot be set when `is_collapsible` is true",
        "",
    ),
    (
        {"type": "container", "child_blocks": [section()]},
        "must define either `title` or `rich_text_title`",
        "/type",
    ),
    ({"type": "context_actions", "elements": []}, "must provide at least 1 items", "/elements"),
    (
        {"type": "context_actions", "elements": kit.feedback()["elements"] * 6},
        "no more than 5 items allowed",
        "/elements",
    ),
    (
        kit.feedback(positive_button={"text": plain()}),
        "missing required field: value",
        "/elements/0/positive_button",
    ),
    (kit.task(status="done"), "must be a valid enum value", "/status"),
    (kit.task(status="pending"), "only a task of a plan can be pending", "/status"),
    (
        {"type": "plan", "title": "t", "tasks": [kit.task()] * 51},
        "no more than 50 items allowed",
        "/tasks",
    ),
]


RICH: list[tuple[Piece, str, str]] = [
    (kit.rich({"type": "text", "text": ""}), "must be more than 0 characters", "/elements/0/elements/0/text"),
    (kit.rich({"type": "image"}), "unsupported type: image", "/elements/0/elements/0/type"),
    (
        kit.rich({"type": "text", "text": "x", "style": {"loud": True}}),
        "invalid additional property: loud",
        "/elements/0/elements/0/style",
    ),
    (
        kit.rich({"type": "broadcast", "range": "world"}),
        "must be a valid enum value",
        "/elements/0/elements/0/range",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "dash", "elements": []}]},
        "must be a valid enum value",
        "/elements/0/style",
    ),
    (
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [], "indent": 9}],
        },
        "must be at most 8",
        "/elements/0/indent",
    ),
    (
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U"}]}],
        },
        "unsupported type: user",
        "/elements/0/elements/0/type",
    ),
]


TABLES: list[tuple[Piece, str, str]] = [
    (kit.table([]), "must provide at least 1 items", "/rows"),
    (kit.table("rows"), "must provide an array", "/rows"),  # type: ignore[arg-type]
    (kit.data_table("rows"), "must provide an array", "/rows"),  # type: ignore[arg-type]
    (kit.table([[]]), "must provide at least 1 items", "/rows/0"),
    (kit.table([[cell()]] * 101), "no more than 100 items allowed", "/rows"),
    (kit.table([[cell()] * 21]), "no more than 20 items allowed", "/rows/0"),
    (kit.table([[cell("")]]), "must be more than 0 characters", "/rows/0/0/text"),
    (kit.table([[mrkdwn()]]), "unsupported type: mrkdwn", "/rows/0/0/type"),
    (
        kit.table([[{"type": "raw_number", "value": "1", "text": "1"}]]),
        "must provide a number",
        "/rows/0/0/value",
    ),
    (kit.table(column_settings=[{}] * 21), "no more than 20 items allowed", "/column_settings"),
    (
        kit.table(column_settings=[{"align": "justify"}]),
        "must be a valid enum value",
        "/column_settings/0/align",
    ),
    (
        kit.table([[cell("x" * 5000), cell("x" * 5001)]]),
        "must have less than 10001 characters in all cells",
        "/rows",
    ),
    (kit.data_table([[cell()]]), "must provide at least 2 items", "/rows"),
    (kit.data_table([[cell()]] * 102), "no more than 101 items allowed", "/rows"),
    (kit.data_table(page_size=101), "must be at most 100", "/page_size"),
    (kit.data_table(page_size=0), "must be at least 1", "/page_size"),
    (
        kit.data_table([[cell()], [cell(), cell()]]),
        "all rows must have the same number of columns",
        "/rows",
    ),
    (kit.data_table([[kit.rich()], [cell()]]), "unsupported type: rich_text", "/rows/0/0/type"),
    (kit.data_table(row_header_column_index=1), "must be at most 0", "/row_header_column_index"),
    (
        kit.data_table([[cell("x" * 20_000)], [cell()]]),
        "must have less than 20001 characters in all cells",
        "/rows",
    ),
    (
        {"type": "data_table", "rows": [[cell()], [cell()]]},
        "missing required field: caption",
        "",
    ),
]
