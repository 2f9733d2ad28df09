"""IAM and KMS: policies of identities and of keys."""

from __future__ import annotations

from collections.abc import Callable

from bot.check.policy import Policy, Statement, is_star, linked_policies, no_statement
from bot.check.predicates import is_given, is_true, one_of
from bot.check.rule import AllOf, Not, Property, Rule, When
from bot.check.template import Resource
from bot.check.values import Text, Unknown, Value, follow, items_of
from bot.check.verdict import Answer, Verdict, all_true, any_true, opposite, verdict_of
from bot.domain.check_result import Reason

MANAGED = ("AWS::IAM::ManagedPolicy",)
PRINCIPALS = {
    "AWS::IAM::Role": (("AWS::IAM::Policy", "Roles"), ("AWS::IAM::RolePolicy", "RoleName")),
    "AWS::IAM::User": (("AWS::IAM::Policy", "Users"), ("AWS::IAM::UserPolicy", "UserName")),
    "AWS::IAM::Group": (("AWS::IAM::Policy", "Groups"), ("AWS::IAM::GroupPolicy", "GroupName")),
}
"""The types of identities; of each the types of inline policies, and the property that names the identity."""

DECRYPTION = ("kms:Decrypt", "kms:ReEncryptFrom")
"""Source: https://docs.aws.amazon.com/config/latest/developerguide/iam-inline-policy-blocked-kms-actions.html."""


def allows_all(statement: Statement) -> Answer:
    """Return whether a statement allows every action on every resource."""
    return all_true(
        (
            statement.has_effect("Allow"),
            any_true(_is_any(value, {"*", "*:*"}) for value in statement.values("Action")),
            statement.any_value("Resource", is_star),
        )
    )


def allows_service(statement: Statement) -> Answer:
    """Return whether a statement allows every action of a service, or every action but those of one."""
    named = any_true(map(_is_service, (*statement.values("Action"), *statement.values("NotAction"))))
    return all_true((statement.has_effect("Allow"), named))


def decrypts_all(statement: Statement) -> Answer:
    """Return whether a statement allows decryption with every key. Conditions do not count."""
    resources = (
        Unknown(Reason("check.why.part"))
        if "NotResource" in statement.block
        else statement.any_value("Resource", _is_every_key)
    )
    return all_true((statement.has_effect("Allow"), statement.grants(*DECRYPTION), resources))


def _is_any(value: Value, texts: set[str]) -> Answer:
    if isinstance(value, Unknown):
        return value
    return isinstance(value, str) and value.strip().lower() in texts


def _is_service(value: Value) -> Answer:
    """Return whether an action is every one of a service, such as `s3:*`."""
    if isinstance(value, Text):
        return value.unknown or False
    if isinstance(value, Unknown):
        return value
    service, colon, action = value.partition(":") if isinstance(value, str) else ("", "", "")
    return bool(colon) and action.strip() == "*" and service.strip() not in {"", "*"}


def _is_every_key(value: Value) -> Answer:
    """Return whether a resource is every key. The keys of one account or Region may be all of them."""
    last = value.parts[-1] if isinstance(value, Text) else value
    if isinstance(last, str) and last.strip().endswith((":key/*", ":*")) and ":kms:" in _literal(value):
        is_every = isinstance(value, str) and value.split(":")[3:5] == ["*", "*"]
        return is_every or Unknown(Reason("check.why.part"))
    return is_star(value)


def _literal(value: Value) -> str:
    parts = value.parts if isinstance(value, Text) else (value,)
    return "".join(part if isinstance(part, str) else "?" for part in parts)


def policy_without(is_bad: Callable[[Statement], Answer]) -> Callable[[Value, Resource], Verdict]:
    """Make the test of a managed policy that has no such statement."""

    def has_no_bad_statement(item: Value, resource: Resource) -> Verdict:
        """No statement of the policy allows it."""
        return no_statement([Policy(follow(item, ("PolicyDocument",)), None)], is_bad)

    return has_no_bad_statement


def no_inline_decryption(item: Value, resource: Resource) -> Verdict:
    """No inline policy allows decryption with every key."""
    inline = [
        Policy(each if isinstance(each, Unknown) else follow(each, ("PolicyDocument",)), None)
        for each in items_of(follow(item, ("Policies",)))
    ]
    return no_statement([*inline, *linked_policies(resource, *PRINCIPALS[resource.type])], decrypts_all)


def has_no_policies(_: Value, resource: Resource) -> Verdict:
    """No policy of the template names the user."""
    links = resource.template.links
    places = (*PRINCIPALS[resource.type], ("AWS::IAM::ManagedPolicy", "Users"))
    linked = [links.to(resource, kind, path) for kind, path in places]
    return verdict_of(opposite(any_true(each._replace(doubt=None).some() for each in linked)))


def key_is_not_public(item: Value, resource: Resource) -> Verdict:
    """No statement of the key's policy allows everyone something."""
    return no_statement([Policy(follow(item, ("KeyPolicy",)), None)], Statement.is_public)


RULES = (
    Rule("IAM.1", MANAGED, policy_without(allows_all)),
    Rule("IAM.21", MANAGED, policy_without(allows_service)),
    Rule("KMS.1", MANAGED, policy_without(decrypts_all)),
    Rule("KMS.2", tuple(PRINCIPALS), no_inline_decryption),
    Rule(
        "IAM.2",
        ("AWS::IAM::User",),
        AllOf(
            (
                Not(Property("Policies", is_given)),
                Not(Property("ManagedPolicyArns", is_given)),
                has_no_policies,
            )
        ),
    ),
    Rule("KMS.5", ("AWS::KMS::Key",), key_is_not_public),
    Rule(
        "KMS.4",
        ("AWS::KMS::Key",),
        When(
            AllOf(
                (
                    Property("KeySpec", one_of("SYMMETRIC_DEFAULT"), "SYMMETRIC_DEFAULT"),
                    Property("Origin", one_of("AWS_KMS"), "AWS_KMS"),
                )
            ),
            Property("EnableKeyRotation", is_true, "false"),
        ),
    ),
)
