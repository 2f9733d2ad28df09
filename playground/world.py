"""
The local world: AWS, Slack and the bot's two functions, on the loopback, in one process.

```text
browser ─▶ local Slack ──signed HTTP──▶ gateway ─▶ handlers.slack ──▶ Lambda API ─▶ handlers.job
               ▲                                                                       │
               └───────────────────────── Web API ◀────────────────────────────────────┤
                                              moto: Security Hub, S3, Secrets Manager ◀┘
```

The handlers find all of it through the environment, as they find AWS and Slack when they are deployed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

from bot.settings import SETTINGS
from playground import hub
from playground.account import Account
from playground.cloud.custom_action import Event
from playground.cloud.environment import Function, Handler
from playground.cloud.gateway import gateway
from playground.cloud.guard import guarded
from playground.cloud.invocations import Invocations, lambda_api
from playground.cloud.moto import start_moto
from playground.cloud.object_events import ObjectEvents
from playground.cloud.organizations import Organizations
from playground.cloud.runtime import InProcess, Runtime
from playground.deployment import (
    ACCOUNT,
    BUCKET,
    CHANNEL,
    CONTROLS,
    REGION,
    ci_role,
    local_stack,
    manifest,
    roles,
    rule_named,
    schedule_named,
    send_to_slack,
    tells_of_objects,
)
from playground.http import HOST, HttpServer
from playground.hub.findings.conditions import Condition
from playground.pipeline import REPOSITORY, Pipeline, check_sample_action
from playground.routing import put_example
from playground.seed import LINKED_REGIONS
from playground.slack import LocalSlack, PanelAction

TOKEN = "xoxb-local"
SIGNING_SECRET = "10ca1000000000000000000000000000"
"""Of the form that Slack gives them."""
SECRET_ID = "sechub-bot/slack"
ADMINISTRATOR = "local"
"""The ID of the access key of all but the two functions: any but theirs may do everything."""


class World:
    """
    Everything, from `start` to `stop`; one at a time in a process, whose environment it owns meanwhile.

    Args:
        settings: settings of the bot other than the world's own.
        port: of the page; 0 lets the system choose.
        pause: waits between Lambda's attempts at a job.
        runtime: where the two functions run.
    """

    def __init__(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        port: int = 0,
        pause: Callable[[float], object] | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        self._settings = dict(settings or {})
        self._port = port
        self._before: dict[str, str] = {}
        self._runtime = runtime or InProcess()
        self.invocations = Invocations()
        if pause:
            self.invocations.pause = pause
        self.hub = hub.hub(ACCOUNT, REGION)
        self.roles = roles()
        """Of each function, by its name: template.yaml's, by which the functions' calls are judged."""
        self.schedule = schedule_named("ReportSchedule")
        self.expiry = schedule_named("ExpirySchedule")
        self.custom_action, self.rule = send_to_slack()
        self.check_rule = rule_named("CheckRule")
        self.pipeline = Pipeline(ci_role(REPOSITORY))
        self.organizations = Organizations(tags={ACCOUNT: {}})

    def start(self) -> None:
        """
        Start all servers and both functions.

        Raises:
            OSError: the port is taken.
        """
        self._before = dict(os.environ)
        self._gateway: HttpServer | None = None
        self.slack = LocalSlack(
            manifest(), app_url=self.request_url, signing_secret=SIGNING_SECRET, token=TOKEN
        )
        self.slack.panel += [
            run_schedule_action(self),
            run_expiry_action(self),
            use_custom_action(self),
            put_routing_action(),
            check_sample_action(self.pipeline),
            share_channel_action(self),
            deny_region_action(),
        ]
        self.slack.start(self._port)
        self._start_aws()
        os.environ.update(self._environment())
        self._set_up_account()
        self._start_functions()

    def stop(self) -> None:
        """Stop all of it, and give the process its environment back."""
        self.slack.stop()
        if self._gateway:
            self._gateway.stop()
        self._lambda.stop()
        self.invocations.stop()
        self._runtime.stop()
        self._moto.stop()
        os.environ.clear()
        os.environ.update(self._before)

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def fire_schedule(self, scheduled_at: datetime | None = None) -> None:
        """Let the schedule of template.yaml fire, now unless told otherwise."""
        self.schedule.fire(self.invocations, scheduled_at or datetime.now(UTC))

    def send_to_slack(self, findings: Sequence[Mapping[str, Any]]) -> None:
        """Let somebody choose findings in Security Hub's console, and use the custom action on them."""
        for event in self.custom_action.events(findings):
            self.rule.take(event, self.invocations)

    def send_insight(self, name: str) -> None:
        """Let somebody use the custom action on an insight."""
        self.rule.take(self.custom_action.insight_event(name, {"arn:aws:s3:::bucket": 5}), self.invocations)

    def fire_expiry(self, scheduled_at: datetime | None = None) -> None:
        """Start the daily job for suppressions."""
        self.expiry.fire(self.invocations, scheduled_at or datetime.now(UTC))

    def _start_aws(self) -> None:
        api, roles = lambda_api(self.invocations), self.roles.values()
        self._moto = start_moto(
            [*roles, self.pipeline.role],
            lambda app: ObjectEvents(
                Account(app, roles, api, self.organizations), ACCOUNT, self._tell_object
            ),
        )
        self.hub = hub.hub(ACCOUNT, REGION)
        self.hub.enable()
        self.hub.action_targets[self.custom_action.arn] = self.custom_action.described
        self._lambda = HttpServer(guarded(api, roles), "lambda")

    def _tell_object(self, bucket: str, event: Event) -> None:
        """Hand the event of a new object to EventBridge, if the bucket is to tell of it."""
        if tells_of_objects(bucket):
            self.check_rule.take(event, self.invocations)

    def _environment(self) -> dict[str, str]:
        """Write the functions' environment in AWS, and the variables that point them to this world."""
        return {
            "AWS_ACCESS_KEY_ID": ADMINISTRATOR,
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self._moto.url,
            "AWS_ENDPOINT_URL_LAMBDA": self._lambda.url,
            "AWS_LAMBDA_FUNCTION_NAME": "sechub-bot",  # makes the handlers set themselves up at import
            "NO_PROXY": HOST,
            "no_proxy": HOST,
            "SLACK_SECRET_ID": SECRET_ID,
            "SLACK_CHANNEL": CHANNEL,
            "SLACK_API_URL": self.slack.api_url,
            "TARGET_CONTROL_IDS": CONTROLS,
            "REPORT_BUCKET": BUCKET,
            "ACT_ALLOWED": "S0SECURITY",  # the engineers; not the auditor, nor the contractor, who is a guest
            "JOB_FUNCTION": "JobFunction:live",
            "CUSTOM_ACTION_ID": self.custom_action.id,
            "CUSTOM_ACTION_RULE": local_stack().reference("CustomActionRule"),
            "CHECK_RULE": local_stack().reference("CheckRule"),
            "SCHEDULE_GROUP": local_stack().reference("Schedules"),
            "GET_FINDINGS_RATE": "1000",  # the local hub limits nothing unless it is told to
            "BATCH_UPDATE_FINDINGS_RATE": "1000",
            **self._settings,
        }

    def _set_up_account(self) -> None:
        """Store the secret and make the bucket, in moto itself: a client takes longer than the call."""
        secret = json.dumps({"token": TOKEN, "signing_secret": SIGNING_SECRET})
        absent: Any = None  # moto hands it over itself, although it says str
        secretsmanager_backends[ACCOUNT][REGION].create_secret(
            name=SECRET_ID,
            secret_string=secret,
            secret_binary=absent,
            description=absent,
            tags=[],
            kms_key_id=absent,
            client_request_token=absent,
            replica_regions=[],
            force_overwrite=False,
        )
        s3_backends[ACCOUNT]["aws"].create_bucket(BUCKET, REGION)

    def _start_functions(self) -> None:
        """Start both functions with the time limits of template.yaml; one ack at a time, four jobs."""
        ack, work = self._started("SlackFunction", "slack"), self._started("JobFunction", "job")
        slack = Function("SlackFunction", ACCOUNT, REGION, ack, timeout_seconds=10)
        job = Function(
            "JobFunction",
            ACCOUNT,
            REGION,
            work,
            timeout_seconds=900,
            environment_count=4,
            role=local_stack().named("JobFunction")["Role"],
            variables={setting.name: os.environ.get(setting.name, "") for setting in SETTINGS},
        )
        self.invocations.functions = {slack.name: slack, job.name: job}
        self._gateway = HttpServer(gateway(slack), "gateway")

    def _started(self, function: str, module: str) -> Handler:
        """Start a function with an access key of its role; the process's own is the administrator's."""
        os.environ["AWS_ACCESS_KEY_ID"] = self.roles[function].access_key
        try:
            return self._runtime.start(f"handlers.{module}")
        finally:
            os.environ["AWS_ACCESS_KEY_ID"] = ADMINISTRATOR

    @property
    def aws_url(self) -> str:
        """The endpoint of AWS."""
        return self._moto.url

    def request_url(self) -> str:
        """Return the address that Slack sends to. Raises RuntimeError: the gateway is not up yet."""
        if self._gateway is None:
            raise RuntimeError("the gateway is not up yet")
        return f"{self._gateway.url}/slack/events"


