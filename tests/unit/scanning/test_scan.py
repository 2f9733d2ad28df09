"""The scan."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.control import Catalogue, Control, Missing
from bot.domain.finding import Finding, FindingIdentifier, Severity, WorkflowStatus
from bot.domain.query import Query, chosen
from bot.domain.report import Unread
from bot.errors import (
    AccessDeniedError,
    BotError,
    OutOfTimeError,
    SecurityHubDisabledError,
    ThrottledError,
    UnavailableError,
    UnknownAccountError,
    UnknownControlError,
)
from tests.builders import PRODUCT_ARN, a_finding, some_findings
from tests.fakes import FakeControls
from tests.fakes.findings import FakeFindings
from tests.unit.world.scan import DENIED, Countdown, scanned

THROTTLED = ThrottledError(service="AWS", call="securityhub:GetFindings")


MANY = tuple(f"S3.{number}" for number in range(1, 51))


class ManyControls(FakeControls):
    """A catalogue of S3.1 to S3.50."""

    def catalogue(self) -> Catalogue:
        """Return the catalogue."""
        return Catalogue(tuple(Control(control_id, "", Severity.LOW) for control_id in MANY))


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

    def test_controls_get_security_hubs_spelling(self) -> None:
        """Security Hub compares with regard to case, so the query has its spelling, not the typed one."""
        hub = FakeFindings()

        assert ("S3.8", "EC2.19") == scanned(hub, ["s3.8", "ec2.19"]).report.query.controls
        assert ("EC2.19", "S3.8") == hub.queries[0].controls

    def test_typo_makes_no_call(self) -> None:
        """A control that does not exist is answered with the nearest one, and nothing is read."""
        hub = FakeFindings()

        with pytest.raises(UnknownControlError, match=r"ECR\.1"):
            scanned(hub, ["S3.8", "CR.1"])

        assert [] == hub.queries

    def test_unknown_service_is_looked_for_among_accounts_alone(self) -> None:
        """A service that does not exist is answered with the nearest one, after a look at account names."""
        hub = FakeFindings()

        with pytest.raises(UnknownControlError, match="nearest=EC2"):
            scanned(hub, ["S3.*", "vpc.*"])

        assert [("vpc", "VPC", "Vpc")] == [query.account_names for query in hub.queries]

    @pytest.mark.parametrize(("name", "nearest"), [("prdo", "prod"), ("PROD", "prod"), ("zzz", "")])
    def test_unknown_name_of_account_is_an_error(self, name: str, nearest: str) -> None:
        """A name that no finding has, in this case, is answered with the nearest, and never with 0 rows."""
        hub = FakeFindings(some_findings(3))

        with pytest.raises(UnknownAccountError) as caught:
            scanned(hub, query=Query(("S3.8",), account_names=("prod", name)))

        assert {"account": name, "nearest": nearest} == caught.value.values
        assert 3 == len(scanned(hub, query=Query(("S3.8",), account_names=("prod",))).rows)

    def test_stored_list_leaves_out_unknown_controls(self) -> None:
        """What AWS has retired, or what never was a control, is named; the others are read."""
        hub = FakeFindings([a_finding(1)])
        found = scanned(hub, ["s3.8", "CR.1", "banana", "CR.1"], is_stored=True)

        assert ("S3.8",) == found.report.query.controls
        assert (Missing("CR.1", ("ECR.1",)), Missing("banana", ())) == found.report.missing
        assert 1 == len(found.rows)

    def test_stored_list_without_known_controls_is_an_error(self) -> None:
        """Where Security Hub has none of the list nothing is read, and nothing is said to be clean."""
        hub = FakeFindings()

        with pytest.raises(UnknownControlError, match=r"ECR\.1"):
            scanned(hub, ["CR.1", "banana"], is_stored=True)

        assert [] == hub.queries

    def test_twenty_controls_are_one_query(self) -> None:
        """GetFindings takes 20 values, so 50 controls are three queries."""
        hub = FakeFindings([a_finding(n, control_id=control) for n, control in enumerate(MANY)])
        hub.page_size = 100
        found = scanned(hub, MANY, catalogue=ManyControls())

        assert [16, 17, 17] == sorted(len(query.controls) for query in hub.queries)
        assert set(MANY) == {row["control"] for row in found.rows}

    def test_report_has_only_matching_findings(self) -> None:
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

        assert [a_finding(1).resource_id, a_finding(6).resource_id] == scanned(hub).resources

    def test_every_row_names_its_report(self) -> None:
        """Each row says which report it is of, also where several standards made it."""
        findings = [a_finding(1), per_standard(a_finding(1), "cis"), a_finding(2)]
        found = scanned(FakeFindings(findings), report_id="0123")

        assert ["report/0123"] * 2 == [row["report-id"] for row in found.rows]

    def test_slow_progress_blocks_no_other_reader(self) -> None:
        """A reader that is telling keeps no other from telling, and so from reading."""
        findings = [replace(f, control_id=("S3.8", "S3.1")[n % 2]) for n, f in enumerate(some_findings(8))]
        numbers, both = count(), Barrier(2)

        def meet(_count: int) -> None:
            if next(numbers) < both.parties:
                both.wait(10)

        assert 8 == len(scanned(FakeFindings(findings), ["S3.8", "S3.1"], progress=meet).rows)

    def test_progress_is_counted_after_each_page(self) -> None:
        """After each page it tells how many have been read."""
        counts: list[int] = []
        scanned(FakeFindings(some_findings(5)), progress=counts.append)

        assert [2, 4, 5] == counts

    def test_progress_counts_no_finding_twice(self) -> None:
        """What a lone reader has read when its partition is cut is read again, and counted once."""
        counts: list[int] = []
        findings = [a_finding(n, account_id=f"{n % 3:012}") for n in range(50)]
        scanned(FakeFindings(findings), progress=counts.append)

        assert len(counts) > 25
        assert 50 == max(counts)


class TestDuplicates:
    """One problem that several standards report."""

    def test_row_keeps_every_identifier_and_standard(self) -> None:
        """The row keeps every identifier and standard, for a click has to mark them all."""
        reports = [per_standard(a_finding(1), standard) for standard in ("fsbp", "cis", "nist")]
        found = scanned(FakeFindings(reports))

        assert {r.identifiers[0] for r in reports} == {*found.identifiers[0]}
        assert {"fsbp", "cis", "nist"} == set(found.rows[0]["standards"].splitlines())
        assert 1 == len(found.rows) == len(found.identifiers)

    @given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["fsbp", "cis", "nist"])), max_size=20))
    def test_rows_lose_no_identifier(self, pairs: list[tuple[int, str]]) -> None:
        """However many report how much, rows are problems and identifiers are findings."""
        findings = [per_standard(a_finding(number), standard) for number, standard in pairs]
        found = scanned(FakeFindings(findings))

        assert len({number for number, _ in pairs}) == len(found.rows) == len(found.identifiers)
        assert {i for f in findings for i in f.identifiers} == {
            i for identifiers in found.identifiers for i in identifiers
        }

    def test_finding_on_two_pages_is_counted_once(self) -> None:
        """A finding that moves to a later page while they are read is not counted twice."""
        hub = FakeFindings([a_finding(1), a_finding(2), a_finding(1)])

        assert 2 == len(scanned(hub).rows)


class TestFailing:
    """Security Hub fails."""

    @pytest.mark.parametrize("error", [DENIED, SecurityHubDisabledError(region="eu-west-1"), THROTTLED])
    def test_failure_at_once_is_an_error(self, error: BotError) -> None:
        """When nothing could be read there is no report, least of all one of 0 findings."""
        with pytest.raises(type(error)):
            scanned(FakeFindings(some_findings(3), fail_at_page=0, error=error))

    def test_failure_midway_is_partial(self) -> None:
        """What has been read is reported, with what is missing and why."""
        found = scanned(FakeFindings(some_findings(5), fail_at_page=1, error=THROTTLED))

        assert 2 == len(found.rows)
        assert [Unread(("S3.8",), "throttled", THROTTLED.values)] == list(found.report.unread)

    def test_failed_query_leaves_the_others(self) -> None:
        """Of three queries the second fails, and the first and third are in the report."""
        findings = [a_finding(n, control_id=control) for n, control in enumerate(MANY)]
        hub = FakeFindings(findings, fail_at_page=1, error=UnavailableError(service="AWS", call="x"))
        hub.page_size = 100
        hub.error_once = True
        found = scanned(hub, MANY, catalogue=ManyControls())
        (unread,) = found.report.unread

        assert len(unread.controls) in (16, 17)
        assert set(MANY) - set(unread.controls) == {row["control"] for row in found.rows}

    def test_failure_before_any_finding_is_an_error(self) -> None:
        """An empty first query and a failed second are not a clean report."""
        hub = FakeFindings(fail_at_page=1, error=THROTTLED)

        with pytest.raises(ThrottledError):
            scanned(hub, MANY, catalogue=ManyControls())

    def test_configuration_error_is_never_partial(self) -> None:
        """A configuration that is wrong is an error also when it shows in the middle."""
        with pytest.raises(AccessDeniedError):
            scanned(FakeFindings(some_findings(5), fail_at_page=1, error=DENIED))

    def test_failed_catalogue_is_an_error(self) -> None:
        """Without the catalogue nothing is known to exist, so nothing is scanned."""
        hub = FakeFindings(some_findings(1))

        with pytest.raises(ThrottledError):
            scanned(hub, catalogue=FakeControls(error=THROTTLED))

        assert [] == hub.queries


class TestChosen:
    """Findings that somebody has chosen."""

    def test_chosen_findings_are_read_by_id(self) -> None:
        """They are read by their Ids alone, in any status, and no catalogue is needed."""
        findings = [
            a_finding(1, control_id="", compliance_status=""),
            a_finding(2, workflow_status=WorkflowStatus.SUPPRESSED),
            a_finding(3),
        ]
        hub = FakeFindings(findings)
        query = chosen(finding.identifiers[0] for finding in findings[:2])
        found = scanned(hub, query=query, catalogue=FakeControls(error=THROTTLED))

        assert ["arn:aws:s3:::bucket-1", "arn:aws:s3:::bucket-2"] == sorted(found.resources)
        assert [query] == hub.queries


class TestTime:
    """The time for a scan is up."""

    def test_deadline_midway_is_partial(self) -> None:
        """What has been read until then is reported as a part."""
        found = scanned(FakeFindings(some_findings(5)), time_left=Countdown(1))

        assert 2 == len(found.rows)
        assert ["out-of-time"] == [unread.code for unread in found.report.unread]

    def test_every_unread_query_is_named(self) -> None:
        """Every query that was not read to its end is named, the ones not begun included."""
        findings = [a_finding(n, control_id=control) for n, control in enumerate(MANY)]
        hub = FakeFindings(findings, page_size=100)
        found = scanned(hub, MANY, catalogue=ManyControls(), time_left=Countdown(2))
        unread = {control for unread in found.report.unread for control in unread.controls}

        assert unread
        assert set(MANY) - unread == {row["control"] for row in found.rows}

    def test_no_query_begins_after_the_deadline(self) -> None:
        """Once it is up nothing more is asked of Security Hub."""
        findings = [a_finding(n, control_id=control) for n, control in enumerate(MANY)]
        hub = FakeFindings(findings)
        with pytest.raises(OutOfTimeError):
            scanned(hub, MANY, catalogue=ManyControls(), time_left=Countdown(1))

        assert 1 == len(hub.queries)

    def test_deadline_before_any_finding_is_an_error(self) -> None:
        """A first query without findings and no time for the second is no clean report."""
        with pytest.raises(OutOfTimeError):
            scanned(FakeFindings(), MANY, catalogue=ManyControls(), time_left=Countdown(1))
