"""How Slack writes its things in JSON. The fields are those that an app is likely to read."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from playground.slack.workspace.files import File, Share
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import APP, BOT_ID, TEAM, Channel, Person
from playground.slack.workspace.workspace import Workspace

Shape = dict[str, Any]


def message_shape(workspace: Workspace, message: Message) -> Shape:
    """Write a message."""
    shape: Shape = {
        "type": "message",
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM,
        "blocks": message.blocks,
    }
    if message.is_the_bots:
        shape |= {"bot_id": BOT_ID, "app_id": APP}
    if message.edited:
        shape["edited"] = {"user": message.user, "ts": message.edited}
    if message.files:
        shape["files"] = [file_shape(file) for file in map(workspace.files.find, message.files) if file]
        shape["subtype"] = "file_share"
    replies = workspace.messages.replies(message.channel, message.ts)
    if message.thread_ts or replies:
        shape["thread_ts"] = message.thread_ts or message.ts
    if replies:
        shape |= {
            "reply_count": len(replies),
            "reply_users": sorted({reply.user for reply in replies}),
            "latest_reply": replies[-1].ts,
        }
    return shape


def file_shape(file: File, url: str = "") -> Shape:
    """Write a file."""
    shares = {channel: list(map(share_shape, shares)) for channel, shares in file.shares.items()}
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.filetype,
        "size": file.length,
        "user": file.user,
        "mode": "hosted",
        "url_private": f"{url}/files-pri/{TEAM}-{file.id}/{quote(file.name)}",
        "url_private_download": f"{url}/files-pri/{TEAM}-{file.id}/download/{quote(file.name)}",
        "channels": sorted(channel for channel in shares if channel.startswith("C")),
        "ims": sorted(channel for channel in shares if channel.startswith("D")),
        "shares": {"public": shares} if shares else {},
    }


def share_shape(share: Share) -> Shape:
    """Write where a file is: https://docs.slack.dev/reference/objects/file-object, read 2026-11."""
    return {"ts": share.ts} | ({"thread_ts": share.thread_ts} if share.thread_ts else {})


def person_shape(person: Person, *, with_locale: bool, with_email: bool) -> Shape:
    """Write a user."""
    profile = {"real_name": person.real_name, "display_name": person.name, "team": person.team}
    if with_email:
        profile["email"] = person.email
    shape = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.is_deleted,
        "is_bot": person.is_bot,
        **_kind_of(person),
        "tz": person.time_zone,
        "profile": profile,
    }
    if person.organization:
        shape["enterprise_user"] = {
            "id": person.id,
            "enterprise_id": person.organization,
            "teams": [person.team],
        }
    return shape | {"locale": person.locale} if with_locale else shape


def _kind_of(person: Person) -> Shape:
    """
    Return whether somebody is a guest or of another workspace; of who is deleted Slack does not say.

    Source: https://docs.slack.dev/reference/objects/user-object, read 2026-11.
    """
    if person.is_deleted:
        return {}
    kind = {"is_restricted": person.is_guest, "is_ultra_restricted": person.is_single_channel_guest}
    return kind | ({"is_stranger": True} if person.team != TEAM else {})


def channel_shape(channel: Channel) -> Shape:
    """Write a conversation: https://docs.slack.dev/reference/objects/conversation-object, read 2026-11."""
    if channel.person:
        return {"id": channel.id, "is_im": True, "user": channel.person, "is_archived": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_im": False,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_shared": channel.shared in ("external", "organization"),
        "is_ext_shared": channel.shared == "external",
        "is_pending_ext_shared": channel.shared == "pending",
        "is_org_shared": channel.shared == "organization",
        "is_member": channel.bot_is_member,
        "num_members": len(channel.members),
    }
