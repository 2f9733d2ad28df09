"""500 owners whom the bot has never seen, at Slack's rates: the order of its calls, and their time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from benchmarks.figure import Figure
from benchmarks.generated import OWNER_COUNT, GeneratedStore, owner_id
from bot.adapters.sdk import client
from bot.adapters.stores.routing import FILE
from playground.deployment import BUCKET, CHANNEL
from playground.slack.workspace.people import BOT, Channel, Person
from playground.slack.workspace.rates import Rates
from playground.slack.workspace.traffic import Entry, Traffic
from playground.world import World

CONTROLS = ("S3.8", "EC2.19", "IAM.1", "S3.1")
ROUTES = {"S3.8": "C0ROUTE001", "EC2.19": "C0ROUTE002", "IAM.1": "C0ROUTE003"}
"""Control to the channel of its route; the fourth stays in the report's own."""
ROWS_OF_AN_OWNER = 4

SPEED = 20
"""How many times as fast as the real one the clock of Slack's rates is, and the bot's waits are as short."""
MENTION_MINUTES, DIRECT_MINUTES = 11, 20

LOOK_UPS = frozenset({"users.lookupByEmail", "users.list", "usergroups.list"})
SENDING = frozenset({"chat.postMessage", "files.completeUploadExternal"})
NONE = 0.001
"""A ratio that a single call exceeds."""

SLEEPERS = ("bot.adapters.slack", "slack_sdk.http_retry.handler", "slack_sdk.http_retry.builtin_handlers")
"""The bot's modules that wait for Slack."""

SECONDS = 600
"""The longest that a report may take here."""


def figures() -> Iterator[Figure]:
    """Report twice with mentions in threads, then once with direct messages."""
    with _world("thread") as (world, log):
        first = _reported(world, log, day=1)
        posts = [at for at, entry in enumerate(first) if _is_report(entry)]
        asked = [at for at, entry in enumerate(first) if entry.name in LOOK_UPS]
        late = sum(at > asked[0] for at in posts)
        name = "report messages after the first look-up of an owner"
        yield Figure(name, late, "report messages", len(posts), NONE, "calls")
        yield _minutes("last mention", first, MENTION_MINUTES)
        second = [entry for entry in _reported(world, log, day=2) if entry.name in LOOK_UPS]
        yield Figure("look-ups of the second report", len(second), "owners", OWNER_COUNT, NONE, "calls")
    with _world("dm") as (world, log):
        yield _minutes("last direct message", _reported(world, log, day=1), DIRECT_MINUTES)


def _minutes(what: str, entries: list[Entry], bound: int) -> Figure:
    """Measure from the first report message to the end of the last message or file, by Slack's clock."""
    sent = [
        entry.at for entry in entries if entry.name in {"chat.postMessage", "files.completeUploadExternal"}
    ]
    taken = (sent[-1] - sent[0]) * SPEED / 60
    name = f"{OWNER_COUNT} new owners, {what}, {SPEED} × as fast"
    return Figure(name, taken, "bound at Slack's rates", bound, 1.0, "min")


def _is_report(entry: Entry) -> bool:
    request: dict[str, Any] = entry.request
    return entry.name == "chat.postMessage" and not request.get("thread_ts") and request["channel"][0] == "C"


class _Log(Traffic):
    """All requests to Slack, and not the last ones alone."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        if entry.direction == "to_slack":
            self.all.append(entry)


def _reported(world: World, log: _Log, day: int) -> list[Entry]:
    """Let the schedule fire, and return the requests of its report. Raises RuntimeError: the job failed."""
    log.all.clear()
    world.fire_schedule(datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=day))
    world.invocations.drain(SECONDS)
    if world.invocations.dead_letters:
        raise RuntimeError(world.invocations.dead_letters[0].error)
    return list(log.all)


@contextmanager
def _world(how: str) -> Iterator[tuple[World, _Log]]:
    """Start a world with findings of 500 people, whose Slack limits the rates of calls."""
    settings = {"REPORT_LOCALE": "en", "TARGET_CONTROL_IDS": ",".join(CONTROLS), "SLACK_CHANNEL": CHANNEL}
    with World(settings) as world, _short_waits():
        workspace, log = world.slack.workspace, _Log()
        for number in range(OWNER_COUNT):
            person = Person(owner_id(number), f"owner-{number}", f"Owner {number}")
            workspace.people[person.id] = person
        for channel in ROUTES.values():
            workspace.channels[channel] = Channel(channel, channel.lower(), {BOT})
        store = GeneratedStore(dict.fromkeys(CONTROLS, OWNER_COUNT))
        world.hub.load(_owned(store, number) for number in range(OWNER_COUNT * ROWS_OF_AN_OWNER))
        client("s3").put_object(Bucket=BUCKET, Key=FILE, Body=_routing(how).encode())
        workspace.traffic = log
        workspace.rates = Rates(lambda: time.time() * SPEED)
        workspace.rates.are_enforced = True
        yield world, log


def _owned(store: GeneratedStore, number: int) -> dict[str, Any]:
    finding = dict(store.made(number))
    tags = {"Owner": f"owner-{number % OWNER_COUNT}@example.com"}
    return {**finding, "Resources": [{**finding["Resources"][0], "Tags": tags}]}


def _routing(how: str) -> str:
    routes = (f'[[route]]\ncontrols = ["{name}"]\nchannel = "{to}"' for name, to in ROUTES.items())
    return "\n".join(["version = 1", *routes, "[mention]", f'how = "{how}"'])


@contextmanager
def _short_waits() -> Iterator[None]:
    """Let the bot wait for Slack as many times shorter as the clock is faster."""
    modules = [import_module(name) for name in SLEEPERS]
    before = [vars(module)["time"] for module in modules]
    short = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / SPEED))
    try:
        for module in modules:
            vars(module)["time"] = short
        yield
    finally:
        for module, real in zip(modules, before, strict=True):
            vars(module)["time"] = real
