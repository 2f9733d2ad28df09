"""A command, and the messages that it makes."""

from __future__ import annotations

from playground.slack import LocalSlack
from playground.slack.workspace.messages import Message

HOME = "C0SECURITY"


def scan(slack: LocalSlack, text: str = "/sechub-scan S3.8", channel: str = HOME) -> None:
    """Type a command as the security engineer."""
    slack.command("U0SECURITY", channel, text)


def only(slack: LocalSlack) -> Message:
    """Return the one message that there is."""
    (message,) = slack.workspace.messages
    return message
