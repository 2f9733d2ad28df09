"""
chat.*: messages.

Source: https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours, read 2026-11.
"""

from __future__ import annotations

from typing import Any

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.api.shapes import message_shape
from playground.slack.workspace.content import ContentError, checked_content
from playground.slack.workspace.mentions import linked_text
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import BOT, Channel


def post_message(call: Call) -> Answer:
    """
    chat.postMessage: post in a channel, by name too, or to a person.

    A message to a deactivated person is taken (https://github.com/slackapi/python-slack-sdk/issues/1156).
    """
    channel = _writable(call)
    text, blocks = content(call)
    thread_ts = _thread(call, channel)
    message = call.workspace.messages.add(channel.id, BOT, text, blocks=blocks, thread_ts=thread_ts)
    return {"channel": channel.id, "ts": message.ts, "message": message_shape(call.workspace, message)}


def post_ephemeral(call: Call) -> Answer:
    """chat.postEphemeral: tell one person in a channel."""
    channel = call.joined_channel()
    if channel.is_archived:
        raise ApiError("is_archived")
    person = call.person("user", "user_not_in_channel")
    if person.id not in channel.members:
        raise ApiError("user_not_in_channel")
    text, blocks = content(call)
    message = call.workspace.messages.add(
        channel.id, BOT, text, blocks=blocks, thread_ts=_thread(call, channel), only_for=person.id
    )
    return {"message_ts": message.ts}


def update(call: Call) -> Answer:
    """chat.update: replace a message of the bot's; without blocks it keeps those it has."""
    message = _own_message(call, "cant_update_message")
    blocks_given = call.arguments.get("blocks") is not None
    if not blocks_given and message.blocks and not call.text("text"):
        raise ApiError("no_text")
    text, blocks = content(call, parse="client")
    call.workspace.messages.edit(message, text, blocks if blocks_given else None)
    shape = message_shape(call.workspace, message)
    return {"channel": message.channel, "ts": message.ts, "text": text, "message": shape}


def delete(call: Call) -> Answer:
    """chat.delete: remove a message of the bot's."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.messages.remove(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Call) -> Answer:
    """chat.getPermalink: give a message's address."""
    channel = call.channel()
    ts = call.required("message_ts")
    message = call.workspace.messages.find(channel.id, ts)
    if message is None or message.ephemeral:
        raise ApiError("message_not_found")
    permalink = f"{call.url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts:
        permalink += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": permalink}


def content(call: Call, parse: str = "none") -> tuple[str, list[dict[str, Any]]]:
    """
    Return the text and blocks of a call; `parse` is the method's default for its text.

    Raises:
        ApiError: as Slack does.
    """
    groups = call.workspace.usergroups
    if call.json("attachments", "invalid_attachments"):
        raise ApiError("invalid_arguments", ["attachments are not modelled by the local Slack"])
    try:
        text, blocks = checked_content(
            call.text("text"), call.json("blocks", "invalid_blocks_format"), groups
        )
    except ContentError as error:
        raise ApiError(error.error, error.messages) from None
    is_linked = call.flag("link_names") or call.text("parse", parse) != "none"
    return linked_text(text, groups) if is_linked else text, blocks


def _writable(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_private or not call.token.may(("chat:write.public",)):
        channel = call.joined_channel()
    if channel.is_archived:
        raise ApiError("is_archived")
    if channel.person and not call.workspace.app_home.get("messages_tab_enabled"):
        raise ApiError("messages_tab_disabled")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    """Find the thread of a reply; a reply to a reply goes into the same thread."""
    thread_ts = call.text("thread_ts")
    if not thread_ts:
        return None
    parent = call.workspace.messages.find(channel.id, thread_ts)
    if parent is None:
        raise ApiError("thread_not_found")
    return parent.thread_ts or parent.ts


def _own_message(call: Call, refusal: str) -> Message:
    message = call.workspace.messages.find(call.channel().id, call.required("ts"))
    if message is None or message.ephemeral:
        raise ApiError("message_not_found")
    if not message.is_the_bots:
        raise ApiError(refusal)
    return message


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
}
