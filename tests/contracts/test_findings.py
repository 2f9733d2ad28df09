"""Findings: what the use cases may rely on, of the fake and of Security Hub's adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from bot.adapters.aws import client
from bot.adapters.security_hub import SecurityHubFindings, _take_findings, filters, findings_client
from bot.domain.change import Values
from bot.domain.finding import Finding, FindingIdentifier, Note, Severity, WorkflowStatus
from bot.domain.query import Query, chosen
from bot.domain.report import Refusal
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
from bot.ports import Findings, Page
from playground import seed
from playground.hub import Hub
from tests.builders import PRODUCT_ARN, a_finding, an_asff, some_findings
from tests.fakes import FakeFindings, skipping_pace

Make = Callable[[Iterable[Finding]], Findings]

S3_8 = Query(controls=("S3.8",))


def adapted(pause: Callable[[float], None] = lambda _seconds: None) -> SecurityHubFindings:
    """Make the adapter, whose waits take no time."""
    paces = skipping_pace(1000, 1000), skipping_pace(1000, 1000)
    return SecurityHubFindings(findings_client(), *paces, pause)


@pytest.fixture(params=["fake", "security-hub"])
def make(request: pytest.FixtureRequest) -> Make:
    """Give what makes a port that has findings."""
    if request.param == "fake":
        return lambda findings: FakeFindings(list(findings), page_size=100)
    hub: Hub = request.getfixturevalue("hub")

    def load(findings: Iterable[Finding]) -> Findings:
        hub.load(map(an_asff, findings))
        return adapted()

    return load


def read(port: Findings, query: Query = S3_8) -> set[Finding]:
    """Read all that answers a query."""
    return {finding for page in port.pages(query) for finding in page.findings}


class TestPages:
    """Reading findings."""

    def test_give_findings_as_they_are(self, make: Make) -> None:
        """What is read is what is there, in the domain's terms."""
        findings = some_findings(3)

        assert set(findings) == read(make(findings))

    @pytest.mark.parametrize(
        "query",
        [
            Query(controls=("S3.8",)),
            Query(controls=("S3.8", "EC2.19")),
            Query(controls=("S3.8",), severities=(Severity.CRITICAL, Severity.LOW)),
            Query(controls=("S3.8",), accounts=("111111111111",)),
            Query(controls=("S3.8",), regions=("us-east-1", "eu-west-1")),
            Query(controls=("S3.8",), statuses=(WorkflowStatus.NEW,)),
            Query(controls=("S3.8",), statuses=(WorkflowStatus.NOTIFIED,)),
            Query(controls=("S3.8",), not_accounts=("111111111111", "123456789012")),
            Query(controls=("S3.8",), not_regions=("us-east-1",)),
            Query(controls=("s3.8",)),
            Query(controls=(), finding_ids=(a_finding(1).identifiers[0].id,)),
            Query(controls=(), finding_ids=(a_finding(11).identifiers[0].id,)),
            chosen(a_finding(number).identifiers[0].id for number in (1, 9, 11)),
            Query(
                controls=("S3.8",),
                severities=(Severity.LOW,),
                accounts=("111111111111",),
                regions=("us-east-1",),
                statuses=(WorkflowStatus.NOTIFIED,),
            ),
        ],
    )
    def test_give_what_answers_and_no_more(self, make: Make, query: Query) -> None:
        """A query's attributes all have to fit, each by one of its values."""
        findings = [
            a_finding(1),
            a_finding(2, control_id="EC2.19"),
            a_finding(3, control_id="S3.1"),
            a_finding(4, severity=Severity.CRITICAL),
            a_finding(5, severity=Severity.LOW),
            a_finding(6, account_id="111111111111"),
            a_finding(7, region="us-east-1"),
            a_finding(8, workflow_status=WorkflowStatus.NOTIFIED),
            a_finding(9, workflow_status=WorkflowStatus.SUPPRESSED),
            a_finding(10, workflow_status=WorkflowStatus.RESOLVED),
            a_finding(11, compliance_status="PASSED"),
            a_finding(
                12,
                severity=Severity.LOW,
                account_id="111111111111",
                region="us-east-1",
                workflow_status=WorkflowStatus.NOTIFIED,
            ),
        ]

        assert {finding for finding in findings if _fits(finding, query)} == read(make(findings), query)

    @pytest.mark.parametrize(
        ("count", "sizes"), [(0, [0]), (1, [1]), (100, [100]), (101, [1, 100]), (250, [50, 100, 100])]
    )
    def test_are_of_a_hundred(self, make: Make, count: int, sizes: list[int]) -> None:
        """A page has a hundred findings at most, and together they have all."""
        assert sizes == sorted(len(page.findings) for page in make(some_findings(count)).pages(S3_8))

    def test_are_read_as_they_are_wanted(self, make: Make) -> None:
        """The first page is there before the second is asked for."""
        pages = make(some_findings(101)).pages(S3_8)

        assert 100 == len(next(pages).findings)


