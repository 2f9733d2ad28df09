"""
The console's custom actions, and the members of an administrator.

Source: CreateActionTarget, DescribeActionTargets, DeleteActionTarget and ListMembers in botocore's model.
"""

from __future__ import annotations

from typing import Any

import pytest

from playground.hub import Hub, hub
from tests.hub.samples import refused

SEND = {"Name": "Send to Slack", "Description": "Posts findings", "Id": "SendToSlack"}


class TestCustomActions:
    """Custom actions."""

    def test_custom_actions_are_made_shown_and_deleted(self, home: Hub, client: Any) -> None:
        """What is made is described by its ARN and among all, until it is deleted."""
        arn = client.create_action_target(**SEND)["ActionTargetArn"]
        (one,) = client.describe_action_targets(ActionTargetArns=[arn])["ActionTargets"]

        assert f"arn:aws:securityhub:{home.region}:{home.account_id}:action/custom/SendToSlack" == arn
        assert {"ActionTargetArn": arn, "Name": SEND["Name"], "Description": SEND["Description"]} == one
        assert [one] == client.describe_action_targets()["ActionTargets"]
        assert {"ActionTargetArn": arn} == {
            name: value
            for name, value in client.delete_action_target(ActionTargetArn=arn).items()
            if name != "ResponseMetadata"
        }
        assert [] == client.describe_action_targets()["ActionTargets"]

    def test_absent_ones_are_not_found(self, home: Hub, client: Any) -> None:
        """One that there is not can neither be described nor deleted."""
        arn = f"arn:aws:securityhub:{home.region}:{home.account_id}:action/custom/Nothing"
        with refused("ResourceNotFoundException", status=404):
            client.describe_action_targets(ActionTargetArns=[arn])
        with refused("ResourceNotFoundException", status=404):
            client.delete_action_target(ActionTargetArn=arn)

    def test_second_custom_action_of_one_id_is_conflict(self, home: Hub, client: Any) -> None:
        """A second one of the same ID is a conflict."""
        del home
        client.create_action_target(**SEND)
        with refused("ResourceConflictException", status=409):
            client.create_action_target(**SEND)

    @pytest.mark.parametrize("wrong", [{"Id": "send-to-slack"}, {"Id": "x" * 21}, {"Name": "x" * 21}])
    def test_ids_and_names_are_short(self, home: Hub, client: Any, wrong: dict[str, str]) -> None:
        """An ID is 20 letters and digits at most, a name 20 characters."""
        del home
        with refused("InvalidInputException"):
            client.create_action_target(**SEND | wrong)


class TestMembers:
    """The members of an administrator."""

    def test_members_are_other_accounts(self, home: Hub, client: Any) -> None:
        """Each other account that the hub covers is one, however many Regions it has; this one is none."""
        others = [
            hub("234567890123", home.region),
            hub("234567890123", "us-east-1"),
            hub(home.account_id, "us-east-1"),
        ]
        home.aggregate(*others)
        (member,) = client.list_members()["Members"]

        assert "234567890123" == member["AccountId"]
        assert home.account_id == member["AdministratorId"]
        assert "Enabled" == member["MemberStatus"]
