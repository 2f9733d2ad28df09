"""Accounts of the organization: what the use cases may rely on, of the fakes and of the adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.adapters.organizations import OrganizationAccounts
from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.owner_memory import BucketAccountTags
from bot.domain.owners.account_tag import KnownAccountTags
from bot.errors import AccessDeniedError, BotError
from bot.owner_ports import Accounts, AccountTags
from playground.cloud.organizations import Organizations, Standing
from playground.http import HttpServer
from tests.builders import NOW
from tests.contracts.places import BUCKET, REGION
from tests.fakes import FakeAccounts, FakeAccountTags

Tags = dict[str, dict[str, str]]


@pytest.fixture
def organization(monkeypatch: pytest.MonkeyPatch) -> Iterator[Organizations]:
    """Start an organization, and let clients find it."""
    made = Organizations()
    server = HttpServer(made, "organizations")
    monkeypatch.setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", server.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    yield made
    server.stop()


@pytest.fixture(params=["fake", "organizations"])
def make(request: pytest.FixtureRequest) -> Callable[[Tags], Accounts]:
    """Return a function that makes the port for an organization with these accounts."""
    if request.param == "fake":
        return FakeAccounts
    organization: Organizations = request.getfixturevalue("organization")

    def load(tags: Tags) -> Accounts:
        organization.tags = tags
        return OrganizationAccounts(lambda: client("organizations"))

    return load


class TestAccounts:
    """The tag of an account."""

    def test_tag_is_read_in_any_case(self, make: Callable[[Tags], Accounts]) -> None:
        """The key is compared without regard to case; of two spellings capitals come first."""
        port = make({"123456789012": {"owner": "a", "Owner": "b", "Name": "c"}, "210987654321": {}})

        assert ["b", "b"] == [port.tag("123456789012", key) for key in ("OWNER", "owner")]
        assert "" == port.tag("210987654321", "Owner")

    def test_account_outside_has_no_tag(self, make: Callable[[Tags], Accounts]) -> None:
        """An account that is not in the organization is no error."""
        assert "" == make({}).tag("123456789012", "Owner")


class TestOrganizations:
    """What only AWS answers."""

    @pytest.mark.parametrize("standing", ["member", "alone"])
    def test_account_that_may_not_ask_is_an_error(
        self, organization: Organizations, standing: Standing
    ) -> None:
        """A member that is no delegated administrator, or an account of no organization, gets an error."""
        organization.standing = standing
        with pytest.raises(BotError) as caught:
            OrganizationAccounts(lambda: client("organizations")).tag("123456789012", "Owner")

        assert isinstance(caught.value, AccessDeniedError) == (standing == "member")


@pytest.fixture(params=["fake", "bucket"])
def kept(request: pytest.FixtureRequest) -> AccountTags:
    """Return the port."""
    if request.param == "fake":
        return FakeAccountTags()
    return BucketAccountTags(Bucket(request.getfixturevalue("bucket"), BUCKET))


class TestAccountTags:
    """What is kept of them."""

    def test_tags_are_read_as_kept(self, kept: AccountTags) -> None:
        """At first nothing is known; later what was kept last."""
        known = KnownAccountTags("Owner", {"123456789012": ("基盤", NOW.isoformat())})

        assert KnownAccountTags() == kept.load()
        kept.save(known)
        assert known == kept.load()
