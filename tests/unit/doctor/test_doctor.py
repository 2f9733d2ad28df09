"""The checks of a deployment: each fault is in the right line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.domain.coverage import Aggregator, RegionState
from bot.domain.slack import SCOPES, Channel
from bot.errors import AccessDeniedError, SecurityHubDisabledError, ThrottledError
from bot.i18n import Locale
from bot.probes import GUARDED, STATUS, Rule, Scheduled, State, Timer
from bot.render.doctor import doctor_message, terminal_line
from bot.usecases.doctor.checks import CHECKS
from bot.usecases.doctor.exam import examine
from playground.slack.blocks import problems
from tests.fakes.probes import HERE, SECRET, FakeProbes

Break = Callable[[FakeProbes], Any]


def states(probes: FakeProbes) -> dict[str, State]:
    """Return what is not ok, by the check's name."""
    return {name: verdict.state for name, verdict in examine(probes()) if verdict.state is not State.OK}


def text_of(probes: FakeProbes, check: str, locale: Locale = Locale.EN) -> str:
    """Return a check's line."""
    return terminal_line(check, dict(examine(probes()))[check], locale)


def secret(old: str, new: str) -> Break:
    """Change the secret."""
    return lambda probes: setattr(probes, "secret", SECRET.replace(old, new))


def channel(**changes: bool) -> Break:
    """Change the channel."""
    found = Channel(**{"id": "C0SECURITY", "is_member": True} | changes)  # type: ignore[arg-type]
    return lambda probes: setattr(probes.slack, "found", found)


def routed(tables: str, version: int = 1) -> Break:
    """Put a routing file into the bucket."""
    return lambda probes: setattr(probes.routing_file, "data", f"version = {version}\n{tables}\n".encode())


BROKEN: dict[str, tuple[Break, str, str]] = {
    "secret is no JSON": (lambda p: setattr(p, "secret", "xoxb-1"), "secret", "not JSON"),
    "secret has a user's token": (secret("xoxb-", "xoxp-"), "secret", "xoxb-"),
    "secret has another signing secret": (secret("0123", "wxyz"), "secret", "32 hexadecimal"),
    "scope is revoked": (lambda p: setattr(p.slack, "scopes", SCOPES[1:]), "scopes", SCOPES[0]),
    "channel is unknown": (lambda p: setattr(p.slack, "found", None), "channel", "C0SECURITY"),
    "channel is archived": (channel(is_archived=True), "channel", "archived"),
    "bot is not in the channel": (channel(is_member=False), "channel", "/invite"),
    "another organization reads the channel": (channel(is_shared_outside=True), "channel", "SharedChannels"),
    "no channel is set": (lambda p: setattr(p, "channel", ""), "channel", "SLACK_CHANNEL"),
    "blocks are invalid": (lambda p: p.slack.refused.append("bad /blocks/0"), "layout", "bad /blocks/0"),
    "aggregation is elsewhere": (
        lambda p: setattr(p.hub, "found", Aggregator("us-east-1", "ALL_REGIONS", ())),
        "aggregation",
        "us-east-1",
    ),
    "a field is open": (lambda p: p.hub.may.add("Severity.Normalized"), "guard", "Severity.Normalized"),
    "bucket is gone": (lambda p: setattr(p.store, "exists", False), "bucket", "reports"),
    "bucket loses writes": (lambda p: setattr(p.store, "loses", True), "bucket", "reports"),
    "bucket overwrites": (lambda p: setattr(p.store, "overwrites", True), "once", "twice"),
    "routing file is wrong": (routed("[owners]"), "routing", "line 2, owners"),
    "routing file has a version that is newer": (routed("", version=2), "routing", "Update the bot"),
    "alias is gone": (lambda p: setattr(p, "has_job", False), "job", "alias"),
    "schedule is gone": (lambda p: p.events.schedules.pop(Timer.EXPIRY), "expiry-schedule", "no such"),
    "schedule is off": (
        lambda p: p.events.schedules.update(
            {Timer.REPORT: Scheduled("rate(1 day)", "UTC", is_enabled=False)}
        ),
        "report-schedule",
        "ScheduleState",
    ),
    "custom action is gone": (lambda p: p.hub.actions.clear(), "action", "create-action-target"),
    "rule is gone": (lambda p: p.events.rules.pop(Rule.ACTION), "rule", "no such"),
    "rule is off": (lambda p: p.events.rules.update({Rule.ACTION: False}), "rule", "disabled"),
    "rule of checks is gone": (lambda p: p.events.rules.pop(Rule.CHECK), "check-rule", "no such"),
    "rule of checks is off": (lambda p: p.events.rules.update({Rule.CHECK: False}), "check-rule", "disabled"),
}
"""What is broken, the check whose line says so, and a word of it."""


