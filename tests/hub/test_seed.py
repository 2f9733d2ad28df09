"""What the playground's findings promise to those who look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from botocore.session import Session

from bot.adapters.asff import parse_finding
from bot.domain.control import bundled_catalogue
from playground import seed
from playground.hub import Hub
from playground.hub.shapes import problems, service_model
from tests.hub.conftest import connect
from tests.hub.samples import Clock, matching

Found = list[dict[str, Any]]

OPEN = (
    matching("ComplianceStatus", "EQUALS", "FAILED")
    | matching("WorkflowStatus", "EQUALS", "NEW", "NOTIFIED")
    | matching("RecordState", "EQUALS", "ACTIVE")
)

KINDS: dict[str, tuple[int, Callable[[dict[str, Any]], bool]]] = {
    "passed": (30, lambda f: f["Compliance"]["Status"] == "PASSED"),
    "warning": (30, lambda f: f["Compliance"]["Status"] == "WARNING"),
    "archived": (30, lambda f: f["RecordState"] == "ARCHIVED"),
    "notified": (30, lambda f: f["Workflow"]["Status"] == "NOTIFIED"),
    "suppressed": (30, lambda f: (f["Workflow"]["Status"], f["WorkflowState"]) == ("SUPPRESSED", "NEW")),
    "RESOLVED": (
        30,
        lambda f: (f["Workflow"]["Status"], f["Compliance"]["Status"]) == ("RESOLVED", "FAILED"),
    ),
    "noted": (30, lambda f: "Note" in f),
    "tagged": (30, lambda f: "Tags" in f["Resources"][0]),
    "owned": (60, lambda f: owner_of(f).strip().lower() == "platform@example.com"),
    "spelled otherwise": (10, lambda f: owner_of(f) == " PLATFORM@example.com"),
    "of a team": (10, lambda f: f["Resources"][0].get("Tags", {}).get("team") == "data-team"),
    "of a tool": (10, lambda f: owner_of(f) == "Terraform"),
    "of several": (10, lambda f: ";" in owner_of(f)),
    "in Japanese": (5, lambda f: f["Resources"][0].get("Tags", {}).get("Contact", "").isascii() is False),
    "of somebody who has left": (5, lambda f: owner_of(f) == "former@example.com"),
    "of an unknown address": (5, lambda f: owner_of(f) == "migration-2024@example.com"),
    "untagged": (30, lambda f: "Tags" not in f["Resources"][0]),
    "many_resources": (1, lambda f: len(f["Resources"]) == 30),
    "formula": (1, lambda f: f["Title"].startswith("=cmd()")),
    "mention": (1, lambda f: "<!channel>" in f["Resources"][0]["Id"]),
    "bold": (1, lambda f: "*" in f["Resources"][0]["Id"]),
    "code": (1, lambda f: "`" in f["Resources"][0]["Id"]),
    "japanese": (1, lambda f: "監査ログ" in f["Resources"][0]["Id"]),
}
"""Kinds of control findings: how many there are at least, and how one is known."""


@pytest.fixture(scope="module")
def found() -> Found:
    """Make the findings once."""
    return list(seed.findings())


def owner_of(finding: dict[str, Any]) -> str:
    """Return the value of the tag Owner, in any case."""
    tags = finding["Resources"][0].get("Tags", {})
    return next((value for key, value in tags.items() if key.lower() == "owner"), "")


def controls(found: Found) -> Found:
    """Return the findings of Security Hub's own controls."""
    return [finding for finding in found if finding["ProductName"] == "Security Hub CSPM"]


class TestScope:
    """How much there is, and where."""

    def test_seed_is_same_every_time(self, found: Found) -> None:
        """Two makings give the same."""
        assert found == list(seed.findings())

    def test_seed_has_at_least_600_findings(self, found: Found) -> None:
        """There are at least 600, each with its own identity."""
        assert 600 <= len(found) == len({(finding["ProductArn"], finding["Id"]) for finding in found})

    def test_seed_has_3_accounts_in_3_regions(self, found: Found) -> None:
        """There are 3 accounts in 3 Regions."""
        places = {(f["AwsAccountId"], f["AwsAccountName"], f["Region"]) for f in controls(found)}

        assert {
            (account_id, name, region)
            for account_id, name in seed.ACCOUNTS.items()
            for region in ("ap-northeast-1", "us-east-1", "eu-west-1")
        } == places

    def test_seed_has_25_real_controls(self, found: Found) -> None:
        """There are 25 controls, all of them real."""
        named = {f["Compliance"].get("SecurityControlId") for f in controls(found)} - {None}

        assert 25 == len(named)
        assert named <= {control.id for control in bundled_catalogue().controls}
        assert {"S3.1", "S3.8", "EC2.19", "IAM.6", "Autoscaling.5", "Opensearch.1"} <= named

    def test_each_finding_fits_service_model(self, found: Found) -> None:
        """Each fits the service model's shape, unknown fields included."""
        shape = service_model().shape_for("AwsSecurityFinding")

        assert [] == [
            problem for finding in found for problem in problems(shape, finding, opaque=frozenset())
        ]

    def test_s3_1_and_its_like_have_account_for_resource(self, found: Found) -> None:
        """S3.1 and its like have the account for a resource."""
        s3_1 = [f for f in controls(found) if f["Compliance"].get("SecurityControlId") == "S3.1"]

        assert {f"AWS::::Account:{account_id}" for account_id in seed.ACCOUNTS} == {
            finding["Resources"][0]["Id"] for finding in s3_1
        }

    def test_no_tag_is_where_security_hub_finds_none(self, found: Found) -> None:
        """An account, a launch configuration and an IAM user have no tags, and tags are never empty."""
        resources = [resource for finding in found for resource in finding["Resources"]]

        assert not [r for r in resources if r.get("Tags") and r["Type"] in seed.UNTAGGED]
        assert not [r for r in resources if r.get("Tags") == {}]

    def test_all_dates_are_in_november_2026(self, found: Found) -> None:
        """All dates are in November 2026."""
        assert {"2026-11"} == {finding[name][:7] for finding in found for name in ("CreatedAt", "UpdatedAt")}


