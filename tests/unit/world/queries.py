"""Random queries."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.domain.control import ALL, without_covered
from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.query import OPEN, Query

QUERIES = st.builds(
    Query,
    controls=st.lists(
        st.from_regex(r"[A-Za-z0-9]+\.[0-9]+|[A-Za-z][A-Za-z0-9]{0,29}\.\*", fullmatch=True),
        min_size=1,
        max_size=5,
        unique=True,
    ).map(without_covered)
    | st.just((ALL,)),
    severities=st.lists(st.sampled_from(Severity), unique=True).map(tuple),
    accounts=st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), max_size=3, unique=True).map(tuple),
    regions=st.lists(st.sampled_from(["ap-northeast-1", "us-gov-west-1"]), unique=True).map(tuple),
    statuses=st.sampled_from([OPEN, (WorkflowStatus.NEW,), (WorkflowStatus.NOTIFIED,)]),
)
