"""
S3.

Since April 2023 a new bucket blocks public access and has no ACLs, so a template that says nothing of them is
safe. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.check.policy import Statement, linked_policies, no_statement, statements
from bot.check.predicates import answer, is_absent, is_false, is_given, is_true, none_of, one_of
from bot.check.rule import AllOf, AnyOf, Each, Property, Rule, Some, Test, row
from bot.check.template import Resource
from bot.check.values import Block, Reference, Text, Unknown, Value, follow, items_of
from bot.check.verdict import Answer, Verdict, all_true, any_true, unknown, verdict_of
from bot.domain.check_result import Reason

BUCKET = "AWS::S3::Bucket"
BLOCK = "PublicAccessBlockConfiguration"
MEMBERS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def _blocked(member: str) -> Test:
    """Pass if a kind of public access is blocked, as it is if the template says nothing of any kind."""
    return AnyOf((Property(BLOCK, is_absent), Property(f"{BLOCK}.{member}", is_true)))


all_blocked = AnyOf(
    (Property(BLOCK, is_absent), AllOf(tuple(Property(f"{BLOCK}.{member}", is_true) for member in MEMBERS)))
)

acls_disabled = AnyOf(
    (
        Property("OwnershipControls", is_absent),
        Each("OwnershipControls.Rules", Property("ObjectOwnership", one_of("BucketOwnerEnforced"))),
    )
)


READING = ("s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:ListBucketVersions")
WRITING = (
    *("s3:PutObject", "s3:PutObjectAcl", "s3:PutBucketAcl", "s3:PutBucketPolicy"),
    *("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket", "s3:DeleteBucketPolicy"),
)
READING_VERBS = ("get", "list")
"""Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html; any other verb may write."""


def _may_grant(value: Value, *, reading: bool) -> Answer:
    """Return Unknown if an action, or a pattern of actions, is one that reads, or else one that may write."""
    if not isinstance(value, str):
        return value if isinstance(value, Unknown) else Unknown(Reason("check.why.part"))
    verb, *wildcards = re.split(r"[*?]", value.strip().lower().partition(":")[2])
    reads = verb.startswith(READING_VERBS)
    is_open = bool(wildcards) and not reads and any(each.startswith(verb) for each in READING_VERBS)
    return Unknown(Reason("check.why.part")) if is_open or reads is reading else False


def no_public_policy(actions: tuple[str, ...]) -> Test:
    """Make the test that no bucket policy grants everyone an action, or another one that may do the same."""

    def no_policy_is_public(_: Value, resource: Resource) -> Verdict:
        """No bucket policy grants everyone access."""

        def is_bad(statement: Statement) -> Answer:
            others = (_may_grant(value, reading=actions is READING) for value in statement.values("Action"))
            return all_true((any_true((statement.grants(*actions), *others)), statement.is_public()))

        return no_statement(linked_policies(resource, ("AWS::S3::BucketPolicy", "Bucket")), is_bad)

    return no_policy_is_public


def no_public_access(acls: tuple[str, ...], actions: tuple[str, ...]) -> Test:
    """Make the test that neither an ACL nor a policy grants everyone access."""
    return AllOf(
        (
            AnyOf(
                (
                    _blocked("BlockPublicAcls"),
                    _blocked("IgnorePublicAcls"),
                    acls_disabled,
                    Property("AccessControl", none_of(*acls)),
                )
            ),
            AnyOf(
                (_blocked("BlockPublicPolicy"), _blocked("RestrictPublicBuckets"), no_public_policy(actions))
            ),
        )
    )


DELEGATING = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)
"""Source: https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html, S3.6."""


def grants_nothing_to_others(_: Value, resource: Resource) -> Verdict:
    """No bucket policy grants other accounts an action that changes the bucket's permissions."""

    def is_bad(statement: Statement) -> Answer:
        is_theirs = any_true(
            (_is_of_all(statement), statement.any_value("Principal", _is_of_another_account))
        )
        return all_true((statement.has_effect("Allow"), statement.grants(*DELEGATING), is_theirs))

    return no_statement(linked_policies(resource, ("AWS::S3::BucketPolicy", "Bucket")), is_bad)


def _is_of_all(statement: Statement) -> Answer:
    """Return whether a statement is for everyone; a condition may leave the own account only."""
    is_open = statement.is_for_anyone()
    restricted = statement.is_restricted()
    return is_open if is_open is not True or restricted is False else Unknown(Reason("check.why.part"))