class TestForms:
    """The forms in which Security Hub writes its findings."""

    @pytest.mark.parametrize(
        "form",
        [
            "security-control/S3.8",
            "aws-foundational-security-best-practices/v/1.0.0/S3.8",
            "arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/2.7",
            "cis-aws-foundations-benchmark/v/1.4.0/3.7",
            "nist-800-53/v/5.0.0/S3.8",
            "pci-dss/v/3.2.1/PCI.CloudTrail.2",
        ],
    )
    def test_each_form_of_generator_id_occurs(self, found: Found, form: str) -> None:
        """Each form of GeneratorId occurs."""
        forms = {finding["GeneratorId"] for finding in found}

        assert form in forms

    def test_two_accounts_have_consolidated_findings(self, found: Found) -> None:
        """Two accounts have consolidated findings, without ProductFields; the third has no other."""
        is_consolidated = defaultdict(set)
        for finding in controls(found):
            is_consolidated[finding["AwsAccountId"]].add("ProductFields" not in finding)

        assert {
            account_id: {account_id != seed.PER_STANDARD} for account_id in seed.ACCOUNTS
        } == is_consolidated

    def test_product_fields_name_rule_or_control(self, found: Found) -> None:
        """ProductFields names a rule for the old CIS and a control for the others."""
        fields = {tuple(sorted(finding["ProductFields"])) for finding in found if "ProductFields" in finding}

        assert {
            ("ControlId", "RecommendationUrl", "StandardsArn"),
            ("RecommendationUrl", "RuleId", "StandardsGuideArn"),
        } == fields

    def test_some_findings_have_no_security_control_id(self, found: Found) -> None:
        """Some have no SecurityControlId, yet the bot reads a control from each."""
        without = [f for f in controls(found) if "SecurityControlId" not in f["Compliance"]]

        assert 20 <= len(without)
        assert all(parse_finding(finding).control_id for finding in without)

    def test_same_problem_is_reported_by_up_to_several_standards(self, found: Found) -> None:
        """The same problem is reported by up to several standards."""
        reports = defaultdict(set)
        for finding in controls(found):
            resource = finding["Resources"][0]["Id"]
            key = finding["Compliance"].get("SecurityControlId"), finding["Region"], resource
            reports[key].add(finding["GeneratorId"])

        assert 3 <= max(len(generators) for generators in reports.values())
        assert 60 <= sum(len(generators) > 1 for generators in reports.values())

    def test_other_products_report_findings(self, found: Found) -> None:
        """GuardDuty and Inspector report too, without Compliance."""
        others = [finding for finding in found if finding not in controls(found)]

        assert {"GuardDuty", "Inspector"} == {finding["ProductName"] for finding in others}
        assert not any("Compliance" in finding for finding in others)


class TestStates:
    """Findings that a scan must leave out, and those that it must not."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_each_kind_of_finding_occurs(self, found: Found, kind: str) -> None:
        """Each kind occurs, the common ones often."""
        least, is_so = KINDS[kind]

        assert least <= sum(is_so(finding) for finding in controls(found))


class TestSeed:
    """The hubs after seed()."""

    @pytest.mark.parametrize(("control_id", "least"), [("S3.8", 101), ("EC2.19", 40)])
    def test_home_hub_has_enough_open_findings_of_controls(
        self, home: Hub, client: Any, control_id: str, least: int
    ) -> None:
        """The home hub has enough open findings of the controls that a demonstration scans."""
        seed.seed(home)
        filters = OPEN | matching("ComplianceSecurityControlId", "EQUALS", control_id)
        pages = client.get_paginator("get_findings").paginate(Filters=filters)
        found = [finding for page in pages for finding in page["Findings"]]
        problems = {(f["AwsAccountId"], f["Region"], f["Resources"][0]["Id"]) for f in found}

        assert least <= len(problems)
        assert 9 == len({(account_id, region) for account_id, region, _ in problems})

    def test_home_hub_gives_every_finding(self, home: Hub, client: Any, found: Found) -> None:
        """The home hub gives every finding, and is the aggregation Region of its account."""
        seed.seed(home)
        pages = client.get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 100})

        assert len(found) == sum(len(page["Findings"]) for page in pages)
        assert sorted(seed.LINKED_REGIONS) == home.linked_regions

    def test_each_region_shows_all_accounts(self, home: Hub, session: Session) -> None:
        """The administrator reads every account's findings in each linked Region too."""
        seed.seed(home)
        for region in seed.LINKED_REGIONS:
            client = connect(session, region)
            members = {member["AccountId"] for member in client.list_members()["Members"]}
            pages = client.get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 100})
            shown = {finding["AwsAccountId"] for page in pages for finding in page["Findings"]}

            assert set(seed.ACCOUNTS) - {home.account_id} == members
            assert set(seed.ACCOUNTS) == shown

    def test_seeding_again_puts_findings_back_as_they_were(self, home: Hub, clock: Clock) -> None:
        """Seeding again puts the findings back as they were."""
        seed.seed(home)
        count = len(home.findings)
        seed.seed(home)

        assert count == len(home.findings)

    def test_another_accounts_hub_is_not_home_of_these_findings(self) -> None:
        """Another account's hub is not the home of these findings."""
        with pytest.raises(ValueError, match="999999999999"):
            seed.seed(Hub("999999999999", seed.HOME_REGION))
