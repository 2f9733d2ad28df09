"""
What an operator's tools ask of an account, as botocore asks it.

Source: botocore's models of CloudFormation (ListStackResources), IAM (SimulatePrincipalPolicy) and Scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from playground.account import Account
from playground.cloud.moto import start_moto
from playground.deployment import GROUP, REGION, STACK, local_stack, roles
from playground.http import HttpServer

ROLE = "arn:aws:iam::123456789012:role/JobFunctionRole"


def nothing(environ: Any, start_response: Any) -> list[bytes]:
    """Be Lambda's API, of which nothing is asked here."""
    del environ
    start_response("404 Not Found", [])
    return []


@pytest.fixture(scope="module")
def aws() -> Iterator[HttpServer]:
    """Start AWS."""
    server = start_moto(around=lambda app: Account(app, roles().values(), nothing, nothing))
    yield server
    server.stop()


def client(aws: HttpServer, service: str, region: str = REGION) -> Any:
    """Make a client."""
    return Session().create_client(
        service, region, endpoint_url=aws.url, aws_access_key_id="a", aws_secret_access_key="b"
    )


def simulated(aws: HttpServer, role: str, **keys: str) -> str:
    """Simulate an update of findings; return the decision."""
    entries = [
        {
            "ContextKeyName": f"securityhub:ASFFSyntaxPath/{k}",
            "ContextKeyValues": [v],
            "ContextKeyType": "string",
        }
        for k, v in keys.items()
    ]
    answer = client(aws, "iam").simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["securityhub:BatchUpdateFindings"],
        ResourceArns=[f"arn:aws:securityhub:{REGION}:123456789012:hub/default"],
        ContextEntries=entries,
    )
    return str(answer["EvaluationResults"][0]["EvalDecision"])


class TestStack:
    """CloudFormation."""

    def test_each_resource_has_its_services_name(self, aws: HttpServer) -> None:
        """Each resource of the template has the name by which its service knows it."""
        found = client(aws, "cloudformation").list_stack_resources(StackName=STACK)["StackResourceSummaries"]
        names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}

        assert set(local_stack().resources) == set(names)
        for name, properties in local_stack().of_type("AWS::Scheduler::Schedule").items():
            assert properties["Name"] == names[name]
        for name, properties in local_stack().of_type("AWS::Events::Rule").items():
            assert properties["Name"] == names[name]

    @pytest.mark.parametrize(("stack", "region"), [("other", REGION), (STACK, "us-east-1")])
    def test_stack_is_in_one_region(self, aws: HttpServer, stack: str, region: str) -> None:
        """Another name, and the same in another Region, is no stack."""
        with pytest.raises(ClientError, match=f"Stack with id {stack} does not exist"):
            client(aws, "cloudformation", region).list_stack_resources(StackName=stack)


class TestSimulator:
    """IAM's simulator."""

    def test_simulator_decides_by_the_role(self, aws: HttpServer) -> None:
        """What the role allows is allowed; a Deny is told from what nothing allows."""
        status = {"Workflow.Status": "NOTIFIED"}

        assert "allowed" == simulated(aws, ROLE, **status)
        assert "explicitDeny" == simulated(aws, ROLE, **status, Confidence="1")
        assert "implicitDeny" == simulated(aws, ROLE)

    def test_unknown_role_is_not_found(self, aws: HttpServer) -> None:
        """A role that there is not is not found."""
        with pytest.raises(ClientError, match="NoSuchEntity"):
            simulated(aws, f"{ROLE}2")


class TestOthers:
    """The rest."""

    @pytest.mark.parametrize(("service", "call"), [("iam", "list_roles"), ("cloudformation", "list_stacks")])
    def test_unmodelled_operation_is_refused(self, aws: HttpServer, service: str, call: str) -> None:
        """An operation that is not modelled is refused, and not answered with nothing."""
        with pytest.raises(ClientError, match="InvalidAction"):
            getattr(client(aws, service), call)()

    def test_schedules_are_the_templates_and_can_be_changed(self, aws: HttpServer) -> None:
        """The template's schedules are there at once; one that is deleted stays away."""
        scheduler = client(aws, "scheduler")
        before = {one["Name"] for one in scheduler.list_schedules(GroupName=GROUP)["Schedules"]}
        scheduler.delete_schedule(GroupName=GROUP, Name="report")

        assert {"report", "expiry"} == before
        assert ["expiry"] == [one["Name"] for one in scheduler.list_schedules(GroupName=GROUP)["Schedules"]]
