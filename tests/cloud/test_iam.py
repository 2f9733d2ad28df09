"""
IAM's decision, by the examples of its documentation.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html and the pages below it.
"""

from __future__ import annotations

from typing import Any

import pytest

from playground.cloud.iam import Grant, decide

BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
ROW = "aws:TagKeys"


def allow(**elements: Any) -> dict[str, Any]:
    """Make a statement that allows everything, unless told otherwise."""
    return {"Effect": "Allow", "Action": "*", "Resource": "*"} | elements


def is_met(condition: dict[str, Any], **context: list[str]) -> bool:
    """Decide about a request with some condition keys, by their names without `aws:`."""
    keys = {f"aws:{name}": values for name, values in context.items()}
    return decide([allow(Condition=condition)], "s3:GetObject", BUCKET, keys).is_allowed


class TestEffects:
    """Allow and Deny."""

    def test_nothing_is_allowed_by_default(self) -> None:
        """What no statement speaks of is denied."""
        assert not decide([], "s3:GetObject", BUCKET, {}).is_allowed
        assert not decide([allow(Action="s3:PutObject")], "s3:GetObject", BUCKET, {}).is_allowed

    def test_deny_wins_over_every_allow(self) -> None:
        """A Deny wins over every Allow, in whichever order, and is named."""
        deny = allow(Effect="Deny", Sid="No")
        for statements in ([allow(), deny], [deny, allow()]):
            decision = decide(statements, "s3:GetObject", BUCKET, {})

            assert decision.is_allowed is False
            assert decision.denied_by == deny

    def test_decision_names_allowing_statement(self) -> None:
        """What allows a request is told as it is written."""
        statement = allow(Sid="S", Action=["s3:Get*", "s3:PutObject"], Resource=[BUCKET, "*"])

        grants = {Grant("S", "s3:Get*", BUCKET), Grant("S", "s3:Get*", "*")}
        assert decide([statement], "s3:GetObject", BUCKET, {}).grants == grants

    @pytest.mark.parametrize("element", ["NotAction", "NotResource", "NotPrincipal"])
    def test_unknown_element_is_an_error(self, element: str) -> None:
        """An element that would turn a statement's meaning round is not passed over."""
        with pytest.raises(NotImplementedError):
            decide([allow(**{element: "*"})], "s3:GetObject", BUCKET, {})


class TestNames:
    """Actions and resources."""

    @pytest.mark.parametrize(
        ("pattern", "action", "is_one"),
        [
            ("s3:GetObject", "s3:GetObject", True),
            ("s3:getobject", "s3:GetObject", True),  # "The prefix and the action name are case insensitive"
            ("iam:*AccessKey*", "iam:ListAccessKeys", True),
            ("s3:Get*", "s3:PutObject", False),
            ("s3:[G]etObject", "s3:GetObject", False),
        ],
    )
    def test_action_is_compared_without_regard_to_case(
        self, pattern: str, action: str, *, is_one: bool
    ) -> None:
        """An action is compared without regard to case; * and ? alone are special."""
        assert decide([allow(Action=pattern)], action, BUCKET, {}).is_allowed == is_one

    @pytest.mark.parametrize(
        ("pattern", "resource", "is_one"),
        [
            (f"{BUCKET}/*/test/*", f"{BUCKET}/1/test/object.jpg", True),
            (f"{BUCKET}/*/test/*", f"{BUCKET}/1/2/test/3/object.jpg", True),
            (f"{BUCKET}/*/test/*", f"{BUCKET}/1-test/object.jpg", False),
            ("arn:aws:iam::111122223333:user/te?t", "arn:aws:iam::111122223333:user/test", True),
            ("arn:aws:iam::111122223333:user/te?t", "arn:aws:iam::111122223333:user/teest", False),
            (f"{BUCKET}/Key", f"{BUCKET}/key", False),
            ("arn:aws:s3:::amzn.s3", "arn:aws:s3:::amzn-s3", False),
        ],
    )
    def test_arn_is_compared_with_regard_to_case(self, pattern: str, resource: str, *, is_one: bool) -> None:
        """An ARN is compared with regard to case; * also stands for what has slashes and colons in it."""
        assert decide([allow(Resource=pattern)], "s3:GetObject", resource, {}).is_allowed == is_one


