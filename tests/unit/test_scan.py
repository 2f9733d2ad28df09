"""The scan."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.control import Catalogue, Control
from bot.domain.finding import Finding, FindingIdentifier, Severity, WorkflowStatus
from bot.domain.query import Query
from bot.domain.report import Report
from bot.errors import (
    AccessDeniedError,
    BotError,
    OutOfTimeError,
    SecurityHubDisabledError,
    ThrottledError,
    UnavailableError,
    UnknownControlError,
)
from bot.usecases.scan import TimeLeft, scan
from tests.builders import NOW, PRODUCT_ARN, a_finding, some_findings
from tests.fakes import FakeControls, FakeFindings

THROTTLED = ThrottledError(service="AWS", call="securityhub:GetFindings")
DENIED = AccessDeniedError(action="securityhub:GetFindings")
MANY = tuple(f"S3.{number}" for number in range(1, 51))


class ManyControls(FakeControls):
    """A catalogue of S3.1 to S3.50."""

    def catalogue(self) -> Catalogue:
        """Give the catalogue."""
        return Catalogue(tuple(Control(control_id, "", Severity.LOW) for control_id in MANY))


def scanned(
    findings: FakeFindings,
    controls: Iterable[str] = ("S3.8",),
    *,
    catalogue: FakeControls | None = None,
    time_left: TimeLeft = lambda: True,
) -> Report:
    """Scan for some controls."""
    return scan(
        Query(controls=tuple(controls)),
        findings=findings,
        controls=catalogue or FakeControls(),
        now=lambda: NOW,
        time_left=time_left,
    )


def per_standard(finding: Finding, standard: str) -> Finding:
    """Make the finding with which one standard reports a problem."""
    identifier = FindingIdentifier(
        f"arn:aws:securityhub:subscription/{standard}/{finding.resource_id}", PRODUCT_ARN
    )
    return a_finding(
        control_id=finding.control_id,
        resources=finding.resources,
        identifiers=(identifier,),
        standards=(standard,),
    )


class TestReading:
    """What a scan asks for."""

    def test_gives_controls_their_spelling(self) -> None:
        """Security Hub compares case by case, so what was typed is not what is asked for."""
        hub = FakeFindings()

        assert ("S3.8", "EC2.19") == scanned(hub, ["s3.8", "ec2.19"]).query.controls
        assert ("S3.8", "EC2.19") == hub.queries[0].controls

    def test_asks_nothing_for_a_typo(self) -> None:
        """A control that does not exist is answered with the nearest one, and nothing is read."""
        hub = FakeFindings()

        with pytest.raises(UnknownControlError, match=r"ECR\.1"):
            scanned(hub, ["S3.8", "CR.1"])

        assert [] == hub.queries

    def test_asks_for_twenty_controls_at_once(self) -> None:
        """GetFindings takes 20 values, so 50 controls are three queries."""
        hub = FakeFindings([a_finding(n, control_id=control) for n, control in enumerate(MANY)])
        report = scanned(hub, MANY, catalogue=ManyControls())

        assert [20, 20, 10] == [len(query.controls) for query in hub.queries]
        assert set(MANY) == {finding.control_id for finding in report.findings}

    def test_finds_only_what_was_asked_for(self) -> None:
        """What somebody suppressed, or another control, is not in the report."""
        hub = FakeFindings(
            [
                a_finding(1),
                a_finding(2, workflow_status=WorkflowStatus.SUPPRESSED),
                a_finding(3, workflow_status=WorkflowStatus.RESOLVED),
                a_finding(4, control_id="S3.1"),
                a_finding(5, compliance_status="PASSED"),
                a_finding(6, workflow_status=WorkflowStatus.NOTIFIED),
            ]
        )

        assert [a_finding(1).resource_id, a_finding(6).resource_id] == [
            finding.resource_id for finding in scanned(hub).findings
        ]

    def test_tells_its_progress(self) -> None:
        """After each page it tells how many have been read."""
        counts: list[int] = []
        scan(
            Query(controls=("S3.8",)),
            findings=FakeFindings(some_findings(5)),
            controls=FakeControls(),
            now=lambda: NOW,
            progress=counts.append,
        )

        assert [2, 4, 5] == counts


class TestDuplicates:
    """One problem that several standards report."""

    def test_are_one_row(self) -> None:
        """The row keeps every identifier and standard, for a click has to mark them all."""
        reports = [per_standard(a_finding(1), standard) for standard in ("fsbp", "cis", "nist")]
        (finding,) = scanned(FakeFindings(reports)).findings

        assert {r.identifiers[0] for r in reports} == set(finding.identifiers)
        assert {"fsbp", "cis", "nist"} == set(finding.standards)

    @given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["fsbp", "cis", "nist"])), max_size=20))
    def test_lose_no_identifier(self, pairs: list[tuple[int, str]]) -> None:
        """However many report how much, rows are problems and identifiers are findings."""
        findings = [per_standard(a_finding(number), standard) for number, standard in pairs]
        report = scanned(FakeFindings(findings))

        assert len({number for number, _ in pairs}) == len(report.findings)
        assert {i for f in findings for i in f.identifiers} == {
            i for f in report.findings for i in f.identifiers
        }

    def test_across_pages_are_one_finding(self) -> None:
        """A finding that moves to a later page while they are read is not counted twice."""
        hub = FakeFindings([a_finding(1), a_finding(2), a_finding(1)])

        assert 2 == len(scanned(hub).findings)


class TestFailing:
    """Security Hub fails."""

    @pytest.mark.parametrize("error", [DENIED, SecurityHubDisabledError(region="eu-west-1"), THROTTLED])
    def test_at_once_is_an_error(self, error: BotError) -> None:
        """When nothing could be read there is no report, least of all one of 0 findings."""
        with pytest.raises(type(error)):
            scanned(FakeFindings(some_findings(3), fail_at_page=0, error=error))

    def test_in_the_middle_is_partial(self) -> None:
        """What has been read is reported, with what is missing and why."""
        report = scanned(FakeFindings(some_findings(5), fail_at_page=1, error=THROTTLED))

        assert 2 == len(report.findings)
        assert [(("S3.8",), "throttled")] == [(unread.controls, unread.code) for unread in report.unread]
        assert THROTTLED.values == report.unread[0].values

    def test_in_one_query_leaves_the_others(self) -> None:
        """Of three queries the second fails, and the first and third are in the report."""
        findings = [a_finding(n, control_id=control) for n, control in enumerate(MANY)]
        hub = FakeFindings(findings, fail_at_page=1, error=UnavailableError(service="AWS", call="x"))
        hub.page_size = 100
        hub.error_once = True
        report = scanned(hub, MANY, catalogue=ManyControls())

        assert {*MANY[:20], *MANY[40:]} == {finding.control_id for finding in report.findings}
        assert [MANY[20:40]] == [unread.controls for unread in report.unread]

    def test_before_anything_was_found_is_an_error(self) -> None:
        """An empty first query and a failed second are not a clean report."""
        hub = FakeFindings(fail_at_page=1, error=THROTTLED)

        with pytest.raises(ThrottledError):
            scanned(hub, MANY, catalogue=ManyControls())

    def test_for_good_is_never_partial(self) -> None:
        """A configuration that is wrong is an error also when it shows in the middle."""
        with pytest.raises(AccessDeniedError):
            scanned(FakeFindings(some_findings(5), fail_at_page=1, error=DENIED))

    def test_catalogue_is_an_error(self) -> None:
        """Without the catalogue nothing is known to exist, so nothing is scanned."""
        hub = FakeFindings(some_findings(1))

        with pytest.raises(ThrottledError):
            scanned(hub, catalogue=FakeControls(error=THROTTLED))

        assert [] == hub.queries


class TestTime:
    """The time for a scan is up."""

    def test_in_the_middle_is_partial(self) -> None:
        """What has been read until then is reported as a part."""
        report = scanned(FakeFindings(some_findings(5)), time_left=lambda: False)

        assert 2 == len(report.findings)
        assert ["out-of-time"] == [unread.code for unread in report.unread]

    def test_leaves_no_query_out(self) -> None:
        """Every query that was not read to its end is named, the ones not begun included."""
        findings = [a_finding(n, control_id=control) for n, control in enumerate(MANY)]
        report = scanned(FakeFindings(findings), MANY, catalogue=ManyControls(), time_left=lambda: False)

        assert set(MANY) == {control for unread in report.unread for control in unread.controls}

    def test_begins_no_other_query(self) -> None:
        """Once it is up nothing more is asked of Security Hub."""
        findings = [a_finding(n, control_id=control) for n, control in enumerate(MANY)]
        hub = FakeFindings(findings)
        scanned(hub, MANY, catalogue=ManyControls(), time_left=lambda: False)

        assert 1 == len(hub.queries)

    def test_before_anything_was_found_is_an_error(self) -> None:
        """A first query without findings and no time for the second is no clean report."""
        with pytest.raises(OutOfTimeError):
            scanned(FakeFindings(), MANY, catalogue=ManyControls(), time_left=lambda: False)
