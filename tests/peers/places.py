"""The two that are compared, emulate and the local Slack, furnished alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.workspace.people import BOT
from tests.peers.emulate import FURNISHER, emulate

MANIFEST = yaml.safe_load(Path("manifest.yml").read_text(encoding="utf-8"))
SCOPES: list[str] = MANIFEST["oauth_config"]["scopes"]["bot"]
READING = ["channels:read", "channels:history", "groups:read", "groups:history", "files:read"]
TOKENS = {
    "xoxb-manifest": SCOPES,
    "xoxb-wide": [*SCOPES, *READING, "im:write"],
    "xoxb-narrow": ["commands"],
}


@dataclass(frozen=True)
class Place:
    """A Slack; `names` is what the words in braces of calls.yaml stand for."""

    api_url: str
    names: Mapping[str, str]

    def client(self, token: str) -> WebClient:
        """Return a client with a token of calls.yaml."""
        return client(self.api_url, "" if token == "none" else f"xoxb-{token}")


def client(api_url: str, token: str) -> WebClient:
    """Return a client that repeats nothing; without a token it sends none."""
    return WebClient(token or None, base_url=api_url, timeout=10, retry_handlers=[])


@contextmanager
def emulated() -> Iterator[Place]:
    """Return emulate, where somebody has invited the bot, removed the auditor, and said something."""
    with emulate(TOKENS) as api_url:
        furnisher = client(api_url, FURNISHER)
        channels, people = ids(furnisher)
        security = channels["security"]
        furnisher.conversations_invite(channel=security, users=BOT)
        furnisher.conversations_kick(channel=security, user=people["auditor"])
        theirs = furnisher.chat_postMessage(channel=security, text="theirs")["ts"]
        names = {"elsewhere": channels["elsewhere"], "engineer": people["security"]}
        yield furnished(
            api_url, {**names, "absent": people["auditor"], "security": security, "theirs": theirs}
        )


def ids(furnisher: WebClient) -> tuple[dict[str, str], dict[str, str]]:
    """Find what emulate calls the channels and people that it was started with, by their names."""
    channels: Any = furnisher.conversations_list(types="public_channel,private_channel")["channels"]
    people: Any = furnisher.users_list()["members"]
    return {item["name"]: item["id"] for item in channels}, {item["name"]: item["id"] for item in people}


@contextmanager
def local() -> Iterator[Place]:
    """Return the local Slack, where the same has happened."""
    slack = LocalSlack(MANIFEST, app_url="", signing_secret="local-signing-secret", token="xoxb-manifest")
    for token, scopes in TOKENS.items():
        slack.workspace.tokens.add(token, scopes)
    slack.workspace.channels["C0SECURITY"].members.remove("U0AUDITOR")
    slack.start()
    try:
        slack.say("U0SECURITY", "C0SECURITY", "theirs")
        (theirs,) = slack.workspace.messages
        names = {"elsewhere": "C0RANDOM", "engineer": "U0SECURITY", "absent": "U0AUDITOR"}
        yield furnished(slack.api_url, {**names, "security": "C0SECURITY", "theirs": theirs.ts})
    finally:
        slack.stop()


def furnished(api_url: str, names: dict[str, str]) -> Place:
    """Let the bot say its part: a message with a file in its thread, and one to be deleted."""
    bot, channel = client(api_url, "xoxb-manifest"), names["security"]
    own, spare = (str(bot.chat_postMessage(channel=channel, text=text)["ts"]) for text in ("own", "spare"))
    file: Any = bot.files_upload_v2(channel=channel, thread_ts=own, filename="y.csv", content="a\r\n")["file"]
    return Place(api_url, {**names, "own": own, "spare": spare, "file": file["id"]})
