"""Which filter attributes the hub models, and where each looks."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import Shape

from playground.hub import Hub
from playground.hub.findings.attributes import DATES, MAPS, STRINGS
from playground.hub.shapes import input_shape
from tests.hub.samples import Parameters, asff, ids, matching, refused

_SHAPE: Any = input_shape("GetFindings").members["Filters"]
FILTERS: dict[str, Shape] = _SHAPE.members
"""Every filter attribute that AWS has."""

NOVEMBER_10 = {"Start": "2026-11-10T00:00:00Z", "End": "2026-11-11T00:00:00Z"}


class TestAttributes:
    """Source: shapes AwsSecurityFindingFilters and AwsSecurityFinding in botocore's service model."""

    @pytest.mark.parametrize(
        ("attribute", "changes", "value"),
        [
            ("AwsAccountId", {"AwsAccountId": "999999999999"}, "999999999999"),
            ("AwsAccountName", {"AwsAccountName": "prod"}, "prod"),
            ("CompanyName", {"CompanyName": "AWS"}, "AWS"),
            (
                "ComplianceAssociatedStandardsId",
                {"Compliance": {"AssociatedStandards": [{"StandardsId": "a"}, {"StandardsId": "b"}]}},
                "b",
            ),
            ("ComplianceSecurityControlId", {"Compliance": {"SecurityControlId": "S3.1"}}, "S3.1"),
            ("ComplianceStatus", {"Compliance": {"Status": "PASSED"}}, "PASSED"),
            ("Description", {"Description": "other"}, "other"),
            ("GeneratorId", {"GeneratorId": "security-control/S3.1"}, "security-control/S3.1"),
            ("Id", {"Id": "other"}, "other"),
            ("NoteText", {"Note": {"Text": "seen"}}, "seen"),
            ("NoteUpdatedBy", {"Note": {"UpdatedBy": "security"}}, "security"),
            ("ProductArn", {"ProductArn": "arn:other"}, "arn:other"),
            ("ProductName", {"ProductName": "GuardDuty"}, "GuardDuty"),
            ("RecordState", {"RecordState": "ARCHIVED"}, "ARCHIVED"),
            ("Region", {"Region": "us-east-1"}, "us-east-1"),
            ("ResourceApplicationArn", {"Resources": [{"ApplicationArn": "arn:a"}]}, "arn:a"),
            ("ResourceApplicationName", {"Resources": [{"ApplicationName": "shop"}]}, "shop"),
            ("ResourceId", {"Resources": [{"Id": "other"}]}, "other"),
            ("ResourcePartition", {"Resources": [{"Partition": "aws-cn"}]}, "aws-cn"),
            ("ResourceRegion", {"Resources": [{"Region": "us-east-1"}]}, "us-east-1"),
            ("ResourceType", {"Resources": [{"Type": "AwsAccount"}]}, "AwsAccount"),
            ("SeverityLabel", {"Severity": {"Label": "LOW"}}, "LOW"),
            ("Title", {"Title": "other"}, "other"),
            ("Type", {"Types": ["TTPs", "Effects"]}, "Effects"),
            ("VerificationState", {"VerificationState": "TRUE_POSITIVE"}, "TRUE_POSITIVE"),
            ("WorkflowState", {"WorkflowState": "DEFERRED"}, "DEFERRED"),
            ("WorkflowStatus", {"Workflow": {"Status": "SUPPRESSED"}}, "SUPPRESSED"),
        ],
    )
    def test_each_attribute_looks_where_format_has_it(
        self, home: Hub, client: Any, attribute: str, changes: Parameters, value: str
    ) -> None:
        """Each attribute looks where the format has it."""
        home.load([asff(1), asff(2, **changes)])
        answer = client.get_findings(Filters=matching(attribute, "EQUALS", value))

        assert [changes.get("Id", "finding-0002")] == ids(answer)

    @pytest.mark.parametrize(
        ("attribute", "changes"),
        [
            ("ProductFields", {"ProductFields": {"Owner": "platform"}}),
            ("ResourceTags", {"Resources": [{"Id": "a"}, {"Id": "b", "Tags": {"Owner": "platform"}}]}),
            ("UserDefinedFields", {"UserDefinedFields": {"Owner": "platform"}}),
        ],
    )
    def test_map_filter_needs_key_and_value(
        self, home: Hub, client: Any, attribute: str, changes: Parameters
    ) -> None:
        """A map's key and value must both be the ones asked for, case by case."""
        home.load([asff(1), asff(2, **changes)])

        def found(key: str, value: str, comparison: str = "EQUALS") -> list[str]:
            entry = {"Key": key, "Value": value, "Comparison": comparison}
            return ids(client.get_findings(Filters={attribute: [entry]}))

        assert ["finding-0002"] == found("Owner", "platform")
        assert [] == found("owner", "platform")
        assert [] == found("Owner", "Platform")
        assert ["finding-0001"] == found("Owner", "platform", "NOT_EQUALS")

    @pytest.mark.parametrize("attribute", sorted(DATES))
    def test_dates_are_read_in_any_offset(self, home: Hub, client: Any, attribute: str) -> None:
        """Each date is read where the format has it, in any offset."""
        times = ("2026-11-09T23:59:59Z", "2026-11-10T09:00:00.5+09:00", "2026-11-11T00:00:01Z")
        for number, time in enumerate(times, 1):
            changes = {"Note": {"UpdatedAt": time}} if attribute == "NoteUpdatedAt" else {attribute: time}
            home.load([asff(number, **changes)])

        assert ["finding-0002"] == ids(client.get_findings(Filters={attribute: [NOVEMBER_10]}))

    def test_workflow_state_is_stale(self, home: Hub, client: Any) -> None:
        """The deprecated WorkflowState stays NEW, so a filter on it finds what is suppressed."""
        home.load([asff(1, WorkflowState="NEW", Workflow={"Status": "SUPPRESSED"})])

        def found(attribute: str) -> list[str]:
            return ids(client.get_findings(Filters=matching(attribute, "EQUALS", "NEW")))

        assert ["finding-0001"] == found("WorkflowState")
        assert [] == found("WorkflowStatus")

    def test_unmodelled_attribute_is_refused_by_name(self, client: Any) -> None:
        """Every other attribute that AWS has is refused by name, never ignored."""
        shapes = FILTERS
        unmodelled = set(shapes) - {*STRINGS, *MAPS, *DATES}
        by_type = {"StringFilterList": matching("x", "EQUALS", "a")["x"]}
        for attribute in sorted(unmodelled):
            entries = by_type.get(shapes[attribute].name, [{}])
            with refused("NotModelled", attribute, 501):
                client.get_findings(Filters={attribute: entries})

    def test_tables_name_attributes_of_service_model(self) -> None:
        """The tables name attributes that AWS has, each with its kind of filter."""
        members = FILTERS
        kinds = ((STRINGS, "StringFilterList"), (MAPS, "MapFilterList"), (DATES, "DateFilterList"))

        assert {(name, kind) for table, kind in kinds for name in table} == {
            (name, members[name].name) for table, _ in kinds for name in table
        }
