"""Contacts: which look-ups an owner gets, their order, their cache, and Slack's failures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.domain.owners.contact import HIT_LIFE, MISS_LIFE, Absence, Contact, Lookup, OwnerName, Way, lookups
from bot.domain.permission import Standing
from bot.errors import BotError, MissingScopeError, ThrottledError
from bot.usecases.owners.contacts import MANY_EMAILS, SAVE_EVERY, ContactFinder
from bot.usecases.steps import Deadline, UnfinishedError
from tests.fakes.world import FakeWorld

ALICE = "alice@example.com"
ENTRIES = {"platform": "S0PLATFORM", "データ基盤": "C0DATABASE", "payments": "Bob@Example.com"}
THROTTLED = ThrottledError(service="Slack", call="users.lookupByEmail")


@pytest.fixture
def world() -> FakeWorld:
    """A workspace with two people and a user group."""
    world = FakeWorld()
    world.people.emails = {ALICE: "U0ALICE00", "bob@example.com": "U0BOB0000"}
    world.people.handles = {"web-team": "S0WEBTEAM"}
    return world


def finder(world: FakeWorld, **options: object) -> ContactFinder:
    """Make the finder of a new job."""
    return ContactFinder(world.people, world.owner_memory, world.clock, ENTRIES, **options)  # type: ignore[arg-type]


@dataclass
class FoundByName:
    """The contacts of owners by their names."""

    contacts: dict[str, Contact]
    error: BotError | None


def find(world: FakeWorld, *owners: str, is_from_file: bool = False, **options: object) -> FoundByName:
    """Find the contacts of owners in a new job."""
    found = finder(world, **options).find(OwnerName(name, is_from_file) for name in owners)
    return FoundByName({owner.name: contact for owner, contact in found.contacts.items()}, found.error)


def ways(owner: str, domain: str = "", *, is_from_file: bool = False) -> list[Lookup]:
    """List the look-ups of an owner."""
    return list(lookups(owner, ENTRIES, domain, is_from_file=is_from_file))


class TestLookups:
    """The look-ups of an owner."""

    @pytest.mark.parametrize("owner", ["platform", "Platform", "PLATFORM", "データ基盤"])
    def test_entry_of_the_file_comes_first_without_regard_to_case(self, owner: str) -> None:
        """An entry with an ID needs no other look-up, and proves the owner."""
        assert [Lookup(Way.ID, ENTRIES[owner.casefold()], is_proof=True)] == ways(owner, "example.com")

    def test_entry_with_an_email_is_looked_up(self) -> None:
        """The address is case-folded."""
        assert [Lookup(Way.EMAIL, "bob@example.com", is_proof=True)] == ways("payments")

    @pytest.mark.parametrize("owner", ["U0ALICE00", "C0SECRET0", "S0PLATFORM"])
    def test_id_in_a_tag_is_not_taken_as_an_id(self, owner: str) -> None:
        """A person who may tag a resource must not choose where its rows go."""
        assert Way.ID not in {lookup.way for lookup in ways(owner)}

    def test_id_in_the_file_is_taken(self) -> None:
        """`[accounts]` and `[resources]` may name an ID."""
        assert [Lookup(Way.ID, "U0ALICE00", is_proof=True)] == ways("U0ALICE00", is_from_file=True)

    def test_email_in_a_tag_is_proof(self) -> None:
        """An address belongs to one person, in a tag and in the file."""
        assert [Lookup(Way.EMAIL, ALICE, is_proof=True)] == ways("Alice@Example.com")

    def test_bare_word_in_a_tag_is_no_proof(self) -> None:
        """Neither as an address nor as a handle."""
        found = ways("Alice", "example.com")

        assert [(Way.EMAIL, ALICE), (Way.HANDLE, "alice")] == [(each.way, each.value) for each in found]
        assert {False} == {each.is_proof for each in found}

    def test_bare_word_in_the_file_is_proof(self) -> None:
        """The file is written by the operator."""
        assert {True} == {each.is_proof for each in ways("alice", "example.com", is_from_file=True)}

    def test_word_is_no_address_without_a_domain(self) -> None:
        """Nothing is guessed unless the file names the domain."""
        assert [Way.HANDLE] == [each.way for each in ways("alice")]

    @pytest.mark.parametrize(
        "owner", ["a@b@c.example", "x" * 250 + "@example.com", "two words", "https://x.example/ y"]
    )
    def test_what_is_neither_address_nor_word_is_not_looked_up(self, owner: str) -> None:
        """Slack is asked only for addresses and handles."""
        assert [] == [each for each in ways(owner) if each.way is Way.EMAIL]


class TestFind:
    """The contacts of owners."""

    def test_each_way_finds_its_contact(self, world: FakeWorld) -> None:
        """An entry, an address, a guessed address and a handle."""
        found = find(world, "platform", ALICE, "bob", "Web-Team", email_domain="example.com")

        assert {
            "platform": Contact("S0PLATFORM", is_proof=True),
            ALICE: Contact("U0ALICE00", is_proof=True),
            "bob": Contact("U0BOB0000"),
            "Web-Team": Contact("S0WEBTEAM"),
        } == found.contacts
        assert found.error is None

    @pytest.mark.parametrize(
        ("standing", "absence"),
        [
            (Standing.GUEST, Absence.GUEST),
            (Standing.EXTERNAL, Absence.EXTERNAL),
            (Standing.INACTIVE, Absence.NOT_IN_SLACK),
        ],
    )
    def test_only_members_are_contacts(self, world: FakeWorld, standing: Standing, absence: Absence) -> None:
        """Guests, people of other organizations and deactivated accounts have a reason instead."""
        world.people.standings["U0ALICE00"] = standing

        assert Contact(absence=absence) == find(world, ALICE).contacts[ALICE]

    def test_reason_of_a_guessed_address_outlasts_a_missing_handle(self, world: FakeWorld) -> None:
        """`alice` who is a guest is a guest, although there is no user group of that name."""
        world.people.standings["U0ALICE00"] = Standing.GUEST

        found = find(world, "alice", email_domain="example.com").contacts["alice"]

        assert Absence.GUEST is found.absence

    def test_entries_alone_need_no_call(self, world: FakeWorld) -> None:
        """The file's IDs are taken as they are."""
        find(world, "platform")

        assert [] == world.people.looked_up