class TestBroken:
    """One thing is broken."""

    @pytest.mark.parametrize("name", BROKEN)
    def test_its_line_says_so(self, name: str) -> None:
        """That line is wrong and says what; no other is wrong, and those that need it say that."""
        broken, check, word = BROKEN[name]
        probes = FakeProbes()
        broken(probes)
        found = states(probes)

        assert [check] == [name for name, state in found.items() if state is State.WRONG]
        assert word in text_of(probes, check)
        assert all("needs the check" in text_of(probes, name) for name in found if name != check)

    def test_disabled_hub_is_named(self) -> None:
        """Without Security Hub nothing of it can be told."""
        probes = FakeProbes()
        probes.hub.errors["describe"] = SecurityHubDisabledError(region="ap-northeast-1")
        found = states(probes)

        assert ["hub"] == [name for name, state in found.items() if state is State.WRONG]
        assert {"hub", "aggregation", "regions", "read", "update", "guard", "action"} == set(found)

    def test_reading_is_tried_if_nothing_is_known_of_the_hub(self) -> None:
        """An outage of DescribeHub hides neither that findings can be read nor that they cannot."""
        probes = FakeProbes()
        probes.hub.errors["describe"] = ThrottledError(service="AWS", call="securityhub:DescribeHub")

        assert {"hub", "aggregation", "regions", "update", "guard", "action"} == set(states(probes))

    def test_denied_update_is_a_failure(self) -> None:
        """A role that may not update is wrong, and whether more is denied cannot be told."""
        probes = FakeProbes()
        probes.hub.may.remove(STATUS)

        assert {"update": State.WRONG, "guard": State.UNKNOWN} == states(probes)

    @pytest.mark.parametrize(("is_job", "state"), [(True, State.WRONG), (False, State.UNKNOWN)])
    def test_denied_reading_fails_job_only(self, *, is_job: bool, state: State) -> None:
        """The job needs GetFindings; a person in a shell may lack it."""
        probes = FakeProbes(is_job=is_job)
        probes.hub.errors["read"] = AccessDeniedError(action="securityhub:GetFindings")

        assert {"read": state} == states(probes)

    def test_missing_scope_header_is_told(self) -> None:
        """If Slack does not say which scopes the token has, that is said."""
        probes = FakeProbes()
        probes.slack.scopes = None

        assert {"scopes": State.UNKNOWN} == states(probes)


class TestRegions:
    """The linked Regions."""

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            (RegionState.BLIND, "other accounts"),
            (RegionState.DISABLED, "not enabled"),
            (RegionState.UNNAMED, "does not name"),
            (RegionState.REFUSED, "within a day"),
        ],
    )
    def test_region_that_is_not_read_has_its_reason(self, state: RegionState, words: str) -> None:
        """A Region that is not read is no fault; the line names it and the reason."""
        probes = FakeProbes()
        probes.hub.states = {"us-east-1": RegionState.READ, "us-west-2": state}
        text = text_of(probes, "regions")

        assert {} == states(probes)
        assert "read in ap-northeast-1 and in us-east-1. Not in us-west-2" in text
        assert words in text

    @pytest.mark.parametrize(
        ("state", "action"),
        [(RegionState.DENIED, "securityhub:GetFindings"), (RegionState.UNCLEAR, "securityhub:ListMembers")],
    )
    @pytest.mark.parametrize(("is_job", "expected"), [(True, State.WRONG), (False, State.UNKNOWN)])
    def test_missing_permission_is_named(
        self, state: RegionState, action: str, *, is_job: bool, expected: State
    ) -> None:
        """The job's role should have the permission; a person in a shell may lack it."""
        probes = FakeProbes(is_job=is_job)
        probes.hub.states = {"us-east-1": state, "us-west-2": state}

        assert {"regions": expected} == states(probes)
        text = text_of(probes, "regions")
        assert "everything is read in ap-northeast-1. Not in us-east-1, us-west-2, where AWS denies" in text
        assert action in text

    def test_region_that_does_not_answer_is_not_known(self) -> None:
        """A failure says nothing about the deployment."""
        probes = FakeProbes()
        probes.hub.states = {"us-east-1": RegionState.FAILED}

        assert {"regions": State.UNKNOWN} == states(probes)

    @pytest.mark.parametrize(("setting", "words"), [("off", "LinkedRegions is off"), ("", "no other Region")])
    def test_line_says_that_nothing_is_read_elsewhere(self, setting: str, words: str) -> None:
        """It is switched off, or no Region is linked."""
        assert words in text_of(FakeProbes(linked_regions=setting), "regions")

    def test_setting_that_cannot_be_read_is_wrong(self) -> None:
        """A word that is no Region."""
        assert {"regions": State.WRONG} == states(FakeProbes(linked_regions="everywhere"))

    def test_thirty_regions_fit_on_a_line(self) -> None:
        """Names are cut; every reason has its place."""
        probes = FakeProbes(is_job=True)
        probes.hub.states = {
            f"us-east-{number}": state for number, state in enumerate([*RegionState] * 5, 10)
        }
        (line,) = [
            line
            for block in doctor_message({"regions": dict(examine(probes()))["regions"]}, Locale.EN).blocks[1:]
            for line in block["text"]["text"].splitlines()
        ]

        assert "GetFindings" in line
        assert "ListMembers" in line


