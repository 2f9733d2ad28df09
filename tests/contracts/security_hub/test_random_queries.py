"""A law: the rows of a scan are those that a plain filter over all findings leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.security_hub import SecurityHubFindings
from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus
from bot.domain.query import Query
from playground.hub import Hub
from tests.builders import a_finding, an_asff
from tests.contracts.security_hub.hubs import adapted
from tests.unit.world.scan import scanned

CONTROLS = ("S3.1", "S3.8", "EC2.19", "ECR.1")
NAMES = ("logs", "logs-1", "my-bucket", "web")
TEAMS = ("web", "data", "Data Platform", "tbd", "")
STANDARDS = (
    "standards/cis-aws-foundations-benchmark/v/1.4.0",
    "standards/aws-foundational-security-best-practices/v/1.0.0",
)
NOW = datetime.now(UTC)


def ago(days: int) -> str:
    """Return a time so many days and an hour ago, as Security Hub writes it."""
    return f"{NOW - timedelta(days=days, hours=1):%Y-%m-%dT%H:%M:%S.000Z}"


FINDINGS = st.lists(
    st.builds(
        lambda control, place, name, team, **others: a_finding(
            control_id=control,
            account_id=place[0],
            account_name=place[1],
            region=place[2],
            resources=(Resource(f"arn:aws:s3:::{name}", "AwsS3Bucket"),),
            tags=(("Owner", team),) if team else (),
            **others,
        ),
        control=st.sampled_from([*CONTROLS, "S3Express.1", "s3.8"]),
        place=st.sampled_from(
            [
                ("111111111111", "prod", "ap-northeast-1"),
                ("222222222222", "stage", "ap-northeast-1"),
                ("222222222222", "stage", "us-east-1"),
                ("333333333333", "Data Platform", "eu-west-1"),
            ]
        ),
        name=st.sampled_from(NAMES),
        team=st.sampled_from(TEAMS),
        severity=st.sampled_from(Severity),
        workflow_status=st.sampled_from(WorkflowStatus),
        compliance_status=st.sampled_from(["FAILED", "FAILED", "PASSED"]),
        standards=st.sampled_from([(), STANDARDS[:1], STANDARDS]),
        first_observed_at=st.sampled_from([ago(2), ago(10), ago(100)]),
    ),
    min_size=10,
    max_size=25,
).map(
    lambda found: [
        replace(one, identifiers=(FindingIdentifier(f"arn:{number}", one.identifiers[0].product_arn),))
        for number, one in enumerate(found)
    ]
)


def some(name: str, *values: object) -> st.SearchStrategy[dict[str, object]]:
    """Draw one or two values of an attribute."""
    drawn = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return drawn.map(lambda found: {name: tuple(found)})


NARROWING = st.one_of(
    some("accounts", "111111111111", "222222222222"),
    some("account_names", "prod", "Data Platform"),
    some("severities", *Severity),
    some("regions", "ap-northeast-1", "us-east-1"),
    some("statuses", WorkflowStatus.NEW),
    some("named_resources", "arn:aws:s3:::logs", "arn:aws:s3:::logs*", "web", "my-*"),
    some("tags", "Owner=web", "Owner=Data Platform"),
    some("standards", "cis-1.4", "fsbp"),
    some("owners", "WEB", "data platform", "nobody"),
    st.sampled_from([{"since_days": 7}, {"since_days": 30}]),
)


def narrowed(controls: list[str], options: list[dict[str, object]]) -> Query:
    """Make a query of controls and some options; IDs and names of accounts do not go together."""
    together = {name: values for option in options for name, values in option.items()}
    if "accounts" in together:
        together.pop("account_names", None)
    return Query(tuple(controls), **together)  # type: ignore[arg-type]


QUERIES = st.builds(
    narrowed,
    st.just(["all"])
    | st.lists(st.sampled_from([*CONTROLS, "S3.*", "ECR.*"]), min_size=1, max_size=3, unique=True),
    st.lists(NARROWING, max_size=2),
)

LONG = {"cis-1.4": STANDARDS[0], "fsbp": STANDARDS[1]}


def is_meant(word: str, control_id: str) -> bool:
    """Return whether a word means a control."""
    return word in ("all", control_id) or word == f"{control_id.partition('.')[0]}.*"


def is_named(pattern: str, name: str) -> bool:
    """Return whether a bucket has a name, or begins so."""
    begin = pattern.removeprefix("arn:aws:s3:::")
    return name.startswith(begin[:-1]) if begin.endswith("*") else name == begin


def answers(one: Finding, query: Query) -> bool:
    """Return whether a finding answers a query, in the plainest words."""
    name, team = one.resource_id.removeprefix("arn:aws:s3:::"), dict(one.tags).get("Owner", "")
    owner = team.lower() if team not in ("", "tbd") else "nobody"
    days = {ago(2): 3, ago(10): 11, ago(100): 101}[one.first_observed_at]
    return (
        one.compliance_status == "FAILED"
        and one.workflow_status in query.statuses
        and any(is_meant(word, one.control_id) for word in query.controls)
        and (not query.accounts or one.account_id in query.accounts)
        and (not query.account_names or one.account_name in query.account_names)
        and (not query.severities or one.severity in query.severities)
        and (not query.regions or one.region in query.regions)
        and (not query.named_resources or any(is_named(each, name) for each in query.named_resources))
        and (not query.tags or f"Owner={team}" in query.tags)
        and (not query.standards or any(LONG[each] in one.standards for each in query.standards))
        and (not query.owners or owner in [each.lower() for each in query.owners])
        and (not query.since_days or days <= query.since_days)
    )


def rows_of(findings: list[Finding]) -> set[tuple[str, ...]]:
    """Return the problems of findings."""
    return {(one.control_id, one.account_id, one.region, one.resource_id) for one in findings}


@pytest.fixture
def adapter(hub: Hub) -> SecurityHubFindings:
    """Return the adapter before the local hub, in which accounts and Regions have been seen."""
    del hub
    return adapted()


class TestLaw:
    """Random findings, and random queries."""

    @settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(FINDINGS, QUERIES)
    def test_scan_leaves_what_a_plain_filter_leaves(
        self, hub: Hub, adapter: SecurityHubFindings, findings: list[Finding], query: Query
    ) -> None:
        """Each problem that a finding of the answer has is one row, and there is no other row."""
        hub.clear()
        hub.enable()
        hub.load(map(an_asff, [*findings, *SEEN]))
        scan = scanned(adapter, query=query)
        found = {(row["control"], row["account-id"], row["region"], row["resource"]) for row in scan.rows}

        assert rows_of([one for one in findings if answers(one, query)]) == found


SEEN = [
    a_finding(
        number,
        control_id="RDS.1",
        account_id=account,
        account_name=name,
        region=region,
        compliance_status="PASSED",
        identifiers=(FindingIdentifier(f"arn:seen-{number}", "arn:product"),),
    )
    for number, (account, name, region) in enumerate(
        [
            ("111111111111", "prod", "ap-northeast-1"),
            ("222222222222", "stage", "us-east-1"),
            ("333333333333", "Data Platform", "eu-west-1"),
        ]
    )
]
"""Passed findings by which every account and Region of a query is known."""
