"""Budgets of size, and rules of the layers that import-linter cannot see."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

MOST_LINES = 400
"""A file holds one idea; cohesion comes before small size."""

MOST_MODULES = 20
"""A folder's modules, `__init__` aside, are read at a glance."""

MOST_FUNCTION_LINES = 40
"""Without its docstring."""

FOLDERS = ("bot", "handlers", "playground", "tools")

FILES = sorted(path for folder in FOLDERS for path in Path(folder).rglob("*.py"))

TEXTS = tuple(map(str, Path("bot/i18n").glob("[!_]*.py")))
"""A language is one table of texts, of any length: a line is a text."""


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Find a file's functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count a function's lines without its docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


class TestSize:
    """The budgets of size."""

    def test_no_file_is_longer_than_400_lines(self) -> None:
        """No file is longer than one sits through, but for a language's texts."""
        lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}

        assert lengths
        assert not {n: lines for n, lines in lengths.items() if lines > MOST_LINES and n not in TEXTS}

    def test_no_folder_has_more_than_20_modules(self) -> None:
        """No folder has more modules than are read at a glance, tests included."""
        folders = Counter(
            str(path.parent)
            for folder in (*FOLDERS, "benchmarks", "tests")
            for path in Path(folder).rglob("*.py")
            if path.name != "__init__.py" and "node_modules" not in path.parts
        )

        assert folders["tests/unit"]
        assert not {name: count for name, count in folders.items() if count > MOST_MODULES}

    def test_no_function_is_longer_than_40_lines(self) -> None:
        """No function is longer than a screen."""
        assert not [
            f"{path}: {function.name}"
            for path in FILES
            for function in functions(path)
            if length(function) > MOST_FUNCTION_LINES
        ]


class TestTexts:
    """What people read."""

    def test_japanese_stands_in_the_catalogues(self) -> None:
        """No Japanese is in the code but in the catalogues, words that people type, and comments."""
        outside = (
            "bot/domain/command.py",
            "bot/domain/words/values.py",
            "bot/domain/owners/owner.py",
            "bot/listeners/subcommands.py",
            "bot/settings.py",
            "bot/render/csv_file.py",
            *TEXTS,
        )
        strings = [
            (str(path), node.value)
            for path in Path("bot").rglob("*.py")
            if str(path) not in outside
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]

        assert not [(name, text) for name, text in strings if any("\u3040" <= c <= "\u9fff" for c in text)]


class TestStores:
    """The bucket."""

    def test_only_the_bucket_module_calls_s3(self) -> None:
        """Only bucket.py makes S3's calls, and so translates its errors; the stores are built on it."""
        calls = re.compile(
            r"\.(?:(?:get|put|head|delete|list|copy)_objects?\w*|generate_presigned_url)\(|IfNoneMatch"
        )
        calling = [str(path) for path in Path("bot").rglob("*.py") if calls.search(path.read_text("utf-8"))]

        assert ["bot/adapters/stores/bucket.py"] == calling


def imports(path: Path) -> set[str]:
    """Find the modules that a file imports, by their full names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    of_names = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return plain | of_names


class TestTests:
    """The tests themselves."""

    def test_no_test_module_is_imported(self) -> None:
        """No file imports another test module: shared builders and readers stand in modules of their own."""
        found = {
            str(path): names
            for path in sorted(Path("tests").rglob("*.py"))
            if "node_modules" not in path.parts
            and (names := {name for name in imports(path) if re.search(r"(^|\.)test_", name)})
        }

        assert not found


class TestImports:
    """What is loaded when."""

    @pytest.mark.parametrize(
        ("module", "absent"),
        [
            (
                "handlers.slack",
                (
                    *("boto3", "cattrs", "moto", "playground"),
                    *("bot.usecases", "bot.adapters.security_hub", "bot.ports"),
                    *("bot.domain.triage", "bot.domain.csv_edit", "bot.domain.report"),
                ),
            ),
            ("handlers.job", ("slack_bolt", "mangum", "moto", "playground")),  # the durable SDK wants boto3
            ("bot.cli", ("slack_bolt", "mangum", "moto", "playground")),
            ("bot.domain", ("botocore", "slack_sdk")),
        ],
    )
    def test_entry_point_loads_only_its_own_imports(self, module: str, absent: tuple[str, ...]) -> None:
        """An entry point loads nothing that only another one needs: cold starts count."""
        script = f"import sys, {module}; print([name for name in {absent!r} if name in sys.modules])"
        ran = subprocess.run(  # noqa: S603  our own Python, our own words
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )

        assert "[]" == ran.stdout.strip()