class TestCache:
    """The cache of look-ups."""

    def test_second_job_makes_no_call(self, world: FakeWorld) -> None:
        """Hits, misses and handles are all remembered."""
        owners = (ALICE, "nobody@example.com", "web-team", "no-such-team")
        first = find(world, *owners)
        world.people.looked_up.clear()

        assert first.contacts == find(world, *owners).contacts
        assert [] == world.people.looked_up

    @pytest.mark.parametrize(
        ("email", "life"), [(ALICE, HIT_LIFE), ("nobody@example.com", MISS_LIFE)], ids=["hit", "miss"]
    )
    def test_look_up_is_repeated_after_its_life(self, world: FakeWorld, email: str, life: timedelta) -> None:
        """A week after a hit, an hour after a miss, and not before."""
        asked = []
        for seconds in (0, life.total_seconds() - 1, 1):
            world.clock.move(seconds)
            find(world, email)
            asked.append(len(world.people.looked_up))

        assert [1, 1, 2] == asked

    def test_address_is_not_kept_in_clear(self, world: FakeWorld) -> None:
        """The cache holds hashes."""
        find(world, ALICE)

        assert "example.com" not in repr(world.owner_memory.contacts)

    def test_old_entries_are_not_saved_again(self, world: FakeWorld) -> None:
        """The cache does not grow for ever."""
        find(world, ALICE)
        world.clock.move(HIT_LIFE.total_seconds())
        find(world, "bob@example.com")

        assert 1 == len(world.owner_memory.contacts.emails)

    def test_broken_cache_costs_calls_alone(self, world: FakeWorld) -> None:
        """The owners are found as without a cache."""
        world.owner_memory.error = THROTTLED

        assert Contact("U0ALICE00", is_proof=True) == find(world, ALICE).contacts[ALICE]


