"""The API and the two functions, their settings, and the parameters of a deployment."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.adapters.durable import MOST_SLICES, RETRY_WAITS
from bot.domain.coverage import parse_linked
from bot.domain.permission import parse_allowed
from bot.i18n import Locale
from bot.settings import SETTINGS
from tests.deploy.stack import Stack
from tools.expand import TEMPLATE, expanded

FUNCTIONS = ("SlackFunction", "JobFunction")

ENVIRONMENT: dict[str, dict[str, object]] = {
    "SlackFunction": {
        "SLACK_SECRET_ID": "team/slack",
        "SLACK_API_URL": "https://slack.com/api/",
        "REPORT_LOCALE": "en",
        "TIME_ZONE": "Asia/Tokyo",
        "JOB_FUNCTION": "<JobFunctionLive>",
        "DURABLE_EXECUTION": "true",
    },
    "JobFunction": {
        "SLACK_SECRET_ID": "team/slack",
        "SLACK_API_URL": "https://slack.com/api/",
        "SLACK_CHANNEL": "C0123456789",
        "ENVIRONMENT_NAME": "本番",
        "TARGET_CONTROL_IDS": "S3.1,IAM.1",
        "REPORT_BUCKET": "<ReportBucket>",
        "REPORT_LOCALE": "en",
        "READ_ALLOWED": "C0123456789",
        "ACT_ALLOWED": "S0123456789, U0123456789",
        "SHARED_CHANNELS": "C0123456789",
        "CHECK_LINK_HOSTS": "github.com,gitlab.com",
        "TIME_ZONE": "Asia/Tokyo",
        "LINKED_REGIONS": "us-east-1,us-west-2",
        "GET_FINDINGS_RATE": 2.5,
        "BATCH_UPDATE_FINDINGS_RATE": 8,
        "CUSTOM_ACTION_ID": "SendToSlack",
        "CUSTOM_ACTION_RULE": "sechub-bot-custom-action",
        "CHECK_RULE": "sechub-bot-check",
        "SCHEDULE_GROUP": "<Schedules>",
        "MALLOC_ARENA_MAX": "1",
    },
}


def stage(stack: Stack) -> dict[str, Any]:
    """Return the API's one stage."""
    (properties,) = stack.of_type("AWS::ApiGatewayV2::Stage").values()
    return properties


class TestApi:
    """What the internet can reach."""

    def test_routes_only_slack_events(self, stack: Stack) -> None:
        """The one route is POST /slack/events, and it leads to the Slack function."""
        paths = stack.named("HttpApi")["Body"]["paths"]

        assert {path: list(methods) for path, methods in paths.items()} == {"/slack/events": ["post"]}
        assert "<SlackFunction.Arn>" in json.dumps(paths)

    def test_default_stage_adds_no_path(self, stack: Stack) -> None:
        """No stage's name stands before the path, which Bolt would not recognise."""
        assert stage(stack)["StageName"] == "$default"

    def test_route_has_rate_and_burst_of_its_own(self, stack: Stack) -> None:
        """The route has a rate and a burst of its own, below the account's."""
        route = stage(stack)["RouteSettings"]["POST /slack/events"]

        assert 0 < route["ThrottlingRateLimit"] <= route["ThrottlingBurstLimit"] <= 100

    def test_access_log_has_no_bodies_or_headers(self, stack: Stack) -> None:
        """The access log is JSON without bodies or headers."""
        line = json.loads(stage(stack)["AccessLogSettings"]["Format"])

        assert set(line) == {"requestId", "time", "route", "status", "latency_ms", "source", "error"}