class TestConditions:
    """Conditions."""

    def test_all_operators_and_keys_must_hold(self) -> None:
        """Operators and keys are joined by "and", values by "or"."""
        both = {"StringEquals": {"aws:a": ["1", "2"], "aws:b": "3"}, "Bool": {"aws:c": "true"}}

        assert is_met(both, a=["2"], b=["3"], c=["true"])
        assert not is_met(both, a=["3"], b=["3"], c=["true"])
        assert not is_met(both, a=["1"], c=["true"])
        assert not is_met(both, a=["1"], b=["3"], c=["false"])

    def test_key_is_not_case_sensitive(self) -> None:
        """Condition keys are compared without regard to case, values with it."""
        assert is_met({"StringEquals": {"AWS:SourceIP": "x"}}, SourceIp=["x"])
        assert not is_met({"StringEquals": {"aws:SourceIp": "X"}}, SourceIp=["x"])

    @pytest.mark.parametrize(
        ("expected", "is_there", "is_one"),
        [
            ("true", True, False),
            ("true", False, True),
            ("false", True, True),
            ("false", False, False),
        ],
    )
    def test_null_asks_whether_key_is_absent(self, expected: str, *, is_there: bool, is_one: bool) -> None:
        """Null asks whether a key is absent: true for a request without it."""
        context = {"TokenIssueTime": ["2026-11-29T00:00:00Z"]} if is_there else {}

        assert is_met({"Null": {"aws:TokenIssueTime": expected}}, **context) == is_one

    def test_only_string_like_knows_wildcards(self) -> None:
        """StringLike knows wildcards, StringEquals does not."""
        assert is_met({"StringLike": {"aws:prefix": ["", "home/", "home/David/*"]}}, prefix=["home/David/x"])
        assert not is_met({"StringEquals": {"aws:prefix": "home/*"}}, prefix=["home/x"])

    def test_string_not_equals_is_met_by_absent_key(self) -> None:
        """None of the values may be the key's; a request without the key meets it."""
        condition = {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}}

        assert is_met(condition, RequestedRegion=["eu-west-1"])
        assert not is_met(condition, RequestedRegion=["us-west-2"])
        assert is_met(condition)

    @pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike"])
    def test_arn_equals_and_arn_like_are_one(self, operator: str) -> None:
        """ArnEquals and ArnLike are one."""
        condition = {operator: {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}}

        assert is_met(condition, SourceArn=["arn:aws:sns:us-east-1:123456789012:topic"])
        assert not is_met(condition, SourceArn=["arn:aws:sns:us-east-1:999999999999:topic"])

    @pytest.mark.parametrize(
        ("values", "is_all", "is_any"),
        [
            (["environment", "cost-center"], True, True),
            (["environment"], True, True),
            (["environment", "dept"], False, True),
            (["dept"], False, False),
            (None, True, False),
        ],
    )
    def test_set_operators_compare_several_values(
        self, values: list[str] | None, *, is_all: bool, is_any: bool
    ) -> None:
        """ForAllValues holds if no value is another, so also without a key; ForAnyValue needs one of them."""
        context = {} if values is None else {"TagKeys": values}
        expected = {"aws:TagKeys": ["environment", "cost-center"]}

        assert is_met({"ForAllValues:StringEquals": expected}, **context) == is_all
        assert is_met({"ForAnyValue:StringEquals": expected}, **context) == is_any

    def test_unknown_operator_is_an_error(self) -> None:
        """An operator that is not modelled is not passed over."""
        with pytest.raises(NotImplementedError):
            is_met({"StringEqualsIfExists": {"aws:a": "x"}}, a=["x"])
