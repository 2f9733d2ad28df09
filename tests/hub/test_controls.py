"""
The control catalogue.

Source: ListSecurityControlDefinitions, GetSecurityControlDefinition and BatchGetSecurityControls in
botocore's service model.
"""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain.control import bundled_catalogue
from playground.hub import Hub
from tests.hub.samples import ACCOUNT, REGION, refused


class TestList:
    """ListSecurityControlDefinitions."""

    def test_six_pages_return_all_523_controls(self, home: Hub, client: Any) -> None:
        """Six pages of at most 100 give all 523, each once, in their own spelling."""
        paginator = client.get_paginator("list_security_control_definitions")
        pages = paginator.paginate(PaginationConfig={"PageSize": 100})
        found = [entry["SecurityControlId"] for page in pages for entry in page["SecurityControlDefinitions"]]

        assert [control.id for control in bundled_catalogue().controls] == found
        assert 523 == len(set(found))
        assert 6 == len(home.calls)

    def test_without_maxresults_page_has_first_25_security_controls(self, client: Any) -> None:
        """Without MaxResults a page has "the first 25 security controls"."""
        assert 25 == len(client.list_security_control_definitions()["SecurityControlDefinitions"])

    def test_page_size_above_100_is_refused(self, client: Any) -> None:
        """More than 100 is refused."""
        with refused("InvalidInputException", "data.MaxResults should be <= 100"):
            client.list_security_control_definitions(MaxResults=101)

    def test_catalogue_has_no_controls_of_other_clouds(self, client: Any) -> None:
        """The catalogue has no controls of other clouds."""
        answer = client.list_security_control_definitions(Providers=["Azure"])

        assert [] == answer["SecurityControlDefinitions"]

    def test_controls_of_one_standard_are_not_modelled(self, client: Any) -> None:
        """The controls of one standard are not modelled, and say so."""
        with refused("NotModelled", "standard", 501):
            client.list_security_control_definitions(StandardsArn="arn:x")

    def test_token_belongs_to_its_query(self, client: Any) -> None:
        """A token belongs to its query."""
        token = client.list_security_control_definitions()["NextToken"]
        with refused("InvalidInputException", "Input Query has changed"):
            client.list_security_control_definitions(NextToken=token, Providers=["AWS"])


class TestGet:
    """GetSecurityControlDefinition."""

    def test_control_has_title_severity_and_remediation_link(self, client: Any) -> None:
        """A control has title, severity and where to read how it is mended."""
        answer = client.get_security_control_definition(SecurityControlId="Autoscaling.5")
        definition = answer["SecurityControlDefinition"]

        assert "Autoscaling.5" == definition["SecurityControlId"]
        assert "HIGH" == definition["SeverityRating"]
        assert definition["RemediationUrl"].endswith("/securityhub/Autoscaling.5/remediation")

    @pytest.mark.parametrize("control_id", ["CR.1", "s3.1", "AutoScaling.5"])
    def test_misspelt_control_is_not_found(self, client: Any, control_id: str) -> None:
        """A misspelt ID, also by its case alone, is not found."""
        with refused("ResourceNotFoundException", control_id, 404):
            client.get_security_control_definition(SecurityControlId=control_id)

    def test_control_arn_is_not_accepted(self, client: Any) -> None:
        """ "This field doesn't accept an ARN"."""
        arn = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/S3.1"
        with refused("InvalidInputException", "not an ARN"):
            client.get_security_control_definition(SecurityControlId=arn)


class TestBatchGet:
    """BatchGetSecurityControls."""

    def test_unknown_controls_are_listed_beside_known_ones(self, client: Any) -> None:
        """IDs and ARNs of this account and Region are found, the others told of."""
        prefix = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:security-control/"
        elsewhere = prefix.replace(REGION, "us-east-1") + "S3.8"
        asked = ["S3.1", f"{prefix}S3.8", "s3.1", elsewhere]
        answer = client.batch_get_security_controls(SecurityControlIds=asked)
        found = [(c["SecurityControlArn"], c["SecurityControlStatus"]) for c in answer["SecurityControls"]]
        unknown = [(entry["SecurityControlId"], entry["ErrorCode"]) for entry in answer["UnprocessedIds"]]

        assert [(f"{prefix}S3.1", "ENABLED"), (f"{prefix}S3.8", "ENABLED")] == found
        assert [("s3.1", "NOT_FOUND"), (elsewhere, "NOT_FOUND")] == unknown

    @pytest.mark.parametrize("count", [0, 101])
    def test_no_control_and_101_controls_are_refused(self, client: Any, count: int) -> None:
        """None, and more than 100, are refused."""
        with refused("InvalidInputException", "1 to 100 items"):
            client.batch_get_security_controls(SecurityControlIds=["S3.1"] * count)
