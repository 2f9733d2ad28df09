"""The actions of people in Slack's client."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from playground.slack.surfaces.commands import Commands
from playground.slack.surfaces.dispatcher import Dispatcher
from playground.slack.surfaces.drops import Drops
from playground.slack.surfaces.events import Events
from playground.slack.surfaces.forms import Errors, Forms
from playground.slack.surfaces.interactions import Interactions
from playground.slack.surfaces.panel import PanelAction
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import Channel, Person, direct_messages
from playground.slack.workspace.views import View
from playground.slack.workspace.workspace import Workspace

T = TypeVar("T")


class Client:
    """
    One workspace with one app, as people use it.

    An action (`command`, `act`, …) returns when the app has acknowledged it or 3 s are over.

    Args:
        manifest: the app's.
        app_url: where the app takes requests; called before each, if it can be.
        url: returns this server's address, for response_url.
        clock: seconds since 1970, for timestamps and expiry. Signatures follow the wall clock.
    """

    def __init__(
        self,
        manifest: Mapping[str, Any],
        *,
        app_url: Callable[[], str] | str,
        signing_secret: str,
        token: str,
        url: Callable[[], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.workspace = Workspace(manifest, token, clock)
        self.dispatcher = Dispatcher(self.workspace, app_url, signing_secret)
        self.events = Events(self.workspace, self.dispatcher)
        self.panel: list[PanelAction] = []
        self._commands = Commands(self.workspace, self.dispatcher, url)
        self._interactions = Interactions(self.workspace, self.dispatcher, url)
        self._drops = Drops(self.workspace, self.events)
        self._forms = Forms(self.workspace, self.dispatcher, self.events)

    def command(self, user: str, channel: str, text: str) -> None:
        """Type a slash command, such as `/sechub-scan S3.8`."""
        self._commands.run(self._person(user), self._channel(channel), text)

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> None:
        """Post a message."""
        self._commands.say(self._person(user), self._channel(channel), text, thread_ts)

    def drop(
        self,
        user: str,
        channel: str,
        name: str,
        content: bytes,
        *,
        text: str = "",
        thread_ts: str | None = None,
    ) -> None:
        """Share a file in a channel or a thread. Raises LookupError, ValueError."""
        person, place = self._person(user), self._channel(channel)
        self._drops.drop(person, place, name, content, text=text, thread_ts=thread_ts)

    def act(self, user: str, channel: str, ts: str, *, block_id: str, action_id: str, **choice: Any) -> None:
        """
        Press a button of a message, its confirm dialog given, or choose in a menu.

        Args:
            choice: the field of the element's state, such as selected_option={"value": "HIGH"}.

        Raises:
            LookupError: the person does not see such an element.
            ValueError: the choice is not on offer.
        """
        message = self._message(user, channel, ts)
        self._interactions.act_in_message(self._person(user), message, block_id, action_id, choice)

    def act_in_view(
        self,
        user: str,
        view_id: str,
        *,
        block_id: str,
        action_id: str,
        state: Mapping[str, Any] | None = None,
        **choice: Any,
    ) -> None:
        """Do the same in a modal or the Home tab; `state` is that of the form's other inputs."""
        view, person = self._view(user, view_id), self._person(user)
        if state:
            with self.workspace.changing():
                view.state = self._forms.filled(view, state)
        self._interactions.act_in_view(person, view, block_id, action_id, choice)

    def suggest(
        self,
        user: str,
        view_id: str,
        block_id: str,
        action_id: str,
        value: str,
        *,
        channel: str = "",
        ts: str = "",
    ) -> list[dict[str, Any]]:
        """Search in an external select of a view, or of the message `ts`; return the options."""
        place = self._message(user, channel, ts) if ts else self._view(user, view_id)
        return self._interactions.suggest(self._person(user), place, block_id, action_id, value)

    def submit(self, user: str, view_id: str, state: Mapping[str, Any]) -> Errors | None:
        """Send a form; return its errors: block_id to text; "" stands for the whole form."""
        return self._forms.submit(self._person(user), self._view(user, view_id), state)

    def close(self, user: str, view_id: str) -> None:
        """Close a view of a modal."""
        self._forms.close(self._person(user), self._view(user, view_id))

    def open_home(self, user: str) -> None:
        """Open the bot's Home tab."""
        self._forms.open_home(self._person(user))

    def share(self, channel: str, shared: str = "external") -> str:
        """
        Share a channel (see Channel.shared), or no longer with an empty word; return its ID.

        A private one gets another ID for good, of which the bot is told if it is a member.

        Source: https://docs.slack.dev/reference/events/channel_id_changed, read 2026-11.
        """
        shown = self._channel(channel)
        with self.workspace.changing():
            moves = shared == "external" and shown.is_private and not shown.shared
            shown.shared = shared
            if moves:
                self.workspace.move(shown)
        if moves and shown.bot_is_member:
            ids = {"old_channel_id": channel, "new_channel_id": shown.id}
            self.events.send({"type": "channel_id_changed", **ids})
        return shown.id

    def wait(self, condition: Callable[[Workspace], T | None], timeout: float = 10) -> T:
        """Wait until a condition returns a true value, and return it. Raises TimeoutError with the state."""
        return self.workspace.wait(condition, timeout)

    def _person(self, user: str) -> Person:
        person = self.workspace.people[user]
        if person.is_bot or person.is_deleted:
            raise LookupError(f"{user} is not a person who can do something")
        return person

    def _channel(self, channel: str) -> Channel:
        """
        Find a channel to say something in; a person opens their direct messages by the first one.

        Raises:
            LookupError: there is none, or the app's Messages tab takes nothing from people.
        """
        for person in self.workspace.people.values():
            if person.is_active and channel == direct_messages(person.id).id:
                self.workspace.direct_messages(person.id)
        found = self.workspace.channels[channel]
        if found.person and not self.workspace.takes_direct_messages:
            raise LookupError("the app's Messages tab takes no messages")
        return found

    def _message(self, user: str, channel: str, ts: str) -> Message:
        message = self.workspace.messages.find(channel, ts)
        place = self.workspace.channels.get(channel)
        is_anothers = place is not None and place.person not in (None, user)
        if message is None or is_anothers or message.only_for not in (None, user):
            raise LookupError(f"{user} sees no message {ts} in {channel}")
        return message

    def _view(self, user: str, view_id: str) -> View:
        view = self.workspace.views.find(view_id)
        if view is None or view.person != user:
            raise LookupError(f"{user} sees no view {view_id}")
        return view
