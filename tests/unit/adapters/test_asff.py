"""AWS's spelling of findings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.asff import parse_finding
from bot.domain.finding import FindingIdentifier, Resource, Severity, WorkflowStatus
from tests.builders import PRODUCT_ARN, a_finding, a_note, an_asff

BARE = {"Id": "id", "ProductArn": PRODUCT_ARN, "AwsAccountId": "123456789012"}
"""What every finding has."""

CLOUDTRAIL = "CloudTrail should have encryption at-rest enabled"

OPTIONAL = (
    "Compliance",
    "ProductFields",
    "Resources",
    "Severity",
    "Remediation",
    "Title",
    "GeneratorId",
    "Workflow",
    "AwsAccountName",
    "Region",
    "FirstObservedAt",
    "UpdatedAt",
    "Note",
)

TAGS = st.none() | st.dictionaries(st.sampled_from(["Owner", "x"]), st.none() | st.text())


class TestConsolidated:
    """Findings of Security Hub's own controls, one for all standards."""

    def test_every_part_stands_where_it_belongs(self) -> None:
        """Every part stands where it belongs."""
        assert a_finding(1, note=a_note("Accepted")) == parse_finding(
            an_asff(a_finding(1, note=a_note("Accepted")))
        )

    def test_status_is_workflow_status(self) -> None:
        """The status is Workflow.Status: the deprecated WorkflowState stays NEW after every change."""
        asff = an_asff(a_finding(1, workflow_status=WorkflowStatus.SUPPRESSED)) | {"WorkflowState": "NEW"}

        assert WorkflowStatus.SUPPRESSED == parse_finding(asff).workflow_status

    def test_every_resource_is_kept(self) -> None:
        """Every resource is kept, in Security Hub's order."""
        resources = tuple(Resource(f"i-{number}", "AwsEc2Instance") for number in range(30))

        assert resources == parse_finding(an_asff(a_finding(1, resources=resources))).resources

    def test_consolidated_title_keeps_its_beginning(self) -> None:
        """Only per-standard findings have an ID before their title."""
        asff = an_asff(a_finding(1, title="S3.8 buckets and others"))

        assert "S3.8 buckets and others" == parse_finding(asff).title


