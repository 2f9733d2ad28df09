"""The memory about owners: the fake, and S3 behind the real adapter."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime

import pytest

from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.owner_memory import BucketOwnerMemory
from bot.domain.owners.contact import Absence, CachedContacts, Contact
from bot.domain.owners.tally import Mentioned
from bot.owner_ports import OwnerMemory
from tests.contracts.places import BUCKET
from tests.fakes.world import FakeOwnerMemory

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(params=["fake", "bucket"])
def memory(request: pytest.FixtureRequest) -> OwnerMemory:
    """The port."""
    if request.param == "fake":
        return FakeOwnerMemory()
    return BucketOwnerMemory(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestContacts:
    """The contacts."""

    def test_no_contacts_are_known_at_first(self, memory: OwnerMemory) -> None:
        """An absent object is no error."""
        assert CachedContacts() == memory.load_contacts()

    def test_contacts_are_read_as_they_were_saved(self, memory: OwnerMemory) -> None:
        """People, reasons and groups."""
        contacts = CachedContacts(handles={"web": "S0WEB0000"}, handles_at=NOW.isoformat())
        contacts.add("alice@example.com", Contact("U0ALICE00"), NOW)
        contacts.add("guest@example.com", Contact(absence=Absence.GUEST), NOW)
        memory.save_contacts(contacts)

        assert contacts == memory.load_contacts()

    def test_last_save_counts(self, memory: OwnerMemory) -> None:
        """It replaces the one before."""
        for handles in ({"web": "S0WEB0000"}, {"data": "S0DATA000"}):
            memory.save_contacts(CachedContacts(handles=handles))

        assert {"data": "S0DATA000"} == memory.load_contacts().handles


class TestMentioned:
    """The rows for which owners were mentioned."""

    def test_nothing_was_mentioned_at_first(self, memory: OwnerMemory) -> None:
        """An absent object is no error."""
        assert Mentioned() == memory.load_mentioned("daily")

    def test_rows_are_read_as_they_were_saved(self, memory: OwnerMemory) -> None:
        """Each schedule has its own."""
        mentioned = Mentioned(array("Q", [10, 0x0A0A0A, 2**64 - 1]))
        memory.save_mentioned("daily", mentioned)

        assert mentioned == memory.load_mentioned("daily")
        assert Mentioned() == memory.load_mentioned("weekly")