def run_schedule_action(world: World) -> PanelAction:
    """Make the page's button that lets the schedule fire."""
    return PanelAction(
        "run_schedule",
        "Run the schedule now",
        "定期レポートを今すぐ実行",
        lambda _channel: world.fire_schedule(),
    )


def use_custom_action(world: World) -> PanelAction:
    """Make the page's button that sends a finding from the console: one that is critical."""

    def run(_channel: str) -> None:
        critical = world.hub.select([Condition("SeverityLabel", equals=frozenset({"CRITICAL"}))])
        world.send_to_slack([finding for selection in critical for finding in selection.page(0, 1)][:1])

    return PanelAction(
        "use_custom_action",
        "Send a finding from the console",
        "コンソールから検出結果を送信",
        run,
    )


def run_expiry_action(world: World) -> PanelAction:
    """Make the page's button that lets the daily look at suppressions begin."""
    return PanelAction(
        "run_expiry",
        "Look at suppressions now",
        "抑制の期限を今すぐ確認",
        lambda _channel: world.fire_expiry(),
    )


def put_routing_action() -> PanelAction:
    """Make the page's button that puts a routing file into the bucket."""
    return PanelAction(
        "put_routing",
        "Put a routing file",
        "ルーティングファイルを配置",
        lambda _channel: put_example(),
    )


def share_channel_action(world: World) -> PanelAction:
    """Make the page's button that shares the channel with another organization, or takes it back."""

    def run(channel: str) -> None:
        shown = world.slack.workspace.channels[channel]
        world.slack.share(channel, "" if shown.shared else "external")

    return PanelAction(
        "share_channel",
        "Share externally",
        "社外と共有",
        run,
    )


def deny_region_action() -> PanelAction:
    """Make the page's button that lets a policy deny GetFindings in a linked Region, or allow it again."""
    region = LINKED_REGIONS[0]

    def run(_channel: str) -> None:
        knobs = hub.hub(ACCOUNT, region).knobs
        knobs.denied = frozenset() if knobs.denied else frozenset({"GetFindings"})

    return PanelAction(
        "deny_region",
        f"Deny reading {region}",
        f"{region} の読み取りを拒否",
        run,
    )