class TestRight:
    """Nothing is broken."""

    @pytest.mark.parametrize("is_job", [True, False])
    def test_all_lines_are_ok(self, *, is_job: bool) -> None:
        """In a shell and in the job."""
        assert {} == states(FakeProbes(is_job=is_job))

    def test_leaves_nothing_in_the_bucket(self) -> None:
        """The doctor's object is removed."""
        probes = FakeProbes()
        states(probes)

        assert not probes.store.entries

    def test_tells_regions_accounts_and_next_run(self) -> None:
        """The lines say what is covered, and when the report comes."""
        probes = FakeProbes()
        probes.hub.found, probes.hub.accounts = HERE, 12

        assert "ap-northeast-1 aggregates us-east-1, us-west-2; 12 accounts" in text_of(probes, "aggregation")
        assert "next run 20" in text_of(probes, "report-schedule")
        assert "Asia/Tokyo" in text_of(probes, "report-schedule")

    @pytest.mark.parametrize(("old", "new"), [('cdef"}', 'cdef\\n"}'), ('"xoxb', '" xoxb')])
    def test_white_space_in_the_secret_is_not_wrong(self, old: str, new: str) -> None:
        """The functions leave out what copying a value brings along, and so does this."""
        probes = FakeProbes()
        secret(old, new)(probes)

        assert {} == states(probes)

    def test_shared_channel_that_is_named_is_right(self) -> None:
        """A channel with people of another organization is right if the setting names it."""
        probes = FakeProbes(shared="C0SECURITY")
        channel(is_shared_outside=True)(probes)

        assert {} == states(probes)

    def test_every_guarded_field_is_tried(self) -> None:
        """None of the fields that the role is denied is left out."""
        for field in GUARDED:
            probes = FakeProbes()
            probes.hub.may.add(field)

            assert {"guard": State.WRONG} == states(probes)
            assert field in text_of(probes, "guard")


class TestRouting:
    """The routing file."""

    ROUTE = "[[route]]\nowners = ['web']\nchannel = 'C0WEB12345'"

    def test_file_without_errors_is_counted(self) -> None:
        """Without a file tags name the owners; a file is counted."""
        probes = FakeProbes()
        assert "tags name the owners" in text_of(probes, "routing")

        routed(self.ROUTE)(probes)
        assert "0 people, 0 accounts, 1 route" in text_of(probes, "routing")

    def test_channel_of_route_is_named(self) -> None:
        """A channel where the bot cannot post is wrong, as that of the report is."""
        probes = FakeProbes()
        channel(is_member=False)(probes)
        routed(self.ROUTE)(probes)

        assert {"channel": State.WRONG, "routing": State.WRONG} == states(probes)
        assert "C0WEB12345" in text_of(probes, "routing")

    def test_channel_of_route_needs_the_token(self) -> None:
        """Without a token only a file with channels cannot be told."""
        probes = FakeProbes()
        probes.secret = "no JSON"
        assert "routing" not in states(probes)

        routed(self.ROUTE)(probes)
        assert State.UNKNOWN is states(probes)["routing"]


class TestMessage:
    """The private answer in Slack."""

    @pytest.mark.parametrize("locale", list(Locale))
    def test_message_is_valid_and_bounded(self, locale: Locale) -> None:
        """Also with the longest lines Slack takes it, and what is wrong comes first."""
        probes = FakeProbes()
        probes.slack.refused.append("<!channel> *x* " * 500)
        probes.events.rules.pop(Rule.ACTION)
        message = doctor_message(dict(examine(probes())), locale)

        assert [] == problems(list(message.blocks), "message")
        lines = "\n".join(block["text"]["text"] for block in message.blocks).splitlines()
        assert len(CHECKS) + 1 == len(lines)
        assert ["❌", "❌", "✅"] == [line[0] for line in lines[1:4]]
        assert "<!channel>" not in str(message.blocks)
        assert "<#C0SECURITY>" in str(message.blocks)

    @pytest.mark.parametrize("broken", [value for name, value in BROKEN.items() if "secret" in name])
    def test_no_line_shows_a_secret(self, broken: tuple[Break, str, str]) -> None:
        """Neither token nor signing secret is in any line, right or wrong."""
        probes = FakeProbes()
        broken[0](probes)
        verdicts = dict(examine(probes()))
        text = str(doctor_message(verdicts, Locale.EN)) + repr(verdicts)

        assert "1-a" not in text
        assert "456789abcdef" not in text
