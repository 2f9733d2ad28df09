"""
Reading while everything fails that may fail, by the real adapter and its real pace, in a time that skips.

Security Hub is a list here whose tokens name the finding that comes next. AWS does not say what its tokens
are; should they count findings, one that leaves between two pages would hide another, and no reader could
tell (docs/scale.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import security_hub
from bot.adapters.security_hub import SecurityHubFindings
from bot.adapters.token_bucket import TokenBucket
from bot.domain.query import Query
from bot.i18n import Locale
from bot.render.csv_file import read_rows
from bot.usecases.scanning import reader as read
from bot.usecases.scanning.scan import scan
from tests.builders import NOW, a_finding, an_asff
from tests.fakes import FakeControls, SkippingTime

CONTROLS = ("S3.8", "EC2.19", "S3.1")
ACCOUNTS = ("111111111111", "222222222222", "333333333333")
LONG = 60.0
"""Seconds for which others use up all that Security Hub takes."""

Asff = dict[str, Any]
Change = Callable[[list[Asff]], None]


def _refusal(code: str, status: int, message: str = "") -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "GetFindings")


FAULTS: Mapping[str, Callable[[], Exception | None]] = {
    "throttled": lambda: _refusal("TooManyRequestsException", 429),
    "limited": lambda: _refusal("LimitExceededException", 429),
    "failed": lambda: _refusal("InternalException", 500),
    "cut": lambda: None,
    "closed": lambda: ConnectionClosedError(endpoint_url="https://securityhub"),
}
"""What a call may come to; None: a body that breaks off, of which botocore makes an empty answer."""

TROUBLES = st.dictionaries(st.integers(1, 40), st.sampled_from(sorted(FAULTS)), max_size=3)
"""At which calls; with a minute of refusals they are as many as the patience for one request outlasts."""

LOST = "lost"
"""A token that Security Hub does not know any more."""


@dataclass
class TroubledHub:
    """A botocore client of a Security Hub that has troubles at some of its calls, and changes meanwhile."""

    order: list[Asff]
    faults: Mapping[int, str]
    """By the number of the call."""
    changes: Sequence[tuple[int, Change]]
    """What happens to the findings before which call."""
    busy_at: float
    time: SkippingTime = field(default_factory=SkippingTime)
    meta: Any = field(default_factory=lambda: SimpleNamespace(region_name="eu-west-1"))
    _calls: int = 0
    _lock: Lock = field(default_factory=Lock)

    def get_findings(self, **request: Any) -> Asff:
        """Return a page."""
        with self._lock:
            self._calls += 1
            for at, change in self.changes:
                if at == self._calls:
                    change(self.order)
            fault = self.faults.get(self._calls, "")
            if fault == LOST and "NextToken" in request:
                raise _refusal("InvalidInputException", 400, "Invalid parameter: NextToken")
            if self.busy_at <= self.time.now < self.busy_at + LONG:
                fault = "throttled"
            if fault in FAULTS:
                error = FAULTS[fault]()
                if error:
                    raise error
                return {}
            return self._page(request)

    def _page(self, request: Asff) -> Asff:
        start = int(request.get("NextToken", 0))
        left = [
            number
            for number, asff in enumerate(self.order)
            if number >= start and _answers(asff, request["Filters"])
        ]
        page, rest = left[: request["MaxResults"]], left[request["MaxResults"] :]
        answer: Asff = {"Findings": [self.order[number] for number in page]}
        return answer | ({"NextToken": str(rest[0])} if rest else {})


def _answers(asff: Asff, filters: Mapping[str, Sequence[Mapping[str, str]]]) -> bool:
    """Apply those of a scan's filters by which it is cut, and the status."""
    values = {
        "ComplianceSecurityControlId": asff["Compliance"]["SecurityControlId"],
        "AwsAccountId": asff["AwsAccountId"],
        "WorkflowStatus": asff["Workflow"]["Status"],
    }
    for attribute, value in values.items():
        given = filters.get(attribute, [])
        included = {one["Value"] for one in given if one["Comparison"] == "EQUALS"}
        excluded = {one["Value"] for one in given if one["Comparison"] == "NOT_EQUALS"}
        if (included and value not in included) or value in excluded:
            return False
    return True


