"""An edited CSV beside its report: exactly what somebody has edited, and what is wrong."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.domain.csv_edit import MOST_SHOWN, EditedChange, Wrong
from bot.domain.finding import MOST_NOTE, FindingIdentifier, WorkflowStatus
from bot.errors import FileError
from bot.render.csv_file import COLUMNS
from bot.usecases.csv_edit import read_csv
from bot.usecases.csv_edit.compare import parse_status
from tests.builders import a_finding, a_note, seen_in, some_findings
from tests.unit.world.compared_csv import REPORT, Cells, compared, edited, rows_of, written
from tests.unit.world.csv_edit import status

NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus


class TestEdits:
    """What changes."""

    def test_untouched_file_has_no_edit(self) -> None:
        """A file as it was asks for nothing."""
        found, summary = edited([a_finding(1, note=a_note("=x\ny")), a_finding(2)])

        assert [] == found
        assert 2 == summary.row_count
        assert 2 == summary.unchanged_count
        assert 0 == summary.wrong_count

    def test_edited_remark_is_no_edit(self) -> None:
        """The columns behind the report's ID are for people: no text in them is an edit, or wrong."""
        found, summary = edited(
            some_findings(2), (0, {"owner": "me", "owner-source": ""}), (1, {"owner": "", "checked": "?"})
        )

        assert [] == found
        assert (2, 0) == (summary.unchanged_count, summary.wrong_count)

    def test_edit_has_only_what_differs_from_the_report(self) -> None:
        """Each says what it is about, and only what is otherwise than in the report."""
        findings = [a_finding(1), a_finding(2, note=a_note("old")), a_finding(3, note=a_note("kept"))]
        found, _ = edited(findings, (0, status("NOTIFIED")), (1, {"note": "new"}), (2, status("RESOLVED")))

        assert {
            (seen_in(findings[0]).resource_id, EditedChange(NOTIFIED, None)),
            (seen_in(findings[1]).resource_id, EditedChange(None, "new")),
            (seen_in(findings[2]).resource_id, EditedChange(RESOLVED, None)),
        } == {(edit.row.resource_id, edit.change) for edit in found}

    def test_edits_with_the_same_change_are_adjacent(self) -> None:
        """Those that get the same come one after the other, so that a call can take a hundred of them."""
        kinds = [status("NOTIFIED"), status("SUPPRESSED", "ok"), {"note": "x"}, status("RESOLVED", "done")]
        findings = some_findings(40)
        found, summary = edited(findings, *((n, kinds[n % 4]) for n in range(40)))

        changes = [edit.change for edit in found]
        assert 3 == sum(one != other for one, other in pairwise(changes))
        assert [10] * 4 == [count for _, count in summary.changes]

    def test_ten_thousand_rows_of_three_kinds_take_102_calls(self) -> None:
        """Ten thousand rows of three kinds need a call a hundred, and one more for each kind at most."""
        findings = some_findings(10_000)
        kinds = [status("NOTIFIED"), status("SUPPRESSED", "ok"), status("RESOLVED", "done")]
        _, summary = edited(findings, *((n, kinds[n % 3]) for n in range(10_000)))

        assert 3 == summary.change_count
        assert 10_000 == summary.problem_count
        assert 102 == sum(-(-count // 100) for _, count in summary.changes)

    def test_merged_row_edits_each_of_its_findings(self) -> None:
        """A problem that two standards report is one row, and two findings to update."""
        identifiers = (FindingIdentifier("a", "arn:1"), FindingIdentifier("b", "arn:2"))
        found, summary = edited([a_finding(1, identifiers=identifiers)], (0, status("NOTIFIED")))

        assert [identifiers] == [tuple(edit.row.statuses) for edit in found]
        assert [1] == [count for _, count in summary.changes]

    def test_counts_begin_with_the_most_frequent(self) -> None:
        """The most frequent come first: by what changes, by control, by account."""
        findings = [a_finding(n, control_id=f"S3.{n % 2}", account_id=f"{n % 3:012}") for n in range(6)]
        _, summary = edited(findings, *((n, status("NOTIFIED")) for n in range(5)))

        assert {"S3.0": 3, "S3.1": 2} == summary.by_control
        assert [("000000000000", 2), ("000000000001", 2), ("000000000002", 1)] == [
            *summary.by_account.items()
        ]
        assert {NOTIFIED: 5} == summary.by_status
        assert 5 == summary.problem_count
        assert 1 == summary.change_count
        assert 1 == summary.unchanged_count

    def test_lists_are_cut_and_counts_are_not(self) -> None:
        """However many there are, as many are shown as a person reads."""
        findings = some_findings(50)
        rows = [(n, {"note": f"note {n}"}) for n in range(25)]
        _, summary = edited(findings, *rows, *((n, status("?")) for n in range(25, 50)))

        assert MOST_SHOWN == len(summary.changes) == len(summary.wrong_rows)
        assert 25 == summary.change_count
        assert 25 == summary.wrong_count

    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            *((word, NOTIFIED) for word in ("notified", "NOTIFIED", "Notified", "通知済み", "通知済")),
            *((word, RESOLVED) for word in ("resolved", "解決済み")),
            *((word, SUPPRESSED) for word in ("Suppressed", "抑制済み")),
            *((word, NEW) for word in ("new", "新規", "ＮＥＷ")),
            *((word, None) for word in ("", "done", "FAILED")),
        ],
    )
    def test_status_is_read_in_both_languages_and_any_case(
        self, word: str, expected: WorkflowStatus | None
    ) -> None:
        """Security Hub's words in any case, and the Japanese console's."""
        assert expected == parse_status(word)

    def test_missing_column_changes_nothing_and_is_named(self) -> None:
        """A file without notes removes none, one without statuses changes none, and the summary says so."""
        findings = [a_finding(1, note=a_note("kept"))]
        rows = [row | status("RESOLVED", "lost") for row in rows_of(findings)]
        without_note, one = compared(findings, written(rows, [c for c in COLUMNS if c != "note"]).encode())
        without_status, other = compared(
            findings, written(rows, [c for c in COLUMNS if c != "workflow-status"]).encode()
        )

        assert [EditedChange(RESOLVED, None)] == [edit.change for edit in without_note]
        assert [EditedChange(None, "lost")] == [edit.change for edit in without_status]
        assert one.is_without_note
        assert other.is_without_status

    def test_note_with_a_character_lost_in_shift_jis_is_no_edit(self) -> None:
        """A note that Shift-JIS cannot write comes back with question marks, which is no edit."""
        findings = [a_finding(1, note=a_note("対応済み 🎉")), a_finding(2, note=a_note("待ち"))]
        rows = rows_of(findings)
        rows[1] |= {"note": "完了"}
        text = written(rows).replace("🎉", "??")
        found, _ = compared(findings, text.encode("cp932"))

        assert [EditedChange(None, "完了")] == [edit.change for edit in found]


