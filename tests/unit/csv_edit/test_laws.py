"""Laws of an edited CSV: the edits that are read are those that were made, in any text and encoding."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.csv_edit import EditedChange
from bot.domain.finding import Finding, FindingIdentifier, Resource, WorkflowStatus
from bot.i18n import Locale
from bot.render.csv_file import COLUMNS, escape_formula, unescape_cell
from bot.usecases.csv_edit.read_csv import comparable
from tests.builders import a_csv, a_finding, a_note
from tests.unit.world.compared_csv import REPORT, compared, rows_of, written

NEW, NOTIFIED, SUPPRESSED, RESOLVED = WorkflowStatus


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
    """Any edits, in the forms that spreadsheets give them."""

    @given(ANY_FINDING, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8-sig", "utf-16"]))
    def test_no_text_makes_an_unchanged_row_an_edit(self, finding: Finding, end: str, encoding: str) -> None:
        """With any characters in a finding, its own row asks for nothing, saved again or not."""
        text = a_csv([finding], Locale.EN, REPORT).decode("utf-8-sig")
        for content in (text, text.replace("\r\n", end), written(rows_of([finding]))):
            found, summary = compared([finding], content.encode(encoding))

            assert [] == found
            assert 1 == summary.unchanged_count
            assert 0 == summary.wrong_count

    @given(files())
    def test_exactly_the_edits_are_read(
        self, made: tuple[list[Finding], bytes, dict[str, EditedChange], Any]
    ) -> None:
        """What comes back is what was edited: nothing more, nothing less, nothing wrong."""
        findings, content, expected, _ = made
        found, summary = compared(findings, content)

        assert expected == {edit.row.resource_id: edit.change for edit in found}
        assert 0 == summary.wrong_count
        assert len(findings) == summary.row_count
