"""
Check the English of docstrings, comments and documents against a list of words.

    python -m tools.prose

The list has the words of a technical writer: a noun for a clause with "what", "if" for "where", "Return" for
"Give". Names of modules, classes and functions may have none of the words that only this project used. Code
spans, code blocks and quotations are not checked. `make check` runs this.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

CODE = ("bot", "handlers", "playground", "benchmarks", "tools")

TESTS = "tests"
"""Of the tests, only names and first words of docstrings are checked."""

DOCUMENTS = ("*.md", "docs/**/*.md")

COMMENTED = ("Makefile", "manifest.yml", "template.yaml", "samconfig.toml", "pyproject.toml", "tools/*")
"""Files that are no Python and have comments that begin with a number sign."""

WORDS = {
    r"deeds?": "action",
    r"reckon\w*": "count, calculate",
    r"heed\w*": "check, follow",
    r"likewise": "the same rule, in words",
    r"who(?:ever|soever)": "a person who, anyone who",
    r"whatever": "any, each",
    r"wherefrom": "the source",
    r"wanted": "requested, expected, needed",
    r"unhindered|untold|hasty|stubborn|meddler|saboteur|worklist": "a standard term",
    r"spool\w*": "row store",
    r"occasion": "kind",
    r"(?:the one |they |those )?who (?:asked|asks|acted|acts|has asked|is asking)": "the requester",
    r"what (?:is|was|has been) (?:wanted|left|kept|done|seen|due|there|told|asked)": "a noun",
    r"to who": "to the person who",
    r"some (?:two|three|four|five|six|seven|eight|nine|ten|twenty|[0-9][0-9,]*) \w+": "about",
    r"so (?:too|also)": "also, or a sentence of its own",
    r"nor (?:is|are|does|do|has|have)": "a sentence with not",
    r"of its own accord": "by itself",
}
"""Pattern to better words. A pattern matches whole words in any case."""

FIRST = {
    "Give": "Return",
    "Gives": "Returns",
    "Tell whether": "Return whether",
    "Say whether": "Return whether",
    "Have": "another verb",
    "Want": "another verb",
}
"""First words of a docstring to better ones."""

MOST_WHATS = 3.0
"""How many of 1,000 words may be "what", in docstrings and in documents. In pip-audit it is 0.3."""

_NAMES = re.compile(
    r"deed|reckon|heed|wanted|untold|unhindered|spool|worklist|occasion|saboteur|meddler|stubborn|hasty|likewise",
    re.IGNORECASE,
)


class Text(NamedTuple):
    """A piece of prose, and the line on which it begins."""

    path: Path
    line: int
    text: str
    is_docstring: bool = False


class Fault(NamedTuple):
    """A word of the list, found in a text."""

    path: Path
    line: int
    word: str
    better: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word!r}: better {self.better}"


def docstrings(path: Path, source: str) -> Iterator[Text]:
    """Find the docstrings of a module, including the strings below its names."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield Text(path, node.lineno, node.value.value, is_docstring=True)


def comments(path: Path, source: str) -> Iterator[Text]:
    """Find the comments of a Python module."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith("# type:"):
            yield Text(path, token.start[0], token.string.lstrip("# "))


def hash_comments(path: Path, source: str) -> Iterator[Text]:
    """Find the comments of a Makefile, a YAML or TOML file, or a shell script."""
    for number, line in enumerate(source.splitlines(), 1):
        if comment := re.search(r"(?:^|\s)#+ (.*)", line):
            yield Text(path, number, comment[1])


def paragraphs(path: Path, source: str) -> Iterator[Text]:
    """Find the lines of a Markdown document that are outside of code blocks."""
    is_code = False
    for number, line in enumerate(source.splitlines(), 1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code:
            yield Text(path, number, line)


def code_files(*folders: str) -> Iterator[Path]:
    """Find the Python files of folders, without those of npm's packages."""
    for folder in folders:
        yield from sorted(p for p in (ROOT / folder).rglob("*.py") if "node_modules" not in p.parts)


def texts() -> Iterator[Text]:
    """Find all prose."""
    for path in code_files(*CODE):
        source = path.read_text(encoding="utf-8")
        yield from docstrings(path.relative_to(ROOT), source)
        yield from comments(path.relative_to(ROOT), source)
    for patterns, find in ((DOCUMENTS, paragraphs), (COMMENTED, hash_comments)):
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            if path.is_file() and path.suffix != ".py":
                yield from find(path.relative_to(ROOT), path.read_text(encoding="utf-8"))


def unquoted(text: str) -> str:
    """Replace code spans and quotations by spaces."""
    return re.sub(r"`[^`]*`|“[^”]*”|\"[^\"\n]*\"", lambda match: " " * len(match[0]), text)


def bad_first_word(text: Text) -> Iterator[Fault]:
    """Find a first word of a docstring that is on the list of first words."""
    for beginning, better in FIRST.items():
        if text.is_docstring and re.match(rf"\s*{beginning}\b", text.text):
            yield Fault(text.path, text.line, beginning, better)


def faults(text: Text) -> Iterator[Fault]:
    """Find the words of both lists in a text."""
    prose = unquoted(text.text)
    for pattern, better in WORDS.items():
        for found in re.finditer(rf"\b(?:{pattern})\b", prose, re.IGNORECASE):
            yield Fault(text.path, text.line + prose.count("\n", 0, found.start()), found[0], better)
    yield from bad_first_word(text)


def bad_names(path: Path, source: str) -> Iterator[Fault]:
    """Find modules, classes and functions that are named with a word only this project used."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    for line, name in [(1, path.stem), *((node.lineno, node.name) for node in nodes)]:
        if _NAMES.search(name):
            yield Fault(path, line, name, "a standard term")


def what_share(found: Iterable[Text]) -> float:
    """Return how many of 1,000 words are "what"."""
    prose = [unquoted(text.text).lower() for text in found]
    words = [word for text in prose for word in re.findall(r"[a-z']+", text)]
    return 1000 * words.count("what") / max(1, len(words))


def main() -> int:
    """Print each fault. Return 1 if there is one."""
    found = list(texts())
    wrong = [fault for text in found for fault in faults(text)]
    for path in code_files(*CODE, TESTS):
        wrong += bad_names(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
    for path in code_files(TESTS):
        for text in docstrings(path.relative_to(ROOT), path.read_text(encoding="utf-8")):
            wrong += bad_first_word(text)
    for fault in wrong:
        print(fault)  # noqa: T201
    shares = {
        "docstrings": what_share(text for text in found if text.is_docstring),
        "documents": what_share(text for text in found if text.path.suffix == ".md"),
    }
    for kind, share in shares.items():
        if share > MOST_WHATS:
            print(f'"what" is {share:.1f} of 1,000 words in {kind}; at most {MOST_WHATS} may be.')  # noqa: T201
    return int(bool(wrong) or max(shares.values()) > MOST_WHATS)


if __name__ == "__main__":
    sys.exit(main())
