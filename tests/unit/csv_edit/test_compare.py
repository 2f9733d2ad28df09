"""An edited CSV beside its report: exactly what somebody has edited, and what is wrong."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from cattrs import structure
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.csv_edit import MOST_SHOWN, NOTE_LENGTH, ConvertedNote, Edit, EditedChange, EditSummary, Wrong
from bot.domain.finding import Finding, FindingIdentifier, Resource, WorkflowStatus
from bot.errors import FileError
from bot.i18n import Locale
from bot.render.csv_file import COLUMNS, escape_formula, unescape_cell
from bot.usecases.csv_edit import compare
from bot.usecases.csv_edit.compare import Comparison, parse_status
from bot.usecases.csv_edit.read_csv import comparable, opened
from tests.builders import a_csv, a_finding, a_note, seen_in, some_findings

REPORT = "0123456789abcdef0123456789abcdef"
Cells = dict[str, str]

NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus


def rows_of(findings: Iterable[Finding], locale: Locale = Locale.EN) -> list[Cells]:
    """Give a report's rows, by column."""
    text = a_csv(findings, locale, REPORT).decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def written(rows: Iterable[Cells], columns: Iterable[str] = COLUMNS, separator: str = ",") -> str:
    """Write rows as a spreadsheet does."""
    columns = list(columns)
    (header,) = csv.reader([a_csv([], Locale.EN).decode("utf-8-sig")])
    names = dict(zip(COLUMNS, header, strict=True))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow([names[column] for column in columns])
    writer.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue()


