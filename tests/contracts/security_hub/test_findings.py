"""Findings: what the use cases may rely on, of the fake and of Security Hub's adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.sdk import client
from bot.adapters.security_hub import SecurityHubFindings, _take_findings, filters, findings_client
from bot.domain.finding import Finding, FindingIdentifier, Note, Severity, WorkflowStatus
from bot.domain.query import Query, chosen
from bot.domain.triage import FindingState
from bot.errors import AccessDeniedError
from bot.ports import Findings
from playground import seed
from playground.hub import Hub
from tests.builders import PRODUCT_ARN, a_finding, a_threat, an_asff, some_findings
from tests.contracts.security_hub.hubs import NOTIFIED, S3_8, adapted, adapter, mark, read

__all__ = ["adapter"]
from tests.fakes.findings import FakeFindings

Make = Callable[[Iterable[Finding]], Findings]


@pytest.fixture(params=["fake", "security-hub"])
def make(request: pytest.FixtureRequest) -> Make:
    """Return a function that makes a port with findings."""
    if request.param == "fake":
        return lambda findings: FakeFindings(list(findings), page_size=100)
    hub: Hub = request.getfixturevalue("hub")

    def load(findings: Iterable[Finding]) -> Findings:
        hub.load(map(an_asff, findings))
        return adapted()

    return load


ELSEWHERE = a_finding(
    21,
    identifiers=(FindingIdentifier("arn:same", PRODUCT_ARN.replace("ap-northeast-1", "us-east-1")),),
    region="us-east-1",
)
"""It shares its Id with a finding of another Region."""


class TestPages:
    """Reading findings."""

    def test_pages_return_findings_in_domain_terms(self, make: Make) -> None:
        """Each field of a finding is read, in the domain's terms."""
        findings = some_findings(3)

        assert set(findings) == read(make(findings))

    def test_tags_are_kept_by_their_keys(self, make: Make) -> None:
        """Other keys than those of owners are kept if somebody asks for them."""
        tags = (("Owner", "web"), ("CostCenter", "42"))
        port = make([a_finding(tags=tags)])

        assert {a_finding(tags=tags[:1])} == read(port)
        assert {a_finding(tags=tags[1:])} == read(port.keeping(frozenset({"costcenter"})))

    @pytest.mark.parametrize(
        "query",
        [
            Query(controls=("S3.8",)),
            Query(controls=("S3.8", "EC2.19")),
            Query(controls=("S3.*",)),
            Query(controls=("EC2.19", "S3.*")),
            Query(controls=("S.*", "s3.*")),
            Query(controls=("all",)),
            Query(controls=("S3.8",), account_names=("stage",)),
            Query(controls=("S3.8",), account_names=("Stage",)),
            Query(controls=("all",), named_resources=("arn:aws:s3:::bucket-3", "arn:aws:s3:::bucket-1*")),
            Query(controls=("all",), named_resources=("bucket-4", "arn:aws:s3:::bucket-1*")),
            Query(controls=("all",), named_resources=("bucket-1*",)),
            Query(controls=("all",), tags=("Owner=web",)),
            Query(controls=("all",), tags=("Owner=web", "Owner=data")),
            Query(controls=("all",), tags=("Owner=web", "Team=a")),
            Query(controls=("S3.8",), since_days=7),
            Query(controls=("all",), standards=("standards/pci-dss/v/4.0.1", "standards/x/v/1.0.0")),
            Query(controls=("all",), severities=(Severity.CRITICAL,)),
            Query(controls=("S3.8",), severities=(Severity.CRITICAL, Severity.LOW)),
            Query(controls=("S3.8",), accounts=("111111111111",)),
            Query(controls=("S3.8",), regions=("us-east-1", "eu-west-1")),
            Query(controls=("S3.8",), statuses=(WorkflowStatus.NEW,)),
            Query(controls=("S3.8",), statuses=(WorkflowStatus.NOTIFIED,)),
            Query(controls=("S3.8",), not_accounts=("111111111111", "123456789012")),
            Query(controls=("S3.8",), not_regions=("us-east-1",)),
            Query(controls=("s3.8",)),
            Query(controls=(), statuses=(WorkflowStatus.SUPPRESSED,), is_of_failed=False),
            Query(controls=(), findings=a_finding(1).identifiers),
            Query(controls=(), findings=a_finding(11).identifiers),
            chosen(a_finding(number).identifiers[0] for number in (1, 9, 11)),
            chosen([a_finding(1).identifiers[0], ELSEWHERE.identifiers[0]]),
            Query(
                controls=("S3.8",),
                severities=(Severity.LOW,),
                accounts=("111111111111",),
                regions=("us-east-1",),
                statuses=(WorkflowStatus.NOTIFIED,),
            ),
        ],
    )
    def test_pages_return_only_matching_findings(self, make: Make, query: Query) -> None:
        """A query's attributes all have to fit, each by one of its values."""
        findings = [
            a_finding(1),
            a_finding(2, control_id="EC2.19"),
            ELSEWHERE,
            a_finding(20, identifiers=(FindingIdentifier("arn:same", PRODUCT_ARN),)),
            a_finding(3, control_id="S3.1"),
            a_finding(4, severity=Severity.CRITICAL),
            a_finding(5, severity=Severity.LOW),
            a_finding(6, account_id="111111111111"),
            a_finding(7, region="us-east-1"),
            a_finding(8, workflow_status=WorkflowStatus.NOTIFIED),
            a_finding(9, workflow_status=WorkflowStatus.SUPPRESSED),
            a_finding(10, workflow_status=WorkflowStatus.RESOLVED),
            a_finding(11, compliance_status="PASSED"),
            a_finding(15, account_name="stage", account_id="111111111111", tags=(("Owner", "web"),)),
            a_finding(16, control_id="EC2.19", tags=(("Owner", "data"), ("Team", "a"))),
            a_finding(17, tags=(("Owner", "web"), ("Team", "a"))),
            a_finding(18, first_observed_at=_ago(3)),
            a_finding(19, first_observed_at=_ago(8)),
            a_finding(22, standards=("standards/cis/v/3.0.0", "standards/pci-dss/v/4.0.1")),
            a_threat(13),
            a_threat(14, workflow_status=WorkflowStatus.SUPPRESSED),
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
    def test_page_has_at_most_a_hundred_findings(self, make: Make, count: int, sizes: list[int]) -> None:
        """A page has a hundred findings at most, and together they have all."""
        assert sizes == sorted(len(page.findings) for page in make(some_findings(count)).pages(S3_8))

    def test_pages_are_read_on_demand(self, make: Make) -> None:
        """The first page is there before the second is asked for."""
        pages = make(some_findings(101)).pages(S3_8)

        assert 100 == len(next(pages).findings)


class TestParsing:
    """What stands in for botocore's walk over the findings."""

    def test_parser_returns_the_same_values_as_botocore(self, hub: Hub) -> None:
        """Of findings with every kind of field, an answer is the same to the last value."""
        hub.load(seed.findings())
        request = {"Filters": filters(Query(controls=())), "MaxResults": 100}
        ours, botocores = (c.get_findings(**request) for c in (findings_client(), client("securityhub")))

        assert 100 == len(ours["Findings"])
        assert botocores["Findings"] == ours["Findings"]
        assert set(botocores) == set(ours)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"Findings": null}', b'{"Findings": {}}'])
    def test_other_answers_are_left_to_botocore(self, body: bytes) -> None:
        """What is no answer of Security Hub's is not touched."""
        given: dict[str, object] = {}
        answer = {"status_code": 200, "body": body}
        _take_findings(answer, given)

        assert {} == given
        assert body == answer["body"]