class TestPerStandard:
    """Findings that each standard reports for itself, some without Compliance.SecurityControlId."""

    @pytest.mark.parametrize(
        ("generator", "title", "control", "standard"),
        [
            ("security-control/CloudTrail.2", CLOUDTRAIL, "CloudTrail.2", None),
            (
                "aws-foundational-security-best-practices/v/1.0.0/CloudTrail.2",
                f"CloudTrail.2 {CLOUDTRAIL}",
                "CloudTrail.2",
                "aws-foundational-security-best-practices/v/1.0.0",
            ),
            (
                "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.7",
                f"2.7 {CLOUDTRAIL}",
                "2.7",
                "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
            ),
            (
                "arn:aws-cn:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.7",
                f"2.7 {CLOUDTRAIL}",
                "2.7",
                "ruleset/cis-aws-foundations-benchmark/v/1.2.0",
            ),
            (
                "cis-aws-foundations-benchmark/v/1.4.0/3.7",
                f"3.7 {CLOUDTRAIL}",
                "3.7",
                "cis-aws-foundations-benchmark/v/1.4.0",
            ),
            (
                "nist-800-53/v/5.0.0/CloudTrail.2",
                f"CloudTrail.2 {CLOUDTRAIL}",
                "CloudTrail.2",
                "nist-800-53/v/5.0.0",
            ),
            (
                "pci-dss/v/3.2.1/PCI.CloudTrail.1",
                f"PCI.CloudTrail.1 {CLOUDTRAIL}",
                "PCI.CloudTrail.1",
                "pci-dss/v/3.2.1",
            ),
        ],
    )
    def test_generator_id_names_control_and_standard(
        self, generator: str, title: str, control: str, standard: str | None
    ) -> None:
        """Each form of GeneratorId tells the control and the standard, and the title loses its prefix."""
        finding = parse_finding({**BARE, "GeneratorId": generator, "Title": title})

        assert control == finding.control_id
        assert ((standard,) if standard else ()) == finding.standards
        assert CLOUDTRAIL == finding.title

    @pytest.mark.parametrize(
        ("fields", "control", "standard"),
        [
            (
                {
                    "ControlId": "S3.8",
                    "StandardsArn": "arn:aws:securityhub:ap-northeast-1::standards/nist-800-53/v/5.0.0",
                },
                "S3.8",
                "standards/nist-800-53/v/5.0.0",
            ),
            (
                {
                    "RuleId": "2.7",
                    "StandardsGuideArn": "arn:aws:securityhub:::ruleset/cis-aws-foundations/v/1.2.0",
                },
                "2.7",
                "ruleset/cis-aws-foundations/v/1.2.0",
            ),
        ],
    )
    def test_product_fields_name_control_and_standard(
        self, fields: dict[str, str], control: str, standard: str
    ) -> None:
        """ProductFields tell the control and the standard too."""
        finding = parse_finding({**BARE, "ProductFields": fields, "Title": f"{control} {CLOUDTRAIL}"})

        assert control == finding.control_id
        assert (standard,) == finding.standards
        assert CLOUDTRAIL == finding.title

    def test_security_control_id_comes_first(self) -> None:
        """Where Compliance names the control, what the standard calls it does not matter."""
        asff = {
            **BARE,
            "Compliance": {"SecurityControlId": "CloudTrail.2"},
            "ProductFields": {"RuleId": "2.7"},
            "GeneratorId": "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.7",
        }

        assert "CloudTrail.2" == parse_finding(asff).control_id

    @pytest.mark.parametrize(
        "title",
        ["S3.8", "AWS.4 ", "Version 2.7 of it", "2.7.1-rc something", "10.0.0.0/8 is open", "X: 1.2 y"],
    )
    def test_title_without_an_id_is_unchanged(self, title: str) -> None:
        """What only looks a little like an ID stays, and no title becomes empty."""
        assert title == parse_finding({**BARE, "ProductFields": {"ControlId": "x"}, "Title": title}).title


class TestOthers:
    """Findings of other products."""

    @pytest.mark.parametrize(
        "generator", ["", "aws/guardduty", "arn:aws:guardduty:x:detector/1", "a/b/c", "security-control/"]
    )
    def test_foreign_generator_has_no_control(self, generator: str) -> None:
        """A generator that is none of Security Hub's is no control, and no error."""
        finding = parse_finding({**BARE, "GeneratorId": generator, "Title": "2.7 GHz"})

        assert "" == finding.control_id
        assert "2.7 GHz" == finding.title

    def test_missing_region_is_the_products(self) -> None:
        """A finding without a Region is where its product is."""
        assert "ap-northeast-1" == parse_finding(BARE).region
        assert "" == parse_finding({**BARE, "ProductArn": "x"}).region


class TestTags:
    """The tags of the resource that violates the control."""

    def test_owner_tags_are_kept(self) -> None:
        """Keys are compared without regard to case; other tags and other resources are left out."""
        kept = {
            "Owner": "platform",
            "TEAM": "core",
            "contact": "#ops",
            "aws:cloudformation:stack-name": "web",
        }
        asff = an_asff(a_finding(1))
        asff["Resources"] = [
            {**asff["Resources"][0], "Tags": {**kept, "Purpose": "logs"}},
            {**asff["Resources"][0], "Tags": {"Owner": "other"}},
        ]

        assert kept == dict(parse_finding(asff).tags)

    def test_routing_file_may_name_other_keys(self) -> None:
        """Only the tags with the given keys are kept."""
        asff = an_asff(a_finding(1))
        asff["Resources"][0]["Tags"] = {"CostCenter": "42", "Owner": "platform"}

        assert (("CostCenter", "42"),) == parse_finding(asff, frozenset({"costcenter"})).tags

    def test_long_tag_value_is_cut(self) -> None:
        """A finding of some product may hold any text, of which a row keeps 256 characters."""
        asff = an_asff(a_finding(1))
        asff["Resources"][0]["Tags"] = {"owner": "é" * 300}

        assert (("owner", "é" * 256),) == parse_finding(asff).tags


