"""`/sechub-scan doctor`, from the job to the private answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.job import DoctorJob
from bot.domain.permission import Standing
from bot.errors import BotError, ThrottledError
from bot.i18n import Locale
from tests.builders import PERSON
from tests.delivery import deliver_once
from tests.fakes import FakeLedger, FakeMessenger, FakePeople, FakeWorld

JOB = DoctorJob("slack/doctor", "C0SECURITY", PERSON)


class BrokenLedger(FakeLedger):
    """A ledger whose bucket is gone."""

    def read(self, key: str) -> None:
        """Fail."""
        raise ThrottledError(service="AWS", call=f"s3:GetObject {key}")


def told(world: FakeWorld) -> list[tuple[str, str]]:
    """Return who was told what."""
    return [(user_id, message.text) for user_id, message in world.messenger.told]


def test_requester_alone_is_told_in_their_language() -> None:
    """Nothing is posted, and the answer is in the person's own language."""
    world = FakeWorld(messenger=FakeMessenger(locales={PERSON.user_id: Locale.JA}))
    deliver_once(JOB, world)

    (one,) = told(world)
    assert (PERSON.user_id, True) == (one[0], one[1].startswith("デプロイの確認: 異常 0 件、不明 0 件"))
    assert not world.messenger.posted


def test_broken_ledger_hinders_nobody() -> None:
    """The check of a deployment whose bucket is gone is told all the same."""
    world = FakeWorld(ledger=BrokenLedger())
    world.probes.store.exists = False
    deliver_once(JOB, world)

    assert "異常 1 件" in told(world)[0][1]


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.MEMBER])
def test_guests_and_strangers_are_refused(standing: Standing) -> None:
    """A person who is no member hears that they may not, and nothing of the deployment."""
    world = FakeWorld(people=FakePeople(standings={PERSON.user_id: standing}))
    deliver_once(JOB, world)

    ((_, text),) = told(world)
    assert text.startswith("🔒")


def test_who_is_not_known_is_refused_for_another_try() -> None:
    """If Slack does not say who somebody is, they are told, and Lambda tries again."""
    throttled = ThrottledError(service="Slack", call="users.info")
    world = FakeWorld(people=FakePeople(errors={PERSON.user_id: throttled}))
    with pytest.raises(BotError):
        deliver_once(JOB, world)

    assert "users.info" in told(world)[0][1]


def test_twice_delivered_is_answered_twice() -> None:
    """A repeat keeps nothing and changes nothing."""
    world = FakeWorld()
    deliver_once(JOB, world)
    deliver_once(replace(JOB), world)

    assert 2 == len(told(world))
    assert not world.ledger.entries
