"""The check of a deployment, in a shell and in Slack: the line of each broken part says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any

import pytest

from bot.adapters.sdk import client
from bot.bootstrap.doctor import check_stack
from bot.domain.slack import SCOPES
from bot.i18n import Locale, translate
from bot.probes import Diagnosis, State
from bot.render.doctor import terminal_line
from bot.usecases.doctor import checks
from bot.usecases.doctor.layouts import layouts
from playground.deployment import ACCOUNT, BUCKET, CHANNEL, REGION
from playground.hub import hub
from playground.slack.workspace.messages import Message
from playground.slack.workspace.people import BOT
from playground.slack.workspace.workspace import Workspace
from playground.world import SECRET_ID, SIGNING_SECRET, TOKEN, World
from tests.functional.shell import run, run_here

Break = Callable[[World], AbstractContextManager[object]]

BLOCKED = {
    "no token": {"token", "scopes", "channel", "layout"},
    "token": {"scopes", "channel", "layout"},
    "hub": {"aggregation", "read", "regions", "update", "guard", "action"},
    "aggregation": {"regions"},
    "update": {"guard"},
    "bucket": {"once", "routing"},
}
"""What cannot be told while another check is wrong, by that or by what is broken."""


@pytest.fixture
def world(shared_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Enter the world. Slack judges two layouts: only the test in a process of its own needs them all."""
    monkeypatch.setattr(checks, "layouts", lambda locale: islice(layouts(locale), 2))
    return shared_world


def broken(diagnoses: dict[str, Diagnosis], state: State) -> set[str]:
    """Return the checks with a state."""
    return {name for name, diagnosis in diagnoses.items() if diagnosis.state is state}


@contextmanager
def secret(world: World, **values: str) -> Iterator[None]:
    """Store another secret."""
    del world
    whole = {"token": TOKEN, "signing_secret": SIGNING_SECRET}
    client("secretsmanager").put_secret_value(SecretId=SECRET_ID, SecretString=json.dumps(whole | values))
    yield
    client("secretsmanager").put_secret_value(SecretId=SECRET_ID, SecretString=json.dumps(whole))


@contextmanager
def without_scope(world: World, scope: str) -> Iterator[None]:
    """Revoke a scope."""
    world.slack.workspace.tokens.add(TOKEN, set(SCOPES) - {scope})
    yield
    world.slack.workspace.tokens.add(TOKEN, SCOPES)


@contextmanager
def uninvited(world: World) -> Iterator[None]:
    """Remove the bot from the channel."""
    world.slack.workspace.channels[CHANNEL].members.remove(BOT)
    yield
    world.slack.workspace.channels[CHANNEL].members.add(BOT)


@contextmanager
def archived(world: World) -> Iterator[None]:
    """Archive the channel."""
    world.slack.workspace.channels[CHANNEL].is_archived = True
    yield
    world.slack.workspace.channels[CHANNEL].is_archived = False


@contextmanager
def disabled(world: World) -> Iterator[None]:
    """Switch Security Hub off."""
    world.hub.disable()
    yield
    world.hub.enable()


@contextmanager
def aggregated_elsewhere(world: World) -> Iterator[None]:
    """Let findings come together in another Region."""
    hub(ACCOUNT, "us-east-1").aggregate(world.hub)
    yield
    hub(ACCOUNT, "us-east-1").aggregate()
    world.hub.home = None


@contextmanager
def without_statement(world: World, sid: str) -> Iterator[None]:
    """Remove a statement from the job's role."""
    role = world.roles["JobFunction"]
    kept, role.statements = role.statements, [s for s in role.statements if s.get("Sid") != sid]
    yield
    role.statements = kept


@contextmanager
def without_bucket(world: World) -> Iterator[None]:
    """Delete the bucket."""
    del world
    client("s3").delete_bucket(Bucket=BUCKET)
    yield
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


@contextmanager
def without_alias(world: World) -> Iterator[None]:
    """Delete the job function's alias."""
    client("lambda").delete_alias(FunctionName="JobFunction", Name="live")
    yield
    world.invocations.functions["JobFunction"].aliases.add("live")


@contextmanager
def schedule(world: World, name: str, state: str) -> Iterator[None]:
    """Disable a schedule."""
    del world
    scheduler = client("scheduler")
    found = scheduler.get_schedule(GroupName="sechub-bot-Schedules", Name=name)
    names = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
    same = {key: found[key] for key in names} | {"GroupName": "sechub-bot-Schedules", "Name": name}
    if state:
        scheduler.update_schedule(**same, State=state)
    else:
        scheduler.delete_schedule(GroupName="sechub-bot-Schedules", Name=name)
    yield
    getattr(scheduler, "update_schedule" if state else "create_schedule")(**same, State="ENABLED")


