"""The table of checks, in the order of the lines of the answer, and the checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from bot.domain.coverage import SETTING, Linking, RegionState, parse_linked
from bot.domain.cron import next_run
from bot.domain.owners.routing_file import check_routing
from bot.domain.slack import SCOPES, SIGNING_SECRET, TOKEN
from bot.errors import UnexpectedResponseError
from bot.i18n import Locale
from bot.probes import (
    GUARDED,
    STATUS,
    Diagnosis,
    Identity,
    Probes,
    Rule,
    SlackProbe,
    State,
    Timer,
    ok,
    unknown,
    wrong,
)
from bot.render.limits import clip
from bot.usecases.channels import named_channels
from bot.usecases.doctor.layouts import layouts

ENTRY = {"text": "Written by the check of sechub-bot; may be deleted."}

LINKINGS: dict[str, str] = {
    Linking.ALL: "doctor.aggregation.all",
    Linking.ALL_BUT: "doctor.aggregation.but",
    Linking.THESE: "doctor.aggregation.these",
    Linking.NONE: "doctor.aggregation.none",
}
"""RegionLinkingMode of GetFindingAggregator to its text."""


MOST_NAMED = 150
"""Characters of the Regions in one state."""


class BlockedError(Exception):
    """A check depends on another one, `check`, that did not pass."""

    def __init__(self, check: str) -> None:
        super().__init__(check)
        self.check = check


@dataclass
class Exam:
    """The probes of the checks, and the results of earlier checks."""

    probes: Probes
    states: dict[str, State] = field(default_factory=dict)
    token: str = field(default="", repr=False)
    identity: Identity | None = None
    ledger_key: str = field(default_factory=lambda: f"doctor/{uuid4().hex}")
    """Of an entry that no job has: the ledger's entries expire, and the job may delete them."""

    def slack(self) -> SlackProbe:
        """Return a client with the token of the secret. Raises BlockedError: there is none."""
        if not self.token:
            raise BlockedError("secret")
        return self.probes.slack(self.token)


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the table."""

    name: str
    """The key of its label is `doctor.check.<name>`."""
    run: Callable[[Exam], Diagnosis]
    """Raises BotError and BlockedError."""
    needs: str = ""
    """The earlier check without which this one cannot be made."""
    is_needed: bool = False
    """Whether the bot itself needs the permission of the check; if not, only the doctor does."""


def secret(exam: Exam) -> Diagnosis:
    """Check the form of the secret, without white space, as the bot reads it. No part of it is shown."""
    try:
        document = json.loads(exam.probes.secret())
    except ValueError:
        return wrong("doctor.secret.json")
    given = document if isinstance(document, dict) else {}
    exam.token, signing_secret = (
        text.strip() if isinstance(text := given.get(name), str) else ""
        for name in ("token", "signing_secret")
    )
    if not TOKEN.fullmatch(exam.token):
        return wrong("doctor.secret.token")
    if not SIGNING_SECRET.fullmatch(signing_secret):
        return wrong("doctor.secret.signing")
    return ok("doctor.secret.ok")


def token(exam: Exam) -> Diagnosis:
    """Check that Slack accepts the token."""
    exam.identity = exam.slack().identity()
    return ok("doctor.token.ok", user=exam.identity.user, team=exam.identity.team)


def scopes(exam: Exam) -> Diagnosis:
    """Check that the token has each scope of the manifest."""
    granted = exam.identity.scopes if exam.identity else None
    if granted is None:
        return unknown("doctor.scopes.unknown")
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        return wrong("doctor.scopes.missing", scopes=", ".join(missing))
    return ok("doctor.scopes.ok", count=len(SCOPES))


def channel(exam: Exam) -> Diagnosis:
    """Check that the bot can post in the channel of the scheduled report."""
    exam.probes.settings.require(["SLACK_CHANNEL"])
    channel_id = exam.probes.settings.get("SLACK_CHANNEL")
    return _fault_of_channel(exam, channel_id) or ok("doctor.channel.ok", channel=channel_id)


def _fault_of_channel(exam: Exam, channel_id: str) -> Diagnosis | None:
    """Return the reason why the bot cannot post in a channel, None if it can."""
    found = exam.slack().channel(channel_id)
    if found is None:
        return wrong("doctor.channel.unseen", channel=channel_id)
    if found.is_archived:
        return wrong("doctor.channel.archived", channel=channel_id)
    if not found.is_member:
        return wrong("doctor.channel.not-in", channel=channel_id)
    if found.is_shared_outside and channel_id not in named_channels(exam.probes.settings):
        return wrong("doctor.channel.shared", channel=channel_id)
    return None


def layout(exam: Exam) -> Diagnosis:
    """Let Slack validate each kind of message and form, without posting it."""
    slack, judged, refused = exam.slack(), 0, {}
    for name, kind, payload in layouts(Locale(exam.probes.settings.get("REPORT_LOCALE"))):
        judged += 1
        if found := slack.problems(kind, payload):
            refused[name] = found[0]
    if refused:
        problem = next(iter(refused.values()))[:200]
        return wrong("doctor.layout.refused", name=", ".join(refused)[:200], problem=problem)
    return ok("doctor.layout.ok", count=judged)


def hub(exam: Exam) -> Diagnosis:
    """Check that Security Hub is enabled."""
    exam.probes.hub.describe()
    return ok("doctor.hub.ok", region=exam.probes.hub.region)


def aggregation(exam: Exam) -> Diagnosis:
    """Report the Regions, and the number of accounts, that Security Hub shows here."""
    here, aggregator = exam.probes.hub.region, exam.probes.hub.aggregator()
    if aggregator and aggregator.home != here:
        return wrong("doctor.aggregation.elsewhere", region=here, home=aggregator.home)
    text = LINKINGS[aggregator.linking if aggregator else Linking.NONE]
    regions = ", ".join(aggregator.regions if aggregator else ())
    return ok(text, region=here, count=exam.probes.hub.account_count(), regions=regions)


def regions(exam: Exam) -> Diagnosis:
    """Report the Regions in which a large scan reads, and why it does not read in the others."""
    here = exam.probes.hub.region
    if parse_linked(exam.probes.settings.get(SETTING)) == frozenset():
        return ok("doctor.regions.off", region=here)
    linked = sorted(exam.probes.hub.linked().items())
    states = {state: [region for region, own in linked if own is state] for state in RegionState}
    by_state = {state: regions for state, regions in states.items() if regions}
    if not by_state:
        return ok("doctor.regions.none", region=here)
    there = by_state.pop(RegionState.READ, [])
    first = ok("doctor.regions.read" if there else "doctor.regions.here", region=here, regions=_named(there))
    rest = tuple(ok(f"doctor.regions.{state}", regions=_named(by_state[state])) for state in by_state)
    return replace(first, state=_state_of_regions(by_state, exam.probes), more=rest)


def _named(regions: Sequence[str]) -> str:
    return clip(", ".join(regions), MOST_NAMED)


def _state_of_regions(states: Container[RegionState], probes: Probes) -> State:
    """Return wrong if the job's own role lacks a permission; a person in a shell may lack it."""
    if RegionState.DENIED in states or RegionState.UNCLEAR in states:
        return State.WRONG if probes.is_job else State.UNKNOWN
    return State.UNKNOWN if RegionState.FAILED in states else State.OK


