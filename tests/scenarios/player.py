"""Playing a scenario: the local world as it is given, and what people do in it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.adapters.sdk import client
from bot.adapters.stores.routing import FILE as ROUTING
from bot.domain.check_result import CheckedStack, Result, Status
from bot.domain.checks.document import CheckDocument, write_check
from bot.domain.checks.origin import Origin, object_key
from bot.domain.control import bundled_catalogue
from bot.domain.finding import FindingIdentifier
from playground.deployment import ACCOUNT, BUCKET, REGION
from playground.hub import Hub, hub
from playground.slack.workspace.messages import Message
from playground.suppressed import suppress
from playground.world import TOKEN, World
from tests.functional.asff import a_control_finding
from tests.functional.wire import command, signature
from tests.scenarios.drops import edited, last_report
from tests.scenarios.scenario import Check, Drop, Findings, Given, HubFault, Scenario, Step

TOKYO = ZoneInfo("Asia/Tokyo")
"""The default of TIME_ZONE."""
DAY_SECONDS = 86400


class Driver(Protocol):
    """How a person does something in Slack: through the page, or without it."""

    def type(self, user: str, channel: str, text: str) -> None:
        """Type into a channel's composer, and send."""

    def press(self, user: str, message: Message, label: str) -> None:
        """Press the first button of a message with a label, and confirm."""

    def drop(self, user: str, channel: str, thread_ts: str | None, name: str, content: bytes) -> None:
        """Drop a file into a thread, or into the channel."""

    def fill(self, user: str, values: dict[str, str]) -> list[str]:
        """Fill the open form by its inputs' labels and send it; give what it says beside them."""


