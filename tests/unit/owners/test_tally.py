"""The counts of rows by owner, and the memory of the rows of which owners need not hear again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.owners.contact import Absence, Contact, OwnerName
from bot.domain.owners.owner import Ownership, Source
from bot.domain.owners.tally import (
    CHUNK,
    MOST_OWNERS,
    NOBODY_KEY,
    Mentioned,
    OwnerTallies,
    contact_key,
    names_of,
    owners_of,
    row_number,
)
from bot.domain.row import ReportRow
from tests.builders import a_finding, seen_in

ALICE = Contact("U0ALICE00", is_proof=True)
NOTHING = Mentioned()
MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"


def a_row(number: int = 1, *names: str, source: Source = Source.TAG, **changes: Any) -> ReportRow:
    """Make the row of a finding, with owners."""
    row = seen_in(a_finding(number, **changes))
    source = source if names else Source.NO_TAG
    return replace(row, owner=Ownership(names, source), began_at=changes.get("first_observed_at", MONDAY))


def tallied(
    *rows: ReportRow, contacts: Mapping[str, Contact] | None = None, mentioned: Mentioned = NOTHING
) -> OwnerTallies:
    """Count rows; an owner without a contact is not in Slack."""
    absent = Contact(absence=Absence.NOT_IN_SLACK)
    known = {owner.key: (contacts or {}).get(owner.name, absent) for row in rows for owner in names_of(row)}
    tallies = OwnerTallies(known, mentioned)
    for row in rows:
        tallies.add(row)
    return tallies


def remembered(*rows: ReportRow, key: str = NOBODY_KEY, before: Mentioned = NOTHING) -> Mentioned:
    """Return the memory after a complete report of these rows."""
    return before.after([(row, key) for row in rows], is_partial=False)


class TestOwnersOf:
    """The owners of rows."""

    def test_spellings_are_one_owner_in_the_first_spelling(self) -> None:
        """Case does not matter."""
        assert [OwnerName("Alice", is_from_file=False)] == owners_of([a_row(1, "Alice"), a_row(2, "ALICE")])

    def test_name_of_the_file_is_another_owner_than_that_of_a_tag(self) -> None:
        """A person who may tag cannot change how the file's owner is found."""
        rows = [a_row(1, "s0webteam"), a_row(2, "S0WEBTEAM", source=Source.ACCOUNT)]

        assert [OwnerName("s0webteam", is_from_file=False), OwnerName("S0WEBTEAM", is_from_file=True)] == (
            owners_of(rows)
        )

    def test_number_of_owners_is_bounded(self) -> None:
        """Tags may name a million; the first are kept."""
        rows = [a_row(1, f"owner{number}") for number in range(MOST_OWNERS + 5)]

        assert MOST_OWNERS == len(owners_of(rows))


class TestKey:
    """The key of an owner."""

    @pytest.mark.parametrize(
        ("contact", "key"),
        [
            (ALICE, "U0ALICE00"),
            (Contact("U0ALICE00"), "U0ALICE00?"),
            (Contact(absence=Absence.GUEST), "tag:alice"),
            (None, ""),
        ],
    )
    def test_key_tells_what_is_known_of_the_owner(self, contact: Contact | None, key: str) -> None:
        """Proven, guessed, without a contact, or not looked up."""
        owner = OwnerName("Alice", is_from_file=False)

        assert key == contact_key(owner, {owner.key: contact} if contact else {})