@contextmanager
def without_custom_action(world: World) -> Iterator[None]:
    """Delete the custom action."""
    kept = dict(world.hub.action_targets)
    client("securityhub").delete_action_target(ActionTargetArn=world.custom_action.arn)
    yield
    world.hub.action_targets.update(kept)


@contextmanager
def rule_off(world: World) -> Iterator[None]:
    """Disable the custom action's rule."""
    del world
    client("events").disable_rule(Name="sechub-bot-custom-action")
    yield
    client("events").enable_rule(Name="sechub-bot-custom-action")


BREAKS: dict[str, tuple[str, Break]] = {
    "another signing secret": ("secret", lambda w: secret(w, signing_secret="short")),
    "no token": ("secret", lambda w: secret(w, token="")),
    "a token that Slack does not know": ("token", lambda w: secret(w, token="xoxb-revoked")),
    "a scope is missing": ("scopes", lambda w: without_scope(w, "usergroups:read")),
    "the bot is not in the channel": ("channel", uninvited),
    "the channel is archived": ("channel", archived),
    "Security Hub is off": ("hub", disabled),
    "another aggregation Region": ("aggregation", aggregated_elsewhere),
    "the role may not update": ("update", lambda w: without_statement(w, "SetWorkflowStatus")),
    "the role may set a severity": ("guard", lambda w: without_statement(w, "NeverChangeSeverity")),
    "the role may set types": ("guard", lambda w: without_statement(w, "NeverChangeTypes")),
    "no bucket": ("bucket", without_bucket),
    "no alias": ("job", without_alias),
    "no report schedule": ("report-schedule", lambda w: schedule(w, "report", "")),
    "the daily schedule is off": ("expiry-schedule", lambda w: schedule(w, "expiry", "DISABLED")),
    "no custom action": ("action", without_custom_action),
    "the rule is off": ("rule", rule_off),
}


