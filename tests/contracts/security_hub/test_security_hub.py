"""The adapter of Security Hub: its calls, filters and errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.adapters.security_hub import SecurityHubFindings
from bot.domain.finding import FindingIdentifier, Note, Severity, WorkflowStatus
from bot.domain.query import Query
from bot.domain.triage import FindingState, Refusal
from bot.errors import (
    AccessDeniedError,
    BotError,
    CredentialsError,
    PageLostError,
    SecurityHubDisabledError,
    ThrottledError,
    UnavailableError,
    UnexpectedResponseError,
)
from bot.ports import Page
from playground.hub import Hub
from tests.builders import a_finding, an_asff, some_findings
from tests.contracts.security_hub.hubs import NOTIFIED, S3_8, adapter, mark, read

__all__ = ["adapter"]


class TestCost:
    """How often Security Hub is called."""

    @pytest.mark.parametrize(
        ("count", "calls"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (201, 3), (1000, 10)]
    )
    def test_calls_of_a_scan_are_few(
        self, hub: Hub, adapter: SecurityHubFindings, count: int, calls: int
    ) -> None:
        """n findings of up to 20 controls are max(1, ⌈n/100⌉) calls, each for a hundred."""
        hub.load(
            map(
                an_asff,
                [*some_findings(count), *(a_finding(9000 + n, control_id="S3.1") for n in range(150))],
            )
        )
        query = Query(controls=("S3.8", *(f"EC2.{number}" for number in range(19))))

        assert count == len(read(adapter, query))
        assert ["GetFindings"] * calls == [call.operation for call in hub.calls]
        assert {100} == {call.parameters["MaxResults"] for call in hub.calls}

    def test_service_is_one_prefix(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """250 findings of a service, of many controls, are three calls, each with one PREFIX."""
        findings = [a_finding(n, control_id=f"S3.{n % 25}") for n in range(250)]
        hub.load(map(an_asff, [*findings, a_finding(999, control_id="S3Express.1")]))

        assert set(findings) == read(adapter, Query(controls=("S3.*",)))
        assert 3 == len(hub.calls)
        assert [{"Value": "S3.", "Comparison": "PREFIX"}] == hub.calls[0].parameters["Filters"][
            "ComplianceSecurityControlId"
        ]

    @pytest.mark.parametrize(
        ("resource", "calls"), [("arn:aws:s3:::bucket-7", 1), ("arn:aws:s3:::bucket-7*", 1), ("bucket-7", 3)]
    )
    def test_name_of_resource_reads_the_rest_of_the_query(
        self, hub: Hub, adapter: SecurityHubFindings, resource: str, calls: int
    ) -> None:
        """An ARN is one call; a name, which no filter finds in an ARN, is those of the query without it."""
        hub.load(map(an_asff, some_findings(250)))
        found = read(adapter, Query(controls=("S3.8",), named_resources=(resource,)))

        assert "arn:aws:s3:::bucket-7" in {finding.resource_id for finding in found}
        assert calls == len(hub.calls)

    @pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (100, 1), (101, 2), (1000, 10)])
    def test_hundred_marks_are_one_call(
        self, hub: Hub, adapter: SecurityHubFindings, count: int, calls: int
    ) -> None:
        """A hundred findings are one update."""
        findings = some_findings(count)
        hub.load(map(an_asff, findings))
        mark(adapter, [finding.identifiers[0] for finding in findings])

        assert ["BatchUpdateFindings"] * calls == [call.operation for call in hub.calls]

    def test_equal_changes_share_a_call(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """Those that follow each other with the same values share a call, also if others come between."""
        findings = some_findings(300)
        hub.load(map(an_asff, findings))
        values = [NOTIFIED] * 150 + [FindingState(WorkflowStatus.SUPPRESSED, Note("x", "y"))] * 150
        adapter.update(zip([finding.identifiers[0] for finding in findings], values, strict=True))

        assert [50, 50, 100, 100] == sorted(len(call.parameters["FindingIdentifiers"]) for call in hub.calls)


class TestFilters:
    """What only the adapter can show."""

    def test_archived_findings_are_left_out(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A finding whose resource is gone is not a violation any more."""
        hub.load([an_asff(a_finding(1)) | {"RecordState": "ARCHIVED"}, an_asff(a_finding(2))])

        assert {a_finding(2)} == read(adapter)

    def test_filter_reads_workflow_status_not_workflow_state(
        self, hub: Hub, adapter: SecurityHubFindings
    ) -> None:
        """A suppressed finding is left out though its deprecated WorkflowState says NEW."""
        suppressed = an_asff(a_finding(1, workflow_status=WorkflowStatus.SUPPRESSED))
        hub.load([suppressed | {"WorkflowState": "NEW"}])

        assert set() == read(adapter)

    @pytest.mark.parametrize("place", [{"not_accounts": ("111111111111",)}, {"accounts": ("123456789012",)}])
    def test_query_of_more_attributes_is_narrowed_while_reading(
        self, hub: Hub, adapter: SecurityHubFindings, place: dict[str, tuple[str, ...]]
    ) -> None:
        """Ten attributes are sent, all that Security Hub takes; the others narrow all the same."""
        right = a_finding(
            1, tags=(("Owner", "web"),), first_observed_at=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        )
        wrong = [
            replace(right, identifiers=a_finding(2).identifiers, severity=Severity.LOW),
            replace(right, identifiers=a_finding(3).identifiers, region="us-east-1"),
            replace(right, identifiers=a_finding(4).identifiers, tags=()),
        ]
        hub.load(map(an_asff, [right, *wrong]))
        query = Query(
            controls=("S3.8",),
            severities=(Severity.HIGH,),
            account_names=("prod",),
            regions=("ap-northeast-1",),
            named_resources=("arn:aws:s3:::bucket-*",),
            tags=("Owner=web",),
            standards=right.standards,
            since_days=7,
        )

        assert {right} == read(adapter, replace(query, **place))  # type: ignore[arg-type]
        assert 10 == len(hub.calls[0].parameters["Filters"])

    def test_query_has_at_most_ten_attributes(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """However narrow a query is, it has no more than the ten attributes that Security Hub takes."""
        read(
            adapter,
            Query(
                controls=("S3.8",),
                severities=tuple(Severity),
                accounts=("123456789012",),
                regions=("us-east-1",),
                findings=(FindingIdentifier("x", "arn:product"),),
            ),
        )

        assert 9 == len(hub.calls[0].parameters["Filters"])


def calls_of(adapter: SecurityHubFindings) -> list[Callable[[], object]]:
    """Return the adapter's calls."""
    return [
        lambda: list(adapter.pages(S3_8)),
        lambda: mark(adapter, [a_finding(1).identifiers[0]]),
    ]


@pytest.mark.parametrize("number", [0, 1], ids=["GetFindings", "BatchUpdateFindings"])
class TestErrors:
    """Security Hub fails."""

    @pytest.mark.parametrize(
        ("code", "status", "error"),
        [
            ("InvalidAccessException", 401, SecurityHubDisabledError),
            ("AccessDeniedException", 403, AccessDeniedError),
            ("TooManyRequestsException", 429, ThrottledError),
            ("LimitExceededException", 429, ThrottledError),
            ("ThrottlingException", 400, ThrottledError),
            ("InternalException", 500, UnavailableError),
            ("ServiceUnavailable", 503, UnavailableError),
            ("UnrecognizedClientException", 403, CredentialsError),
            ("ExpiredTokenException", 403, CredentialsError),
        ],
    )
    def test_each_code_of_aws_is_mapped(
        self,
        hub: Hub,
        adapter: SecurityHubFindings,
        number: int,
        code: str,
        status: int,
        error: type[BotError],
    ) -> None:
        """Each of AWS's codes is one of the bot's errors."""
        operation = ("GetFindings", "BatchUpdateFindings")[number]
        hub.fail_next(operation, code, status=status, count=100)

        with pytest.raises(error) as caught:
            calls_of(adapter)[number]()

        assert operation in str(caught.value) or error in (SecurityHubDisabledError, CredentialsError)

    def test_invalid_input_quotes_aws(self, hub: Hub, adapter: SecurityHubFindings, number: int) -> None:
        """A query that Security Hub does not take is an error; a change that it does not take, a refusal."""
        operation = ("GetFindings", "BatchUpdateFindings")[number]
        hub.fail_next(operation, "InvalidInputException", status=400, message="Bad value")
        if operation == "BatchUpdateFindings":
            refused = Refusal(a_finding(1).identifiers[0], "InvalidInputException", "Bad value")
            assert [refused] == mark(adapter, [a_finding(1).identifiers[0]])
        else:
            with pytest.raises(UnexpectedResponseError, match="InvalidInputException Bad value"):
                list(adapter.pages(S3_8))

    def test_seven_throttles_are_waited_out(
        self, hub: Hub, adapter: SecurityHubFindings, number: int
    ) -> None:
        """Seven refusals for too many requests are waited out."""
        hub.load([an_asff(a_finding(1))])
        operation = ("GetFindings", "BatchUpdateFindings")[number]
        hub.fail_next(operation, "TooManyRequestsException", status=429, count=7)

        assert calls_of(adapter)[number]() in ([Page([a_finding(1)])], [])
        assert 8 == len(hub.calls)

    def test_region_without_security_hub_is_named(
        self, hub: Hub, adapter: SecurityHubFindings, number: int
    ) -> None:
        """A Region without Security Hub is named, and is not a Region without findings."""
        hub.disable()

        with pytest.raises(SecurityHubDisabledError) as caught:
            calls_of(adapter)[number]()

        assert {"region": "ap-northeast-1"} == caught.value.values

    def test_broken_connection_is_no_empty_answer(
        self, hub: Hub, adapter: SecurityHubFindings, number: int
    ) -> None:
        """A connection that breaks off is not an answer without findings."""
        hub.load([an_asff(a_finding(1))])
        for _ in range(20):
            hub.drop_next(("GetFindings", "BatchUpdateFindings")[number])

        with pytest.raises(UnavailableError):
            calls_of(adapter)[number]()


class TestPaging:
    """Security Hub fails between two pages."""

    def test_first_page_survives_failure_of_the_second(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """What has been read is not lost when the next page fails."""
        hub.load(map(an_asff, some_findings(150)))
        pages = adapter.pages(S3_8)
        first = next(pages)
        hub.fail_next("GetFindings", "TooManyRequestsException", status=429, count=100)

        with pytest.raises(ThrottledError):
            next(pages)
        assert 100 == len(first.findings)

    def test_refused_token_has_its_own_error(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A token that Security Hub does not take has its own error: the answer is to be read again."""
        hub.load(map(an_asff, some_findings(150)))
        pages = adapter.pages(S3_8)
        next(pages)
        hub.load(map(an_asff, [a_finding(1)]))
        hub.fail_next(
            "GetFindings",
            "InvalidInputException",
            status=400,
            message="Invalid NextToken: Input Query has changed",
        )

        with pytest.raises(PageLostError):
            next(pages)
