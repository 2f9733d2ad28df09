"""The spool: findings in, problems out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding, FindingIdentifier, Note, Resource, Severity, WorkflowStatus, merged
from bot.domain.row import parse_row
from bot.render.csv_file import encoded, row_text
from bot.usecases.scanning.row_store import RowStore
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
        first_observed_at=st.sampled_from(["2026-01-01", "2026-02-01", ""]),
        updated_at=st.sampled_from(["2026-01-01", "2026-02-01", ""]),
    ),
    max_size=8,
)


def through(*pages: list[Finding]) -> list[Finding]:
    """Put pages into a spool and read it."""
    with TemporaryDirectory() as folder, RowStore(Path(folder) / "spool") as store:
        for page in pages:
            store.add(page)
        return [row.finding() for row in store.rows()]


def as_it_should_be(findings: list[Finding]) -> list[Finding]:
    """Merge and sort in the plainest way."""
    problems: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        known = problems.get(finding.problem)
        problems[finding.problem] = merged(known, finding) if known else finding
    return sorted(problems.values(), key=lambda f: "\x1f".join(f.problem))


class TestSpool:
    """What comes out."""

    @given(st.lists(FINDINGS, max_size=3))
    def test_is_merged_and_in_order(self, pages: list[list[Finding]]) -> None:
        """Each problem comes once with all that its findings say, and they are sorted."""
        assert as_it_should_be([finding for page in pages for finding in page]) == through(*pages)

    @given(FINDINGS)
    def test_is_rendered_as_it_is(self, findings: list[Finding]) -> None:
        """What a row says of itself is what its finding says, merged or not."""
        with TemporaryDirectory() as folder, RowStore(Path(folder) / "spool", "0123") as store:
            store.add(findings)
            for row in store.rows():
                finding = row.finding()
                assert (row.severity, row.control_id) == (finding.severity, finding.control_id)
                assert (bool(row.is_new), row.text) == (finding.is_new, encoded(row_text(finding, "0123")))

    @given(FINDINGS)
    def test_keeps_each_status(self, findings: list[Finding]) -> None:
        """What is kept to act on later has every identifier, with the status of its own finding."""
        with TemporaryDirectory() as folder, RowStore(Path(folder) / "spool") as store:
            store.add(findings)
            for row in store.rows():
                seen, finding = parse_row(row.seen), row.finding()
                same = [f for f in findings if f.problem == finding.problem]
                assert finding.identifiers == tuple(seen.statuses)
                for identifier, status in seen.statuses.items():
                    assert status == next(f for f in same if identifier in f.identifiers).workflow_status
                shown = seen_in(finding)
                assert shown == replace(seen, statuses=shown.statuses, written=shown.written)

    def test_takes_what_is_no_text(self) -> None:
        """A lone surrogate spoils a character, and neither the finding nor its page."""
        page = [a_finding(1), a_finding(2, title="a\ud800b"), a_finding(3)]

        with TemporaryDirectory() as folder, RowStore(Path(folder) / "spool") as store:
            store.add([a_finding(4)])
            store.add(page)
            texts = [row.text.decode() for row in store.rows()]

        assert [row_text(replace(finding, title="a?b")) for finding in page[1:2]] == texts[1:2]
        assert 4 == len(texts)
