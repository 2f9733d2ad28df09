"""
Policies of IAM, and of the resources that have one.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from bot.check.values import MISSING, Block, Reference, Text, Unknown, Value, follow, items_of
from bot.check.verdict import PASSED, Answer, Verdict, all_of, all_true, any_true, opposite, verdict_of
from bot.domain.check_result import Reason, Status

if TYPE_CHECKING:
    from bot.check.template import Resource

ANYONE = "*"

RESTRICTING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "lambda:functionurlauthtype",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "sns:endpoint",
    }
)
"""
The condition keys that, with fixed values, make a grant to everyone not public.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html, "The
meaning of public".
"""

OPEN = frozenset({"aws:referer", "aws:securetransport", "aws:useragent", "s3:prefix", "s3:x-amz-acl"})
"""Condition keys that anybody can satisfy."""

_POSITIVE = frozenset(
    {"arnequals", "arnlike", "ipaddress", "stringequals", "stringequalsignorecase", "stringlike"}
)

_WILDCARDS = frozenset("*?")

ARN_FIELDS = 6
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html."""


class Policy(NamedTuple):
    """A policy document."""

    document: Value
    doubt: Reason | None
    """The reason why its resource may not exist."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    block: Block
    """Its elements, resolved."""

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.block.line

    def values(self, element: str) -> list[Value]:
        """Return the values of an element such as `Action`."""
        return items_of(self.block.get(element, MISSING))

    def has_effect(self, effect: str) -> Answer:
        """Return whether the effect is `Allow` or `Deny`, which the element spells exactly so."""
        value = self.block.get("Effect", MISSING)
        if isinstance(value, str):
            return value == effect
        return value if isinstance(value, Unknown) else _odd("Effect")

    def any_value(self, element: str, test: Callable[[Value], Answer]) -> Answer:
        """Return whether a value of an element passes a test."""
        return any_true(test(value) for value in self.values(element))

    def grants(self, *actions: str) -> Answer:
        """Return whether the actions of the statement cover one of these, ignoring its effect."""
        if "NotAction" in self.block:
            return any_true(opposite(self._names("NotAction", action)) for action in actions)
        return any_true(self._names("Action", action) for action in actions)

    def _names(self, element: str, action: str) -> Answer:
        return any_true(_covers(value, action) for value in self.values(element))

    def is_for_anyone(self) -> Answer:
        """Return whether the principal is everyone, without regard to conditions."""
        if "NotPrincipal" in self.block:
            return True
        principal = self.block.get("Principal", MISSING)
        if isinstance(principal, Block):
            principal = principal.get("AWS", MISSING)
        return any_true(is_star(value) for value in items_of(principal))

    def is_restricted(self) -> Answer:
        """Return whether a condition with fixed values restricts the principals."""
        conditions = self.block.get("Condition", MISSING)
        if conditions is MISSING or conditions is None:
            return False
        if not isinstance(conditions, Block):
            return conditions if isinstance(conditions, Unknown) else _odd("Condition")
        return any_true(_restricts(operator, keys) for operator, keys in conditions.items())

    def is_public(self) -> Answer:
        """Return whether it allows everyone something."""
        return all_true((self.has_effect("Allow"), self.is_for_anyone(), opposite(self.is_restricted())))


def statements(document: Value) -> Iterator[Statement | Unknown]:
    """Yield the statements of a policy document; Unknown for those that cannot be resolved."""
    if isinstance(document, Block):
        found = document.get("Statement", MISSING)
        for value in items_of(found):
            if isinstance(value, Block):
                yield Statement(value)
            else:
                yield value if isinstance(value, Unknown) else _odd("Statement")
    elif isinstance(document, Unknown):
        yield document
    elif document is not MISSING and document is not None:
        yield _odd("PolicyDocument")


def no_statement(policies: Iterable[Policy], is_bad: Callable[[Statement], Answer]) -> Verdict:
    """Pass unless a statement of a policy is bad; the verdict has the statement's line."""
    verdicts = (
        _judged(each, is_bad, policy.doubt) for policy in policies for each in statements(policy.document)
    )
    return all_of(verdicts) or PASSED


