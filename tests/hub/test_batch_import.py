"""What products report, and what becomes of it when they report again."""

from __future__ import annotations

from typing import Any

import pytest

from playground.hub import Hub
from playground.hub.findings.finding import MAX_BYTES
from tests.hub.samples import (
    DEFAULT_ARN,
    REGION,
    Clock,
    Parameters,
    asff,
    identifier,
    imported,
    refused,
)

LONG_AGO = "2026-11-01T00:00:00Z"


class TestImport:
    """Source: operation BatchImportFindings and shape AwsSecurityFinding in botocore's service model."""

    def test_new_finding_gets_what_security_hub_populates(self, home: Hub, client: Any, clock: Clock) -> None:
        """A new finding gets what Security Hub populates."""
        answer = client.batch_import_findings(Findings=[imported()])
        finding = client.get_findings()["Findings"][0]

        assert 1 == answer["SuccessCount"]
        assert 0 == answer["FailedCount"]
        assert [] == answer["FailedFindings"]
        assert {
            **imported(),
            "CompanyName": "Personal",
            "FindingProviderFields": {"Severity": {"Label": "HIGH"}},
            "ProcessedAt": "2026-11-24T12:00:00.000Z",
            "ProductName": "Default",
            "RecordState": "ACTIVE",
            "Region": REGION,
            "Severity": {"Label": "HIGH", "Normalized": 70},
            "Workflow": {"Status": "NEW"},
            "WorkflowState": "NEW",
        } == finding

    def test_provider_fields_stand_at_top(self, home: Hub, client: Any) -> None:
        """What a product gives through FindingProviderFields stands at the top as well."""
        given = {"Severity": {"Label": "LOW", "Original": "2"}, "Types": ["Effects"], "Confidence": 5}
        client.batch_import_findings(Findings=[imported(Severity=None, FindingProviderFields=given)])
        finding = home.finding("finding-0001")

        assert {"Label": "LOW", "Original": "2", "Normalized": 1} == finding["Severity"]
        assert ["Effects"] == finding["Types"]
        assert 5 == finding["Confidence"]
        assert given == finding["FindingProviderFields"]

    def test_same_id_of_two_products_is_two_findings(self, home: Hub, client: Any) -> None:
        """The same Id of two products is two findings."""
        home.load([asff(1)])
        client.batch_import_findings(Findings=[imported(1)])

        assert 2 == len(client.get_findings()["Findings"])
        assert DEFAULT_ARN == home.finding("finding-0001", DEFAULT_ARN)["ProductArn"]

    @pytest.mark.parametrize("count", [0, 101])
    def test_no_finding_and_101_findings_refuse_call(self, home: Hub, count: int) -> None:
        """No finding, and more than 100, refuse the call."""
        from playground.hub.front import answer

        findings = [imported(number) for number in range(count)]
        given = answer(home, "BatchImportFindings", {"Findings": findings})

        assert 400 == given.status
        assert "InvalidInputException" == given.code
        assert 0 == len(home.findings)

    def test_hundred_findings_are_taken(self, home: Hub, client: Any) -> None:
        """A hundred findings are taken."""
        answer = client.batch_import_findings(Findings=[imported(number) for number in range(100)])

        assert 100 == answer["SuccessCount"]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"AwsAccountId": "999999999999"}, "data.AwsAccountId should be the account that calls"),
            ({"SchemaVersion": "2020-01-01"}, 'data.SchemaVersion should be "2018-10-08"'),
            ({"Severity": None}, "should have required property 'FindingProviderFields'"),
            ({"Resources": []}, "data.Resources should NOT have fewer than 1 items"),
            ({"Resources": [{"Type": "Other", "Id": " "}]}, "data.Resources[0].Id should match pattern"),
            ({"Resources": [{"Type": "Other", "Id": "a", "Tags": {}}]}, "data.Resources[0].Tags"),
            ({"Resources": [{"Type": "Other", "Id": "a"}] * 33}, "more than 32 items"),
            ({"Title": "x" * 257}, "data.Title should NOT be longer than 256 characters"),
            ({"Description": "x" * 1025}, "data.Description should NOT be longer than 1024 characters"),
            ({"UpdatedAt": "yesterday"}, "data.UpdatedAt should match format date-time"),
            ({"RecordState": "GONE"}, "data.RecordState should be equal to one of the allowed values"),
        ],
    )
    def test_bad_finding_fails_alone(self, home: Hub, client: Any, changes: Parameters, words: str) -> None:
        """A finding that breaks a rule fails by itself; the others are taken."""
        answer = client.batch_import_findings(Findings=[imported(1, **changes), imported(2)])
        failed = answer["FailedFindings"][0]

        assert 1 == answer["SuccessCount"]
        assert 1 == answer["FailedCount"]
        assert "finding-0001" == failed["Id"]
        assert "InvalidInput" == failed["ErrorCode"]
        assert words in failed["ErrorMessage"]

    def test_unknown_field_fails_its_finding(self, home: Hub) -> None:
        """A field that the format does not have fails its finding; botocore would not send it."""
        from playground.hub.front import answer

        given = answer(home, "BatchImportFindings", {"Findings": [imported(1, Owner="platform")]})

        assert "additional property 'Owner'" in given.body["FailedFindings"][0]["ErrorMessage"]

    def test_finding_of_more_than_240_kb_fails(self, home: Hub, client: Any) -> None:
        """A finding of more than 240 KB fails."""
        details = {"Other": {str(number): "x" * 1000 for number in range(MAX_BYTES // 1000)}}
        resource = {"Type": "Other", "Id": "a", "Details": details}
        answer = client.batch_import_findings(Findings=[imported(1, Resources=[resource])])

        assert "Finding size exceeded 240 KB" == answer["FailedFindings"][0]["ErrorMessage"]


class TestImportAgain:
    """Source: operation BatchImportFindings, "cannot be used to update the following finding fields"."""

    def test_product_keeps_customers_fields(self, home: Hub, client: Any) -> None:
        """The customer's fields stay, also if the product sends others."""
        client.batch_import_findings(Findings=[imported()])
        mine = {
            "Note": {"Text": "mine", "UpdatedBy": "security"},
            "UserDefinedFields": {"mine": "yes"},
            "VerificationState": "BENIGN_POSITIVE",
            "Workflow": {"Status": "SUPPRESSED"},
        }
        client.batch_update_findings(FindingIdentifiers=[identifier(1, DEFAULT_ARN)], **mine)
        before = home.finding("finding-0001")
        theirs: Parameters = {
            "Note": {"Text": "theirs", "UpdatedBy": "product", "UpdatedAt": LONG_AGO},
            "UserDefinedFields": {"theirs": "yes"},
            "VerificationState": "TRUE_POSITIVE",
            "Workflow": {"Status": "NEW"},
        }
        client.batch_import_findings(Findings=[imported(Title="again", **theirs)])
        after = home.finding("finding-0001")

        assert {name: before[name] for name in mine} == {name: after[name] for name in mine}
        assert "again" == after["Title"]

    def test_product_cannot_give_note_to_finding_that_exists_and_has_none(
        self, home: Hub, client: Any
    ) -> None:
        """A product cannot give a note to a finding that exists and has none."""
        client.batch_import_findings(Findings=[imported()])
        note = {"Text": "theirs", "UpdatedBy": "product", "UpdatedAt": LONG_AGO}
        client.batch_import_findings(Findings=[imported(Note=note)])

        assert "Note" not in home.finding("finding-0001")

    def test_product_changes_severity_until_customer_has(self, home: Hub, client: Any) -> None:
        """A product changes the severity until the customer has."""
        client.batch_import_findings(Findings=[imported()])
        client.batch_import_findings(Findings=[imported(Severity={"Label": "LOW"})])
        by_product = home.finding("finding-0001")["Severity"]["Label"]
        client.batch_update_findings(
            FindingIdentifiers=[identifier(1, DEFAULT_ARN)], Severity={"Label": "CRITICAL"}
        )
        client.batch_import_findings(Findings=[imported(Severity={"Label": "MEDIUM"})])
        finding = home.finding("finding-0001")

        assert "LOW" == by_product
        assert "CRITICAL" == finding["Severity"]["Label"]
        assert {"Label": "MEDIUM"} == finding["FindingProviderFields"]["Severity"]


class TestRecurrence:
    """Source: shape WorkflowUpdate, member Status, in botocore's service model."""

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("NEW", "NEW"), ("NOTIFIED", "NEW"), ("RESOLVED", "NEW"), ("SUPPRESSED", "SUPPRESSED")],
    )
    @pytest.mark.parametrize("compliance", ["FAILED", "WARNING", "NOT_AVAILABLE"])
    def test_passed_to_anything_else_makes_notified_and_resolved_new(
        self, home: Hub, status: str, expected: str, compliance: str
    ) -> None:
        """PASSED to anything else makes NOTIFIED and RESOLVED NEW, and leaves SUPPRESSED."""
        home.load([asff(Compliance={"Status": "PASSED"}, Workflow={"Status": status})])
        home.report([asff(Compliance={"Status": compliance}, Workflow=None)])

        assert expected == home.finding("finding-0001")["Workflow"]["Status"]

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("NEW", "NEW"), ("NOTIFIED", "NEW"), ("RESOLVED", "NEW"), ("SUPPRESSED", "SUPPRESSED")],
    )
    def test_archived_to_active_makes_notified_and_resolved_new(
        self, home: Hub, status: str, expected: str
    ) -> None:
        """ARCHIVED to ACTIVE makes NOTIFIED and RESOLVED NEW, and leaves SUPPRESSED."""
        home.load([asff(RecordState="ARCHIVED", Workflow={"Status": status})])
        home.report([asff(Workflow=None)])

        assert expected == home.finding("finding-0001")["Workflow"]["Status"]

    @pytest.mark.parametrize("status", ["NEW", "NOTIFIED", "RESOLVED", "SUPPRESSED"])
    def test_still_failing_finding_keeps_its_status(self, home: Hub, status: str) -> None:
        """What fails still, or is archived, keeps its status."""
        home.load([asff(Workflow={"Status": status})])
        home.report([asff(Workflow=None), asff(RecordState="ARCHIVED", Workflow=None)])

        assert status == home.finding("finding-0001")["Workflow"]["Status"]

    @pytest.mark.parametrize(
        ("status", "expected"),
        [("NEW", "RESOLVED"), ("NOTIFIED", "RESOLVED"), ("SUPPRESSED", "SUPPRESSED")],
    )
    def test_passed_resolves_new_and_notified(self, home: Hub, status: str, expected: str) -> None:
        """
        PASSED makes NEW and NOTIFIED RESOLVED, and leaves SUPPRESSED.

        Source: https://docs.aws.amazon.com/securityhub/latest/userguide/controls-findings-create-update.html.
        """
        home.load([asff(Workflow={"Status": status})])
        home.report([asff(Compliance={"Status": "PASSED"}, Workflow=None)])

        assert expected == home.finding("finding-0001")["Workflow"]["Status"]

    def test_omitted_record_state_keeps_finding_archived(self, home: Hub) -> None:
        """A report that does not say ACTIVE does not bring an archived finding back."""
        home.load([asff(RecordState="ARCHIVED", Workflow={"Status": "NOTIFIED"})])
        home.report([asff(RecordState=None, Workflow=None)])
        finding = home.finding("finding-0001")

        assert "ARCHIVED" == finding["RecordState"]
        assert {"Status": "NOTIFIED"} == finding["Workflow"]

    def test_batch_import_follows_recurrence_rules(self, home: Hub, client: Any) -> None:
        """BatchImportFindings follows the same rules."""
        client.batch_import_findings(Findings=[imported(Compliance={"Status": "PASSED"})])
        passed = home.finding("finding-0001", DEFAULT_ARN)["Workflow"]["Status"]
        client.batch_import_findings(Findings=[imported()])

        assert "RESOLVED" == passed
        assert "NEW" == home.finding("finding-0001")["Workflow"]["Status"]
        with refused("InvalidAccessException", "", 401):
            home.disable()
            client.batch_import_findings(Findings=[imported()])
