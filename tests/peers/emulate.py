"""
emulate's Slack (npm; package.json has the version) in a process of its own: a judge that we did not write.

It takes the calls of the Web API and is strict about scopes. It has no response_url, no slash commands, no
interactivity and no rule of Block Kit, so nothing here says anything about those.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playground.slack.workspace.people import APP, BOT, BOT_ID, first_channels, first_people

FOLDER = Path(__file__).parent
ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
ELSEWHERE = "elsewhere"
"""The one private channel, which the bot is not in: emulate lets every app post in every public one."""
FURNISHER = "xoxp-furnisher"
"""The token of a person who furnishes the workspace before the bot comes."""
FURNISHING = ("channels:read", "groups:read", "channels:manage", "users:read", "chat:write")


def node() -> Path:
    """Tell where npm puts Node: emulate needs 22.15 or later, and systems have older ones."""
    machine = platform.machine()
    return FOLDER / f"node_modules/node-linux-{ARCHITECTURES.get(machine, machine)}/bin/node"


def is_installed() -> bool:
    """Return whether `make judges` was run here."""
    return node().is_file() and (FOLDER / "node_modules/emulate").is_dir()


@contextmanager
def emulate(tokens: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """
    Run emulate's Slack on the loopback; give the address of its Web API.

    Args:
        tokens: those of the bot, and the scopes of each.
    """
    arguments = [str(node()), str(FOLDER / "start.mjs"), json.dumps({"slack": seed(tokens)})]
    with subprocess.Popen(  # noqa: S603 - our script; the hash of its interpreter is pinned
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PATH": os.defpath}
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("emulate did not start")
            yield f"{url}/api/"
        finally:
            process.kill()


def seed(tokens: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Write what emulate starts with: the local Slack's people and channels, the app, and the tokens."""
    people = [person for person in first_people("").values() if person.is_active]
    channels = [channel for channel in first_channels().values() if channel.bot_is_member]
    bot = {"app_id": APP, "bot_id": BOT_ID, "bot_user_id": BOT}
    app = {"client_id": "1.1", "client_secret": "local", "name": "SecHub", "redirect_uris": []}
    return {
        "strict_scopes": True,
        "users": [
            {"name": person.name, "real_name": person.real_name, "email": person.email} for person in people
        ],
        "channels": [
            *({"name": channel.name} for channel in channels),
            {"name": ELSEWHERE, "is_private": True},
        ],
        "oauth_apps": [{**app, **bot, "bot_name": "sechub"}],
        "tokens": [
            {"token": FURNISHER, "type": "user", "user": people[0].name, "scopes": list(FURNISHING)},
            *(
                {"token": token, "type": "bot", "user_id": BOT, "scopes": list(scopes), **bot}
                for token, scopes in tokens.items()
            ),
        ],
    }