def read(exam: Exam) -> Diagnosis:
    """Check that findings can be read, also if it is not known whether Security Hub is enabled."""
    if exam.states["hub"] is State.WRONG:
        raise BlockedError("hub")
    exam.probes.hub.read()
    return ok("doctor.read.ok")


def update(exam: Exam) -> Diagnosis:
    """Check that the job's role may set a workflow status."""
    if not exam.probes.may_update(STATUS):
        return wrong("doctor.update.denied")
    return ok("doctor.update.ok")


def guard(exam: Exam) -> Diagnosis:
    """Check that the job's role may not update any field that the bot must not change."""
    allowed = [name for name in GUARDED if exam.probes.may_update(name)]
    if allowed:
        return wrong("doctor.guard.open", fields=", ".join(allowed))
    return ok("doctor.guard.ok", count=len(GUARDED))


def bucket(exam: Exam) -> Diagnosis:
    """Check that the bucket can be written and read."""
    name = exam.probes.settings.get("REPORT_BUCKET")
    try:
        exam.probes.ledger.create(exam.ledger_key, ENTRY)
    except UnexpectedResponseError as error:
        if error.values["reason"].startswith("NoSuchBucket"):
            return wrong("doctor.bucket.absent", bucket=name)
        raise
    if exam.probes.ledger.read(exam.ledger_key) != ENTRY:
        return wrong("doctor.bucket.differs", bucket=name)
    return ok("doctor.bucket.ok", bucket=name)