def _means(word: str, control_id: str) -> bool:
    return word in ("all", control_id) or control_id.split(".", maxsplit=1)[0] + ".*" == word


def _is_resource(finding: Finding, pattern: str) -> bool:
    """Return whether a bucket is meant by an ARN, a name, or the beginning of one."""
    arn = finding.resource_id
    begin = pattern.removesuffix("*")
    same = str.startswith if begin != pattern else str.__eq__
    return bool(same(arn, begin) or same(arn.removeprefix("arn:aws:s3:::"), begin))


def _ago(days: int) -> str:
    """Return a time so many days ago, as Security Hub writes it."""
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%S.000Z}"


def _fits(finding: Finding, query: Query) -> bool:
    """Tell in the plainest words whether a finding answers a query."""
    return (
        (query.is_chosen or not query.is_of_failed or finding.compliance_status == "FAILED")
        and (not query.statuses or finding.workflow_status in query.statuses)
        and (not query.controls or any(_means(word, finding.control_id) for word in query.controls))
        and (not query.standards or any(one in query.standards for one in finding.standards))
        and (not query.account_names or finding.account_name in query.account_names)
        and (
            not query.named_resources
            or any(_is_resource(finding, pattern) for pattern in query.named_resources)
        )
        and all(
            any(f"{key}={dict(finding.tags).get(key)}" == tag for tag in query.tags)
            for key in {tag.split("=")[0] for tag in query.tags}
        )
        and (not query.since_days or finding.first_observed_at >= _ago(query.since_days))
        and (not query.severities or finding.severity in query.severities)
        and (not query.accounts or finding.account_id in query.accounts)
        and (not query.regions or finding.region in query.regions)
        and finding.account_id not in query.not_accounts
        and finding.region not in query.not_regions
        and (not query.findings or finding.identifiers[0] in query.findings)
    )


