"""
The CloudFormation stack, for the shell: Lambda's package has no model of these services.

Sources: botocore's models of CloudFormation (ListStackResources), Lambda (GetFunctionConfiguration, Invoke)
and IAM (SimulatePrincipalPolicy).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.adapters.aws import aws_errors, unless_absent
from bot.adapters.doctor import QUICK, HubDoctor
from bot.adapters.sdk import client
from bot.errors import AccessDeniedError, StackError
from bot.probes import STATUS


@dataclass(frozen=True)
class JobFunction:
    """The job function as it is deployed."""

    alias: str
    role: str
    """The ARN of its role."""
    variables: Mapping[str, str]
    """Its environment, which holds no secret."""

    def is_reachable(self) -> bool:
        """Invoke it without running it; return False if there is no such alias."""
        call = partial(client("lambda", QUICK).invoke, FunctionName=self.alias, InvocationType="DryRun")
        answer = unless_absent("lambda:InvokeFunction", call)
        if answer is None:
            return False
        answer["Payload"].close()
        return True

    def may_update(self, hub: HubDoctor, field: str) -> bool:
        """
        Return whether its role may set a field, as IAM simulates it: the shell itself has other permissions.

        For STATUS, also check that Security Hub answers.

        Raises:
            AccessDeniedError: the shell's credentials may not update findings, or not simulate.
        """
        if field == STATUS and not hub.may_update(field):
            raise AccessDeniedError(action="securityhub:BatchUpdateFindings")
        keys = {f"securityhub:ASFFSyntaxPath/{STATUS}": "NOTIFIED"}
        keys |= {} if field == STATUS else {f"securityhub:ASFFSyntaxPath/{field}": "1"}
        with aws_errors("iam", "SimulatePrincipalPolicy"):
            answer: dict[str, Any] = client("iam", QUICK).simulate_principal_policy(
                PolicySourceArn=self.role,
                ActionNames=["securityhub:BatchUpdateFindings"],
                ResourceArns=[hub.arn],
                ContextEntries=[
                    {"ContextKeyName": name, "ContextKeyValues": [value], "ContextKeyType": "string"}
                    for name, value in keys.items()
                ],
            )
        return bool(answer["EvaluationResults"][0]["EvalDecision"] == "allowed")


def read_job_function(stack: str) -> JobFunction:
    """
    Read the job function of a stack.

    Raises:
        StackError: there is no such stack here, it has no job function, or that is gone.
        BotError: it could not be read.
    """
    formation, functions = client("cloudformation", QUICK), client("lambda", QUICK)

    def resources() -> dict[str, str]:
        pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
        listed = [resource for page in pages for resource in page["StackResourceSummaries"]]
        return {
            resource["LogicalResourceId"]: resource.get("PhysicalResourceId") or "-" for resource in listed
        }

    names = unless_absent("cloudformation:ListStackResources", resources, code="ValidationError") or {}
    found = unless_absent(
        "lambda:GetFunctionConfiguration",
        lambda: functions.get_function_configuration(FunctionName=names.get("JobFunction", "-")),
    )
    if found is None:
        raise StackError(stack=stack, region=formation.meta.region_name)
    variables = found.get("Environment", {}).get("Variables", {})
    return JobFunction(names.get("JobFunctionLive", "-"), found["Role"], variables)
