"""The owners of accounts, by a tag of the account in Organizations."""

from __future__ import annotations

import logging

from bot.domain.owners.account_tag import KnownAccountTags
from bot.domain.owners.owner import NOBODY, Ownership, Source, split_names
from bot.domain.owners.routing import OwnerRules
from bot.errors import BotError
from bot.ports import Ports

LOG = logging.getLogger(__name__)

MOST_LOOKUPS = 500
"""Of one job, which take a minute or less; further accounts are looked up by the next."""


class AccountOwners:
    """
    Looks up the owners of accounts, each once a day.

    The first error, such as that of an account that may not ask Organizations, ends the look-ups of the job.
    """

    def __init__(self, rules: OwnerRules, ports: Ports) -> None:
        self._rules, self._ports = rules, ports
        self._known = self._loaded() if rules.account_tag else None
        self._left = MOST_LOOKUPS
        self.error: BotError | None = None
        """The error that ended the look-ups."""

    def owners_of(self, account_id: str) -> Ownership:
        """Look up the owners of an account; NOBODY if the tag is not known."""
        value = self._value(account_id)
        if not value:
            return NOBODY
        names, key = split_names(value, self._rules.nobody), self._rules.account_tag
        return Ownership(names, Source.ACCOUNT_TAG if names else Source.IGNORED, key)

    def save(self) -> None:
        """Keep the tags for the jobs of a day. An error is only logged."""
        if self._known is None or self._left == MOST_LOOKUPS:
            return
        try:
            self._ports.account_tags.save(self._known)
        except BotError as error:
            LOG.warning("the tags of accounts are not kept", extra={"error_code": error.code})

    def _loaded(self) -> KnownAccountTags:
        known = KnownAccountTags()
        try:
            known = self._ports.account_tags.load()
        except BotError as error:
            LOG.warning("the known tags of accounts are not read", extra={"error_code": error.code})
        return known.of(self._rules.account_tag, self._ports.now())

    def _value(self, account_id: str) -> str:
        if self._known is None:
            return ""
        values = self._known.values
        if account_id not in values and self._left and self.error is None:
            self._left -= 1
            try:
                tag = self._ports.accounts.tag(account_id, self._rules.account_tag)
            except BotError as error:
                self.error = error
                LOG.warning("the tags of accounts cannot be read", extra={"error_code": error.code})
            else:
                values[account_id] = (tag, self._ports.now().isoformat())
        value, _ = values.get(account_id, ("", ""))
        return value
