"""The rows of a person: whose rows *mine* shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.owners.own import OwnRows, Person
from bot.domain.owners.owner import NOBODY, Ownership, Source
from bot.domain.permission import Standing

ALICE = Person("U0ALICE00", Standing.MEMBER, "alice@example.com", frozenset({"S0PLATFORM"}))
PEOPLE = {
    "alice": "U0ALICE00",
    "web": "alice@example.com",
    "platform": "S0PLATFORM",
    "data": "S0DATATEAM",
    "bob": "U0BOB0000",
    "chat": "C0CHANNEL",
}
OWN, OTHERS = ("alice", "web", "platform", "alice@example.com"), ("data", "bob", "chat", "bob@example.com")
IN_FILE, IN_TAG = (Source.RESOURCE, Source.ACCOUNT), (Source.TAG, Source.ACCOUNT_TAG)


def has(*names: str, source: Source = Source.TAG, person: Person = ALICE, domain: str = "") -> bool:
    """Decide about a row with these owners."""
    return OwnRows(person, PEOPLE, domain).has(Ownership(names, source, "Owner"))


class TestOwnRows:
    """Whether a row is the person's."""

    @pytest.mark.parametrize("name", OWN)
    @pytest.mark.parametrize("source", [*IN_FILE, *IN_TAG])
    def test_entry_of_people_or_the_address_makes_a_row_own(self, name: str, source: Source) -> None:
        """Their ID, their address, a user group of theirs."""
        assert has(name, source=source)

    @pytest.mark.parametrize("name", OTHERS)
    @pytest.mark.parametrize("source", [*IN_FILE, *IN_TAG])
    def test_rows_of_others_are_not_own(self, name: str, source: Source) -> None:
        """Nor are those of a channel, which anybody may join."""
        assert not has(name, source=source, domain="example.com")

    @pytest.mark.parametrize("source", IN_TAG)
    @pytest.mark.parametrize("name", ["alice", "ALICE", "S0PLATFORM", "U0ALICE00", "@platform-team"])
    def test_tag_opens_rows_by_an_address_only(self, name: str, source: Source) -> None:
        """A bare word, a handle or an ID in a tag is no proof unless the file has an entry for it."""
        rows = OwnRows(ALICE, {}, "example.com")

        assert not rows.has(Ownership((name,), source, "Owner"))

    @pytest.mark.parametrize("source", IN_FILE)
    def test_bare_word_of_the_file_is_the_address_that_the_domain_makes(self, source: Source) -> None:
        """Without a domain it is nobody."""
        owner = Ownership(("Alice",), source)

        assert OwnRows(ALICE, {}, "example.com").has(owner)
        assert not OwnRows(ALICE, {}, "").has(owner)

    @pytest.mark.parametrize("source", IN_FILE)
    @pytest.mark.parametrize("name", ["U0ALICE00", "S0PLATFORM"])
    def test_id_of_the_file_is_the_person_or_their_group(self, name: str, source: Source) -> None:
        """The file may name an ID without an entry."""
        assert OwnRows(ALICE, {}, "").has(Ownership((name,), source))

    @pytest.mark.parametrize("standing", set(Standing) - {Standing.MEMBER})
    @given(name=st.sampled_from(OWN), source=st.sampled_from([*IN_FILE, *IN_TAG]))
    def test_only_a_member_has_rows(self, standing: Standing, name: str, source: Source) -> None:
        """A guest, a person of another organization, and a bot have none, even if the file names them."""
        assert not has(name, source=source, person=replace(ALICE, standing=standing))

    def test_person_without_an_address_has_no_row_by_address(self) -> None:
        """An empty address equals nothing."""
        nameless = replace(ALICE, email="")

        assert not has("alice@example.com", person=nameless)
        assert not OwnRows(nameless, {}, "").has(NOBODY)

    @given(st.lists(st.sampled_from(OTHERS)), st.integers(0, 9), st.sampled_from(OWN), st.data())
    def test_one_own_name_among_others_is_enough(
        self, others: list[str], position: int, own: str, data: st.DataObject
    ) -> None:
        """In any place, and in any case."""
        spelled = data.draw(st.sampled_from([own, own.upper(), own.title()]))
        names = [*others[:position], spelled, *others[position:]]

        assert has(*names)
        assert not has(*others)

    @given(
        st.text(max_size=40) | st.sampled_from(["Alice@Example.COM", "alice", "s0platform", "@platform"]),
        st.sampled_from(IN_TAG),
        st.sampled_from(["", "example.com"]),
    )
    def test_no_text_of_a_tag_opens_rows_but_the_address(
        self, text: str, source: Source, domain: str
    ) -> None:
        """With any text in a tag."""
        rows = OwnRows(ALICE, {}, domain)

        assert rows.has(Ownership((text,), source)) == (text.casefold() == "alice@example.com")
