"""The example of a routing file, as it is of use in the local world."""

from __future__ import annotations

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.routing import BucketRouting
from bot.cli_routing import EXAMPLE
from playground.deployment import BUCKET

HERE = {
    "S0123456789": "S0DATATEAM",
    "S0SECURITY1": "S0SECURITY",
    "C0123456789": "C0PLATFORM",
    "C9876543210": "C0SECURITY",
    "012345678901": "345678901234",
    "210987654321": "234567890123",
    "payments-lead@example.com": "platform@example.com",
    '"基盤チーム"': '"データ基盤チーム"',
}
"""IDs and names of the bot's own example to those of the local Slack, the seeded accounts and their tags."""


def local_example() -> str:
    """Write `python -m bot routing example` with IDs and names that exist here."""
    text = EXAMPLE.read_text(encoding="utf-8")
    for there, here in HERE.items():
        text = text.replace(there, here)
    return text


def put_example() -> None:
    """Put the example in force, as `python -m bot routing put` does."""
    file = BucketRouting(Bucket(client("s3"), BUCKET))
    file.replace(local_example().encode(), file.read())
