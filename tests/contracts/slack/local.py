"""The local Slack that the contracts share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from playground.slack import LocalSlack

TOKEN = "xoxb-local"


CHANNEL = "C0SECURITY"


def a_slack(**changes: Any) -> LocalSlack:
    """Start a local Slack."""
    manifest = yaml.safe_load(Path("manifest.yml").read_text(encoding="utf-8"))
    manifest["oauth_config"]["scopes"]["bot"] = changes.get(
        "scopes", manifest["oauth_config"]["scopes"]["bot"]
    )
    slack = LocalSlack(manifest, app_url="", signing_secret="local-signing-secret", token=TOKEN)
    slack.start()
    return slack


def texts(slack: LocalSlack) -> list[str]:
    """Return every text in the workspace."""
    return [message.text for message in slack.workspace.messages]


def call_count(slack: LocalSlack, method: str) -> int:
    """Count the calls of a method."""
    return len([entry for entry in slack.workspace.traffic if entry.name == method])
