"""The counts of rows by owner, and the memory of the rows whose owners have been mentioned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.owners.contact import Absence, Contact
from bot.domain.owners.owner import Ownership, Source
from bot.domain.owners.tally import MOST_OWNERS, Mentioned, OwnerTallies, owners_of, row_number
from bot.domain.row import ReportRow
from tests.builders import a_finding, seen_in

ALICE = Contact("U0ALICE00")
MONDAY, TUESDAY, WEDNESDAY = "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"


def a_row(number: int = 1, *names: str, source: Source = Source.TAG, **changes: Any) -> ReportRow:
    """Make the row of a finding, with owners."""
    row = seen_in(a_finding(number, **changes))
    source = source if names else Source.NO_TAG
    return replace(row, owner=Ownership(names, source), began_at=changes.get("first_observed_at", MONDAY))


def tallied(*rows: ReportRow, **contacts: Contact) -> OwnerTallies:
    """Count rows, all of them fresh; an owner without a contact is not in Slack."""
    names = {
        name.casefold(): Contact(absence=Absence.NOT_IN_SLACK) for row in rows for name in row.owner.names
    }
    tallies = OwnerTallies(names | contacts)
    for row in rows:
        tallies.add(row, is_fresh=True)
    return tallies


class TestOwnersOf:
    """The owners of rows."""

    def test_spellings_are_one_owner_in_the_first_spelling(self) -> None:
        """Case does not matter."""
        assert {"Alice": False} == owners_of([a_row(1, "Alice"), a_row(2, "ALICE")])

    @pytest.mark.parametrize("sources", [(Source.TAG, Source.ACCOUNT), (Source.RESOURCE, Source.TAG)])
    def test_file_counts_if_it_names_the_owner_once(self, sources: tuple[Source, Source]) -> None:
        """A tag beside it takes nothing away."""
        rows = [a_row(number, "web", source=source) for number, source in enumerate(sources)]

        assert {"web": True} == owners_of(rows)

    def test_number_of_owners_is_bounded(self) -> None:
        """Tags may name a million; the first are kept, and known ones still count."""
        rows = [a_row(1, f"owner{number}") for number in range(MOST_OWNERS + 5)]
        rows.append(a_row(1, "owner0", source=Source.ACCOUNT))

        owners = owners_of(rows)

        assert MOST_OWNERS == len(owners)
        assert owners["owner0"]


class TestTallies:
    """Rows by owner."""

    def test_row_of_several_owners_counts_for_each(self) -> None:
        """Every owner sees it in their count."""
        tallies = tallied(a_row(1, "alice", "bob"), a_row(2, "bob"))

        assert {"alice": 1, "bob": 2} == {name: tally.count for name, tally in tallies.owners.items()}

    def test_row_counts_once_for_a_contact_of_two_names(self) -> None:
        """`alice` and `alice@example.com` are one person."""
        row = a_row(1, "alice", "alice@example.com")

        tallies = tallied(row, **{"alice": ALICE, "alice@example.com": ALICE})

        assert [(ALICE.id, 1)] == [(key, tally.count) for key, tally in tallies.owners.items()]

    def test_row_without_an_owner_counts_by_the_reason(self) -> None:
        """No tag, or a value that names nobody."""
        ignored = replace(a_row(2), owner=Ownership((), Source.IGNORED, "Owner"))

        assert {Source.NO_TAG: 2, Source.IGNORED: 1} == tallied(a_row(1), ignored, a_row(3)).unowned

    def test_owner_beyond_the_bound_is_not_counted(self) -> None:
        """An owner who was not looked up has no line in the message."""
        tallies = OwnerTallies({})
        tallies.add(a_row(1, "alice"), is_fresh=True)

        assert {} == tallies.owners

    def test_most_severe_owner_comes_first(self) -> None:
        """Then the one with more fresh rows; owners without any are left out."""
        rows = [
            a_row(1, "few", severity=Severity.HIGH),
            a_row(2, "many", severity=Severity.HIGH),
            a_row(3, "many", severity=Severity.LOW),
            a_row(4, "critical", severity=Severity.CRITICAL),
        ]
        tallies = tallied(*rows)
        tallies.add(a_row(5, "few"), is_fresh=False)

        assert ["critical", "many", "few"] == [tally.name for tally in tallies.fresh()]

    def test_examples_are_the_first_fresh_rows(self) -> None:
        """A known row is no example."""
        tallies = OwnerTallies({"alice": ALICE})
        for number, is_fresh in ((1, False), (2, True), (3, True), (4, True)):
            tallies.add(a_row(number, "alice"), is_fresh=is_fresh)

        (tally,) = tallies.fresh()

        assert ["arn:aws:s3:::bucket-2", "arn:aws:s3:::bucket-3"] == [
            resource for _, resource in tally.examples
        ]
        assert 4 == tally.count
        assert 3 == tally.fresh_count


class TestMentioned:
    """The rows whose owners have been mentioned."""

    def test_new_row_is_fresh_until_it_is_mentioned(self) -> None:
        """The same row of the next report is not."""
        row = a_row()

        assert Mentioned().is_fresh(row)
        assert not Mentioned().after([row], TUESDAY, is_partial=False).is_fresh(row)

    @pytest.mark.parametrize("status", set(WorkflowStatus) - {WorkflowStatus.NEW})
    def test_handled_row_is_never_fresh(self, status: WorkflowStatus) -> None:
        """Its owner knows of it, or it was decided."""
        assert not Mentioned().is_fresh(a_row(workflow_status=status))

    def test_row_that_failed_again_is_fresh(self) -> None:
        """It has passed between two reports that both have it."""
        memory = Mentioned().after([a_row()], TUESDAY, is_partial=False)

        assert memory.is_fresh(a_row(first_observed_at=WEDNESDAY))

    def test_row_that_was_gone_is_fresh_again(self) -> None:
        """A complete report without it forgets it."""
        row = a_row()
        memory = Mentioned().after([row], MONDAY, is_partial=False).after([], TUESDAY, is_partial=False)

        assert memory.is_fresh(row)

    def test_partial_report_forgets_nothing(self) -> None:
        """A row may be missing because it was not read; the time of the last complete report stays."""
        row = a_row()
        memory = (
            Mentioned().after([row], MONDAY, is_partial=False).after([a_row(2)], TUESDAY, is_partial=True)
        )

        assert not memory.is_fresh(row)
        assert not memory.is_fresh(a_row(2))
        assert MONDAY == memory.at

    @given(st.lists(st.integers(0, 50)), st.integers(0, 50))
    def test_memory_has_exactly_the_rows_of_the_report(self, numbers: list[int], asked: int) -> None:
        """Whatever their order and number."""
        memory = Mentioned().after([a_row(number) for number in numbers], MONDAY, is_partial=False)

        assert (asked in numbers) == memory.has(a_row(asked))

    def test_place_of_a_row_is_part_of_its_number(self) -> None:
        """The same resource in another account, Region or control is another row."""
        rows = [
            a_row(),
            a_row(account_id="210987654321"),
            a_row(region="us-east-1"),
            a_row(control_id="S3.1"),
        ]

        assert 4 == len(set(map(row_number, rows)))
