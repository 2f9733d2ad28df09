"""The row store: findings in, problems out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus, merged
from bot.domain.row import Row
from bot.render.csv_file import encoded, row_text
from bot.usecases.scanning.row_store import RowStore, read_result, read_section
from tests.builders import PRODUCT_ARN, a_finding, seen_in

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x1e\x1f"), max_size=5)
FINDINGS = st.lists(
    st.builds(
        a_finding,
        control_id=st.sampled_from(["S3.8", "S3.1", "EC2.19", ""]),
        severity=st.sampled_from(Severity),
        account_id=st.sampled_from(["111111111111", "222222222222"]),
        workflow_status=st.sampled_from(WorkflowStatus),
        resources=st.lists(st.builds(Resource, st.sampled_from("abc"), TEXT), max_size=2).map(tuple),
        standards=st.lists(TEXT.filter(bool), max_size=2, unique=True).map(tuple),
        identifiers=st.integers(0, 5).map(lambda n: (FindingIdentifier(f"id-{n}", PRODUCT_ARN),)),
        title=TEXT,
        account_name=TEXT,
        note=st.none() | st.builds(Note, TEXT, TEXT),
        user_fields=st.dictionaries(TEXT, TEXT, max_size=2).map(lambda d: tuple(d.items())),
        tags=st.dictionaries(TEXT, TEXT, max_size=2).map(lambda d: tuple(d.items())),
        first_observed_at=st.sampled_from(["2026-01-01", "2026-02-01", ""]),
        updated_at=st.sampled_from(["2026-01-01", "2026-02-01", ""]),
    ),
    max_size=8,
)


def through(*pages: list[Finding]) -> list[Finding]:
    """Put pages into a row store and read it."""
    return [row.finding for row in rows_of(*pages)]


def rows_of(*pages: list[Finding]) -> list[Row]:
    """Put pages into a store, and read the file that it writes."""
    with TemporaryDirectory() as folder, RowStore(Path(folder) / "store") as store:
        for page in pages:
            store.add(page)
        file = Path(folder) / "rows"
        result = store.write(file)
        rows = [row for severity in reversed(Severity) for row in read_section(file, result, severity)]
        read_back = read_result(file)
    assert result.finding_count == len(rows)
    assert result == read_back
    return rows


def as_it_should_be(findings: list[Finding]) -> list[Finding]:
    """Merge and sort in the plainest way."""
    problems: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        known = problems.get(finding.problem)
        problems[finding.problem] = merged(known, finding) if known else finding
    return sorted(problems.values(), key=lambda f: (-f.severity.rank, "\x1f".join(f.problem)))


class TestRowStore:
    """What comes out."""

    @given(st.lists(FINDINGS, max_size=3))
    def test_rows_are_merged_and_sorted(self, pages: list[list[Finding]]) -> None:
        """Each problem comes once with all that its findings say, and they are sorted."""
        assert as_it_should_be([finding for page in pages for finding in page]) == through(*pages)

    @given(FINDINGS)
    def test_row_keeps_every_identifier(self, findings: list[Finding]) -> None:
        """A row keeps every identifier, with the status of its own finding, for later actions."""
        for row in rows_of(findings):
            seen, finding = row.seen(), row.finding
            same = [f for f in findings if f.problem == finding.problem]
            assert finding.identifiers == tuple(seen.statuses)
            for identifier, status in seen.statuses.items():
                assert status == next(f for f in same if identifier in f.identifiers).workflow_status
            shown = seen_in(finding)
            assert shown == replace(seen, statuses=shown.statuses, written=shown.written)

    def test_lone_surrogate_spoils_one_character(self) -> None:
        """A lone surrogate spoils a character, and neither the finding nor its page."""
        page = [a_finding(1), a_finding(2, title="a\ud800b"), a_finding(3)]

        texts = [encoded(row_text(row.finding)).decode() for row in rows_of([a_finding(4)], page)]

        assert [row_text(replace(finding, title="a?b")) for finding in page[1:2]] == texts[1:2]
        assert 4 == len(texts)
