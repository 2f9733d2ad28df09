"""The tags of accounts, as botocore asks Organizations for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session

from playground.account import Account
from playground.cloud.moto import start_moto
from playground.cloud.organizations import Organizations
from playground.cloud.roles import Role
from playground.deployment import REGION
from playground.http import HttpServer

ACCOUNT, OTHER = "123456789012", "111122223333"


@pytest.fixture
def organizations() -> Organizations:
    """Make an organization of two accounts, one with tags."""
    return Organizations(tags={ACCOUNT: {}, OTHER: {"Owner": "platform", "所有者": "基盤"}})


@pytest.fixture
def role() -> Role:
    """Make a role that allows nothing."""
    return Role("JobFunctionRole", ACCOUNT, [])


@pytest.fixture
def aws(organizations: Organizations, role: Role) -> Iterator[HttpServer]:
    """Start AWS."""

    def unused(environ: Any, start_response: Any) -> list[bytes]:
        raise NotImplementedError(environ, start_response)

    server = start_moto([role], lambda app: Account(app, [role], unused, organizations))
    yield server
    server.stop()


def client(aws: HttpServer, access_key: str = "administrator") -> Any:
    """Make a client that does not repeat what fails."""
    return Session().create_client(
        "organizations",
        REGION,
        endpoint_url=aws.url,
        aws_access_key_id=access_key,
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}),
    )


def refusal(aws: HttpServer, account: str, **of_client: str) -> tuple[str, int]:
    """Make a call that is refused; return the error's code and the HTTP status."""
    with pytest.raises(ClientError) as raised:
        client(aws, **of_client).list_tags_for_resource(ResourceId=account)
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


class TestTags:
    """ListTagsForResource."""

    def test_tags_of_account_are_told(self, aws: HttpServer) -> None:
        """The tags of an account are told, none of one that has none."""
        tags = [
            client(aws).list_tags_for_resource(ResourceId=account)["Tags"] for account in (OTHER, ACCOUNT)
        ]

        assert [[("Owner", "platform"), ("所有者", "基盤")], []] == [
            [(tag["Key"], tag["Value"]) for tag in of_account] for of_account in tags
        ]

    def test_account_outside_organization_is_not_found(self, aws: HttpServer) -> None:
        """Of an account that has left the organization nothing is told."""
        assert ("TargetNotFoundException", 400) == refusal(aws, "444455556666")

    def test_malformed_account_is_invalid(self, aws: HttpServer) -> None:
        """An account's ID has twelve digits."""
        assert ("InvalidInputException", 400) == refusal(aws, "4444")

    @pytest.mark.parametrize(
        ("standing", "code"),
        [("member", "AccessDeniedException"), ("alone", "AWSOrganizationsNotInUseException")],
    )
    def test_only_delegated_administrator_may_ask(
        self, aws: HttpServer, organizations: Organizations, standing: Any, code: str
    ) -> None:
        """Another member is denied; an account in no organization is told so."""
        organizations.standing = standing

        assert (code, 400) == refusal(aws, OTHER)

    def test_too_many_calls_are_refused(self, aws: HttpServer, organizations: Organizations) -> None:
        """Calls that come too fast are refused as Organizations refuses them, and counted."""
        organizations.throttled = 1

        assert ("TooManyRequestsException", 400) == refusal(aws, OTHER)
        assert client(aws).list_tags_for_resource(ResourceId=OTHER)["Tags"]
        assert [OTHER, OTHER] == organizations.calls

    def test_role_must_allow_it(self, aws: HttpServer, role: Role, organizations: Organizations) -> None:
        """A function whose role does not allow the call is refused before Organizations hears of it."""
        assert ("AccessDeniedException", 400) == refusal(aws, OTHER, access_key=role.access_key)
        assert [] == organizations.calls
