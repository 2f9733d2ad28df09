"""The rows of calls.yaml, and how one is tried."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

OK = "ok"


@dataclass(frozen=True)
class Gap:
    """What emulate answers instead, and why."""

    answer: str
    reason: str


@dataclass(frozen=True)
class Call:
    """One row; the fields are explained in calls.yaml."""

    method: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    token: str = "manifest"
    answer: str = OK
    gives: tuple[str, ...] = ()
    gap: Gap | None = None

    def __str__(self) -> str:
        return f"{self.method}: {self.name}"

    def tried(self, client: WebClient, names: Mapping[str, str]) -> str:
        """Make the call; give Slack's error, or ok, or ok and what the answer should hold and does not."""
        arguments = {name: _named(value, names) for name, value in self.arguments.items()}
        method = getattr(client, self.method.replace(".", "_"), None)
        try:
            answer = method(**arguments) if method else client.api_call(self.method, params=arguments)
        except SlackApiError as error:
            return _refusal(error.response)
        lacking = [path for path in self.gives if not _holds(answer.data, path)]
        return " ".join([OK, "without", *lacking]) if lacking else OK


def calls() -> list[Call]:
    """Read all rows; names that begin with a dot are only for reference."""
    methods = yaml.safe_load(Path(__file__).with_name("calls.yaml").read_text(encoding="utf-8"))
    return [
        _call(method, name, row)
        for method, rows in methods.items()
        if not method.startswith(".")
        for name, row in rows.items()
    ]


def _call(method: str, name: str, row: dict[str, Any]) -> Call:
    words = {"with": "arguments", "is": "answer", "emulate": "gap"}
    fields = {words.get(word, word): value for word, value in row.items()}
    if "gap" in fields:
        fields["gap"] = Gap(fields["gap"]["is"], fields["gap"]["why"])
    return Call(method, name, **{**fields, "gives": tuple(fields.get("gives", ()))})


def _named(value: Any, names: Mapping[str, str]) -> Any:
    word = re.fullmatch(r"\{(\w+)\}", value) if isinstance(value, str) else None
    return names[word[1]] if word else value


def _refusal(response: Any) -> str:
    error = response.get("error") or f"HTTP {response.status_code}"
    return f"{error} {response.get('needed', '')}".strip()


def _holds(answer: Any, path: str) -> bool:
    for word in path.split("."):
        try:
            answer = answer[int(word) if isinstance(answer, list) else word]
        except (LookupError, TypeError):
            return False
    return answer not in (None, "", [], {})
