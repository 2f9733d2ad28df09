"""docs/local-world.md: its examples are run, from outside."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from playground.__main__ import _parser
from playground.slack.browser.api import ACTIONS
from tests.docs.markdown import ROOT, codes, table_of, text_of

LOCAL_WORLD = text_of("docs/local-world.md")
START, *CURLS = re.findall(r"^```sh\n(.*?)\n```$", LOCAL_WORLD, re.DOTALL | re.MULTILINE)
(PYTHON,) = re.findall(r"^```python\n(.*?)```$", LOCAL_WORLD, re.DOTALL | re.MULTILINE)
PATIENCE_SECONDS = 120
"""A bound that a busy machine does not reach: nothing waits for it if all is well."""


@pytest.fixture(scope="module")
def world() -> Iterator[dict[str, Any]]:
    """Start the world as the document does; return the line that it prints."""
    program, *arguments = shlex.split(START)
    assert program == "python"
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - the document's words
        assert process.stdout
        line = process.stdout.readline()
        yield json.loads(line)
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert "" == rest
        assert 0 == process.returncode


def curl(line: str, page: str) -> Any:
    """Do what a line with curl does."""
    program, *words = shlex.split(line.replace("$PAGE", page))
    assert program == "curl"
    *options, url = words
    given = dict(zip(options[::2], options[1::2], strict=True))
    headers = dict([given["-H"].split(": ")]) if "-H" in given else {}
    body = json.loads(given["--json"]) if "--json" in given else None
    answer = requests.request("POST" if body else "GET", url, json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


class TestExamples:
    """The examples."""

    def test_example_leads_to_a_report(self, world: dict[str, Any]) -> None:
        """An imported finding is in the report that somebody's command brings into the channel."""
        exec(PYTHON, {"world": world})  # noqa: S102 - the document's words
        typed, seen = CURLS
        assert curl(seen, world["page"])["messages"] == []
        curl(typed, world["page"])

        with requests.get(f"{world['page']}/changes", stream=True, timeout=PATIENCE_SECONDS) as changes:
            ends_at = time.monotonic() + PATIENCE_SECONDS
            for _ in changes.iter_lines(1):
                if any(
                    "audit-logs" in json.dumps(m["blocks"]) for m in curl(seen, world["page"])["messages"]
                ):
                    return
                assert time.monotonic() < ends_at
        pytest.fail("the stream of changes has ended without a report")


class TestTables:
    """The tables."""

    def test_each_key_of_event_line_has_row(self, world: dict[str, Any]) -> None:
        """Each key of the line has a row, and no other."""
        assert [codes(row[0])[0] for row in table_of(LOCAL_WORLD, "key")] == [*world]

    def test_each_person_has_row(self, world: dict[str, Any]) -> None:
        """People can be `as`: there is no bot among them."""
        assert [person["id"] for person in world["people"]][:2] == ["U0SECURITY", "U0PLATFORM"]
        assert not [person for person in world["people"] if person["is_bot"]]

    def test_each_option_has_row(self) -> None:
        """Each option has a row, and no other."""
        options = {name for action in _parser()._actions for name in action.option_strings} - {"-h", "--help"}

        assert options == {codes(row[0])[0] for row in table_of(LOCAL_WORLD, "option")}

    def test_each_action_of_page_has_row(self) -> None:
        """Each action of the page has a row, and no other."""
        assert {*ACTIONS} == {codes(row[0])[0] for row in table_of(LOCAL_WORLD, "action")}

    def test_each_field_of_view_has_row(self, world: dict[str, Any]) -> None:
        """Each field of a person's view has a row, and no other."""
        seen = curl(CURLS[1], world["page"])

        assert {*seen} == {code for row in table_of(LOCAL_WORLD, "field") for code in codes(row[0])}