class TestWrong:
    """Rows that are left out, each with its number and the reason."""

    @pytest.mark.parametrize(
        ("cells", "wrong"),
        [
            (status("done"), Wrong.STATUS),
            (status(""), Wrong.STATUS),
            (status("suppressed", ""), Wrong.NOTE_REMOVED),
            ({"note": ""}, Wrong.NOTE_REMOVED),
            ({"note": "x" * (MOST_NOTE + 1)}, Wrong.NOTE_LONG),
            ({"finding-id": "arn:other"}, Wrong.UNKNOWN),
            ({"product-arn": "arn:other"}, Wrong.UNKNOWN),
            ({"finding-id": ""}, Wrong.UNKNOWN),
            ({"report-id": "report/other"}, Wrong.REPORT),
            ({"report-id": ""}, Wrong.REPORT),
        ],
    )
    def test_wrong_row_is_named_and_the_others_stay(self, cells: Cells, wrong: Wrong) -> None:
        """The others are not touched by it."""
        findings = [a_finding(1), a_finding(2, note=a_note("old")), a_finding(3)]
        found, summary = edited(findings, (0, status("NOTIFIED")), (1, cells))

        assert [(3, wrong)] == [(row.number, row.wrong) for row in summary.wrong_rows]
        assert [EditedChange(NOTIFIED, None)] == [edit.change for edit in found]

    @pytest.mark.parametrize("cell", ["012345678901", "12345678901", "1.2345678901E+10"])
    def test_row_of_a_shared_id_is_compared_with_its_own_account(self, cell: str) -> None:
        """Two accounts have a finding of one Id: only the edited row is left out, also if its twin agrees."""
        one = a_finding(1, account_id="012345678901")
        twins = [one, replace(one, account_id="210987654321", workflow_status=NOTIFIED)]
        _, untouched = edited(twins, (0, {"account-id": cell}))
        found, summary = edited(twins, (0, {"account-id": cell} | status("NOTIFIED")))

        assert 2 == untouched.unchanged_count
        assert [] == found
        assert [(2, Wrong.SHARED)] == [(row.number, row.wrong) for row in summary.wrong_rows]
        assert 1 == summary.unchanged_count

    def test_row_of_a_shared_id_without_an_account_is_left_out(self) -> None:
        """Nobody can tell of which finding the row is, so it is not called unchanged."""
        one = a_finding(1)
        twins = [one, replace(one, account_id="210987654321", workflow_status=NOTIFIED)]
        content = written(rows_of(twins), [column for column in COLUMNS if column != "account-id"]).encode()
        found, summary = compared(twins, content)

        assert [] == found
        assert [Wrong.SHARED] * 2 == [row.wrong for row in summary.wrong_rows]

    def test_suppression_without_a_new_note_is_left_out(self) -> None:
        """Who suppresses says why; a note that was there before may be about anything."""
        findings = [a_finding(1), a_finding(2, note=a_note("old")), a_finding(3, note=a_note("old"))]
        suppressed = status("suppressed")
        rows = (0, suppressed), (1, suppressed), (2, suppressed | {"note": "accepted"})
        found, summary = edited(findings, *rows)

        missing = Wrong.NOTE_MISSING
        assert [(2, missing), (3, missing)] == [(row.number, row.wrong) for row in summary.wrong_rows]
        assert [EditedChange(SUPPRESSED, "accepted")] == [edit.change for edit in found]

    def test_untouched_long_note_is_no_fault(self) -> None:
        """A note that was too long before, and that nobody has touched, is no mistake."""
        found, _ = edited([a_finding(1, note=a_note("x" * 600))], (0, status("NOTIFIED")))

        assert [EditedChange(NOTIFIED, None)] == [edit.change for edit in found]

    @pytest.mark.parametrize("again", [status("RESOLVED"), {}], ids=["another", "nothing"])
    def test_contradicting_rows_are_all_left_out(self, again: Cells) -> None:
        """Of rows for one finding that do not ask for the same none is applied, and each is named."""
        findings = some_findings(2)
        rows = rows_of(findings)
        twins = [rows[0] | status("NOTIFIED"), rows[0] | again, rows[1] | status("NOTIFIED")]
        found, summary = compared(findings, written([*twins, rows[0] | status("NOTIFIED")]).encode())

        assert [(n, Wrong.TWICE) for n in (2, 3, 5)] == [(r.number, r.wrong) for r in summary.wrong_rows]
        assert [seen_in(findings[1])] == [edit.row for edit in found]

    def test_agreeing_rows_are_one_edit(self) -> None:
        """The same row twice is once."""
        row = rows_of([a_finding(1)])[0] | status("NOTIFIED")
        found, summary = compared([a_finding(1)], written([row, row]).encode())

        assert 1 == len(found)
        assert 0 == summary.wrong_count

    def test_file_of_another_report_is_refused(self) -> None:
        """A file of another report alone is told so at once."""
        rows = [row | {"report-id": "report/other"} for row in rows_of(some_findings(3))]

        with pytest.raises(FileError, match="file-report"):
            compared(some_findings(3), written(rows).encode())


