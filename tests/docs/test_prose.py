"""The prose linter finds its words, and the repository passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.markdown import text_of
from tools import prose
from tools.prose import Text, bad_names, comments, docstrings, faults, main, paragraphs, what_share

PATH = Path("module.py")


def words(text: str, *, is_docstring: bool = False) -> list[str]:
    """Return the words that the linter finds in a text."""
    return [fault.word for fault in faults(Text(PATH, 1, text, is_docstring))]


@pytest.mark.parametrize("text", ["Take heed.", "Whoever clicks", "It tells who asked.", "some 20 calls"])
def test_listed_word_is_found(text: str) -> None:
    """A word of the list is found, in any case."""
    assert words(text)


@pytest.mark.parametrize("text", ["`deed`", '"whoever"', "“heed”", "Indeed, someone asked about 20 calls."])
def test_code_and_quotations_pass(text: str) -> None:
    """Code, quotations and words that only contain a listed word are not found."""
    assert words(text) == []


def test_docstring_begins_with_return() -> None:
    """A docstring may not begin with "Give", a comment may."""
    assert words("Give the row.", is_docstring=True) == ["Give"]
    assert words("Give the row.") == []
    assert words("Return the row.", is_docstring=True) == []


def test_fault_has_its_line() -> None:
    """A fault names the line of its word, also within a long docstring."""
    (text,) = docstrings(PATH, '\n"""\nOne.\n\nWhoever.\n"""\n')

    assert [fault.line for fault in faults(text)] == [5]


def test_comments_and_documents_are_read() -> None:
    """Comments are read, and documents outside of their code blocks."""
    assert [text.text for text in comments(PATH, 'x = "# no"  # yes\n')] == ["yes"]
    assert [text.text for text in paragraphs(PATH, "One\n```\ntwo\n```\nthree")] == ["One", "three"]


def test_private_names_are_found() -> None:
    """A class, function or module named with a word that only this project used is found."""
    found = bad_names(Path("spool.py"), "class Deed: ...\n\ndef heed_others(): ...\n\ndef need(): ...\n")

    assert [fault.word for fault in found] == ["spool", "Deed", "heed_others"]


@pytest.mark.parametrize(
    "source",
    ['def report():\n    """Give a report."""', "def test_wanted_report(): ...", "class TestDeed: ..."],
)
def test_names_and_docstrings_of_tests_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    """A test module fails for a name, or for a first word of a docstring."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_report.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(prose, "ROOT", tmp_path)

    assert main() == 1


def test_whats_are_counted() -> None:
    """The share of "what" is that of 1,000 words outside of code."""
    assert what_share([Text(PATH, 1, "What is what `what`")]) == pytest.approx(2000 / 3)


def test_repository_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """All docstrings, comments, names and documents pass."""
    assert main() == 0, capsys.readouterr().out


def test_make_check_runs_it() -> None:
    """`make check` runs the linter."""
    check = text_of("Makefile").partition("\ncheck: ")[2].partition("\n\n")[0]

    assert "-m tools.prose" in check
