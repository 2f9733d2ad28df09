"""The check of a routing file against Slack: every person, user group and channel that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.job import Requester
from bot.domain.owners.contact import Contact
from bot.domain.owners.routing_file import Named
from bot.domain.permission import Standing
from bot.errors import RoutingError
from bot.ports import Channels, People
from bot.usecases.owners.contacts import MANY_EMAILS

HINTS = {
    None: "routing-not-in-slack",
    Standing.MEMBER: "",
    Standing.GUEST: "routing-guest",
    Standing.EXTERNAL: "routing-external",
    Standing.INACTIVE: "routing-inactive",
}
"""The standing of a person, None for an address that Slack does not know, to the key of the hint."""


@dataclass(frozen=True)
class SlackCheck:
    """The names of one file, which are looked up once each."""

    named: Sequence[Named]
    people: People
    channels: Channels

    def errors(self) -> Iterator[RoutingError]:
        """Yield an error for each name that cannot be reached. Raises the errors of People and Channels."""
        checked: dict[str, str] = {}
        for one in self.named:
            if one.contact not in checked:
                checked[one.contact] = self._fault(one.contact)
            if hint := checked[one.contact]:
                yield RoutingError(line=str(one.line), entry=one.entry, hint=hint, contact=one.contact)

    def _fault(self, contact: str) -> str:
        """Return the key of the hint; empty if the contact can be reached."""
        if "@" in contact:
            found = self._by_email(contact.casefold())
            return HINTS[found[1] if found else None]
        if contact[0] in "CG":
            return self._fault_of_channel(contact)
        if Contact(contact).is_group:
            return "" if contact in self._groups else "routing-no-group"
        return HINTS[self.people.standing(Requester(contact))]

    def _fault_of_channel(self, channel_id: str) -> str:
        found = self.channels.find(channel_id)
        if found is None:
            return "routing-no-channel"
        if found.is_archived:
            return "routing-archived"
        return "" if found.is_member else "routing-not-in"

    @cached_property
    def _groups(self) -> frozenset[str]:
        return frozenset(self.people.group_handles().values())

    @cached_property
    def _by_email(self) -> Callable[[str], tuple[str, Standing] | None]:
        """The look-up of an address: by itself, or of many in a list of everybody."""
        emails = {one.contact for one in self.named if "@" in one.contact}
        return self.people.all_by_email().get if len(emails) > MANY_EMAILS else self.people.by_email
