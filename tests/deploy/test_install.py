"""`pip install .`, as pyproject.toml describes it; `.ci/run` installs it in earnest."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from tests.docs.markdown import text_of

PROJECT: dict[str, Any] = tomllib.loads(text_of("pyproject.toml"))


class TestInstall:
    """What pip builds and installs."""

    def test_only_the_bot_is_packaged(self) -> None:
        """Neither tests nor the playground are installed, and the backend has one version."""
        assert ["bot"] == PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
        assert all(re.fullmatch(r"hatchling==[\d.]+", need) for need in PROJECT["build-system"]["requires"])

    def test_sechub_is_the_command_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The installed command calls itself by its own name, and takes the words behind it."""
        monkeypatch.setattr("sys.argv", ["/usr/bin/sechub", "scan", "--help"])
        command = EntryPoint("sechub", PROJECT["project"]["scripts"]["sechub"], "console_scripts").load()
        with pytest.raises(SystemExit) as ended:
            command()

        assert 0 == ended.value.code
        assert capsys.readouterr().out.startswith("usage: sechub scan ")
