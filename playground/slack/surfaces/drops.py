"""
Files that people drop into channels and threads, and the event for the app.

Source: https://docs.slack.dev/reference/events/file_shared, read 2026-11: the event names file, channel
and person, and not the message; files.info tells the rest. Of the files that the app shares
itself, of which Slack tells it too, the local Slack does not: the app would be asked in the middle of its
own call.
"""

from __future__ import annotations

from playground.slack.surfaces.events import Events
from playground.slack.workspace.people import Channel, Person
from playground.slack.workspace.workspace import Workspace


class Drops:
    """Shares the files of people."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def drop(
        self,
        person: Person,
        channel: Channel,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread_ts: str | None = None,
    ) -> None:
        """
        Share a file, and tell the app if it is a member.

        Raises:
            LookupError: there is no such thread.
            ValueError: the file is empty, which Slack does not take, or has no name.
        """
        if not content or not name.strip():
            raise ValueError("a file needs a name and content")
        with self._workspace.changing():
            messages = self._workspace.messages
            if thread_ts and not messages.find(channel.id, thread_ts):
                raise LookupError(f"no message {thread_ts} in {channel.id}")
            file = self._workspace.files.add(name, content, person.id)
            self._workspace.share(file, messages.add(channel.id, person.id, text, thread_ts=thread_ts))
        if channel.bot_is_member:
            told = {
                "file_id": file.id,
                "file": {"id": file.id},
                "user_id": person.id,
                "channel_id": channel.id,
            }
            self._events.send({"type": "file_shared", **told})
