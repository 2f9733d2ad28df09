"""
Rich text.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.slack.blocks import limits
from playground.slack.blocks.objects import URL
from playground.slack.blocks.rules import (
    Rule,
    anything,
    boolean,
    integer,
    items,
    one_of,
    record,
    string,
    typed,
)

_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    ),
)


def _part(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    return record({"type": anything, **required}, {"style": _STYLE, **(optional or {})})


_PARTS: dict[str, Rule] = {
    "text": _part({"text": string()}),
    "link": _part({"url": string()}, {"text": string(shortest=0), "unsafe": boolean}),
    "emoji": _part({"name": string()}, {"unicode": string(), "skin_tone": integer(1, 6)}),
    "user": _part({"user_id": string()}),
    "usergroup": _part({"usergroup_id": string()}),
    "channel": _part({"channel_id": string()}),
    "team": _part({"team_id": string()}),
    "broadcast": _part({"range": one_of("here", "channel", "everyone")}),
    "color": _part({"value": string(pattern=r"#[0-9a-fA-F]{6}")}),
    "date": _part(
        {"timestamp": integer(), "format": string()}, {"url": string(pattern=URL), "fallback": string()}
    ),
}
_BORDER = integer(0, 1)
_CODE_PARTS = items(typed({name: _PARTS[name] for name in ("text", "link")}))
_section = record({"type": anything, "elements": items(typed(_PARTS))})

rich_text = record(
    {
        "type": one_of("rich_text"),
        "elements": items(
            typed(
                {
                    "rich_text_section": _section,
                    "rich_text_list": record(
                        {
                            "type": anything,
                            "style": one_of("bullet", "ordered"),
                            "elements": items(typed({"rich_text_section": _section})),
                        },
                        {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
                    ),
                    "rich_text_quote": record(
                        {"type": anything, "elements": items(typed(_PARTS))}, {"border": _BORDER}
                    ),
                    "rich_text_preformatted": record(
                        {"type": anything, "elements": _CODE_PARTS},
                        {"border": _BORDER, "language": string()},
                    ),
                }
            )
        ),
    },
    {"block_id": string(limits.IDENTIFIER)},
)
