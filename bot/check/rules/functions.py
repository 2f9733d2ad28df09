"""
Lambda.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/lambda-controls.html, read 2026-11.
"""

from __future__ import annotations

from bot.check.policy import is_star
from bot.check.predicates import answer, has_at_least, is_absent, is_given, one_of, starts_with
from bot.check.rule import AllOf, EachLinked, Not, Property, Rule, When
from bot.check.template import Resource
from bot.check.values import Unknown, Value, follow
from bot.check.verdict import PASSED, Answer, Verdict, all_true, any_true, opposite, verdict_of

FUNCTION = "AWS::Lambda::Function"

SUPPORTED = (
    *("dotnet10", "dotnet8"),
    *("java25", "java21", "java17", "java17.al2023", "java11", "java11.al2023", "java8.al2", "java8.al2023"),
    *("nodejs24.x", "nodejs22.x"),
    *("python3.14", "python3.13", "python3.12", "python3.11", "python3.10"),
    *("ruby4.0", "ruby3.4", "ruby3.3"),
)
"""The runtimes of Lambda.2."""


def is_not_public(item: Value, _: Resource) -> Verdict:
    """A permission for everyone, or for S3, names the account or another fixed source."""
    principal = follow(item, ("Principal",))
    if isinstance(principal, Unknown):
        return verdict_of(principal)
    of_anyone = all_true(
        (is_star(principal), opposite(_names(item, "SourceAccount", "SourceArn", "PrincipalOrgID")))
    )
    of_s3 = all_true((principal == "s3.amazonaws.com", opposite(_names(item, "SourceAccount"))))
    return verdict_of(opposite(any_true((of_anyone, of_s3))))


def _names(item: Value, *properties: str) -> Answer:
    return any_true(answer(is_given, follow(item, (name,))) for name in properties)


RULES = (
    Rule(
        "Lambda.1",
        (FUNCTION,),
        EachLinked("AWS::Lambda::Permission", "FunctionName", is_not_public, PASSED),
    ),
    Rule(
        "Lambda.2",
        (FUNCTION,),
        When(
            AllOf(
                (
                    Property("PackageType", one_of("Zip"), "Zip"),
                    Not(Property("Runtime", is_absent)),
                    Not(Property("Runtime", starts_with("provided"))),
                )
            ),
            Property("Runtime", one_of(*SUPPORTED)),
        ),
    ),
    Rule(
        "Lambda.5",
        (FUNCTION,),
        When(
            Property("VpcConfig.SubnetIds", is_given),
            Property("VpcConfig.SubnetIds", has_at_least(2)),
        ),
    ),
)
