"""`/sechub-scan owner`: the rule, the contact and the channel of a resource or an account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.job import OwnerJob, ScanJob
from bot.domain.query import Query
from tests.builders import PERSON, a_finding
from tests.delivery import deliver_once
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings

ROUTING = b"""\
version = 1
[people]
platform = "S0SECURITY"
[accounts]
123456789012 = "platform"
[[route]]
owners = ["alice@example.com"]
channel = "C0ALICE000"
"""
TAGGED = a_finding(1, tags=(("Owner", "alice@example.com"),))
ASK = OwnerJob("slack/owner", "arn:aws:s3:::bucket-1", "C0SECURITY", PERSON)


@pytest.fixture
def world() -> FakeWorld:
    """A resource with a tag, and one without."""
    world = FakeWorld(findings=FakeFindings([TAGGED, a_finding(2)]))
    world.people.emails = {"alice@example.com": "U0ALICE00"}
    world.routing_file.data = ROUTING
    return world


def asked(world: FakeWorld, subject: str) -> str:
    """Ask, and return the answer."""
    deliver_once(replace(ASK, key=f"slack/{subject}", subject=subject), world)
    return world.messenger.told[-1][1].text


class TestOwner:
    """The private answer."""

    def test_rule_contact_and_channel_of_a_resource_are_named(self, world: FakeWorld) -> None:
        """As they are now, by one call of GetFindings."""
        text = asked(world, "arn:aws:s3:::bucket-1")

        assert "担当者 `alice@example.com` (タグ Owner)" in text
        assert "`alice@example.com` の連絡先: <@U0ALICE00>" in text
        assert "`S3.8` HIGH: <#C0ALICE000>" in text
        assert 1 == len(world.findings.queries)

    def test_account_decides_about_a_resource_without_a_tag(self, world: FakeWorld) -> None:
        """No route takes it."""
        text = asked(world, "arn:aws:s3:::bucket-2")

        assert "担当者 `platform` (アカウント 123456789012)" in text
        assert "<!subteam^S0SECURITY>" in text
        assert "レポートのチャンネル" in text

    def test_account_itself_may_be_asked_for(self, world: FakeWorld) -> None:
        """Nothing is read from Security Hub."""
        assert "担当者 `platform`" in asked(world, "123456789012")
        assert [] == world.findings.queries

    def test_name_is_looked_up_in_the_last_scheduled_report(self, world: FakeWorld) -> None:
        """Security Hub knows IDs only."""
        before = asked(world, "bucket-1")
        deliver_once(ScanJob("schedule/1", Query(controls=("S3.8",))), world)

        assert "有効な検出結果が Security Hub になく" in before
        assert "タグ Owner" in asked(world, "BUCKET-1")

    def test_broken_file_is_said(self, world: FakeWorld) -> None:
        """The answer is by its last version without errors."""
        world.routing_file.data, world.routing_file.good = b"version = ", ROUTING

        text = asked(world, "123456789012")

        assert "担当者 `platform`" in text
        assert "⚠️" in text