class TestFunctions:
    """The two functions."""

    def test_ack_and_job_are_separate_functions(self, stack: Stack) -> None:
        """The ack and the job are separate functions, and there is no third."""
        assert set(stack.of_type("AWS::Lambda::Function")) == set(FUNCTIONS)

    @pytest.mark.parametrize(
        ("name", "handler"),
        [("SlackFunction", "handlers.slack.handler"), ("JobFunction", "handlers.job.handler")],
    )
    def test_each_function_runs_its_handler_on_python_3_13_and_arm(
        self, stack: Stack, name: str, handler: str
    ) -> None:
        """Each runs its own handler on Lambda's Python 3.13 and Arm processor."""
        function = stack.named(name)

        actual = function["Handler"], function["Runtime"], function["Architectures"]
        assert actual == (handler, "python3.13", ["arm64"])

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_each_function_logs_json_to_its_own_group(self, name: str) -> None:
        """Each writes JSON to a log group of its own, which forgets after the days that were asked for."""
        stack = Stack(LogRetentionDays="30")
        logging = stack.named(name)["LoggingConfig"]

        assert logging["LogFormat"] == "JSON"
        assert logging["LogGroup"] == f"<{name}Logs>"
        assert stack.named(f"{name}Logs")["RetentionInDays"] == "30"

    def test_ack_has_more_time_than_slacks_3_s(self, stack: Stack) -> None:
        """The ack has more time than Slack's 3 s, so that a late job is not cut off half dispatched."""
        assert 3 < stack.named("SlackFunction")["Timeout"] <= 30

    def test_job_gives_up_in_time(self, stack: Stack) -> None:
        """A job that Lambda cannot start within 25 minutes is dropped: a response_url lives for 30."""
        (config,) = stack.of_type("AWS::Lambda::EventInvokeConfig").values()
        alias = stack.named("JobFunctionLive")

        assert config["FunctionName"] == "<JobFunction>"
        assert config["Qualifier"] == alias["Name"]
        assert config["MaximumRetryAttempts"] == 2
        assert config["MaximumEventAgeInSeconds"] == 1500

    def test_failed_jobs_are_kept(self, stack: Stack) -> None:
        """The event of an execution that failed for good goes to the job's dead letters, and nowhere else."""
        (config,) = stack.of_type("AWS::Lambda::EventInvokeConfig").values()

        assert stack.named("JobFunction")["DeadLetterConfig"] == {"TargetArn": "<JobDeadLetters.Arn>"}
        assert "DestinationConfig" not in config

    def test_durable_job_has_time_for_every_slice(self, stack: Stack) -> None:
        """There is time for every slice, and for the waits before one that failed is tried again."""
        function = stack.named("JobFunction")
        waits = sum(wait.to_seconds() for wait in RETRY_WAITS)

        assert MOST_SLICES * (function["Timeout"] + waits) <= function["DurableConfig"]["ExecutionTimeout"]
        assert function["Timeout"] == 900

    def test_execution_history_expires(self, stack: Stack) -> None:
        """An execution's history, which holds a person's response address, is kept for a day."""
        assert stack.named("JobFunction")["DurableConfig"]["RetentionPeriodInDays"] == 1

    def test_job_need_not_be_durable(self, stack: Stack) -> None:
        """Where Lambda has no durable functions the job is the same, but that it ends at 15 minutes."""
        plain = Stack(DurableExecution="false")
        durable = dict(stack.named("JobFunction"))

        assert durable.pop("DurableConfig")
        assert durable == plain.named("JobFunction")
        assert "false" == plain.named("SlackFunction")["Environment"]["Variables"]["DURABLE_EXECUTION"]
        assert {"JobExecutionPolicy"} == set(stack.resources) - set(plain.resources)
        actions = json.dumps(plain.statements("JobFunctionRole"))
        assert "Durable" not in actions

    def test_alias_is_of_the_latest_code(self, stack: Stack) -> None:
        """The alias that jobs are sent to is of no version: a changed setting takes effect at once."""
        alias = stack.named("JobFunctionLive")

        assert alias["FunctionName"] == "<JobFunction>"
        assert alias["FunctionVersion"] == "$LATEST"
        assert not stack.of_type("AWS::Lambda::Version")


class TestSettings:
    """The functions' environment."""

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_settings_reach_their_function(self, name: str) -> None:
        """Each function is told what it reads, and no more."""
        channel = {"ReadAllowed": "C0123456789", "SharedChannels": "C0123456789"}
        lists = channel | {
            "ActAllowed": "S0123456789, U0123456789",
            "LinkedRegions": "us-east-1,us-west-2",
        }
        stack = Stack(SlackSecretId="team/slack", ReportLocale="en", EnvironmentName="本番", **lists)

        assert stack.named(name)["Environment"]["Variables"] == ENVIRONMENT[name]

    def test_every_setting_is_in_the_template(self) -> None:
        """Every setting of the bot is in the template."""
        told = {setting for variables in ENVIRONMENT.values() for setting in variables}

        assert told - {"MALLOC_ARENA_MAX"} == {setting.name for setting in SETTINGS}


class TestParameters:
    """What the person who deploys is asked."""

    @pytest.mark.parametrize("name", ["ReadAllowed", "ActAllowed"])
    def test_permission_lists_take_ids_only(self, name: str) -> None:
        """A list of who may takes what the bot can read, allows nobody by default, and takes no names."""
        parameter = expanded()["Parameters"][name]
        pattern = re.compile(parameter["AllowedPattern"])

        assert pattern.fullmatch(parameter["Default"])
        for text in ("S0123456789", "U0123456789,W0123456789", " C0123456789 , G0123456789 "):
            assert pattern.fullmatch(text)
            assert not parse_allowed(text).is_empty
        for text in ("@security-team", "U0123456789;U0123456780", "u0123456789", "*", "D0123456789"):
            assert not pattern.fullmatch(text)

    def test_shared_channels_are_ids(self) -> None:
        """Channels, none by default; no people and no names."""
        parameter = expanded()["Parameters"]["SharedChannels"]
        pattern = re.compile(parameter["AllowedPattern"])

        assert all(map(pattern.fullmatch, ["", "C0123456789", " C0123456789 , G0123456789 "]))
        assert not any(map(pattern.fullmatch, ["#partner", "U0123456789", "S0123456789", "D0123456789"]))

    def test_linked_regions_are_regions_or_off(self) -> None:
        """The parameter takes what the setting takes, and nothing that the setting refuses."""
        parameter = expanded()["Parameters"]["LinkedRegions"]
        pattern = re.compile(parameter["AllowedPattern"])

        assert parameter["Default"] == ""
        for text in ("", "off", "us-east-1", "us-gov-west-1,cn-north-1"):
            assert pattern.fullmatch(text)
            parse_linked(text)
        for text in ("on", "us-east", "us-east-1;us-west-2", "*", "us-east-1,"):
            assert not pattern.fullmatch(text)

    def test_languages_are_those_of_the_bot(self) -> None:
        """A language is offered if its module exists."""
        assert list(Locale) == expanded()["Parameters"]["ReportLocale"]["AllowedValues"]

    def test_each_parameter_has_description(self) -> None:
        """Each parameter has a description, and a place in the console's form."""
        text = TEMPLATE.read_text(encoding="utf-8")
        parameters = text[text.index("\nParameters:") : text.index("\nConditions:")]
        names = re.findall(r"^  (\w+):$", parameters, re.MULTILINE)

        assert len(names) == parameters.count("    Description: ")
        form = text[text.index("ParameterGroups:") : text.index("\nParameters:")]
        assert sorted(names) == sorted(
            re.findall(r"\w+", " ".join(re.findall(r"Parameters: \[(.*)\]", form)))
        )