class TestAbsent:
    """Parts that are not there."""

    @pytest.mark.parametrize("name", OPTIONAL)
    @pytest.mark.parametrize("empty", [None, "absent"])
    def test_missing_parts_are_empty(self, name: str, empty: str | None) -> None:
        """A finding without a part, or with an empty one, is a finding; the rest is read as ever."""
        asff = an_asff(a_finding(1, note=a_note("Accepted")))
        whole = parse_finding(asff)
        del asff[name]
        finding = parse_finding(asff if empty else asff | {name: None})

        assert whole.identifiers == finding.identifiers
        assert whole.account_id == finding.account_id

    def test_required_fields_are_enough(self) -> None:
        """What every finding has is enough."""
        finding = parse_finding(BARE)

        assert (FindingIdentifier("id", PRODUCT_ARN),) == finding.identifiers
        assert "" == finding.control_id
        assert "" == finding.title
        assert "" == finding.resource_id
        assert () == finding.standards
        assert WorkflowStatus.NEW == finding.workflow_status
        assert Severity.INFORMATIONAL == finding.severity

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "Compliance": st.none() | st.fixed_dictionaries({}, optional={"Status": st.text()}),
                "Severity": st.none() | st.fixed_dictionaries({}, optional={"Label": st.text()}),
                "Resources": st.none()
                | st.lists(
                    st.fixed_dictionaries({}, optional={"Id": st.text(), "Type": st.text(), "Tags": TAGS})
                ),
                "Remediation": st.none() | st.just({}) | st.just({"Recommendation": {}}),
                "ProductFields": st.none()
                | st.dictionaries(st.sampled_from(["ControlId", "RuleId"]), st.text()),
                "GeneratorId": st.text(),
                "Title": st.text(),
            },
        )
    )
    def test_any_missing_field_is_no_error(self, parts: dict[str, Any]) -> None:
        """A finding without any one of its fields is a finding and not an error."""
        assert "id" == parse_finding({**BARE, **parts}).identifiers[0].id


class TestSeverity:
    """Severity, in each of its forms."""

    @pytest.mark.parametrize(
        ("severity", "expected"),
        [
            ({"Label": "CRITICAL"}, Severity.CRITICAL),
            ({"Label": "LOW", "Normalized": 90}, Severity.LOW),
            ({"Normalized": 90}, Severity.CRITICAL),
            ({"Normalized": 89}, Severity.HIGH),
            ({"Normalized": 70}, Severity.HIGH),
            ({"Normalized": 69}, Severity.MEDIUM),
            ({"Normalized": 40}, Severity.MEDIUM),
            ({"Normalized": 39}, Severity.LOW),
            ({"Normalized": 1}, Severity.LOW),
            ({"Normalized": 0}, Severity.INFORMATIONAL),
            ({"Label": "HUGE"}, Severity.INFORMATIONAL),
            ({}, Severity.INFORMATIONAL),
        ],
    )
    def test_severity_label_comes_before_number(self, severity: dict[str, Any], expected: Severity) -> None:
        """The label counts, and without one the number that stands for it."""
        assert expected == parse_finding({**BARE, "Severity": severity}).severity

    def test_severity_may_be_the_providers(self) -> None:
        """Without a label of its own a finding has its provider's."""
        asff = {**BARE, "FindingProviderFields": {"Severity": {"Label": "HIGH"}}}

        assert Severity.HIGH == parse_finding(asff).severity


class TestRemediation:
    """Where the remedy is described."""

    @pytest.mark.parametrize(
        ("parts", "url"),
        [
            (
                {"Remediation": {"Recommendation": {"Url": "https://a"}}, "SourceUrl": "https://c"},
                "https://a",
            ),
            ({"ProductFields": {"RecommendationUrl": "https://b"}, "SourceUrl": "https://c"}, "https://b"),
            ({"SourceUrl": "https://c"}, "https://c"),
            ({"Remediation": {"Recommendation": {"Text": "Do it"}}}, ""),
        ],
    )
    def test_recommendations_address_comes_first(self, parts: dict[str, Any], url: str) -> None:
        """The recommendation's address comes first, then the product's, then the source's."""
        assert url == parse_finding({**BARE, **parts}).remediation_url
