"""The ports of owners. Each has one adapter in bot/adapters and one fake in the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.owners.account_tag import KnownAccountTags
    from bot.domain.owners.contact import CachedContacts
    from bot.domain.owners.tally import Mentioned


class ContactMemory(Protocol):
    """The contacts of owners that earlier jobs have found."""

    def load_contacts(self) -> CachedContacts:
        """Return the contacts that were looked up; none at first."""

    def save_contacts(self, contacts: CachedContacts) -> None:
        """Replace the contacts. Of two jobs at once, the later wins: the other's are looked up again."""


class OwnerMemory(ContactMemory, Protocol):
    """The contacts of owners, and the rows for which they were mentioned."""

    def load_mentioned(self, schedule: str) -> Mentioned:
        """Return the rows whose owners a schedule has mentioned; none at first."""

    def save_mentioned(self, schedule: str, mentioned: Mentioned) -> None:
        """Replace the rows whose owners a schedule has mentioned."""


class Accounts(Protocol):
    """The accounts of the organization."""

    def tag(self, account_id: str, key: str) -> str:
        """
        Return the value of an account's tag, at most MOST_TAG_CHARACTERS; empty if it has none.

        Args:
            key: compared without regard to case.

        Raises:
            AccessDeniedError: this account is neither the management account nor a delegated administrator.
            BotError: the other errors of AWS.
        """


class AccountTags(Protocol):
    """The tags of accounts that earlier jobs have read. Raises the errors of the bucket."""

    def load(self) -> KnownAccountTags:
        """Return the tags."""

    def save(self, known: KnownAccountTags) -> None:
        """Replace the tags."""


class RoutingFile(Protocol):
    """The routing file of the deployment. Every method raises the errors of reading or writing the bucket."""

    def read(self) -> bytes | None:
        """Return the file, at most MOST_BYTES and one more; None if there is none."""

    def last_good(self) -> bytes | None:
        """Return the last version that was kept as one without errors; None if there is none."""

    def keep_good(self, data: bytes) -> None:
        """Keep a version without errors."""

    def replace(self, data: bytes, before: bytes | None) -> bool:
        """
        Put a version in force in place of `before` (None: no file), and keep `before`.

        Returns:
            Whether it is in force; False if another version than `before` was.
        """

    def keep(self, name: str, data: bytes) -> None:
        """Keep a version for a day or two, such as a proposed one."""

    def kept(self, name: str) -> bytes:
        """Return a version that was kept under a name. Raises ReportGoneError if it is no longer kept."""
