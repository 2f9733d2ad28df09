"""Views that break one rule each."""

from __future__ import annotations

from tests.slack import kit
from tests.slack.kit import Piece, longer, mrkdwn, plain

VIEWS: list[tuple[Piece, str, str]] = [
    (kit.modal(title=plain(longer(24))), "must be less than 25 characters", "/title/text"),
    (kit.modal(title=mrkdwn()), "unsupported type: mrkdwn", "/title/type"),
    (kit.modal(submit=plain(longer(24))), "must be less than 25 characters", "/submit/text"),
    (kit.modal(close=plain(longer(24))), "must be less than 25 characters", "/close/text"),
    (kit.modal(private_metadata=longer(3000)), "must be less than 3001 characters", "/private_metadata"),
    (kit.modal(callback_id=longer(255)), "must be less than 256 characters", "/callback_id"),
    (kit.modal(external_id=longer(255)), "must be less than 256 characters", "/external_id"),
    (kit.modal(notify_on_close="yes"), "must be a boolean", "/notify_on_close"),
    (kit.modal(id="V1"), "invalid additional property: id", ""),
    (kit.modal() | {"blocks": []}, "must provide at least 1 items", "/blocks"),
    (kit.modal({"type": "markdown", "text": "x"}), "unsupported type: markdown", "/blocks/0/type"),
    (
        kit.modal(kit.section(), kit.entry(kit.select())),
        "must define `submit` to use an `input` block in modals",
        "/blocks/1/input",
    ),
    ({"type": "modal", "blocks": [kit.section()]}, "missing required field: title", ""),
    ({"type": "modal", "title": plain()}, "missing required field: blocks", ""),
    ({"type": "page"}, "unsupported type: page", "/type"),
    (kit.home(submit=plain()), "invalid additional property: submit", ""),
    (kit.home(close=plain()), "invalid additional property: close", ""),
    (
        kit.home(kit.section(block_id="a"), kit.section(block_id="a")),
        '`block_id` "a" already exists',
        "/blocks/1/block_id",
    ),
]
