"""
The CloudFormation stack, for the shell: Lambda's package has no model of these services.

Sources: botocore's models of CloudFormation (ListStackResources), Lambda (GetFunctionConfiguration, Invoke)
and IAM (SimulatePrincipalPolicy).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors
from bot.adapters.doctor import QUICK, HubDoctor
from bot.adapters.sdk import client
from bot.errors import AccessDeniedError, StackError
from bot.probes import STATUS, Timer

ALIAS = "JobFunctionLive"
BUCKET = "ReportBucket"
SCHEDULES = {Timer.REPORT: "ReportSchedule", Timer.EXPIRY: "ExpirySchedule"}


@dataclass(frozen=True)
class JobFunction:
    """The job function as it is deployed."""

    alias: str
    role: str
    """The ARN of its role."""
    variables: Mapping[str, str]
    """Its environment, which holds no secret."""

    def is_reachable(self) -> bool:
        """Invoke it without running it."""
        with aws_errors("lambda", "InvokeFunction"):
            try:
                client("lambda", QUICK).invoke(FunctionName=self.alias, InvocationType="DryRun")
            except ClientError as error:
                if error.response["Error"]["Code"] == "ResourceNotFoundException":
                    return False
                raise
        return True


def read_resources(stack: str) -> dict[str, str]:
    """
    Read the names that the resources of a stack have, by their logical IDs.

    Raises:
        StackError: there is no such stack here.
    """
    with aws_errors("cloudformation", "ListStackResources"):
        formation = client("cloudformation", QUICK)
        try:
            pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
            found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                raise StackError(stack=stack, region=formation.meta.region_name) from error
            raise
    return {resource["LogicalResourceId"]: resource.get("PhysicalResourceId", "") for resource in found}


def job_function(resources: Mapping[str, str], stack: str) -> JobFunction:
    """
    Read the job function of a stack.

    Raises:
        StackError: the stack has none, or it is gone.
    """
    functions = client("lambda", QUICK)
    with aws_errors("lambda", "GetFunctionConfiguration"):
        try:
            found = functions.get_function_configuration(FunctionName=resources.get("JobFunction") or "-")
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                raise StackError(stack=stack, region=functions.meta.region_name) from error
            raise
    variables = found.get("Environment", {}).get("Variables", {})
    return JobFunction(resources.get(ALIAS) or "-", found["Role"], variables)


@dataclass(frozen=True)
class JobRole:
    """The permissions of the job's role, as IAM simulates them: the shell itself has others."""

    arn: str
    hub: HubDoctor

    def may_update(self, field: str) -> bool:
        """
        Return whether the role may set a field; for STATUS, also check that Security Hub answers.

        Raises:
            AccessDeniedError: the shell's credentials may not update findings, or not simulate.
        """
        if field == STATUS and not self.hub.may_update(field):
            raise AccessDeniedError(action="securityhub:BatchUpdateFindings")
        keys = {f"securityhub:ASFFSyntaxPath/{STATUS}": "NOTIFIED"}
        keys |= {} if field == STATUS else {f"securityhub:ASFFSyntaxPath/{field}": "1"}
        with aws_errors("iam", "SimulatePrincipalPolicy"):
            answer: dict[str, Any] = client("iam", QUICK).simulate_principal_policy(
                PolicySourceArn=self.arn,
                ActionNames=["securityhub:BatchUpdateFindings"],
                ResourceArns=[self.hub.arn],
                ContextEntries=[
                    {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
                    for name, value in keys.items()
                ],
            )
        return bool(answer["EvaluationResults"][0]["EvalDecision"] == "allowed")