def _is_of_another_account(principal: Value) -> Answer:
    """Return Unknown if a principal has the number of an account: it may be another one."""
    if isinstance(principal, Block):
        named = [*items_of(principal.get("AWS")), *items_of(principal.get("CanonicalUser"))]
        return any_true(map(_is_of_another_account, named))
    if isinstance(principal, Text):
        parts = [part for part in principal.parts if isinstance(part, Reference)]
        is_own = any(part.name == "AWS::AccountId" or not part.name.startswith("AWS::") for part in parts)
        return False if is_own else Unknown(Reason("check.why.account-id"))
    if isinstance(principal, Reference):
        return False
    if isinstance(principal, str):
        return False if principal.strip() == "*" else Unknown(Reason("check.why.account-id"))
    return principal if isinstance(principal, Unknown) else Unknown(Reason("check.why.form"))


def requires_tls(_: Value, resource: Resource) -> Verdict:
    """A bucket policy denies everyone every request without TLS, to the bucket and to its objects."""
    linked = resource.template.links.to(resource, "AWS::S3::BucketPolicy", "Bucket")
    bucket = linked.some(lambda policy: _denies_http(policy, _is_bucket))
    objects = linked.some(lambda policy: _denies_http(policy, _are_objects))
    if isinstance(bucket, bool) and isinstance(objects, bool) and bucket is not objects:
        return unknown("part")
    return verdict_of(all_true((bucket, objects)))


def _denies_http(policy: Resource, covers: Callable[[Value], Answer]) -> Answer:
    return any_true(
        each
        if isinstance(each, Unknown)
        else all_true((_is_denial(each), each.any_value("Resource", covers)))
        for each in statements(follow(policy.properties, ("PolicyDocument",)))
    )


def _is_denial(statement: Statement) -> Answer:
    """Return whether a statement denies every request without TLS; Unknown if it denies some of them."""
    is_about_tls = all_true((statement.has_effect("Deny"), _is_about_tls(statement)))
    is_of_all = all_true((statement.is_for_anyone(), statement.grants("s3:*")))
    if is_about_tls is not False and is_of_all is False:
        return Unknown(Reason("check.why.part"))
    return all_true((is_about_tls, is_of_all))


def _is_about_tls(statement: Statement) -> Answer:
    conditions = follow(statement.block, ("Condition",))
    if isinstance(conditions, Unknown):
        return conditions
    operators = dict(conditions) if isinstance(conditions, Block) else {}
    keys = [
        (operator.lower().removesuffix("ifexists"), key.lower(), value)
        for operator, block in operators.items()
        if isinstance(block, Block)
        for key, value in block.items()
    ]
    if len(keys) != 1:
        may_be = len(keys) < len(operators) or any("transport" in key for _, key, _ in keys)
        return Unknown(Reason("check.why.part")) if may_be else False
    ((operator, key, value),) = keys
    if operator == "bool" and key == "aws:securetransport":
        return all_true(answer(is_false, each) for each in items_of(value))
    return Unknown(Reason("check.why.part")) if key == "s3:tlsversion" else False


def _end(value: Value) -> Value:
    """Return the part of an ARN that decides its objects: the last of a text."""
    return value.parts[-1] if isinstance(value, Text) else value


def _is_bucket(value: Value) -> Answer:
    """Return whether an ARN of the bucket's policy is that of the bucket itself."""
    end = _end(value)
    if isinstance(end, str):
        return end.strip() == "*" or "/" not in end
    return (
        end
        if isinstance(end, Unknown) and not isinstance(value, Text)
        else isinstance(end, Reference | Unknown)
    )


def _are_objects(value: Value) -> Answer:
    """Return whether an ARN of the bucket's policy is that of all its objects."""
    end = _end(value)
    if isinstance(end, str):
        return end.strip().endswith("*") and ("/" not in end or end.partition("/")[2].strip() == "*")
    return end if isinstance(end, Unknown) else False


RULES = (
    Rule("S3.8", (BUCKET,), all_blocked),
    Rule("S3.19", ("AWS::S3::AccessPoint",), all_blocked),
    Rule("S3.24", ("AWS::S3::MultiRegionAccessPoint",), all_blocked),
    Rule(
        "S3.2",
        (BUCKET,),
        no_public_access(("PublicRead", "PublicReadWrite"), READING),
    ),
    Rule("S3.3", (BUCKET,), no_public_access(("PublicReadWrite",), WRITING)),
    Rule("S3.5", (BUCKET,), requires_tls),
    Rule("S3.6", (BUCKET,), grants_nothing_to_others),
    row("S3.9", BUCKET, "LoggingConfiguration", is_given),
    Rule(
        "S3.12",
        (BUCKET,),
        AnyOf(
            (
                Each("OwnershipControls.Rules", Property("ObjectOwnership", one_of("BucketOwnerEnforced"))),
                Property(
                    "AccessControl",
                    none_of(
                        "AuthenticatedRead",
                        "AwsExecRead",
                        "LogDeliveryWrite",
                        "PublicRead",
                        "PublicReadWrite",
                    ),
                ),
            )
        ),
    ),
    Rule("S3.13", (BUCKET,), Some("LifecycleConfiguration.Rules", Property("Status", one_of("Enabled")))),
)
