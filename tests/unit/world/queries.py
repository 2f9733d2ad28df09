"""Random queries."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.control import ALL, without_covered
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.query import NOBODY, OPEN, Query

ACCOUNTS = st.builds(
    lambda values, name: {name: tuple(values)},
    st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), max_size=3, unique=True),
    st.just("accounts"),
) | st.builds(
    lambda values, name: {name: tuple(values)},
    st.lists(st.sampled_from(["prod", "Data Platform", "stage-2", "本番 A"]), unique=True),
    st.just("account_names"),
)
TAGS = [
    "Team=platform",
    "Team=web",
    "チーム=基盤 A",
    "Cost Center=A b",
    "url=a=b:c",
    "aws:stack=x",
    "Note=(a).",
]

OWNERS = ["platform", "Data Platform", "alice@example.com", "基盤チーム", "arn:aws:iam::1:role/x", NOBODY]

QUERIES = st.builds(
    lambda accounts, **others: Query(**accounts, **others),
    accounts=ACCOUNTS,
    controls=st.lists(
        st.from_regex(r"[A-Za-z0-9]+\.[0-9]+|[A-Za-z][A-Za-z0-9]{0,29}\.\*", fullmatch=True),
        min_size=1,
        max_size=5,
        unique=True,
    ).map(without_covered)
    | st.just((ALL,)),
    severities=st.lists(st.sampled_from(Severity), unique=True).map(tuple),
    regions=st.lists(st.sampled_from(["ap-northeast-1", "us-gov-west-1"]), unique=True).map(tuple),
    named_resources=st.lists(
        st.sampled_from(
            [
                "arn:aws:s3:::logs",
                "arn:aws:s3:::logs-*",
                "my-bucket",
                "web-*",
                "i-0a",
                "AWS::::Account:1",
                "a b",
            ]
        ),
        unique=True,
    ).map(tuple),
    tags=st.lists(st.sampled_from(TAGS), unique=True).map(tuple),
    standards=st.lists(
        st.sampled_from(["fsbp", "cis-1.4", "standards/pci-dss/v/4.0.1", "pci dss"]), unique=True
    ).map(tuple),
    owners=st.lists(st.sampled_from(OWNERS), unique=True).map(tuple),
    since_days=st.integers(0, 365),
    statuses=st.sampled_from([OPEN, (WorkflowStatus.NEW,), (WorkflowStatus.NOTIFIED,)]),
)