class TestParsing:
    """What stands in for botocore's walk over the findings."""

    def test_gives_what_botocore_gives(self, hub: Hub) -> None:
        """Of findings with every kind of field, an answer is the same to the last value."""
        hub.load(seed.findings())
        request = {"Filters": filters(Query(controls=())), "MaxResults": 100}
        ours, botocores = (c.get_findings(**request) for c in (findings_client(), client("securityhub")))

        assert 100 == len(ours["Findings"])
        assert botocores["Findings"] == ours["Findings"]
        assert set(botocores) == set(ours)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"Findings": null}', b'{"Findings": {}}'])
    def test_leaves_the_rest_to_botocore(self, body: bytes) -> None:
        """What is no answer of Security Hub's is not touched."""
        given: dict[str, object] = {}
        answer = {"status_code": 200, "body": body}
        _take_findings(answer, given)

        assert {} == given
        assert body == answer["body"]


NOTIFIED = Values(WorkflowStatus.NOTIFIED, None, None)


def mark(port: Findings, identifiers: list[FindingIdentifier]) -> list[Refusal]:
    """Set findings NOTIFIED."""
    return port.update((identifier, NOTIFIED) for identifier in identifiers)


def _fits(finding: Finding, query: Query) -> bool:
    """Tell in the plainest words whether a finding answers a query."""
    return (
        (query.is_chosen or finding.compliance_status == "FAILED")
        and (not query.statuses or finding.workflow_status in query.statuses)
        and (not query.controls or finding.control_id in query.controls)
        and (not query.severities or finding.severity in query.severities)
        and (not query.accounts or finding.account_id in query.accounts)
        and (not query.regions or finding.region in query.regions)
        and finding.account_id not in query.not_accounts
        and finding.region not in query.not_regions
        and (not query.finding_ids or finding.identifiers[0].id in query.finding_ids)
    )


class TestUpdate:
    """Setting values on findings."""

    def test_sets_what_it_is_told(self, make: Make) -> None:
        """Those findings are NOTIFIED afterwards, and no others."""
        port = make(some_findings(5))
        chosen = [a_finding(number).identifiers[0] for number in (1, 3)]

        assert [] == mark(port, chosen)
        notified = read(port, Query(controls=("S3.8",), statuses=(WorkflowStatus.NOTIFIED,)))
        assert set(chosen) == {finding.identifiers[0] for finding in notified}

    @pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
    def test_takes_any_number(self, make: Make, count: int) -> None:
        """However many there are, all are set."""
        findings = some_findings(count)
        port = make(findings)

        assert [] == mark(port, [finding.identifiers[0] for finding in findings])
        assert count == len(read(port, Query(controls=("S3.8",), statuses=(WorkflowStatus.NOTIFIED,))))

    def test_may_be_told_twice(self, make: Make) -> None:
        """Naming a finding twice, or marking it again, is no error."""
        port = make(some_findings(1))
        identifier = a_finding(0).identifiers[0]

        assert [] == mark(port, [identifier, identifier])
        assert [] == mark(port, [identifier])

    def test_sets_note_and_fields(self, make: Make) -> None:
        """A note and fields take the place of those before; without them those before stay."""
        port = make(some_findings(2))
        one, other = (a_finding(number).identifiers[0] for number in range(2))
        note, fields = Note("Why", "sechub-bot"), {"ticket": "A-1", "who": "me"}
        port.update([(one, Values(WorkflowStatus.NOTIFIED, note, fields)), (other, NOTIFIED)])
        port.update([(one, Values(WorkflowStatus.NEW, None, None))])

        found = {finding.identifiers[0]: finding for finding in read(port)}
        assert (note, fields) == (found[one].note, dict(found[one].user_fields))
        assert (WorkflowStatus.NEW, WorkflowStatus.NOTIFIED) == (
            found[one].workflow_status,
            found[other].workflow_status,
        )
        assert (None, ()) == (found[other].note, found[other].user_fields)