class TestUpdate:
    """Setting values on findings."""

    def test_update_sets_only_the_named_findings(self, make: Make) -> None:
        """Those findings are NOTIFIED afterwards, and no others."""
        port = make(some_findings(5))
        chosen = [a_finding(number).identifiers[0] for number in (1, 3)]

        assert [] == mark(port, chosen)
        notified = read(port, Query(controls=("S3.8",), statuses=(WorkflowStatus.NOTIFIED,)))
        assert set(chosen) == {finding.identifiers[0] for finding in notified}

    @pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
    def test_update_takes_any_number(self, make: Make, count: int) -> None:
        """However many there are, all are set."""
        findings = some_findings(count)
        port = make(findings)

        assert [] == mark(port, [finding.identifiers[0] for finding in findings])
        assert count == len(read(port, Query(controls=("S3.8",), statuses=(WorkflowStatus.NOTIFIED,))))

    def test_repeated_update_is_no_error(self, make: Make) -> None:
        """Naming a finding twice, or marking it again, is no error."""
        port = make(some_findings(1))
        identifier = a_finding(0).identifiers[0]

        assert [] == mark(port, [identifier, identifier])
        assert [] == mark(port, [identifier])

    def test_update_replaces_note_and_fields_if_given(self, make: Make) -> None:
        """A note and fields take the place of those before; without them those before stay."""
        port = make(some_findings(2))
        one, other = (a_finding(number).identifiers[0] for number in range(2))
        note, fields = Note("Why", "sechub-bot"), {"ticket": "A-1", "who": "me"}
        port.update([(one, FindingState(WorkflowStatus.NOTIFIED, note, fields)), (other, NOTIFIED)])
        port.update([(one, FindingState(WorkflowStatus.NEW))])

        found = {finding.identifiers[0]: finding for finding in read(port)}
        assert note == found[one].note
        assert fields == dict(found[one].user_fields)
        assert WorkflowStatus.NEW == found[one].workflow_status
        assert WorkflowStatus.NOTIFIED == found[other].workflow_status
        assert found[other].note is None
        assert () == found[other].user_fields


