"""The owners of accounts, by a tag in Organizations."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.owners.account_tag import LIFE, KnownAccountTags
from bot.domain.owners.owner import NOBODY, Ownership, Source
from bot.domain.owners.routing import OwnerRules
from bot.errors import AccessDeniedError, ThrottledError
from bot.usecases.owners.account_owners import MOST_LOOKUPS, AccountOwners
from tests.builders import NOW
from tests.fakes import FakeWorld

RULES = OwnerRules(account_tag="Owner")


def world(**tags: str) -> FakeWorld:
    """Make a world whose accounts have owners."""
    made = FakeWorld()
    made.accounts.tags = {account.removeprefix("a"): {"owner": value} for account, value in tags.items()}
    return made


class TestAccountOwners:
    """Looking owners up."""

    def test_tag_of_account_names_owner(self) -> None:
        """The value is read as a resource's tag is; the key in any case."""
        owners = AccountOwners(RULES, world(a1="Finance, web", a2="n/a").ports)

        assert Ownership(("Finance", "web"), Source.ACCOUNT_TAG, "Owner") == owners.owners_of("1")
        assert Ownership((), Source.IGNORED, "Owner") == owners.owners_of("2")
        assert NOBODY == owners.owners_of("3")

    def test_without_setting_nobody_is_asked(self) -> None:
        """Without account_tag in the routing file Organizations is not called, and nothing is kept."""
        made = world(a1="finance")
        owners = AccountOwners(OwnerRules(), made.ports)

        assert NOBODY == owners.owners_of("1")
        owners.save()
        assert ([], KnownAccountTags()) == (made.accounts.asked, made.account_tags.known)

    def test_account_is_asked_once_a_day(self) -> None:
        """Within a day further jobs ask nothing, also about an account without the tag."""
        made = world(a1="finance")
        for _ in range(2):
            owners = AccountOwners(RULES, made.ports)
            for account in ("1", "2", "1", "2"):
                owners.owners_of(account)
            owners.save()
        assert ["1", "2"] == made.accounts.asked

        made.clock.move(LIFE.total_seconds())
        made.accounts.tags["1"] = {"Owner": "sales"}
        assert ("sales",) == AccountOwners(RULES, made.ports).owners_of("1").names

    def test_other_tag_is_read_anew(self) -> None:
        """A cache of another tag is not used."""
        made = world(a1="finance")
        made.account_tags.known = KnownAccountTags("Team", {"1": ("web", NOW.isoformat())})

        assert ("finance",) == AccountOwners(RULES, made.ports).owners_of("1").names

    @pytest.mark.parametrize(
        "error",
        [
            AccessDeniedError(action="organizations:ListTagsForResource"),
            ThrottledError(service="AWS", call="organizations:ListTagsForResource"),
        ],
    )
    def test_first_error_ends_look_ups(self, error: AccessDeniedError | ThrottledError) -> None:
        """An error is met once; tags that are known already still count."""
        made = world(a1="finance")
        made.account_tags.known = KnownAccountTags("Owner", {"9": ("web", NOW.isoformat())})
        made.accounts.error = error
        owners = AccountOwners(RULES, made.ports)

        assert [NOBODY, NOBODY] == [owners.owners_of(account) for account in ("1", "2")]
        assert ("web",) == owners.owners_of("9").names
        assert (["1"], error) == (made.accounts.asked, owners.error)

    def test_look_ups_are_limited(self) -> None:
        """A job of very many accounts ends; the next one goes on."""
        made = world()
        for expected in (MOST_LOOKUPS, MOST_LOOKUPS + 10):
            owners = AccountOwners(RULES, made.ports)
            for account in range(MOST_LOOKUPS + 10):
                owners.owners_of(f"{account:012}")
            owners.save()

            assert expected == len(made.accounts.asked)

    def test_tags_that_cannot_be_kept_count(self) -> None:
        """A failure to keep or read what is known stops nothing."""
        made = world(a1="finance")
        made.account_tags.error = ThrottledError(service="AWS", call="s3:PutObject")
        owners = AccountOwners(RULES, made.ports)

        assert ("finance",) == owners.owners_of("1").names
        owners.save()


def test_old_entries_are_left_out() -> None:
    """An entry counts for a day."""
    known = KnownAccountTags(
        "Owner",
        {
            "1": ("web", (NOW - LIFE).isoformat()),
            "2": ("web", (NOW - LIFE + timedelta(seconds=1)).isoformat()),
        },
    )

    assert {"2"} == known.of("Owner", NOW).values.keys()