class TestMany:
    """Many unknown addresses."""

    @pytest.mark.parametrize(("count", "passes"), [(MANY_EMAILS, 0), (MANY_EMAILS + 1, 1)])
    def test_many_are_looked_up_in_one_pass(self, world: FakeWorld, count: int, passes: int) -> None:
        """Above the limit all users are read once."""
        find(world, ALICE, *(f"nobody{number}@example.com" for number in range(count - 1)))

        assert passes == world.people.looked_up.count("all_by_email")
        assert (0 if passes else count) == len(world.people.looked_up) - passes

    def test_interrupted_job_does_not_repeat_what_was_saved(self, world: FakeWorld) -> None:
        """The cache is saved on the way."""
        emails = [f"nobody{number}@example.com" for number in range(SAVE_EVERY + 10)]
        world.people.errors[emails[-1]] = THROTTLED
        find(world, *emails)

        assert len(emails) - 1 == len(world.owner_memory.contacts.emails)
        assert 2 == world.owner_memory.saves


class TestFailures:
    """Slack's failures."""

    def test_failure_leaves_the_rest_not_looked_up(self, world: FakeWorld) -> None:
        """Earlier hits count; the error is returned, and not raised."""
        world.people.errors["bob@example.com"] = THROTTLED

        found = find(world, ALICE, "bob@example.com", "carol@example.com")

        assert THROTTLED is found.error
        assert [None, Absence.NOT_LOOKED_UP, Absence.NOT_LOOKED_UP] == [
            contact.absence for contact in found.contacts.values()
        ]

    def test_missing_scope_of_groups_leaves_people(self, world: FakeWorld) -> None:
        """Handles are not looked up then."""
        world.people.errors["group_handles"] = error = MissingScopeError(scope="usergroups:read")

        found = find(world, ALICE, "web-team")

        assert error is found.error
        assert Contact("U0ALICE00", is_proof=True) == found.contacts[ALICE]
        assert Absence.NOT_LOOKED_UP is found.contacts["web-team"].absence

    def test_look_ups_end_with_the_time(self, world: FakeWorld) -> None:
        """Without time left, nobody else is looked up."""
        left = iter([True, False])

        found = find(world, ALICE, "bob@example.com", deadline=Deadline(lambda: next(left)))

        assert Contact("U0ALICE00", is_proof=True) == found.contacts[ALICE]
        assert Absence.NOT_LOOKED_UP is found.contacts["bob@example.com"].absence

    def test_next_delivery_continues_the_look_ups(self, world: FakeWorld) -> None:
        """Those that were made are in the cache."""
        left = iter([True, False])
        with pytest.raises(UnfinishedError):
            find(world, ALICE, "bob@example.com", deadline=Deadline(lambda: next(left), resumable=True))

        found = find(world, ALICE, "bob@example.com")

        assert [ALICE, "bob@example.com"] == world.people.looked_up
        assert "U0BOB0000" == found.contacts["bob@example.com"].id

    @pytest.mark.parametrize("standing", set(Standing) - {Standing.MEMBER})
    def test_id_of_the_file_is_checked_too(self, world: FakeWorld, standing: Standing) -> None:
        """The operator may have named a person who has left since."""
        world.people.standings["U0ALICE00"] = standing

        contact = find(world, "U0ALICE00", is_from_file=True).contacts["U0ALICE00"]

        assert "" == contact.id
        assert contact.absence is not None

    def test_domain_in_capitals_finds_the_same_people(self, world: FakeWorld) -> None:
        """Addresses are compared without regard to case."""
        assert "U0BOB0000" == find(world, "bob", email_domain="Example.COM").contacts["bob"].id
