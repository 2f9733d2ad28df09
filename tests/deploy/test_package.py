"""The package: what Lambda gets to run."""

from __future__ import annotations

import ast
import filecmp
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.folder import state
from tools import package

pytestmark = pytest.mark.xdist_group("package")

CONNECTS = """
import sys
import boto3, botocore
session = boto3.Session("a", "b", region_name="ap-northeast-1")
for service in sys.argv[1:]:
    session.client(service)
print(botocore.__file__)
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package without bytecode, which has a test of its own."""
    target = tmp_path_factory.mktemp("package") / "built"
    package.build(target, lambda_python="no-such-python")
    return target


def run(built: Path, code: str, *arguments: str) -> str:
    """Run code that sees nothing but the standard library and the package."""
    program = [
        sys.executable,
        "-I",
        "-S",
        "-B",
        "-c",
        f"import sys; sys.path.insert(0, {str(built)!r})\n{code}",
        *arguments,
    ]
    ran = subprocess.run(program, env={}, check=True, capture_output=True, text=True)  # noqa: S603 - our code
    return ran.stdout


def services_asked_for() -> Iterator[str]:
    """Find the services for which the bot's code makes clients."""
    for file in {*(package.ROOT / "bot").rglob("*.py")} - {
        package.ROOT / "bot/adapters/stack.py"
    }:  # a shell's
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"client", "ack_client"}:
                yield ast.literal_eval(node.args[0])


class TestContents:
    """What is in the package."""

    def test_package_has_all_of_bot_and_handlers(self, built: Path) -> None:
        """All of bot/ and handlers/ is there, byte for byte, but for the check of templates."""
        for name in package.CODE:
            names = [f.relative_to(package.ROOT) for f in (package.ROOT / name).rglob("*") if f.is_file()]
            names = [name for name in names if "__pycache__" not in name.parts]
            names = [name for name in names if name.parts[:2] != ("bot", "check")]
            _, differing, absent = filecmp.cmpfiles(package.ROOT, built, map(str, names), shallow=False)

            assert differing == []
            assert absent == []

    def test_package_leaves_out_the_check(self, built: Path) -> None:
        """Neither the check of templates is there, nor a library that only it needs."""
        absent = ("bot/check", "yaml", "samtranslator")

        assert not [name for name in absent if (built / name).exists()]

    def test_rest_of_package_is_pinned_dependencies(self, built: Path) -> None:
        """Each file that is not the bot's code belongs to a pinned runtime dependency."""
        text = (package.ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
        pinned = {
            f"{name.replace('-', '_')}-{version}"
            for name, version in re.findall(r"^([\w-]+)==(\S+)", text, re.MULTILINE)
        }
        installed = {path.name.removesuffix(".dist-info") for path in built.glob("*.dist-info")}
        modules = {path.stem for path in built.iterdir() if path.suffix != ".dist-info"}

        assert installed == pinned
        assert modules == set(package.CODE) | {
            "attr", "attrs", "aws_durable_execution_sdk_python", "boto3", "botocore", "cattr", "cattrs",
            "dateutil", "jmespath", "mangum", "s3transfer", "six", "slack", "slack_bolt", "slack_sdk",
            "typing_extensions", "tzdata", "urllib3",
        }  # fmt: skip

    def test_package_stays_below_15_mb(self, built: Path) -> None:
        """Without the models of 400 other services the package stays below 15 MB, of Lambda's 250."""
        assert sum(path.stat().st_size for path in built.rglob("*")) < 15_000_000

    def test_package_has_no_compiled_code(self, built: Path) -> None:
        """Nothing in it is compiled for the machine that built it."""
        assert not [path for path in built.rglob("*") if path.suffix in {".so", ".pyd", ".exe", ".dylib"}]


class TestServices:
    """The AWS services whose models are kept."""

    def test_services_are_those_the_bot_calls(self) -> None:
        """The bot makes a client for each of them, and for no other."""
        assert set(services_asked_for()) == package.SERVICES

    def test_clients_can_be_made(self, built: Path) -> None:
        """The reduced boto3 and botocore still make a client for each, with its endpoint."""
        assert run(built, CONNECTS, *package.SERVICES).startswith(str(built))

    def test_handlers_can_be_imported(self, built: Path) -> None:
        """The handlers and the command line import with nothing but the package."""
        modules = ("handlers.slack", "handlers.job", "bot.cli")
        files = run(
            built, f"import {', '.join(modules)}; print({', '.join(f'{m}.__file__' for m in modules)})"
        )

        assert len(modules) == len(files.split())
        assert all(file.startswith(str(built)) for file in files.split())


class TestBuild:
    """Building it."""

    def test_second_build_has_same_bytes(self, built: Path, tmp_path: Path) -> None:
        """A second build has the same names, bytes, modes and times, and nothing of an earlier one."""
        stand_in = tmp_path / "python3.13"
        stand_in.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
        stand_in.chmod(0o755)
        (tmp_path / "again" / "bot").mkdir(parents=True)
        (tmp_path / "again" / "bot" / "secret.txt").write_text("left over", encoding="utf-8")

        has_bytecode = package.build(tmp_path / "again", lambda_python=str(stand_in))

        assert state(tmp_path / "again") == state(built)
        assert has_bytecode is False, "a Python that does not run is one that is not there"
