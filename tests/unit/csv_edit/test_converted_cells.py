"""Cells of an edited CSV that a spreadsheet has changed by itself."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest
from cattrs import structure

from bot.domain.csv_edit import ConvertedNote, EditedChange, EditSummary, Wrong
from bot.domain.finding import FindingIdentifier, WorkflowStatus
from tests.builders import a_finding, a_note
from tests.unit.world.compared_csv import compared, edited, rows_of, written
from tests.unit.world.csv_edit import status

NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus


class TestConverted:
    """Notes, which are kept, and Ids, which are restored."""

    def test_converted_notes_are_named_and_kept(self) -> None:
        """Of six notes that Excel has changed, and one status that a person has, the status is the edit."""
        findings = [a_finding(number, note=a_note("0048213")) for number in range(6)]
        rows = [{"note": "48213"} for _ in findings]
        rows[2] |= status("RESOLVED")
        found, summary = edited(findings, *enumerate(rows))

        assert [EditedChange(RESOLVED, None)] == [edit.change for edit in found]
        assert 1 == summary.problem_count
        assert 5 == summary.unchanged_count
        assert 6 == summary.converted_count
        assert [ConvertedNote(n, "0048213", "48213") for n in range(2, 8)] == [*summary.converted_notes]
        assert summary == structure(json.loads(json.dumps(asdict(summary))), EditSummary)

    def test_another_number_as_note_is_an_edit(self) -> None:
        """Another number, or the same one with a word, is what somebody has written."""
        findings = [a_finding(number, note=a_note("0048213")) for number in range(2)]
        found, summary = edited(findings, (0, {"note": "48214"}), (1, {"note": "no. 48213"}))

        assert ["48214", "no. 48213"] == [edit.change.note for edit in found]
        assert 0 == summary.converted_count

    def test_converted_note_is_no_reason_to_suppress(self) -> None:
        """A converted note does not say why a finding is suppressed."""
        _, summary = edited([a_finding(1, note=a_note("1.10"))], (0, status("SUPPRESSED", "1.1")))

        assert [Wrong.NOTE_MISSING] == [row.wrong for row in summary.wrong_rows]

    def test_converted_account_and_control_do_not_matter(self) -> None:
        """The file has twelve plain digits; without the zeros its rows are found, and zeros are shown."""
        findings = [a_finding(1, account_id="012345678901", control_id="1.10")]
        (row,) = rows_of(findings)
        assert "012345678901" == row["account-id"]
        assert "1.10" == row["control"]
        found, summary = edited(
            findings, (0, {"account-id": "12345678901", "control": "1.1"} | status("RESOLVED"))
        )

        assert ["012345678901"] == [edit.row.account_id for edit in found]
        assert {"012345678901": 1} == summary.by_account
        assert {"1.10": 1} == summary.by_control

    @pytest.mark.parametrize(
        ("finding_id", "cell"),
        [
            ("00481", "481"),
            ("123456789012345678", "1.23457E+17"),
            ("1234e5", "1.23E+08"),
            ("2026-11", "Nov-26"),
        ],
    )
    def test_converted_id_finds_its_finding(self, finding_id: str, cell: str) -> None:
        """Products of others have Ids that look like numbers: a converted one still finds its finding."""
        findings = [a_finding(n, identifiers=(FindingIdentifier(i, "arn:x"),)) for n, i in enumerate("ab")]
        findings.append(a_finding(2, identifiers=(FindingIdentifier(finding_id, "arn:x"),)))
        found, summary = edited(findings, (2, {"finding-id": cell} | status("RESOLVED")))

        assert [FindingIdentifier(finding_id, "arn:x")] == [
            id_ for edit in found for id_ in edit.row.statuses
        ]
        assert 0 == summary.wrong_count

    def test_converted_id_that_fits_two_findings_is_left_out(self) -> None:
        """Where a spreadsheet has made one number of two Ids nobody can tell which a row is."""
        ids = ("123456789012345678", "123456789012345679")
        findings = [a_finding(n, identifiers=(FindingIdentifier(i, "arn:x"),)) for n, i in enumerate(ids)]
        row = {"finding-id": "1.23457E+17"} | status("RESOLVED")
        found, summary = edited(findings, (0, row), (1, row))

        assert [] == found
        assert 2 == summary.wrong_count
        assert {Wrong.CONVERTED} == {row.wrong for row in summary.wrong_rows}

    @pytest.mark.parametrize(("places", "edits"), [([0, 1], 1), ([0], 0), ([1], 1)])
    def test_id_that_another_may_become_needs_the_row_of_both(self, places: list[int], edits: int) -> None:
        """A row 1.1 may be the converted 1.10, unless the file has that too: no wrong finding is changed."""
        ids = ("1.1", "1.10")
        findings = [a_finding(n, identifiers=(FindingIdentifier(i, "arn:x"),)) for n, i in enumerate(ids)]
        rows = rows_of(findings)
        rows[places[0]] |= status("RESOLVED")
        found, summary = compared(findings, written(rows[place] for place in places).encode())

        assert edits == len(found)
        assert 1 - edits == summary.wrong_count
        assert [ids[places[0]]] * edits == [id_ for edit in found for id_, _ in edit.row.statuses]