def compared(findings: list[Finding], content: bytes) -> tuple[list[Edit], EditSummary]:
    """Compare a file with the report of some findings."""
    rows = [
        (seen_in(finding), escape_formula(finding.note.text if finding.note else "")) for finding in findings
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "edited.csv"
        file.write_bytes(content)
        with opened(file) as table:
            comparison = Comparison(table, lambda: rows, REPORT)
        return comparison.edits, comparison.summary()


def edited(findings: list[Finding], *changes: tuple[int, Cells]) -> tuple[list[Edit], EditSummary]:
    """Change cells of some rows, by their place."""
    rows = rows_of(findings)
    for place, cells in changes:
        rows[place] |= cells
    return compared(findings, written(rows).encode())


def status(value: str, note: str | None = None) -> Cells:
    """Write a status, and perhaps a note."""
    return {"workflow-status": value} | ({} if note is None else {"note": note})


class TestEdits:
    """What changes."""

    def test_edits_of_nothing_are_none(self) -> None:
        """A file as it was asks for nothing."""
        found, summary = edited([a_finding(1, note=a_note("=x\ny")), a_finding(2)])

        assert ([], 2, 2, 0) == (found, summary.row_count, summary.unchanged_count, summary.wrong_count)

    def test_say_what_is_new(self) -> None:
        """Each says what it is about, and only what is otherwise than in the report."""
        findings = [a_finding(1), a_finding(2, note=a_note("old")), a_finding(3, note=a_note("kept"))]
        found, _ = edited(findings, (0, status("NOTIFIED")), (1, {"note": "new"}), (2, status("RESOLVED")))

        assert {
            (seen_in(findings[0]).resource_id, EditedChange(NOTIFIED, None)),
            (seen_in(findings[1]).resource_id, EditedChange(None, "new")),
            (seen_in(findings[2]).resource_id, EditedChange(RESOLVED, None)),
        } == {(edit.row.resource_id, edit.change) for edit in found}

    def test_edits_of_one_kind_stand_together(self) -> None:
        """Those that get the same come one after the other, so that a call can take a hundred of them."""
        kinds = [status("NOTIFIED"), status("SUPPRESSED", "ok"), {"note": "x"}, status("RESOLVED", "done")]
        findings = some_findings(40)
        found, summary = edited(findings, *((n, kinds[n % 4]) for n in range(40)))

        changes = [edit.change for edit in found]
        assert 3 == sum(one != other for one, other in pairwise(changes))
        assert [10] * 4 == [count.problem_count for count in summary.changes]

    def test_edits_of_many_rows_need_few_calls(self) -> None:
        """Ten thousand rows of three kinds need a call a hundred, and one more for each kind at most."""
        findings = some_findings(10_000)
        kinds = [status("NOTIFIED"), status("SUPPRESSED", "ok"), status("RESOLVED", "done")]
        _, summary = edited(findings, *((n, kinds[n % 3]) for n in range(10_000)))

        calls = sum(-(-count.finding_count // 100) for count in summary.changes)
        assert (3, 10_000, 102) == (summary.change_count, summary.problem_count, calls)

    def test_count_every_finding_of_a_problem(self) -> None:
        """A problem that two standards report is one row, and two findings to update."""
        identifiers = (FindingIdentifier("a", "arn:1"), FindingIdentifier("b", "arn:2"))
        found, summary = edited([a_finding(1, identifiers=identifiers)], (0, status("NOTIFIED")))

        assert [identifiers] == [tuple(edit.row.statuses) for edit in found]
        assert [(1, 2)] == [(count.problem_count, count.finding_count) for count in summary.changes]

    def test_most_frequent_come_first(self) -> None:
        """The most frequent come first: by what changes, by control, by account."""
        findings = [a_finding(n, control_id=f"S3.{n % 2}", account_id=f"{n % 3:012}") for n in range(6)]
        _, summary = edited(findings, *((n, status("NOTIFIED")) for n in range(5)))

        assert {"S3.0": 3, "S3.1": 2} == summary.by_control
        assert [("000000000000", 2), ("000000000001", 2), ("000000000002", 1)] == [
            *summary.by_account.items()
        ]
        assert {NOTIFIED: 5} == summary.by_status
        assert (5, 1, 1) == (summary.problem_count, summary.change_count, summary.unchanged_count)

    def test_edits_are_counted_without_end_and_shown_with_one(self) -> None:
        """However many there are, as many are shown as a person reads."""
        findings = some_findings(50)
        rows = [(n, {"note": f"note {n}"}) for n in range(25)]
        _, summary = edited(findings, *rows, *((n, status("?")) for n in range(25, 50)))

        assert (MOST_SHOWN, 25) == (len(summary.changes), summary.change_count)
        assert (MOST_SHOWN, 25) == (len(summary.wrong_rows), summary.wrong_count)

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
    def test_take_a_status_in_many_words(self, word: str, expected: WorkflowStatus | None) -> None:
        """Security Hub's words in any case, and the Japanese console's."""
        assert expected == parse_status(word)

    def test_leave_what_has_no_column(self) -> None:
        """A file without notes removes none, one without statuses changes none, and the summary says so."""
        findings = [a_finding(1, note=a_note("kept"))]
        rows = [row | status("RESOLVED", "lost") for row in rows_of(findings)]
        without_note, one = compared(findings, written(rows, [c for c in COLUMNS if c != "note"]).encode())
        without_status, other = compared(
            findings, written(rows, [c for c in COLUMNS if c != "workflow-status"]).encode()
        )

        assert [EditedChange(RESOLVED, None)] == [edit.change for edit in without_note]
        assert [EditedChange(None, "lost")] == [edit.change for edit in without_status]
        assert (True, True) == (one.is_without_note, other.is_without_status)

    def test_edits_are_none_where_an_encoding_has_lost_something(self) -> None:
        """A note that Shift-JIS cannot write comes back with question marks, which is no edit."""
        findings = [a_finding(1, note=a_note("対応済み 🎉")), a_finding(2, note=a_note("待ち"))]
        rows = rows_of(findings)
        rows[1] |= {"note": "完了"}
        text = written(rows).replace("🎉", "??")
        found, _ = compared(findings, text.encode("cp932"))

        assert [EditedChange(None, "完了")] == [edit.change for edit in found]


class TestConverted:
    """Cells that a spreadsheet has changed by itself."""

    def test_notes_are_named_and_left_alone(self) -> None:
        """Of six notes that Excel has changed, and one status that a person has, the status is the edit."""
        findings = [a_finding(number, note=a_note("0048213")) for number in range(6)]
        rows = [{"note": "48213"} for _ in findings]
        rows[2] |= status("RESOLVED")
        found, summary = edited(findings, *enumerate(rows))

        assert [EditedChange(RESOLVED, None)] == [edit.change for edit in found]
        assert (1, 5, 6) == (summary.problem_count, summary.unchanged_count, summary.converted_count)
        assert [ConvertedNote(n, "0048213", "48213") for n in range(2, 8)] == [*summary.converted_notes]
        assert summary == structure(json.loads(json.dumps(asdict(summary))), EditSummary)

    def test_note_of_a_person_is_an_edit(self) -> None:
        """Another number, or the same one with a word, is what somebody has written."""
        findings = [a_finding(number, note=a_note("0048213")) for number in range(2)]
        found, summary = edited(findings, (0, {"note": "48214"}), (1, {"note": "no. 48213"}))

        assert ["48214", "no. 48213"] == [edit.change.note for edit in found]
        assert 0 == summary.converted_count

    def test_note_is_no_reason_to_suppress(self) -> None:
        """A converted note does not say why a finding is suppressed."""
        _, summary = edited([a_finding(1, note=a_note("1.10"))], (0, status("SUPPRESSED", "1.1")))

        assert [Wrong.NOTE_MISSING] == [row.wrong for row in summary.wrong_rows]

    def test_accounts_and_controls_keep_their_rows(self) -> None:
        """The file has twelve plain digits; without the zeros its rows are found, and zeros are shown."""
        findings = [a_finding(1, account_id="012345678901", control_id="1.10")]
        (row,) = rows_of(findings)
        assert ("012345678901", "1.10") == (row["account-id"], row["control"])
        found, summary = edited(
            findings, (0, {"account-id": "12345678901", "control": "1.1"} | status("RESOLVED"))
        )

        assert ["012345678901"] == [edit.row.account_id for edit in found]
        assert ({"012345678901": 1}, {"1.10": 1}) == (summary.by_account, summary.by_control)

    @pytest.mark.parametrize(
        ("finding_id", "cell"),
        [
            ("00481", "481"),
            ("123456789012345678", "1.23457E+17"),
            ("1234e5", "1.23E+08"),
            ("2026-11", "Nov-26"),
        ],
    )
    def test_finding_ids_are_restored(self, finding_id: str, cell: str) -> None:
        """Products of others have Ids that look like numbers: a converted one still finds its finding."""
        findings = [a_finding(n, identifiers=(FindingIdentifier(i, "arn:x"),)) for n, i in enumerate("ab")]
        findings.append(a_finding(2, identifiers=(FindingIdentifier(finding_id, "arn:x"),)))
        found, summary = edited(findings, (2, {"finding-id": cell} | status("RESOLVED")))

        assert [FindingIdentifier(finding_id, "arn:x")] == [
            id_ for edit in found for id_ in edit.row.statuses
        ]
        assert 0 == summary.wrong_count

    def test_finding_id_that_may_be_two_is_left_out(self) -> None:
        """Where a spreadsheet has made one number of two Ids nobody can tell which a row is."""
        ids = ("123456789012345678", "123456789012345679")
        findings = [a_finding(n, identifiers=(FindingIdentifier(i, "arn:x"),)) for n, i in enumerate(ids)]
        row = {"finding-id": "1.23457E+17"} | status("RESOLVED")
        found, summary = edited(findings, (0, row), (1, row))

        assert ([], 2) == (found, summary.wrong_count)
        assert {Wrong.CONVERTED} == {row.wrong for row in summary.wrong_rows}

    @pytest.mark.parametrize(("places", "edits"), [([0, 1], 1), ([0], 0), ([1], 1)])
    def test_finding_id_of_another_is_taken_only_beside_it(self, places: list[int], edits: int) -> None:
        """A row 1.1 may be the converted 1.10, unless the file has that too: no wrong finding is changed."""
        ids = ("1.1", "1.10")
        findings = [a_finding(n, identifiers=(FindingIdentifier(i, "arn:x"),)) for n, i in enumerate(ids)]
        rows = rows_of(findings)
        rows[places[0]] |= status("RESOLVED")
        found, summary = compared(findings, written(rows[place] for place in places).encode())

        assert (edits, 1 - edits) == (len(found), summary.wrong_count)
        assert [ids[places[0]]] * edits == [id_ for edit in found for id_, _ in edit.row.statuses]


class TestWrong:
    """Rows that are left out, each with its number and the reason."""

    @pytest.mark.parametrize(
        ("cells", "wrong"),
        [
            (status("done"), Wrong.STATUS),
            (status(""), Wrong.STATUS),
            (status("suppressed", ""), Wrong.NOTE_REMOVED),
            ({"note": ""}, Wrong.NOTE_REMOVED),
            ({"note": "x" * (NOTE_LENGTH + 1)}, Wrong.NOTE_LONG),
            ({"finding-id": "arn:other"}, Wrong.UNKNOWN),
            ({"product-arn": "arn:other"}, Wrong.UNKNOWN),
            ({"finding-id": ""}, Wrong.UNKNOWN),
            ({"report-id": "report/other"}, Wrong.REPORT),
            ({"report-id": ""}, Wrong.REPORT),
        ],
    )
    def test_unedited_rows_are_not_changed(self, cells: Cells, wrong: Wrong) -> None:
        """The others are not touched by it."""
        findings = [a_finding(1), a_finding(2, note=a_note("old")), a_finding(3)]
        found, summary = edited(findings, (0, status("NOTIFIED")), (1, cells))

        assert [(3, wrong)] == [(row.number, row.wrong) for row in summary.wrong_rows]
        assert [EditedChange(NOTIFIED, None)] == [edit.change for edit in found]

    def test_wrong_for_want_of_a_reason(self) -> None:
        """Who suppresses says why; a note that was there before may be about anything."""
        findings = [a_finding(1), a_finding(2, note=a_note("old")), a_finding(3, note=a_note("old"))]
        suppressed = status("suppressed")
        rows = (0, suppressed), (1, suppressed), (2, suppressed | {"note": "accepted"})
        found, summary = edited(findings, *rows)

        missing = Wrong.NOTE_MISSING
        assert [(2, missing), (3, missing)] == [(row.number, row.wrong) for row in summary.wrong_rows]
        assert [EditedChange(SUPPRESSED, "accepted")] == [edit.change for edit in found]

    def test_wrong_not_for_an_old_note(self) -> None:
        """A note that was too long before, and that nobody has touched, is no mistake."""
        found, _ = edited([a_finding(1, note=a_note("x" * 600))], (0, status("NOTIFIED")))

        assert [EditedChange(NOTIFIED, None)] == [edit.change for edit in found]

    @pytest.mark.parametrize("again", [status("RESOLVED"), {}], ids=["another", "nothing"])
    def test_when_they_contradict_each_other(self, again: Cells) -> None:
        """Of rows for one finding that do not ask for the same none is applied, and each is named."""
        findings = some_findings(2)
        rows = rows_of(findings)
        twins = [rows[0] | status("NOTIFIED"), rows[0] | again, rows[1] | status("NOTIFIED")]
        found, summary = compared(findings, written([*twins, rows[0] | status("NOTIFIED")]).encode())

        assert [(n, Wrong.TWICE) for n in (2, 3, 5)] == [(r.number, r.wrong) for r in summary.wrong_rows]
        assert [seen_in(findings[1])] == [edit.row for edit in found]

    def test_wrong_not_when_they_agree(self) -> None:
        """The same row twice is once."""
        row = rows_of([a_finding(1)])[0] | status("NOTIFIED")
        found, summary = compared([a_finding(1)], written([row, row]).encode())

        assert (1, 0) == (len(found), summary.wrong_count)

    def test_file_of_another_report_alone_is_told_so_at_once(self) -> None:
        """A file of another report alone is told so at once."""
        rows = [row | {"report-id": "report/other"} for row in rows_of(some_findings(3))]

        with pytest.raises(FileError, match="file-report"):
            compared(some_findings(3), written(rows).encode())


NOTES = st.text(
    st.characters(
        codec="cp932", exclude_characters="¢£¬‖−〜", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")
    ),
    max_size=20,
)
NOTED = st.lists(st.tuples(NOTES, st.sampled_from(WorkflowStatus)), min_size=1, max_size=6)


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Finding], bytes, dict[str, EditedChange], bool]:
    """Make a report, edit cells of it, and write it in one of the ways of spreadsheets."""
    findings = [
        a_finding(number, note=a_note(unescape_cell(note)), workflow_status=before)
        for number, (note, before) in enumerate(draw(NOTED))
    ]
    befores = [finding.note.text if finding.note else "" for finding in findings]
    rows = rows_of(findings)
    expected: dict[str, EditedChange] = {}
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"]))
    for place in draw(st.sets(st.sampled_from(range(len(rows))))):
        finding = findings[place]
        new, note = draw(st.sampled_from(WorkflowStatus)), unescape_cell(draw(NOTES.filter(unescape_cell)))
        is_noted = comparable(note, encoding) != comparable(befores[place], encoding)
        if new is SUPPRESSED and not is_noted:  # would be wrong
            new = finding.workflow_status
        rows[place] |= {
            "workflow-status": draw(st.sampled_from([new, new.lower()])),
            "note": escape_formula(note),
        }
        is_moved = new != finding.workflow_status
        if is_noted or is_moved:
            expected[finding.resource_id] = EditedChange(
                new if is_moved else None, note if is_noted else None
            )
    columns = draw(st.permutations(COLUMNS))
    separator = draw(st.sampled_from([",", ";", "\t"]))
    text = written(draw(st.permutations(rows)), columns, separator)
    if encoding == "cp932":  # so that there is kana, without which nobody could tell
        text = text.replace("Note", "メモ")
    return findings, text.encode(encoding), expected, encoding == "cp932"


ANY_TEXT = st.text(st.characters(), max_size=8)
ANY_FINDING = st.builds(
    a_finding,
    title=ANY_TEXT,
    control_id=ANY_TEXT,
    account_id=ANY_TEXT,
    resources=st.lists(st.builds(Resource, ANY_TEXT, ANY_TEXT), max_size=2).map(tuple),
    identifiers=st.lists(
        st.builds(FindingIdentifier, ANY_TEXT, ANY_TEXT), min_size=1, max_size=2, unique=True
    ).map(tuple),
    note=st.none() | ANY_TEXT.map(a_note),
)


class TestLaws:
    """Whatever somebody edits, and a spreadsheet makes of it."""

    @given(ANY_FINDING, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8-sig", "utf-16"]))
    def test_no_text_makes_an_unchanged_row_an_edit(self, finding: Finding, end: str, encoding: str) -> None:
        """Whatever characters a finding has, its own row asks for nothing, saved again or not."""
        text = a_csv([finding], Locale.EN, REPORT).decode("utf-8-sig")
        for content in (text, text.replace("\r\n", end), written(rows_of([finding]))):
            found, summary = compared([finding], content.encode(encoding))

            assert ([], 1, 0) == (found, summary.unchanged_count, summary.wrong_count)

    @given(files())
    def test_exactly_the_edits_are_read(
        self, made: tuple[list[Finding], bytes, dict[str, EditedChange], Any]
    ) -> None:
        """What comes back is what was edited: nothing more, nothing less, nothing wrong."""
        findings, content, expected, _ = made
        found, summary = compared(findings, content)

        assert expected == {edit.row.resource_id: edit.change for edit in found}
        assert (0, len(findings)) == (summary.wrong_count, summary.row_count)


class TestSize:
    """A large file."""

    def test_size_of_too_many_rows_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Blank rows do not count, and rows of another report do."""
        monkeypatch.setattr(compare, "MOST_ROWS", 3)
        rows = rows_of(some_findings(4))
        blank = dict.fromkeys(COLUMNS, "")
        compared(some_findings(4), written([*rows[:3], blank]).encode())
        with pytest.raises(FileError, match="file-rows, most=3"):
            compared(some_findings(4), written([*rows[:3], rows[3] | {"report-id": "other"}]).encode())

    def test_memory_does_not_grow_with_the_report(self) -> None:
        """One edited row beside 6,000 takes the memory of one beside 1,000: the report is read past it."""
        content = written([rows_of([a_finding(1)])[0] | status("NOTIFIED")]).encode()

        def peak(count: int) -> int:
            report = ((seen_in(a_finding(number)), "") for number in range(count))
            with TemporaryDirectory() as folder:
                file = Path(folder) / "edited.csv"
                file.write_bytes(content)
                tracemalloc.start()
                try:
                    with opened(file) as table:
                        assert len(Comparison(table, lambda: report, REPORT).edits) == 1
                    return tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()

        most = peak(1000) + 200_000
        assert any(peak(6000) < most for _ in range(3))  # a thread that another test has left adds its own

    def test_memory_of_a_row_is_bounded(self, tmp_path: Path) -> None:
        """Cells of 100,000 characters, which an Id or a note never has, take a fraction of it each."""
        file = tmp_path / "long.csv"
        cells = f"{'x' * 100_000},y,report/{REPORT},NEW,{'z' * 100_000}\r\n"
        file.write_text("Finding ID,Product ARN,Report ID,Workflow status,Note\r\n" + cells * 50)
        tracemalloc.start()
        try:
            with opened(file) as table:
                assert Comparison(table, list, REPORT).summary().wrong_count == 50
            assert tracemalloc.get_traced_memory()[1] < 3_000_000
        finally:
            tracemalloc.stop()