class TestShell:
    """`python -m bot doctor`."""

    def test_passes_with_nothing_but_the_endpoint(self, world: World) -> None:
        """A process that knows only where AWS is finds out the rest: each line is ok, and the exit code 0."""
        del world
        names = (
            "AWS_ENDPOINT_URL_LAMBDA",
            "SLACK_API_URL",
            "SLACK_SECRET_ID",
            "REPORT_BUCKET",
            "SLACK_CHANNEL",
        )
        ran = run("doctor", "--stack", "sechub-bot", "--locale", "en", **dict.fromkeys(names, ""))

        lines = ran.stdout.decode().splitlines()
        assert ["ok"] * 21 == [line.split()[0] for line in lines]
        assert 0 == ran.returncode
        assert b"" == ran.stderr
        assert TOKEN not in ran.stdout.decode()
        assert SIGNING_SECRET not in ran.stdout.decode()

    @pytest.mark.parametrize("name", BREAKS)
    def test_line_of_what_is_broken_says_so(self, world: World, name: str) -> None:
        """That line alone is wrong, and those alone that need it are not known; no line shows a secret."""
        check, break_it = BREAKS[name]
        with break_it(world):
            diagnoses = dict(check_stack("sechub-bot"))

        assert {check} == broken(diagnoses, State.WRONG)
        assert BLOCKED.get(name, BLOCKED.get(check, set())) == broken(diagnoses, State.UNKNOWN)
        text = "".join(terminal_line(*one, locale) for one in diagnoses.items() for locale in Locale)
        assert not [word for word in (TOKEN, SIGNING_SECRET, "xoxb-revoked") if word in text]

    def test_missing_scope_hides_the_channel(self, world: World) -> None:
        """Without channels:read the scopes are wrong, and the channel cannot be told."""
        with without_scope(world, "channels:read"):
            diagnoses = dict(check_stack("sechub-bot"))

        assert ({"scopes"}, {"channel"}) == tuple(broken(diagnoses, s) for s in (State.WRONG, State.UNKNOWN))

    def test_message_that_slack_refuses_is_named_with_slacks_words(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A message that Slack refuses is named with Slack's words."""
        del world
        bad = ("broken report", "blocks", [{"type": "section"}])
        monkeypatch.setattr(checks, "layouts", lambda _locale: iter([bad]))
        diagnoses = dict(check_stack("sechub-bot"))

        assert {"layout"} == broken(diagnoses, State.WRONG)
        assert "broken report" in str(diagnoses["layout"].values)

    def test_line_says_that_aws_denies_the_check(self, world: World) -> None:
        """What AWS denies the person in the shell cannot be told: the role may have it."""
        world.hub.fail_next("GetFindings", "AccessDeniedException", 403)
        diagnoses = dict(check_stack("sechub-bot"))

        assert (set(), {"read"}) == tuple(broken(diagnoses, s) for s in (State.WRONG, State.UNKNOWN))
        line = terminal_line("read", diagnoses["read"], Locale.EN)
        assert "AWS denies your credentials securityhub:GetFindings" in line

    @pytest.mark.parametrize(("stack", "region"), [("other", REGION), ("sechub-bot", "us-east-1")])
    def test_other_stack_or_region(
        self,
        world: World,
        stack: str,
        region: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """A stack that is not there is the one line, and names the Region; the exit code is 3."""
        del world
        monkeypatch.setenv("AWS_DEFAULT_REGION", region)

        assert 3 == run_here("doctor", "--stack", stack)
        assert [True] == [stack in line and region in line for line in capsys.readouterr().out.splitlines()]

    def test_unknown_is_exit_code_5(self, world: World) -> None:
        """If nothing is wrong and something not known, the exit code says so."""
        world.hub.fail_next("GetFindings", "AccessDeniedException", 403)

        assert 5 == run_here("doctor")


def ask(world: World, user: str = "U0SECURITY") -> str:
    """Type the command; return the private answer of its job."""

    def answers(workspace: Workspace) -> list[Message]:
        told = [m for m in workspace.messages.seen_by(user, {CHANNEL}) if m.only_for == user]
        return [message for message in told if message.text.startswith(("🔒", "Deployment check"))]

    before = len(answers(world.slack.workspace))
    world.slack.command(user, CHANNEL, "/sechub-scan doctor")
    (answer,) = world.slack.wait(lambda workspace: answers(workspace)[before:], timeout=30)
    world.invocations.drain()
    blocks: list[dict[str, Any]] = answer.blocks or []
    return "\n".join([answer.text, *(block["text"]["text"] for block in blocks)])


class TestSlack:
    """`/sechub-scan doctor`, with the job's own role."""

    def test_doctor_passes_with_template_roles(self, world: World) -> None:
        """The template lets the job look at everything: all lines are ok, and nobody else sees them."""
        before = len(world.slack.workspace.messages.history(CHANNEL))
        text = ask(world)

        assert "0 wrong, 0 could not tell, 20 ok" in text
        assert not [word for word in (TOKEN, SIGNING_SECRET) if word in text]
        assert before == len(world.slack.workspace.messages.history(CHANNEL))

    @pytest.mark.parametrize(
        ("sid", "wrong", "unknown"),
        [
            ("Scan", {"read"}, set()),
            ("SetWorkflowStatus", {"update"}, {"guard"}),
            ("NeverRelateFindings", {"guard"}, set()),
            ("ReadAggregator", set(), set()),
            ("FindAggregator", set(), {"aggregation", "regions"}),
            ("CompareMembers", set(), {"aggregation", "regions"}),
            ("CheckSchedules", set(), {"report-schedule", "expiry-schedule"}),
            ("CheckRules", set(), {"rule", "check-rule"}),
        ],
    )
    def test_permission_of_the_role_is_missing(
        self, world: World, sid: str, wrong: set[str], unknown: set[str]
    ) -> None:
        """What the bot needs is wrong without its permission; what only the check reads cannot be told."""
        with without_statement(world, sid):
            text = ask(world)

        lines = text.splitlines()
        for mark, names in (("❌", wrong), ("⚠️", unknown)):
            labels = {translate(Locale.EN, f"doctor.check.{check}") for check in names}
            assert labels == {line.split("*")[1] for line in lines if line.startswith(mark)}

    def test_missing_bucket_is_named(self, world: World) -> None:
        """The ledger is in the bucket; the answer comes all the same."""
        with without_bucket(world):
            text = ask(world)

        assert "1 wrong, 2 could not tell" in text
        assert BUCKET in text

    @pytest.mark.parametrize("user", ["U0AUDITOR", "U0CONTRACTOR"])
    def test_slack_is_for_those_who_may_act(self, world: World, user: str) -> None:
        """Members who may not act and guests hear that they may not."""
        assert ask(world, user).startswith("🔒")
