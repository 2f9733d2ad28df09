"""A law: the rows of a scan are those that a plain filter over all findings leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.security_hub import SecurityHubFindings
from bot.domain.finding import Finding, FindingIdentifier, Resource, Severity, WorkflowStatus
from bot.domain.query import OPEN, Query
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
    max_size=40,
).map(
    lambda found: [
        replace(one, identifiers=(FindingIdentifier(f"arn:{number}", one.identifiers[0].product_arn),))
        for number, one in enumerate(found)
    ]
)


def some(*values: object) -> st.SearchStrategy[tuple[object, ...]]:
    """Draw some of these values, often none."""
    return st.just(()) | st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


QUERIES = st.builds(
    lambda accounts, **others: Query(**accounts, **others),
    controls=st.just(("all",))
    | st.lists(st.sampled_from([*CONTROLS, "S3.*", "ECR.*"]), min_size=1, max_size=3, unique=True).map(tuple),
    accounts=some("111111111111", "222222222222").map(lambda ids: {"accounts": ids})
    | some("prod", "Data Platform").map(lambda names: {"account_names": names}),
    severities=some(*Severity),
    regions=some("ap-northeast-1", "us-east-1"),
    statuses=st.sampled_from([OPEN, (WorkflowStatus.NEW,)]),
    named_resources=some("arn:aws:s3:::logs", "arn:aws:s3:::logs*", "web", "my-*"),
    tags=some("Owner=web", "Owner=Data Platform"),
    standards=some("cis-1.4", "fsbp"),
    owners=some("WEB", "data platform", "nobody"),
    since_days=st.sampled_from([0, 7, 30]),
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

    @settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