@pytest.fixture
def adapter(hub: Hub) -> SecurityHubFindings:
    """Give the adapter, whose pauses do not pause."""
    return adapted()


class TestCost:
    """How often Security Hub is called."""

    @pytest.mark.parametrize(
        ("count", "calls"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (201, 3), (1000, 10)]
    )
    def test_of_a_scan(self, hub: Hub, adapter: SecurityHubFindings, count: int, calls: int) -> None:
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

    @pytest.mark.parametrize(("count", "calls"), [(0, 0), (1, 1), (100, 1), (101, 2), (1000, 10)])
    def test_of_marking(self, hub: Hub, adapter: SecurityHubFindings, count: int, calls: int) -> None:
        """A hundred findings are one update."""
        findings = some_findings(count)
        hub.load(map(an_asff, findings))
        mark(adapter, [finding.identifiers[0] for finding in findings])

        assert ["BatchUpdateFindings"] * calls == [call.operation for call in hub.calls]

    def test_of_different_changes(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """Those that follow each other with the same values share a call, whatever comes between others."""
        findings = some_findings(300)
        hub.load(map(an_asff, findings))
        values = [NOTIFIED] * 150 + [Values(WorkflowStatus.SUPPRESSED, Note("x", "y"), None)] * 150
        adapter.update(zip([finding.identifiers[0] for finding in findings], values, strict=True))

        assert [50, 50, 100, 100] == sorted(len(call.parameters["FindingIdentifiers"]) for call in hub.calls)


class TestFilters:
    """What only the adapter can show."""

    def test_leave_out_archived_ones(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A finding whose resource is gone is not a violation any more."""
        hub.load([an_asff(a_finding(1)) | {"RecordState": "ARCHIVED"}, an_asff(a_finding(2))])

        assert {a_finding(2)} == read(adapter)

    def test_go_by_workflow_status(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A suppressed finding is left out though its deprecated WorkflowState says NEW."""
        suppressed = an_asff(a_finding(1, workflow_status=WorkflowStatus.SUPPRESSED))
        hub.load([suppressed | {"WorkflowState": "NEW"}])

        assert set() == read(adapter)

    def test_are_few(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """However narrow a query is, it has no more than the ten attributes that Security Hub takes."""
        read(
            adapter,
            Query(
                controls=("S3.8",),
                severities=tuple(Severity),
                accounts=("123456789012",),
                regions=("us-east-1",),
                finding_ids=("x",),
            ),
        )

        assert 8 == len(hub.calls[0].parameters["Filters"])


class TestRefusals:
    """Updates that Security Hub does not make."""

    @pytest.mark.parametrize("code", ["FindingNotFound", "InvalidInput", "FindingSizeExceeded"])
    def test_are_given(self, hub: Hub, adapter: SecurityHubFindings, code: str) -> None:
        """What Security Hub says of a finding comes back at once, and the others are updated."""
        findings = some_findings(3)
        hub.load(map(an_asff, findings))
        hub.refuse = {findings[1].identifiers[0].id: code}
        refusals = mark(adapter, [finding.identifiers[0] for finding in findings])

        assert [(findings[1].identifiers[0].id, code)] == [(r.finding_id, r.code) for r in refusals]
        assert 1 == len(hub.calls)
        assert "NOTIFIED" == hub.finding(findings[2].identifiers[0].id)["Workflow"]["Status"]

    def test_name_what_is_not_there(self, adapter: SecurityHubFindings) -> None:
        """A finding that has been deleted is refused by name."""
        (refusal,) = mark(adapter, [FindingIdentifier("gone", PRODUCT_ARN)])

        assert ("gone", "FindingNotFound") == (refusal.finding_id, refusal.code)

    @pytest.mark.parametrize("code", ["ConcurrentUpdateError", "InternalFailure"])
    def test_that_pass_are_tried_again(self, hub: Hub, code: str) -> None:
        """What may pass is tried again after a pause, and only that."""
        findings = some_findings(3)
        hub.load(map(an_asff, findings))
        hub.refuse_once = {findings[1].identifiers[0].id: code}
        pauses: list[float] = []
        adapter = adapted(pauses.append)

        assert [] == mark(adapter, [finding.identifiers[0] for finding in findings])
        assert [3, 1] == [len(call.parameters["FindingIdentifiers"]) for call in hub.calls]
        assert [1] == pauses

    def test_that_do_not_pass_are_given(self, hub: Hub) -> None:
        """After four attempts what is still refused is told."""
        hub.load(map(an_asff, some_findings(1)))
        hub.refuse = {a_finding(0).identifiers[0].id: "ConcurrentUpdateError"}
        pauses: list[float] = []
        adapter = adapted(pauses.append)
        refusals = mark(adapter, [a_finding(0).identifiers[0]])

        assert ["ConcurrentUpdateError"] == [refusal.code for refusal in refusals]
        assert 4 == len(hub.calls)
        assert [1, 2, 4] == pauses

    def test_change_nothing_but_the_status(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A person's note on the finding stays."""
        note = {"Text": "Ours", "UpdatedBy": "auditor", "UpdatedAt": "2026-11-20T00:00:00.000Z"}
        hub.load([an_asff(a_finding(1)) | {"Note": note}])
        mark(adapter, [a_finding(1).identifiers[0]])

        assert note == hub.finding(a_finding(1).identifiers[0].id)["Note"]
        assert {"FindingIdentifiers", "Workflow"} == set(hub.calls[0].parameters)


def calls_of(adapter: SecurityHubFindings) -> list[Callable[[], object]]:
    """Give the adapter's calls."""
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
            ("InvalidInputException", 400, UnexpectedResponseError),
        ],
    )
    def test_by_name(
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

    def test_that_pass_are_outlasted(self, hub: Hub, adapter: SecurityHubFindings, number: int) -> None:
        """Seven refusals for too many requests are waited out."""
        hub.load([an_asff(a_finding(1))])
        operation = ("GetFindings", "BatchUpdateFindings")[number]
        hub.fail_next(operation, "TooManyRequestsException", status=429, count=7)

        assert calls_of(adapter)[number]() in ([Page([a_finding(1)])], [])
        assert 8 == len(hub.calls)

    def test_where_it_is_not_enabled(self, hub: Hub, adapter: SecurityHubFindings, number: int) -> None:
        """A Region without Security Hub is named, and is not a Region without findings."""
        hub.disable()

        with pytest.raises(SecurityHubDisabledError) as caught:
            calls_of(adapter)[number]()

        assert {"region": "ap-northeast-1"} == caught.value.values

    def test_in_the_middle_of_an_answer(self, hub: Hub, adapter: SecurityHubFindings, number: int) -> None:
        """A connection that breaks off is not an answer without findings."""
        hub.load([an_asff(a_finding(1))])
        for _ in range(20):
            hub.drop_next(("GetFindings", "BatchUpdateFindings")[number])

        with pytest.raises(UnavailableError):
            calls_of(adapter)[number]()


class TestPaging:
    """Security Hub fails between two pages."""

    def test_gives_the_first_page_first(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """What has been read is not lost when the next page fails."""
        hub.load(map(an_asff, some_findings(150)))
        pages = adapter.pages(S3_8)
        first = next(pages)
        hub.fail_next("GetFindings", "TooManyRequestsException", status=429, count=100)

        with pytest.raises(ThrottledError):
            next(pages)
        assert 100 == len(first.findings)

    def test_tells_when_the_place_is_lost(self, hub: Hub, adapter: SecurityHubFindings) -> None:
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
