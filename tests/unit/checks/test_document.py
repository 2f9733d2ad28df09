"""The object of a check: written by CI, and read as hostile input."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.check_result import CheckedStack, Gap, Reason, Status
from bot.domain.checks.document import (
    MOST_BYTES,
    MOST_GAPS,
    MOST_RESULTS,
    MOST_TAGS,
    MOST_TEXT,
    CheckDocument,
    read_check,
    write_check,
)
from bot.domain.checks.origin import Origin
from bot.domain.control import Control
from bot.domain.finding import Severity
from bot.errors import InvalidCheckError
from tests.unit.checks.samples import EVERY, FAILED, ORIGIN, S3_8

GAP = Gap("broken.yaml", 3, Reason("check.broken.size"))
STACK = CheckedStack("app-prod", "template.yaml", {"Logs": 4})
MANY_LINES = {f"A{number}": 1 for number in range(1_001)}
WHOLE = CheckDocument(ORIGIN, EVERY, (GAP,), 2, stacks=(STACK, STACK._replace(is_synthesized=True)))


def raw(**changes: Any) -> bytes:
    """Write an object with one result, of which some fields are otherwise; None leaves one out."""
    result = {"control": "S3.8", "status": "FAILED", "file": "a.yaml", "line": 1, "logical_id": "A"}
    document = {"version": 1, "branch": "main", "results": [result]} | changes
    return json.dumps({name: value for name, value in document.items() if value is not None}).encode()


def of_result(**changes: Any) -> bytes:
    """Write an object with a result of which some fields are otherwise."""
    document = json.loads(raw())
    document["results"][0] |= changes
    return json.dumps(document).encode()


class TestRoundTrip:
    """What is written is read."""

    def test_document_is_read_as_it_was_written(self) -> None:
        """Every field of results and gaps comes back."""
        assert WHOLE == read_check(write_check(WHOLE))

    def test_passed_results_are_left_out(self) -> None:
        """A report is about the others."""
        written = write_check(replace(WHOLE, results=(replace(FAILED, status=Status.PASSED), FAILED)))

        assert (FAILED,) == read_check(written).results

    def test_title_and_severity_are_those_of_the_catalogue(self) -> None:
        """Nobody can post a title of their own under a control's ID."""
        forged = of_result(title="Click here", control="s3.8")

        assert S3_8 == read_check(forged).results[0].control

    def test_rule_of_another_tool_has_no_severity(self) -> None:
        """A rule that is no control is INFORMATIONAL, whatever it is called."""
        control = read_check(of_result(control="CRITICAL!", title="Boo")).results[0].control

        assert Control("CRITICAL!", "Boo", Severity.INFORMATIONAL) == control

    @given(st.text(max_size=MOST_TEXT + 10), st.dictionaries(st.text(), st.text(), max_size=3))
    def test_any_text_can_be_written(self, text: str, tags: dict[str, str]) -> None:
        """What the writer writes, the reader accepts, whatever names a template has."""
        result = replace(FAILED, file=text or "a", logical_id=text, path=text, tags=tuple(tags.items()))
        document = CheckDocument(Origin(text[:255]), (result,))

        assert 1 == len(read_check(write_check(document)).results)

    def test_reports_are_in_order_whatever_the_object_says(self) -> None:
        """A forged order hides no failure behind others."""
        ordered = read_check(write_check(replace(WHOLE, results=EVERY[::-1]))).results

        assert sorted(EVERY, key=lambda result: result.order) == list(ordered)