class TestSize:
    """A large file."""

    def test_row_beyond_the_bound_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Blank rows do not count, and rows of another report do."""
        monkeypatch.setattr(read_csv, "MOST_ROWS", 3)
        rows = rows_of(some_findings(4))
        blank = dict.fromkeys(COLUMNS, "")
        compared(some_findings(4), written([*rows[:3], blank]).encode())
        with pytest.raises(FileError, match="file-rows, most=3"):
            compared(some_findings(4), written([*rows[:3], rows[3] | {"report-id": "other"}]).encode())

    def test_memory_does_not_grow_with_the_report(self) -> None:
        """One edited row beside 6,000 takes the memory of one beside 1,000: the report is read past it."""
        content = written([rows_of([a_finding(1)])[0] | status("NOTIFIED")]).encode()

        def peak(count: int) -> int:
            tracemalloc.start()
            try:
                edits, _ = compared((a_finding(number) for number in range(count)), content)
                assert 1 == len(edits)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        most = peak(1000) + 200_000
        assert any(peak(6000) < most for _ in range(3))  # a thread that another test has left adds its own

    def test_memory_of_a_row_is_bounded(self) -> None:
        """Cells of 100,000 characters, which an Id or a note never has, take a fraction of it each."""
        cells = f"{'x' * 100_000},y,report/{REPORT},NEW,{'z' * 100_000}\r\n"
        content = ("Finding ID,Product ARN,Report ID,Workflow status,Note\r\n" + cells * 50).encode()
        tracemalloc.start()
        try:
            _, summary = compared([], content)
            assert 50 == summary.wrong_count
            assert tracemalloc.get_traced_memory()[1] < 3_000_000
        finally:
            tracemalloc.stop()