class TestRefusals:
    """Updates that Security Hub does not make."""

    @pytest.mark.parametrize("code", ["FindingNotFound", "InvalidInput", "FindingSizeExceeded"])
    def test_refusals_are_returned_and_others_updated(
        self, hub: Hub, adapter: SecurityHubFindings, code: str
    ) -> None:
        """What Security Hub says of a finding comes back at once, and the others are updated."""
        findings = some_findings(3)
        hub.load(map(an_asff, findings))
        hub.refuse = {findings[1].identifiers[0].id: code}
        refusals = mark(adapter, [finding.identifiers[0] for finding in findings])

        assert [(findings[1].identifiers[0].id, code)] == [(r.identifier.id, r.code) for r in refusals]
        assert 1 == len(hub.calls)
        assert "NOTIFIED" == hub.finding(findings[2].identifiers[0].id)["Workflow"]["Status"]

    def test_deleted_finding_is_refused_by_name(self, adapter: SecurityHubFindings) -> None:
        """A finding that has been deleted is refused by name."""
        (refusal,) = mark(adapter, [FindingIdentifier("gone", PRODUCT_ARN)])

        assert "gone" == refusal.identifier.id
        assert "FindingNotFound" == refusal.code

    @pytest.mark.parametrize("code", ["ConcurrentUpdateError", "InternalFailure"])
    def test_transient_refusals_are_retried(self, hub: Hub, code: str) -> None:
        """What may pass is tried again after a pause, and only that."""
        findings = some_findings(3)
        hub.load(map(an_asff, findings))
        hub.refuse_once = {findings[1].identifiers[0].id: code}
        pauses: list[float] = []
        adapter = adapted(pauses.append)

        assert [] == mark(adapter, [finding.identifiers[0] for finding in findings])
        assert [3, 1] == [len(call.parameters["FindingIdentifiers"]) for call in hub.calls]
        assert [1] == pauses

    def test_refusal_is_returned_after_four_attempts(self, hub: Hub) -> None:
        """After four attempts what is still refused is told."""
        hub.load(map(an_asff, some_findings(1)))
        hub.refuse = {a_finding(0).identifiers[0].id: "ConcurrentUpdateError"}
        pauses: list[float] = []
        adapter = adapted(pauses.append)
        refusals = mark(adapter, [a_finding(0).identifiers[0]])

        assert ["ConcurrentUpdateError"] == [refusal.code for refusal in refusals]
        assert 4 == len(hub.calls)
        assert [1, 2, 4] == pauses

    def test_refused_call_leaves_other_calls_alone(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A note that Security Hub does not take costs its own findings, with AWS's code and words."""
        findings = some_findings(3)
        hub.load(map(an_asff, findings))
        ids = [finding.identifiers[0] for finding in findings]
        notes = [Note("one", "x"), Note("x" * 513, "x"), Note("three", "x")]
        refusals = adapter.update(
            (identifier, replace(NOTIFIED, note=note)) for identifier, note in zip(ids, notes, strict=True)
        )

        assert [(ids[1].id, "InvalidInputException")] == [(r.identifier.id, r.code) for r in refusals]
        assert "Note.Text should NOT be longer than 512 characters" in refusals[0].reason
        assert ["NOTIFIED", "NEW", "NOTIFIED"] == [
            hub.finding(identifier.id)["Workflow"]["Status"] for identifier in ids
        ]

    @pytest.mark.parametrize("before", [0, 1])
    def test_denial_after_updates_refuses_the_rest(
        self, hub: Hub, adapter: SecurityHubFindings, before: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A denial after some updates is a refusal of the rest; before any it is an error."""
        findings = some_findings(10_000)
        hub.load(map(an_asff, findings))
        hub.fail_next("BatchUpdateFindings", "AccessDeniedException", 403, count=1000, after=before)
        ids = [finding.identifiers[0] for finding in findings]

        if not before:
            with pytest.raises(AccessDeniedError):
                mark(adapter, ids)
        else:
            refusals = mark(adapter, ids)
            assert 9900 == len(refusals)
            assert {("access-denied", "securityhub:BatchUpdateFindings")} == {
                (refusal.code, refusal.reason) for refusal in refusals
            }
        assert 64 == len(hub.calls)  # of one round, and not of all hundred
        assert ["no finding can be updated any more"] == [record.message for record in caplog.records]

    def test_update_of_status_keeps_the_note(self, hub: Hub, adapter: SecurityHubFindings) -> None:
        """A person's note on the finding stays."""
        note = {"Text": "Ours", "UpdatedBy": "auditor", "UpdatedAt": "2026-11-20T00:00:00.000Z"}
        hub.load([an_asff(a_finding(1)) | {"Note": note}])
        mark(adapter, [a_finding(1).identifiers[0]])

        assert note == hub.finding(a_finding(1).identifiers[0].id)["Note"]
        assert {"FindingIdentifiers", "Workflow"} == set(hub.calls[0].parameters)