def linked_policies(resource: Resource, *places: tuple[str, str]) -> list[Policy]:
    """Return the policies, such as a bucket policy, that name a resource; a place is a type and a path."""
    links = resource.template.links
    linked = (one for kind, path in places for one in links.to(resource, kind, path).resources)
    return [Policy(follow(one.properties, ("PolicyDocument",)), one.doubt) for one in linked]


def _judged(
    each: Statement | Unknown, is_bad: Callable[[Statement], Answer], doubt: Reason | None
) -> Verdict:
    if isinstance(each, Unknown):
        return Verdict(Status.UNKNOWN, reason=each.reason)
    answer = is_bad(each)
    if answer is True and doubt:
        answer = Unknown(doubt)
    return replace(verdict_of(opposite(answer)), line=each.line)


def is_star(value: Value) -> Answer:
    """Return whether a value is an asterisk. The name of a resource is none; an unknown text may be one."""
    if isinstance(value, Unknown):
        return any_true(map(is_star, value.options)) if value.options else value
    if isinstance(value, Text):
        fixed = any(
            isinstance(part, Reference) or part not in {ANYONE, ""}
            for part in value.parts
            if not isinstance(part, Unknown)
        )
        return False if fixed else (value.unknown or False)
    return isinstance(value, str) and value.strip() == ANYONE


def _covers(pattern: Value, action: str) -> Answer:
    """Return whether a pattern such as `s3:Get*` matches an action."""
    if isinstance(pattern, str):
        return fnmatchcase(action.lower(), pattern.strip().lower().replace("[", "[[]"))
    return pattern if isinstance(pattern, Unknown) else _odd("Action")


def _restricts(operator: str, keys: Value) -> Answer:
    """Return whether one operator of a condition restricts the principals."""
    if not isinstance(keys, Block):
        return keys if isinstance(keys, Unknown) else _odd(operator)
    name = operator.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:")
    return any_true(_key_restricts(name, key, value) for key, value in keys.items())


def _key_restricts(operator: str, key: str, value: Value) -> Answer:
    name = key.lower()
    if name in OPEN or operator == "null":
        return False
    if name not in RESTRICTING or operator not in _POSITIVE:
        return Unknown(Reason("check.why.condition-key", key))
    has_patterns = name.endswith("arn") and not operator.startswith("stringequals")
    return opposite(
        any_true(
            any_true((_is_open(each), has_patterns and _is_of_any_account(each, key)))
            for each in items_of(value)
        )
    )


def _is_open(value: Value) -> Answer:
    """Return whether a value of a restricting key is open to everyone: all addresses, or any text."""
    if isinstance(value, str):
        return value.strip() in {ANYONE, "0.0.0.0/0", "::/0"}
    return is_star(value)


def _is_of_any_account(value: Value, key: str) -> Answer:
    """
    Return whether a pattern of an ARN matches those of every account; Unknown if it matches some accounts'.

    An ARN of S3 has no account, and the name of a bucket is unique in all accounts.
    """
    parts = value.parts if isinstance(value, Text) else (value,)
    pattern = "".join(part if isinstance(part, str) else "-" for part in parts)
    fields = pattern.strip().split(":", 5)
    if len(fields) < ARN_FIELDS:
        return pattern.strip().startswith("arn:") and pattern.strip().endswith(ANYONE)
    service, account, name = fields[2], fields[4], fields[5].partition("/")[0]
    if service == "s3" and account in {"", ANYONE}:
        return not _WILDCARDS.isdisjoint(name)
    if account == ANYONE:
        return True
    return False if _WILDCARDS.isdisjoint(account) else Unknown(Reason("check.why.condition-key", key))


def _odd(name: str) -> Unknown:
    return Unknown(Reason("check.why.form", name))
