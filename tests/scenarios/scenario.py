"""
The form of a scenario.

```yaml
claim: Somebody who asks where the bot is not is told how to invite it.
also: {browser: a command in another channel}
given:
  findings: [{control: S3.8, count: 3}]
steps:
  - {who: security, in: random, types: /sechub-scan S3.8}
then:
  posted: []
  told: [{who: security, says: ["Scanning"]}, {who: security, says: ["/invite @sechub"]}]
  statuses: {NEW: 3}
```

Everything of `then` is the whole of it: a message more, or one less, is a failure.

Every scenario is played in this process, without the page (see test_scenarios.py). `also` names the other
places, each with what is tried only there: a browser if the page has to do what no other scenario asks of it,
the built package if another process, Lambda's events or real time matter. (`meanwhile`, `waits_days` and
`pages_before_a_pause` need this process.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from cattrs.gen import make_dict_structure_fn, override
from cattrs.preconf.pyyaml import make_converter

from playground.cloud.organizations import Standing
from playground.deployment import ACCOUNT, REGION

CASES = Path(__file__).parent / "cases"

Place = Literal["browser", "package"]
"""Where a scenario may be played besides this process."""


@dataclass(frozen=True)
class Findings:
    """Some findings of one control, each of a resource of its own."""

    control: str
    count: int = 1
    status: str = "NEW"
    fields: dict[str, Any] = field(default_factory=dict)
    """ASFF fields that are otherwise; None leaves one out."""
    tags: dict[str, str] = field(default_factory=dict)
    """Of each resource."""
    region: str = REGION
    account: str = ACCOUNT
    late: bool = False
    """Whether another Region has found them just now, so that the home Region does not show them yet."""


@dataclass(frozen=True)
class HubFault:
    """Security Hub answers calls of an operation with an error."""

    operation: str
    code: str
    status: int = 400
    count: int = 1
    after: int = 0
    """How many calls are answered as usual before."""


@dataclass(frozen=True)
class LinkedRegion:
    """Another Region whose findings come together in this one."""

    enabled: bool = True
    blind: bool = False
    """Whether the account is no administrator there, and so does not see its members' findings."""
    denied: list[str] = field(default_factory=list)
    """Operations that an organization's policy denies there."""
    faults: list[HubFault] = field(default_factory=list)


@dataclass(frozen=True)
class SlackFault:
    """Slack fails at a method, in one of the local Slack's ways."""

    method: str
    kind: str
    value: Any = None
    count: int = 1


@dataclass(frozen=True)
class Crash:
    """The process dies at a call that it makes, once."""

    call: str
    """A method of Slack's, an operation of AWS's, or how a key ends that is written in the bucket."""
    late: bool = False
    """Whether the call takes effect before."""


@dataclass(frozen=True)
class Meanwhile:
    """Somebody presses a button while a job is at work: after a call that it makes, once."""

    call: str
    """As of a Crash."""
    presses: str
    until: str
    """The call by which the press has had its effect; the job's next one comes after it."""
    who: str = "security"
    after: int = 0
    """How many such calls are made before."""
    seconds: int = 5
    """How much later that is, by the job's clock."""


@dataclass(frozen=True)
class Given:
    """The world before anything is done."""

    findings: list[Findings] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    suppressed: dict[str, int] = field(default_factory=dict)
    """How a finding's Id ends, and in how many days the suppression ends that somebody has made of it."""
    regions: dict[str, LinkedRegion] = field(default_factory=dict)
    home: str = ""
    """Another Region, in which the findings of this one come together."""
    members: list[str] = field(default_factory=list)
    """Other accounts, of which the bot's is administrator."""
    replica_seconds: float = 0
    """How long a change in one Region takes to reach the other, from here on."""
    hub_enabled: bool = True
    hub_faults: list[HubFault] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """How a finding's Id ends, and the code with which Security Hub refuses to update it."""
    slack_faults: list[SlackFault] = field(default_factory=list)
    missing_scopes: list[str] = field(default_factory=list)
    missing_permissions: list[str] = field(default_factory=list)
    """Actions that the job's role does not allow."""
    shared: list[str] = field(default_factory=list)
    """Names of channels that another organization can read."""
    account_tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """Account to its tags in Organizations."""
    organization: Standing = "administrator"
    """The standing of the bot's account there."""
    routing: str | None = None
    """The routing file in the bucket."""
    archived: list[str] = field(default_factory=list)
    """Names of channels that somebody has archived."""
    deliveries: int = 1
    """How often Lambda delivers each job."""
    job_is_up: bool = True
    pages_before_a_pause: int = 200
    """After how many pages a person's question pauses."""
    crashes: list[Crash] = field(default_factory=list)
    meanwhile: list[Meanwhile] = field(default_factory=list)


@dataclass(frozen=True)
class Drop:
    """A file that somebody drops into a report's thread: the report's CSV, edited."""

    edits: dict[str, dict[str, str]] = field(default_factory=dict)
    """How a finding's Id ends, and what becomes of its cells, by column."""
    name: str = "edited.csv"
    encoding: str = "utf-8-sig"
    separator: str = ","
    columns: list[str] | None = None
    """Which are left, and in which order."""
    language: str | None = None
    """Of the header, if it is another than the file's."""
    of: int = -1
    """Whose CSV: of the last report, -1; of the first, 0."""
    content: str | None = None
    """Something else than a CSV."""
    line: str = ""
    """A line that follows `content`, `line_count` times; `{number:012}` in it counts from 0."""
    line_count: int = 0
    in_thread: bool = True
    """Whether it is dropped into the last report's thread, and not into its channel."""
    directly: bool = False
    """Whether it is dropped into the person's direct messages with the bot."""