@dataclass
class Player:
    """A world, and its past states, which it does not keep itself."""

    world: World
    driver: Driver
    form_errors: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    _ids: list[tuple[str, str]] = field(default_factory=list)

    def play(self, scenario: Scenario) -> None:
        """Set the world up, and do each step when the one before has had its effect."""
        self._give(scenario.given)
        for step in scenario.steps:
            self._do(step)
            self.world.invocations.drain()

    def statuses(self) -> list[str]:
        """Return the workflow status of each finding, as Security Hub will show it."""
        return [self.world.hub.status(*key) for key in self._ids]

    def note(self, end: str) -> str:
        """Return the note of a finding whose Id ends so."""
        return str(self.world.hub.finding(self._id(end)).get("Note", {}).get("Text", ""))

    def _give(self, given: Given) -> None:
        world = self.world
        self._give_slack(given)
        self._give_regions(given)
        world.organizations.standing = given.organization
        world.organizations.tags |= given.account_tags
        if given.routing is not None:
            _put_routing(given.routing)
        for action in given.missing_permissions:
            world.roles["JobFunction"].take_away(action)
        _order(given.hub_faults, world.hub)
        for expected in sorted(given.findings, key=lambda findings: findings.late):
            world.hub.knobs.replica_seconds = given.replica_seconds if expected.late else 0
            self._load(expected)
        world.hub.knobs.replica_seconds = given.replica_seconds
        for end, days in given.suppressed.items():
            self._suppress(end, days)
        world.hub.refuse |= {self._id(end): code for end, code in given.refuse.items()}
        if not given.hub_enabled:
            world.hub.disable()
        world.invocations.deliveries = given.deliveries
        if not given.job_is_up:
            del world.invocations.functions["JobFunction"]

    def _give_regions(self, given: Given) -> None:
        for name, linked in given.regions.items():
            there = hub(ACCOUNT, name)
            if linked.enabled:
                there.enable()
            there.knobs.is_blind, there.knobs.denied = linked.blind, frozenset(linked.denied)
            _order(linked.faults, there)
        members = [hub(account, region) for account in given.members for region in (REGION, *given.regions)]
        for member in members:
            member.enable()
        self.world.hub.aggregate(*(hub(ACCOUNT, region) for region in given.regions), *members)
        if given.home:
            hub(ACCOUNT, given.home).aggregate(self.world.hub)

    def _give_slack(self, given: Given) -> None:
        workspace = self.world.slack.workspace
        for fault in given.slack_faults:
            workspace.faults.add(fault.method, fault.kind, fault.count, fault.value)
        for name in given.shared:
            workspace.channels[channel_id(name)].shared = "external"
        for name in given.archived:
            workspace.channels[channel_id(name)].is_archived = True
        scopes = workspace.manifest["oauth_config"]["scopes"]["bot"]
        workspace.tokens.add(TOKEN, set(scopes) - set(given.missing_scopes))

    def _load(self, expected: Findings) -> None:
        for _ in range(expected.count):
            fields = {"Workflow": {"Status": expected.status}} | expected.fields
            place = {"region": expected.region, "account": expected.account}
            finding = a_control_finding(len(self._ids), expected.control, **place, **fields)
            finding = {name: value for name, value in finding.items() if value is not None}
            if expected.tags:
                finding["Resources"][0]["Tags"] = dict(expected.tags)
            hub(expected.account, expected.region).load([finding])
            self._ids.append((finding["Id"], finding["ProductArn"]))

    def _suppress(self, end: str, days: int) -> None:
        ids = [FindingIdentifier(*key) for key in self._ids if key[0].endswith(end)]
        until = datetime.now(TOKYO).date() + timedelta(days=days)
        suppress(self.world.hub, BUCKET, ids, until, name=end.replace("/", "-"), reason="SEC-12")

    def _id(self, end: str) -> str:
        return next(id_ for id_, _ in self._ids if id_.endswith(end))

    def _do(self, step: Step) -> None:
        for name, do in self._actions().items():
            expected = getattr(step, name)
            if expected or expected == {}:
                do(step, expected)

    def _actions(self) -> dict[str, Callable[[Step, Any], None]]:
        return {
            "types": self._type,
            "forges": self._forge,
            "presses": self._press,
            "fills": self._fill,
            "drops": self._drop,
            "checks": _put_check,
            "schedule": lambda _step, at: self.world.fire_schedule(datetime.fromisoformat(at)),
            "expires": lambda _step, _: self.world.fire_expiry(),
            "job": lambda _step, job: self.world.invocations.invoke("JobFunction", json.dumps(job).encode()),
            "sends": self._send_to_slack,
            "sends_insight": lambda _step, name: self.world.send_insight(name),
            "sets": self._set,
            "archives": self._archive,
            "routing": lambda _step, text: _put_routing(text),
            "panel": self._press_panel,
            "forgets_reports": self._forget_reports,
            "waits_days": self._wait,
        }

    def _type(self, step: Step, text: str) -> None:
        self.driver.type(user_id(step.who), channel_id(step.channel), text)

    def _press_panel(self, step: Step, action_id: str) -> None:
        (button,) = (action for action in self.world.slack.panel if action.id == action_id)
        button.run(channel_id(step.channel))

    def _forge(self, _: Step, text: str) -> None:
        """Send it signed with a guess, and once more with a time that is none, which Bolt alone chokes on."""
        body = command(text.removeprefix("/sechub-scan "))
        for timestamp in (str(int(time.time())), "now"):
            self._send(body, timestamp)

    def _send(self, body: bytes, timestamp: str) -> None:
        headers = {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(body, timestamp, "guessed"),
        }
        request = urllib.request.Request(self.world.request_url(), body, headers)  # noqa: S310 - the loopback
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                self.refused.append(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                self.refused.append(error.code)

    def _press(self, step: Step, label: str) -> None:
        self.driver.press(user_id(step.who), last_with(self.world, label), label)

    def _fill(self, step: Step, values: dict[str, str]) -> None:
        self.form_errors += self.driver.fill(user_id(step.who), values)

    def _send_to_slack(self, _: Step, ends: list[str]) -> None:
        self.world.send_to_slack([self.world.hub.finding(self._id(end)) for end in ends])

    def _drop(self, step: Step, drop: Drop) -> None:
        workspace = self.world.slack.workspace
        if drop.directly:
            content = edited(workspace, drop)
            self.driver.drop(user_id(step.who), channel_id(f"@{step.who}"), None, drop.name, content)
            return
        parent = last_report(workspace)
        thread_ts = parent.ts if drop.in_thread else None
        self.driver.drop(user_id(step.who), parent.channel, thread_ts, drop.name, edited(workspace, drop))

    def _set(self, _: Step, statuses: dict[str, str]) -> None:
        for end, status in statuses.items():
            self._replace(end, {"Workflow": {"Status": status}})

    def _archive(self, _: Step, ends: list[str]) -> None:
        for end in ends:
            self._replace(end, {"RecordState": "ARCHIVED"})

    def _replace(self, end: str, fields: dict[str, Any]) -> None:
        finding = self.world.hub.finding(self._id(end))
        holder = self.world.hub.holder((finding["ProductArn"], finding["Id"]))
        (holder or self.world.hub).load([finding | fields])

    def _wait(self, _: Step, days: int) -> None:
        self.world.invocations.pause(days * DAY_SECONDS)

    def _forget_reports(self, *_: object) -> None:
        for key in kept("reports/"):
            client("s3").delete_object(Bucket=BUCKET, Key=key)


def last_with(world: World, label: str) -> Message:
    """Return the bot's last message that has a button with a label."""
    said = [message for message in world.slack.workspace.messages if message.is_the_bots]
    return [message for message in said if any(t.startswith(label) for t in button_texts(message.blocks))][-1]


def button_texts(value: Any) -> Iterator[str]:
    """Return the labels of all buttons in some blocks, and of the choices of all menus."""
    if isinstance(value, list):
        for item in value:
            yield from button_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "button":
            yield value["text"]["text"]
        if value.get("type") == "overflow":
            yield from (option["text"]["text"] for option in value["options"])
        for item in value.values():
            yield from button_texts(item)


def kept(prefix: str) -> list[str]:
    """Return the keys in the bucket."""
    answer = client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry["Key"] for entry in answer.get("Contents", ())]