def suppressed(number: int) -> Change:
    """Let a finding stop matching the query."""

    def change(order: list[Asff]) -> None:
        order[number] = order[number] | {"Workflow": {"Status": "SUPPRESSED"}}

    return change


def added(asff: Asff) -> Change:
    """Let a finding come, or come again after it was updated."""
    return lambda order: order.append(asff)


def numbered(number: int) -> Asff:
    """Make one of the findings, whose number says where it is."""
    control, account = CONTROLS[number % 3], ACCOUNTS[number // 3 % 3]
    return an_asff(a_finding(number, control_id=control, account_id=account))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make pages and patience small, so that few findings are many."""
    monkeypatch.setattr(security_hub, "PAGE_SIZE", 3)
    monkeypatch.setattr(read, "PAGES_ALONE", 2)


def reported(hub: TroubledHub) -> list[str]:
    """Scan; give the resources of the rows."""
    pace = TokenBucket(3, 5, hub.time.clock, hub.time.wait)
    with TemporaryDirectory() as folder:
        report = scan(
            Query(CONTROLS),
            folder=Path(folder),
            locale=Locale.EN,
            findings=SecurityHubFindings(hub, pace, pace),
            controls=FakeControls(),
            now=lambda: NOW,
        )
        assert not report.is_partial, report.unread
        with report.csv_file.open(encoding="utf-8-sig", newline="") as lines:
            return [row["resource"] for row in read_rows(lines)]


def resources(findings: Sequence[Asff]) -> set[str]:
    """Return the resources of findings."""
    return {asff["Resources"][0]["Id"] for asff in findings}


class TestFaults:
    """What becomes of a report."""

    @given(
        count=st.integers(1, 60),
        faults=TROUBLES,
        lost=st.sets(st.integers(2, 40), max_size=3),
        busy_at=st.floats(0, 20),
    )
    def test_faults_lose_and_repeat_nothing(
        self, count: int, faults: dict[int, str], lost: set[int], busy_at: float
    ) -> None:
        """A minute of refusals, server errors, cut connections, lost tokens: every finding is there once."""
        everything = [numbered(number) for number in range(count)]
        hub = TroubledHub(list(everything), faults | dict.fromkeys(lost, LOST), [], busy_at)
        rows = reported(hub)

        assert resources(everything) == set(rows)
        assert count == len(rows)

    @given(
        count=st.integers(1, 60),
        leaving=st.dictionaries(st.integers(0, 59), st.integers(1, 30), max_size=5),
        updated=st.dictionaries(st.integers(0, 59), st.integers(1, 30), max_size=5),
        coming=st.lists(st.integers(1, 30), max_size=5),
        faults=TROUBLES,
    )
    def test_moving_findings_hide_no_lasting_one(
        self,
        count: int,
        leaving: dict[int, int],
        updated: dict[int, int],
        coming: list[int],
        faults: dict[int, str],
    ) -> None:
        """Findings leave, come and are met twice: those that were there throughout are there once."""
        there = [numbered(number) for number in range(count)]
        new = [numbered(100 + number) for number in range(len(coming))]
        leaves = {number: call for number, call in leaving.items() if number < count}
        changes = [
            *((call, suppressed(number)) for number, call in leaves.items()),
            *((call, added(there[number])) for number, call in updated.items() if number < count),
            *((call, added(asff)) for call, asff in zip(coming, new, strict=True)),
        ]
        rows = reported(TroubledHub(list(there), faults, changes, busy_at=1e9))
        throughout = [asff for number, asff in enumerate(there) if number not in leaves]

        assert resources(throughout) <= set(rows) <= resources([*there, *new])
        assert len(rows) == len(set(rows))
