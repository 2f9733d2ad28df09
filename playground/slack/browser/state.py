"""The workspace as one person sees it, for the page."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

from playground.slack.surfaces.panel import PanelAction
from playground.slack.workspace.faults import KINDS
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import (
    APP,
    BOT,
    TEAM_NAME,
    Channel,
    Person,
    UserGroup,
    direct_messages,
)
from playground.slack.workspace.workspace import Workspace

Shape = dict[str, Any]


def page_state(workspace: Workspace, person: Person, panel: list[PanelAction]) -> Shape:
    """Write the state of the workspace that a person sees."""
    manifest = workspace.manifest
    bot = workspace.people[BOT]
    channels = [c for c in workspace.channels.values() if c.person in (None, person.id)]
    home = workspace.views.home(person.id)
    return {
        "version": workspace.version,
        "me": person.id,
        "team": TEAM_NAME,
        "bot": {
            "id": BOT,
            "name": bot.name,
            "app_id": APP,
            "display_name": manifest.get("display_information", {}).get("name", bot.name),
        },
        "people": _people(workspace),
        "channels": [_channel(channel, bot) for channel in channels],
        "groups": [_group(group, person) for group in workspace.usergroups],
        "direct": direct_messages(person.id).id if workspace.takes_direct_messages else None,
        "commands": [
            {key: command.get(key, "") for key in ("command", "description", "usage_hint")}
            for command in manifest.get("features", {}).get("slash_commands", [])
        ],
        "messages": _messages(workspace, person, channels),
        "views": [
            {"id": view.id, "view": view.shown(), "error": view.complaint}
            for view in workspace.views.stack(person.id)
        ],
        "home": home.shown() if home else None,
        "panel": [
            {"id": action.id, "label": {"en": action.label_en, "ja": action.label_ja}} for action in panel
        ],
        "faults": [dataclasses.asdict(fault) for fault in workspace.faults],
        "fault_kinds": list(KINDS),
        "traffic": [dataclasses.asdict(entry) for entry in workspace.traffic],
    }


def people_of(workspace: Workspace) -> list[Shape]:
    """Return everybody who can be `as` in the page's HTTP API."""
    return [_person(person) for person in workspace.people.values() if person.is_active]


def _people(workspace: Workspace) -> list[Shape]:
    """Write everybody, with the ts of the messages that have notified them."""
    notifications: dict[str, list[str]] = {other: [] for other in workspace.people}
    for message in workspace.messages:
        for other in message.notified:
            notifications[other].append(message.ts)
    return [
        _person(other) | {"notifications": notifications[other.id]} for other in workspace.people.values()
    ]


def _group(group: UserGroup, person: Person) -> Shape:
    return {"id": group.id, "handle": group.handle, "has_me": person.id in group.users}


def _person(person: Person) -> Shape:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "locale": person.locale,
        "is_bot": person.is_bot,
        "is_active": person.is_active,
    }


def _channel(channel: Channel, bot: Person) -> Shape:
    return {
        "id": channel.id,
        "name": bot.name if channel.person else channel.name,
        "bot_is_member": channel.bot_is_member,
        "is_im": channel.person is not None,
        "is_shared": channel.shared in ("external", "pending"),
    }


def _messages(workspace: Workspace, person: Person, channels: list[Channel]) -> list[Shape]:
    seen = workspace.messages.seen_by(person.id, {channel.id for channel in channels})
    replies = Counter((m.channel, m.thread_ts) for m in seen if not m.ephemeral)
    return [
        _message(workspace, m)
        | {"reply_count": replies[m.channel, m.ts], "notifies_me": person.id in m.notified}
        for m in seen
    ]


def _message(workspace: Workspace, message: Message) -> Shape:
    files = [file for file in map(workspace.files.find, message.files) if file]
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "files": [
            {
                "id": file.id,
                "name": file.name,
                "title": file.title,
                "mimetype": file.mimetype,
                "size": file.length,
                "url": f"/files/{file.id}/{file.name}",
            }
            for file in files
        ],
        "ephemeral": message.ephemeral,
        "edited": message.edited is not None,
        "error": message.error,
    }