class TestTallies:
    """Rows by owner."""

    def test_row_of_several_owners_counts_for_each(self) -> None:
        """Every owner sees it in their count."""
        tallies = tallied(a_row(1, "alice", "bob"), a_row(2, "bob"))

        assert {"alice": 1, "bob": 2} == {tally.name: tally.count for tally in tallies.owners.values()}
        assert 2 == tallies.fresh_count

    def test_row_counts_once_for_a_contact_of_two_names(self) -> None:
        """`alice` and `alice@example.com` are one person."""
        row = a_row(1, "alice", "alice@example.com")

        tallies = tallied(row, contacts={"alice": ALICE, "alice@example.com": ALICE})

        assert {ALICE.id: 1} == {key: tally.count for key, tally in tallies.owners.items()}

    def test_row_without_an_owner_counts_by_the_reason(self) -> None:
        """No tag, or a value that names nobody."""
        ignored = replace(a_row(2), owner=Ownership((), Source.IGNORED, "Owner"))

        assert {Source.NO_TAG: 2, Source.IGNORED: 1} == tallied(a_row(1), ignored, a_row(3)).unowned

    def test_owner_beyond_the_bound_is_not_counted(self) -> None:
        """An owner who was not looked up has no line in the message."""
        tallies = OwnerTallies({}, Mentioned())
        tallies.add(a_row(1, "alice"))

        assert {} == tallies.owners

    def test_most_severe_owner_comes_first(self) -> None:
        """Then the one with more fresh rows."""
        rows = [
            a_row(1, "few", severity=Severity.HIGH),
            a_row(2, "many", severity=Severity.HIGH),
            a_row(3, "many", severity=Severity.LOW),
            a_row(4, "critical", severity=Severity.CRITICAL),
        ]

        assert ["critical", "many", "few"] == [tally.name for tally in tallied(*rows).fresh()]

    def test_examples_are_the_first_fresh_rows(self) -> None:
        """A known row is no example."""
        rows = [a_row(number, "alice") for number in range(1, 5)]

        (tally,) = tallied(
            *rows, contacts={"alice": ALICE}, mentioned=remembered(rows[0], key=ALICE.id)
        ).fresh()

        resources = [resource for _, resource in tally.examples]
        assert ["arn:aws:s3:::bucket-2", "arn:aws:s3:::bucket-3"] == resources
        assert 4 == tally.count
        assert 3 == tally.fresh_count


class TestMentioned:
    """The rows of which owners need not hear again."""

    def test_new_row_is_fresh_until_it_is_remembered(self) -> None:
        """The same row of the next report is not."""
        row = a_row()

        assert Mentioned().is_fresh(row, NOBODY_KEY)
        assert not remembered(row).is_fresh(row, NOBODY_KEY)

    def test_row_is_fresh_for_another_owner(self) -> None:
        """A row that was nobody's gets a tag, or a person joins Slack."""
        assert remembered(a_row()).is_fresh(a_row(), ALICE.id)

    @pytest.mark.parametrize("status", set(WorkflowStatus) - {WorkflowStatus.NEW})
    def test_handled_row_is_never_fresh(self, status: WorkflowStatus) -> None:
        """Its owner knows of it, or it was decided."""
        assert not Mentioned().is_fresh(a_row(workflow_status=status), ALICE.id)

    def test_row_that_failed_again_is_fresh(self) -> None:
        """It has passed between two reports that both have it."""
        assert remembered(a_row()).is_fresh(a_row(first_observed_at=WEDNESDAY), NOBODY_KEY)

    def test_row_that_was_gone_is_fresh_again(self) -> None:
        """A complete report without it forgets it."""
        row = a_row()

        assert remembered(before=remembered(row)).is_fresh(row, NOBODY_KEY)

    def test_partial_report_forgets_nothing(self) -> None:
        """A row may be missing because it was not read."""
        one, two = a_row(1), a_row(2)
        memory = remembered(one).after([(two, NOBODY_KEY)], is_partial=True)

        assert not memory.is_fresh(one, NOBODY_KEY)
        assert not memory.is_fresh(two, NOBODY_KEY)

    @given(st.lists(st.integers(0, 50)), st.integers(0, 50))
    def test_memory_has_exactly_the_rows_of_the_report(self, numbers: list[int], asked: int) -> None:
        """In any order and number."""
        memory = remembered(*map(a_row, numbers))

        assert (asked in numbers) == memory.has(a_row(asked), NOBODY_KEY)

    def test_many_rows_are_sorted_in_chunks(self) -> None:
        """Also if they are more than one chunk holds."""
        numbers = [*range(CHUNK + 10)][::-1]
        row = a_row()
        memory = Mentioned().after(((row, str(number)) for number in numbers), is_partial=False)

        assert CHUNK + 10 == len(memory.numbers)
        assert all(memory.has(row, str(number)) for number in (0, CHUNK, CHUNK + 9))

    def test_place_of_a_row_is_part_of_its_number(self) -> None:
        """The same resource in another account, Region or control is another row."""
        elsewhere: tuple[dict[str, Any], ...] = (
            {"account_id": "210987654321"},
            {"region": "us-east-1"},
            {"control_id": "S3.1"},
        )
        rows = [a_row(), *(a_row(1, **place) for place in elsewhere)]

        assert 4 == len({row_number(row, NOBODY_KEY) for row in rows})