@dataclass(frozen=True)
class Failure:
    """A failed control in a template."""

    control: str
    logical_id: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """The result of a check before deployment that CI puts into the bucket."""

    failed: list[Failure] = field(default_factory=list)
    branch: str = "main"
    repository: str = "acme/app"
    run: str = "https://github.com/acme/app/actions/runs/1"
    key: str | None = None
    """Another key than that of the repository and the branch."""
    content: str | None = None
    """Something else than a result."""
    size: int = 0
    """Bytes of white space after it."""


@dataclass(frozen=True)
class Step:
    """One thing that somebody does, or that happens; the jobs that it starts are done before the next."""

    who: str = "security"
    channel: str = "security"
    types: str | None = None
    """Into the composer."""
    forges: str | None = None
    """The same, sent to the bot by somebody who is not Slack, in two ways (see Player)."""
    presses: str | None = None
    """The first button or choice with this label of the last message that has one, confirmed."""
    fills: dict[str, str] | None = None
    """The form, by the labels of its inputs, and sends it."""
    drops: Drop | None = None
    checks: Check | None = None
    schedule: str | None = None
    """The time for which the schedule fires."""
    expires: bool = False
    """The daily look at suppressions begins."""
    job: dict[str, Any] | None = None
    """A document that reaches the job function."""
    sends: list[str] | None = None
    """How the Ids of findings end that somebody chooses in Security Hub's console for Send to Slack."""
    sends_insight: str | None = None
    """The name of an insight on which somebody uses Send to Slack."""
    sets: dict[str, str] | None = None
    """How a finding's Id ends, and the workflow status that somebody gives it in the console."""
    archives: list[str] | None = None
    """How the Ids of findings end whose records Security Hub archives, as when it reports them anew."""
    routing: str | None = None
    """The routing file that somebody puts into the bucket."""
    panel: str | None = None
    """The ID of a button of the page's panel that somebody presses."""
    forgets_reports: bool = False
    """The bucket's lifecycle deletes what it has kept of reports."""
    waits_days: int = 0
    """So much time passes before the next step, by the job's clock."""


@dataclass(frozen=True)
class Post:
    """
    A message of the bot's in a channel, and what is in its thread.

    `in: "@auditor"` is a direct message to the auditor.
    """

    channel: str = "security"
    says: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    buttons: int | None = None
    csv_rows: int | None = None
    """Rows below the header of the CSV in its thread; None for no file."""
    csv_has: list[str] = field(default_factory=list)
    """Cells of it, whole."""
    thread: list[str] = field(default_factory=list)
    """What else the bot says in its thread, a message each."""


@dataclass(frozen=True)
class Told:
    """What one person sees alone."""

    who: str = "security"
    says: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Then:
    """The world when everything has been done."""

    posted: list[Post] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    notified: dict[str, list[str]] | None = None
    """
    Channel, or a direct message as of a Post, to the people whom Slack has notified of something in it.

    A name stands there once for each message that has notified this person, in any order. A report that
    somebody has asked for mentions them. None is not compared.
    """
    statuses: dict[str, int] = field(default_factory=dict)
    """Workflow status to the number of findings in Security Hub that have it."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """How a finding's Id ends, and what its note says."""
    reports: int = 0
    """In the bucket."""
    dead_letters: list[str] = field(default_factory=list)
    """What the errors of the jobs that failed for good begin with."""
    refused: list[int] = field(default_factory=list)
    """The HTTP status of each forged request."""
    form_errors: list[str] = field(default_factory=list)
    """What the form says beside its inputs."""
    calls: dict[str, int] = field(default_factory=dict)
    """Operation of Security Hub to how often it was called, for those that are named."""
    calls_in: dict[str, dict[str, int]] = field(default_factory=dict)
    """The same of other Regions."""
    reads_in: list[str] = field(default_factory=list)
    """The other Regions in which GetFindings was called at least once, in any order."""
    statuses_in: dict[str, dict[str, int]] = field(default_factory=dict)
    """Region to the workflow statuses of the findings that it shows, with how many have each."""


@dataclass(frozen=True)
class Scenario:
    """A claim, and how it is tried."""

    claim: str
    also: dict[Place, str] = field(default_factory=dict)
    """Where else it is played, and what is tried only there."""
    given: Given = field(default_factory=Given)
    steps: list[Step] = field(default_factory=list)
    then: Then = field(default_factory=Then)


def names() -> list[str]:
    """Return the names of all scenarios."""
    return sorted(path.stem for path in CASES.glob("*.yaml"))


def played_in(place: Place) -> list[str]:
    """Return the names of the scenarios that are played in a place besides this process."""
    return [name for name in names() if place in load(name).also]


def load(name: str) -> Scenario:
    """Read a scenario; a key that there is not is an error."""
    document = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    read: Scenario = _converter().structure(document, Scenario)
    return read


@cache
def _converter() -> Any:
    """Read strictly, with `in` for the channel, which is a word of Python's."""
    converter = make_converter(forbid_extra_keys=True)
    for kind in (Step, Post):
        renamed = make_dict_structure_fn(
            kind, converter, channel=override(rename="in"), _cattrs_forbid_extra_keys=True
        )
        converter.register_structure_hook(kind, renamed)
    return converter


PLAYED = (
    "check_before_deployment",
    "csv_of_somebody_who_may_not_act",
    "doctor",
    "history",
    "owner_by_account_tag",
    "owners_mentioned",
    "routing_file",
    "routing_file_dropped",
    "scan_of_a_standard",
    "scan_shows_its_progress",
    "slack_lacks_a_scope",
    "suppress_one",
    "suppressions_end_in_japanese",
)
"""Scenarios that together use all that is allowed. They are played here, and not again with the others."""
