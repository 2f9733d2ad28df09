"""Comparing the world with what a scenario says of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from playground.deployment import ACCOUNT, REGION
from playground.hub import hub
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import BOT, SLACKBOT
from tests.scenarios.player import Player, channel_id, kept, user_id
from tests.scenarios.scenario import Post, Then, Told


def differences(player: Player, then: Then) -> list[str]:
    """Say in what the world is not as the scenario says; nothing where it is."""
    return [
        *_posts(player, then.posted),
        *_private(player, then.told),
        *_notified(player, then.notified),
        *_unequal("statuses", then.statuses, dict(Counter(player.statuses()))),
        *(line for end, texts in then.notes.items() for line in _missing(end, texts, player.note(end))),
        *_unequal("reports", then.reports, len([key for key in kept("reports/") if "/summary." in key])),
        *_dead_letters(player, then.dead_letters),
        *_unequal("answers to forged requests", then.refused, player.refused),
        *_texts("the form", then.form_errors, player.form_errors),
        *_calls(then.calls, REGION),
        *(line for region, calls in then.calls_in.items() for line in _calls(calls, region)),
        *_unequal("Regions that were read", sorted(then.reads_in), _read_regions(player)),
        *(line for region, statuses in then.statuses_in.items() for line in _statuses(statuses, region)),
    ]


def texts_of(message: Message) -> str:
    """Return all that a message says: its text and that of its blocks."""
    return "\n".join([message.text, *_texts_in(message.blocks)])


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for item in value.values():
            yield from _texts_in(item)


def _posts(player: Player, expected: list[Post]) -> Iterator[str]:
    said = [m for m in player.world.slack.workspace.messages if m.is_the_bots and not m.ephemeral]
    posted = [message for message in said if not message.thread_ts]
    yield from _unequal("messages in channels", len(expected), len(posted))
    for post, message in zip(expected, posted, strict=False):
        replies = [reply for reply in said if reply.thread_ts == message.ts]
        yield from _post(player, post, message, replies)


def _post(player: Player, post: Post, message: Message, replies: list[Message]) -> Iterator[str]:
    yield from _unequal("channel", channel_id(post.channel), message.channel)
    yield from _missing(f"message {message.ts}", post.says, texts_of(message))
    yield from _unequal(
        "what must not be said", [], [text for text in post.never if text in texts_of(message)]
    )
    if post.buttons is not None:
        yield from _unequal("buttons", post.buttons, str(message.blocks).count("'type': 'button'"))
    files = [file for reply in replies for file in reply.files]
    tables = list(_tables(player, files))
    row_counts = [len(rows) - 1 for rows in tables]
    yield from _unequal("rows of the CSV", [post.csv_rows] * (post.csv_rows is not None), row_counts)
    cells = {cell for rows in tables for row in rows for cell in row}
    yield from (f"no cell of the CSV is {cell!r}, but: {cells}" for cell in post.csv_has if cell not in cells)
    yield from _texts("the thread", post.thread, [texts_of(reply) for reply in replies if not reply.files])


def _tables(player: Player, files: list[str]) -> Iterator[list[list[str]]]:
    for file in filter(None, map(player.world.slack.workspace.files.find, files)):
        text = bytes(file.content or b"").decode("utf-8-sig")
        yield list(csv.reader(io.StringIO(text, newline="")))


def _private(player: Player, expected: list[Told]) -> Iterator[str]:
    """Compare in any order: a job may answer at the response URL before the ack's own answer is there."""
    seen = [m for m in player.world.slack.workspace.messages if m.only_for and m.user in (BOT, SLACKBOT)]
    yield from _unequal("private messages", len(expected), len(seen))
    for told in expected[: len(seen)]:
        message = next((message for message in seen if _fits(told, message)), seen[0])
        seen.remove(message)
        yield from _unequal("person", user_id(told.who), message.only_for)
        yield from _missing("a private message", told.says, texts_of(message))
        forbidden = [text for text in told.never if text in texts_of(message)]
        yield from _unequal("what must not be said", [], forbidden)


def _notified(player: Player, expected: dict[str, list[str]] | None) -> Iterator[str]:
    if expected is None:
        return
    found: dict[str, list[str]] = {}
    for message in player.world.slack.workspace.messages:
        if message.notified:
            found.setdefault(message.channel, []).extend(message.notified)
    named = {channel_id(channel): sorted(map(user_id, people)) for channel, people in expected.items()}
    yield from _unequal("notified", named, {channel: sorted(people) for channel, people in found.items()})


def _fits(told: Told, message: Message) -> bool:
    text = texts_of(message)
    return message.only_for == user_id(told.who) and all(said in text for said in told.says)


def _dead_letters(player: Player, expected: list[str]) -> Iterator[str]:
    errors = sorted(letter.error for letter in player.world.invocations.dead_letters)
    yield from _texts("the dead letters", expected, errors)


def _read_regions(player: Player) -> list[str]:
    linked = (other for other in player.world.hub.others if other.account_id == ACCOUNT)
    return sorted(one.region for one in linked if any(c.operation == "GetFindings" for c in one.calls))


def _statuses(expected: dict[str, int], region: str) -> Iterator[str]:
    shown = (finding for part in hub(ACCOUNT, region).select(()) for finding in part.page(0, len(part)))
    yield from _unequal(
        f"statuses in {region}", expected, dict(Counter(f["Workflow"]["Status"] for f in shown))
    )


def _calls(expected: dict[str, int], region: str) -> Iterator[str]:
    calls = Counter(call.operation for call in hub(ACCOUNT, region).calls)
    yield from _unequal(f"calls in {region}", expected, {name: calls[name] for name in expected})


def _texts(where: str, expected: list[str], actual: list[str]) -> Iterator[str]:
    yield from _unequal(f"number of texts in {where}", len(expected), len(actual))
    for text, found in zip(expected, actual, strict=False):
        yield from _missing(where, [text], found)


def _missing(where: str, texts: list[str], actual: str) -> Iterator[str]:
    for text in texts:
        if text not in actual:
            yield f"{where}: {text!r} is not in {actual!r}"


def _unequal(what: str, expected: object, actual: object) -> Iterator[str]:
    if expected != actual:
        yield f"{what}: expected {expected!r}, found {actual!r}"
