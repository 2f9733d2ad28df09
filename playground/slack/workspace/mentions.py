"""
Mentions in a new message, and who is notified by it.

Sources: https://docs.slack.dev/messaging/formatting-message-text (mentions; automatic parsing) and
https://docs.slack.dev/reference/block-kit/composition-objects/text-object (`verbatim`), read 2026-11. That an
edit notifies nobody: https://github.com/jenkinsci/slack-plugin/issues/706.

A mention counts in the places of which Slack's documentation says that it notifies: a message's text, mrkdwn
and rich text. It does not count in a table's cell or a markdown block, of which the documentation says
nothing, and not in the text of a message with blocks, which is shown in their place only. In a code span it
counts: a bot must escape foreign text there too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from playground.slack.workspace.choices import children
from playground.slack.workspace.people import Channel, Person, UserGroup

Block = Mapping[str, Any]

Reason = Literal["mention", "direct"]
"""Why somebody is notified: a mention of them, of a group or of all; or a direct message."""

EVERYBODY = frozenset({"here", "channel", "everyone"})

_MENTION = re.compile(r"<(?:@([UW]\w+)|!subteam\^(S\w+)|!(here|channel|everyone))(?:\|[^<>]*)?>")
_MARKED = re.compile(r"(```.*?```|`[^`\n]+`|<[^<>\n]+>)", re.DOTALL)
"""Parts of a text in which a plain name stays one: code, and what is a mention or a link already."""
_NAME = re.compile(r"(?<![\w@.])@([\w-]+)")


def linked(value: Any, groups: Sequence[UserGroup]) -> Any:
    """Copy blocks; in every mrkdwn object that is not verbatim, plain names become mentions."""
    if isinstance(value, list):
        return [linked(item, groups) for item in value]
    if not isinstance(value, Mapping):
        return value
    copied = {name: linked(item, groups) for name, item in value.items()}
    if copied.get("type") == "mrkdwn" and not copied.get("verbatim"):
        copied["text"] = linked_text(copied["text"], groups)
    return copied


def linked_text(text: str, groups: Sequence[UserGroup]) -> str:
    """Make mentions of the names of groups and of all, such as @here; names of people stay plain words."""
    named = {group.handle: f"<!subteam^{group.id}>" for group in groups if not group.is_disabled}
    named |= {name: f"<!{name}>" for name in EVERYBODY}
    parts = _MARKED.split(text)
    parts[::2] = [_NAME.sub(lambda match: named.get(match[1], match[0]), plain) for plain in parts[::2]]
    return "".join(parts)


def notified(
    text: str,
    blocks: Sequence[Block],
    *,
    author: str,
    channel: Channel,
    people: Mapping[str, Person],
    groups: Sequence[UserGroup],
    is_reply: bool,
) -> dict[str, Reason]:
    """
    Tell whom a message notifies when it is posted: people who are in the channel, and not its author.

    A reply notifies those whom it mentions. Slack also tells people who take part in a thread of each reply;
    this is not modelled.
    """
    mentioned = set(_mentioned(text, blocks))
    if mentioned & EVERYBODY:
        mentioned |= channel.members
    for group in groups:
        if group.id in mentioned and not group.is_disabled:
            mentioned |= set(group.users)
    if channel.person and not is_reply:
        reached: dict[str, Reason] = {channel.person: "direct"}
    else:
        reached = dict.fromkeys(sorted(mentioned & channel.members), "mention")
    readers = {person.id for person in people.values() if not person.is_bot and not person.is_deleted}
    return {person: reason for person, reason in reached.items() if person in readers - {author}}


def _mentioned(text: str, blocks: Sequence[Block]) -> Iterator[str]:
    """Find the IDs of people and groups, and the words for all."""
    for shown in _texts(blocks) if blocks else [text]:
        yield from (next(filter(None, match.groups())) for match in _MENTION.finditer(shown))
    for block in blocks:
        if block["type"] == "rich_text":
            yield from _rich(block)
        yield from _mentioned("", children(block))


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Find the mrkdwn of sections and contexts."""
    for block in blocks:
        if block["type"] in ("section", "context"):
            objects = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
            yield from (o["text"] for o in objects if o and o["type"] == "mrkdwn")


def _rich(value: Any) -> Iterator[str]:
    """Find the mentions of rich text."""
    if isinstance(value, Mapping):
        for name in ("user_id", "usergroup_id", "range"):
            if value.get("type") in ("user", "usergroup", "broadcast") and name in value:
                yield str(value[name])
        yield from _rich(value.get("elements", ()))
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for item in value:
            yield from _rich(item)