def once(exam: Exam) -> Diagnosis:
    """Check that a conditional write replaces no object: the ledger depends on it."""
    try:
        if exam.probes.ledger.create(exam.ledger_key, ENTRY):
            return wrong("doctor.once.replaced", bucket=exam.probes.settings.get("REPORT_BUCKET"))
    finally:
        exam.probes.ledger.delete(exam.ledger_key)
    return ok("doctor.once.ok")


def routing(exam: Exam) -> Diagnosis:
    """Check the routing file, and that the bot can post in the channel of each route."""
    data = exam.probes.routing_file.read()
    if data is None:
        return ok("doctor.routing.none")
    checked = check_routing(data)
    if checked.errors:
        return Diagnosis(State.WRONG, error=checked.errors[0])
    channels = sorted({route.channel for route in checked.routing.routes})
    if channels and exam.states["token"] is not State.OK:
        raise BlockedError("token")
    for channel_id in channels:
        if fault := _fault_of_channel(exam, channel_id):
            return fault
    counts = {"people": len(checked.routing.people), "accounts": len(checked.routing.accounts)}
    return ok("doctor.routing.ok", **counts, routes=len(checked.routing.routes))


def job(exam: Exam) -> Diagnosis:
    """Check that the job function can be reached through its alias."""
    if exam.probes.reaches_job is None:
        return ok("doctor.job.here")
    return ok("doctor.job.ok") if exam.probes.reaches_job() else wrong("doctor.job.absent")


def schedule(exam: Exam, timer: Timer) -> Diagnosis:
    """Check that a schedule is on."""
    found = exam.probes.events.schedule(timer)
    if found is None:
        return wrong("doctor.schedule.absent")
    facts = {"expression": found.expression, "zone": found.time_zone}
    if not found.is_enabled:
        return wrong("doctor.schedule.off", **facts)
    run = next_run(found.expression, found.time_zone, exam.probes.now())
    if run is None:
        return ok("doctor.schedule.on", **facts)
    return ok("doctor.schedule.next", **facts, next=f"{run:%Y-%m-%d %H:%M}")


def action(exam: Exam) -> Diagnosis:
    """Check that the custom action exists."""
    action_id = exam.probes.settings.get("CUSTOM_ACTION_ID")
    if not exam.probes.hub.has_custom_action(action_id):
        return wrong("doctor.action.absent", id=action_id)
    return ok("doctor.action.ok", id=action_id)


def rule(exam: Exam, which: Rule, passing: str) -> Diagnosis:
    """Check that EventBridge passes the events of a rule on; `passing` is the text if it does."""
    is_enabled = exam.probes.events.is_rule_enabled(which)
    if is_enabled is None:
        return wrong("doctor.rule.absent")
    return ok(passing) if is_enabled else wrong("doctor.rule.off")


CHECKS = (
    Check("secret", secret, is_needed=True),
    Check("token", token),
    Check("scopes", scopes, needs="token"),
    Check("channel", channel, needs="token"),
    Check("layout", layout, needs="token"),
    Check("hub", hub),
    Check("aggregation", aggregation, needs="hub"),
    Check("read", read, is_needed=True),
    Check("regions", regions, needs="aggregation"),
    Check("update", update, needs="hub", is_needed=True),
    Check("guard", guard, needs="update"),
    Check("bucket", bucket, is_needed=True),
    Check("once", once, needs="bucket", is_needed=True),
    Check("routing", routing, needs="bucket", is_needed=True),
    Check("job", job),
    Check("report-schedule", lambda exam: schedule(exam, Timer.REPORT)),
    Check("expiry-schedule", lambda exam: schedule(exam, Timer.EXPIRY)),
    Check("action", action, needs="hub"),
    Check("rule", lambda exam: rule(exam, Rule.ACTION, "doctor.rule.ok")),
    Check("check-rule", lambda exam: rule(exam, Rule.CHECK, "doctor.rule.checks")),
)
