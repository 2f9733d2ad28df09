"""
conversations.*: channels, and their messages.

Source: https://docs.slack.dev/reference/methods/conversations.history and its neighbours, read 2026-11.
"""

from __future__ import annotations

from playground.slack.api.call import Answer, ApiError, Call, Method
from playground.slack.api.shapes import channel_shape, message_shape
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import Channel

SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read"}
"""Kind of a conversation to the scope that shows it."""
READ = (*SCOPES.values(), "mpim:read")
HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


def open_conversation(call: Call) -> Answer:
    """conversations.open: open the direct messages with one person."""
    if call.text("channel"):
        return {"channel": channel_shape(call.channel())}
    if not call.text("users"):
        raise ApiError("users_list_not_supplied")
    person = call.person("users")
    if person.is_bot:
        raise ApiError("cannot_dm_bot")
    if person.is_deleted:
        raise ApiError("user_disabled")
    if not call.workspace.meets_bot(person):
        raise ApiError("invalid_user_combination")
    return {"channel": channel_shape(call.workspace.direct_messages(person.id))}


def info(call: Call) -> Answer:
    """conversations.info: tell of a channel."""
    return {"channel": channel_shape(_visible(call))}


def list_channels(call: Call) -> Answer:
    """conversations.list: tell of the public channels, or of the kinds asked for."""
    kinds = call.text("types", "public_channel").split(",")
    channels_of_kinds = [channel for channel in call.workspace.channels.values() if channel.kind in kinds]
    channels, more = call.page(channels_of_kinds)
    return {"channels": [channel_shape(channel) for channel in channels], **more}


def members(call: Call) -> Answer:
    """conversations.members: tell who is in a channel."""
    people, more = call.page(sorted(_visible(call).members))
    return {"members": people, **more}


def history(call: Call) -> Answer:
    """conversations.history: give a channel's messages, the newest first, without replies."""
    channel = call.joined_channel()
    messages = _between(call, call.workspace.messages.history(channel.id))
    return _page(call, messages[::-1])


def replies(call: Call) -> Answer:
    """conversations.replies: give a message and its replies, the oldest first."""
    channel = call.joined_channel()
    parent = call.workspace.messages.find(channel.id, call.required("ts"))
    if parent is None or parent.ephemeral:
        raise ApiError("thread_not_found")
    following = call.workspace.messages.replies(channel.id, parent.ts)
    return _page(call, [parent, *_between(call, following)])


def _visible(call: Call) -> Channel:
    """Return the channel of a call, if the bot can see it; each kind has its own scope."""
    channel = call.channel()
    if channel.is_private and not channel.bot_is_member:
        raise ApiError("channel_not_found")
    if not call.token.may((SCOPES[channel.kind],)):
        raise ApiError("missing_scope", needed=SCOPES[channel.kind], provided=call.token.provided())
    return channel


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Keep the messages between oldest and latest; `inclusive` takes these two as well."""
    oldest, latest = call.text("oldest", "0"), call.text("latest") or "9" * 20
    ends = {oldest, latest} if call.flag("inclusive") else set()
    return [m for m in messages if float(oldest) < float(m.ts) < float(latest) or m.ts in ends]


def _page(call: Call, messages: list[Message]) -> Answer:
    page, more = call.page(messages)
    has_more = bool(more["response_metadata"]["next_cursor"])
    shapes = [message_shape(call.workspace, message) for message in page]
    return {"messages": shapes, "has_more": has_more, **more}


METHODS = {
    "conversations.open": Method(
        open_conversation, ("im:write", "mpim:write", "channels:manage", "groups:write")
    ),
    "conversations.info": Method(info, READ),
    "conversations.list": Method(list_channels, READ),
    "conversations.members": Method(members, READ),
    "conversations.history": Method(history, HISTORY),
    "conversations.replies": Method(replies, HISTORY),
}