def user_id(name: str) -> str:
    """Return a person's ID in the local Slack."""
    return f"U0{name.upper()}"


def channel_id(name: str) -> str:
    """Return a channel's ID in the local Slack; "@auditor" is for the auditor's direct messages."""
    return f"D0{name[1:].upper()}" if name.startswith("@") else f"C0{name.upper()}"


def _order(faults: list[HubFault], where: Hub) -> None:
    for fault in faults:
        where.fail_next(fault.operation, fault.code, fault.status, fault.count, after=fault.after)


def _put_routing(text: str) -> None:
    client("s3").put_object(Bucket=BUCKET, Key=ROUTING, Body=text.encode())


def _put_check(_: Step, check: Check) -> None:
    """Put the result of a check as CI does, which has the rights of an administrator here."""
    catalogue = bundled_catalogue()
    results = []
    for number, failure in enumerate(check.failed, 1):
        control = catalogue.get(failure.control)
        assert control
        place = ("template.yaml", number, failure.logical_id, "AWS::S3::Bucket")
        results.append(Result(control, Status.FAILED, *place, tags=tuple(failure.tags.items())))
    lines = {failure.logical_id: number for number, failure in enumerate(check.failed, 1)}
    stacks = (CheckedStack("app-prod", "template.yaml", lines),) if check.failed else ()
    origin = Origin(check.branch, "0123abc", check.run)
    document = CheckDocument(origin, tuple(results), file_count=1, stacks=stacks)
    body = write_check(document) if check.content is None else check.content.encode()
    key = check.key or object_key(check.repository, check.branch)
    client("s3").put_object(Bucket=BUCKET, Key=key, Body=body + b" " * check.size)