class TestLimits:
    """What is larger than the limits is cut by the writer, and refused by the reader."""

    def test_further_results_are_counted(self) -> None:
        """Of more results than fit, the most severe are there, and the others are counted."""
        results = tuple(replace(FAILED, logical_id=str(number)) for number in range(MOST_RESULTS + 3))

        read = read_check(write_check(CheckDocument(ORIGIN, results)))

        assert (MOST_RESULTS, 3) == (len(read.results), read.omitted)

    def test_object_is_never_larger_than_its_limit(self) -> None:
        """Long texts in many results are cut to the limit of bytes."""
        long = "\u3042" * MOST_TEXT
        tags = tuple((f"{number}{long}", long) for number in range(MOST_TAGS))
        results = tuple(replace(FAILED, logical_id=str(n), tags=tags) for n in range(30))
        lines = {f"{number}{long}"[:255]: 1 for number in range(1_001)}
        stacks = tuple(CheckedStack(f"s{number}", "a.yaml", lines) for number in range(101))

        written = write_check(CheckDocument(ORIGIN, results, (GAP,) * (MOST_GAPS + 1), stacks=stacks))

        assert len(written) <= MOST_BYTES
        read = read_check(written)
        assert 30 == len(read.results) + read.omitted
        assert 0 < read.omitted < 30
        assert 0 < len(read.stacks) < 100

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            (raw() + b" " * MOST_BYTES, "(document)"),
            (b"[" * MOST_BYTES, "(document)"),
            (b'{"a":' * 100_000, "(document)"),
            (b"9" * 100_000, "(document)"),
            (b"\xff\xfe\x00", "(document)"),
            (b"", "(document)"),
            (b"NaN", "(document)"),
            (b'{"version": 1, "version": 1}', "(document)"),
            (b"[]", "version"),
            (raw(version=2), "version"),
            (raw(version=True), "version"),
            (raw(extra=1), "(document)"),
            (raw(branch=["main"]), "branch"),
            (raw(branch="x" * 256), "branch"),
            (raw(commit="<!channel>"), "commit"),
            (raw(run="javascript:alert(1)"), "run"),
            (raw(run="https://github.com@evil.example/"), "run"),
            (raw(run="https://github.com|evil"), "run"),
            (raw(files=-1), "files"),
            (raw(files=1.5), "files"),
            (raw(omitted=10**12), "omitted"),
            (raw(results={}), "results"),
            (raw(results=[{}] * (MOST_RESULTS + 1)), "results"),
            (raw(results=["S3.8"]), "results[0]"),
            (raw(results=[{}]), "results[0].status"),
            (raw(unread=[{"file": "a", "line": 1}]), "unread[0].reason"),
            (raw(unread=[{"file": "a", "reason": ["report.found", ""]}]), "unread[0].reason"),
            (raw(stacks=[{"name": "a/b", "file": "a"}]), "stacks[0].name"),
            (raw(stacks=[{"name": "a"}]), "stacks[0].file"),
            (raw(stacks=[{"name": "a", "file": "a", "lines": {"A": "1"}}]), "stacks[0].lines"),
            (raw(stacks=[{"name": "a", "file": "a", "lines": {"A" * 256: 1}}]), "stacks[0].lines"),
            (
                raw(stacks=[{"name": "a", "file": "a", "lines": dict.fromkeys(map(str, range(1001)), 1)}]),
                "stacks[0].lines",
            ),
            (raw(stacks=[{"name": "a", "file": "a", "synthesized": 1}]), "stacks[0].synthesized"),
            (raw(stacks=[{"name": "a", "file": "a"}] * 101), "stacks"),
            (of_result(status="PASSED"), "results[0].status"),
            (of_result(status="SUPPRESSED"), "results[0].suppression"),
            (of_result(suppression=["a", "b"]), "results[0].suppression"),
            (of_result(control="S3.99999"), "results[0].control"),
            (of_result(control=""), "results[0].control"),
            (of_result(file=None), "results[0].file"),
            (of_result(line=True), "results[0].line"),
            (of_result(path="x" * (MOST_TEXT + 1)), "results[0].path"),
            (of_result(reason=["check.why.form"]), "results[0].reason"),
            (of_result(reason=["owners.direct", "x"]), "results[0].reason"),
            (of_result(reason=["check.why.{name.__class__}", "x"]), "results[0].reason"),
            (of_result(tags={"a": 1}), "results[0].tags"),
            (of_result(tags={str(n): "" for n in range(MOST_TAGS + 1)}), "results[0].tags"),
            (of_result(sources=["x"] * 21), "results[0].sources"),
            (of_result(**{"<!channel>": 1}), "results[0]"),
        ],
    )
    def test_forged_object_is_refused(self, data: bytes, field: str) -> None:
        """An object that no writer writes is refused, with the field and without a word of its own."""
        with pytest.raises(InvalidCheckError) as refused:
            read_check(data)

        assert field == refused.value.values["field"]
        assert "<" not in str(refused.value)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        )
    )
    def test_any_other_json_is_refused(self, value: Any) -> None:
        """No JSON value makes the reader fail in another way."""
        for data in (json.dumps(value).encode(), raw(results=[value] if value is not None else None)):
            try:
                read_check(data)
            except InvalidCheckError:
                continue
            assert data == raw(results=None)
