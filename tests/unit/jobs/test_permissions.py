"""Who may do what, from a click's delivery to what that person is told."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from bot.domain.finding import WorkflowStatus
from bot.domain.job import Job, Requester, job_id
from bot.domain.permission import SETTINGS, Permission, Standing
from bot.errors import (
    BotError,
    InvalidSettingError,
    MissingScopeError,
    NotAllowedError,
    ThrottledError,
    UnavailableError,
)
from bot.i18n import Locale
from bot.render.errors import explain
from bot.settings import Settings
from bot.usecases.context import Deployment
from bot.usecases.permissions import authorize
from tests.builders import PERSON, a_cancel_job, a_scan_job, an_act_job, some_findings
from tests.delivery import DEPLOYMENT, deliver_as_lambda, deliver_once
from tests.fakes import FakeMessenger, FakePeople, FakeWorld
from tests.fakes.findings import FakeFindings

SCAN = a_scan_job()
REPORT_ID = job_id(SCAN)
CLICK = an_act_job(REPORT_ID)
CANCEL = a_cancel_job(REPORT_ID)
THROTTLED = ThrottledError(service="Slack", call="usergroups.users.list S0SECURITY")
NO_SCOPE = MissingScopeError(scope="usergroups:read")


def why(job: Job, people: FakePeople | None = None, **lists: str) -> str:
    """Return the hint of why a job is refused, empty where it is not."""
    world = FakeWorld(people=people or FakePeople())
    try:
        authorize(job, world.ports, Settings(lists))
    except NotAllowedError as error:
        return error.values["hint"].removeprefix("not-allowed.")
    return ""


def by(standing: Standing, job: Job = CLICK, **lists: str) -> str:
    """Do the same for somebody of a standing."""
    return why(job, FakePeople(standings={PERSON.user_id: standing}), **lists)


class TestUnset:
    """Without settings."""

    def test_every_member_may_scan(self) -> None:
        """Every member may scan."""
        assert "" == why(SCAN)

    @pytest.mark.parametrize("job", [CLICK, CANCEL])
    def test_nobody_may_act(self, job: Job) -> None:
        """Nobody may act."""
        assert "act.unset" == why(job)

    @pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.MEMBER])
    def test_guests_strangers_and_bots_may_not_scan(self, standing: Standing) -> None:
        """Guests, strangers and bots may not even scan."""
        assert f"read.{standing}" == by(standing, SCAN)

    def test_schedule_reads_without_permission_check(self) -> None:
        """Nobody is asked about who only reads in AWS's name."""
        nobody = FakePeople(errors={"": NO_SCOPE})

        assert "" == why(replace(SCAN, requester=None), nobody, READ_ALLOWED="U0OTHER")


class TestAllowed:
    """With settings."""

    @pytest.mark.parametrize(
        "allowed", ["U0PERSON", "S0SECURITY", "C0SECURITY", "U0X, S0SECURITY", "C0X,U0PERSON"]
    )
    def test_entry_allows_user_group_or_channel(self, allowed: str) -> None:
        """A person has a permission by their ID, by a group or by the channel, each for itself."""
        assert "" == why(CLICK, ACT_ALLOWED=allowed)
        assert "" == why(SCAN, READ_ALLOWED=allowed)

    @pytest.mark.parametrize("allowed", ["U0OTHERS", "S0EMPTY", "C0OTHER"])
    def test_unlisted_person_may_not_act(self, allowed: str) -> None:
        """Somebody whom no entry names may not."""
        people = FakePeople(groups={"S0EMPTY": frozenset()})

        assert "act.member" == why(CLICK, people, ACT_ALLOWED=allowed)
        assert "read.member" == why(SCAN, people, READ_ALLOWED=allowed)

    def test_acting_and_scanning_are_separate_permissions(self) -> None:
        """To act does not allow to scan, nor the other way round."""
        assert "read.member" == why(SCAN, READ_ALLOWED="U0OTHER", ACT_ALLOWED="U0PERSON")
        assert "act.unset" == why(CLICK, READ_ALLOWED="U0PERSON")

    def test_named_user_needs_no_group_lookup(self) -> None:
        """Who is named otherwise is let pass without a question about groups."""
        people = FakePeople(errors={"S0SECURITY": NO_SCOPE})

        assert "" == why(CLICK, people, ACT_ALLOWED="S0SECURITY,U0PERSON")

    def test_unreadable_group_does_not_hide_another(self) -> None:
        """A group that cannot be read does not matter where another one has the person."""
        people = FakePeople(errors={"S0BROKEN": NO_SCOPE})

        assert "" == why(CLICK, people, ACT_ALLOWED="S0BROKEN,S0SECURITY")


class TestOutsiders:
    """Guests, people of other workspaces, bots and deactivated accounts."""

    LISTS = ("U0PERSON", "S0SECURITY", "C0SECURITY")

    @pytest.mark.parametrize(("standing", "allowed"), [*product(list(Standing)[1:], LISTS)])
    def test_external_people_never_act(self, standing: Standing, allowed: str) -> None:
        """No list lets them."""
        assert f"act.{standing}" == by(standing, ACT_ALLOWED=allowed)

    @pytest.mark.parametrize("standing", [Standing.GUEST, Standing.EXTERNAL])
    def test_named_guests_may_scan(self, standing: Standing) -> None:
        """Guests and strangers may scan by their own ID, not by a group or a channel."""
        found = [by(standing, SCAN, READ_ALLOWED=allowed) for allowed in self.LISTS]

        assert ["", f"read.{standing}", f"read.{standing}"] == found

    def test_bots_and_deactivated_accounts_never_scan(self) -> None:
        """Bots and deactivated accounts may not scan, even if a list names them."""
        assert "read.nobody" == by(Standing.INACTIVE, SCAN, READ_ALLOWED="U0PERSON")


class TestCancel:
    """Cancelling a scan."""

    def test_requester_may_cancel(self) -> None:
        """The requester of a scan may cancel it without any other permission."""
        assert "" == why(replace(CANCEL, asked_by=PERSON.user_id))

    def test_person_who_may_act_may_cancel(self) -> None:
        """Whose scan it is matters only to them."""
        other = replace(CANCEL, asked_by="U0OTHER")

        assert "" == why(other, ACT_ALLOWED="U0PERSON")
        assert "act.member" == why(other, ACT_ALLOWED="U0OTHER", READ_ALLOWED="U0PERSON")

    def test_missing_requester_matches_nobody(self) -> None:
        """A job without a requester does not match a person without an ID."""
        nobody = replace(CANCEL, requester=Requester("U0PERSON", ""), asked_by="")

        assert "act.unset" == why(nobody)


class TestUnclear:
    """What cannot be found out."""

    @pytest.mark.parametrize(
        ("errors", "error"),
        [
            ({"U0PERSON": UnavailableError(service="Slack", call="users.info")}, UnavailableError),
            ({"S0SECURITY": THROTTLED}, ThrottledError),
            ({"S0SECURITY": NO_SCOPE}, MissingScopeError),
        ],
    )
    def test_unknown_person_is_refused(self, errors: dict[str, BotError], error: type[BotError]) -> None:
        """Where Slack does not say who somebody is, they may not, and the error says what failed."""
        with pytest.raises(error):
            why(CLICK, FakePeople(errors=errors), ACT_ALLOWED="S0SECURITY")

    @pytest.mark.parametrize("job", [SCAN, CLICK])
    def test_list_that_cannot_be_read_allows_nobody(self, job: Job) -> None:
        """A list that cannot be read allows nobody, and is named with what it should be."""
        with pytest.raises(InvalidSettingError) as caught:
            why(job, READ_ALLOWED="@security, U0PERSON", ACT_ALLOWED="U0PERSON;U0OTHER")

        assert caught.value.values["setting"] in SETTINGS.values()
        assert "user groups (S…)" in caught.value.values["choices"]


def a_world(locale: Locale = Locale.EN, **changes: Any) -> FakeWorld:
    """Make a world in which a report of three findings stands."""
    messenger = FakeMessenger(locales={PERSON.user_id: locale})
    world = FakeWorld(findings=FakeFindings(some_findings(3)), messenger=messenger)
    deliver_once(SCAN, world)
    world.people = FakePeople(**changes)
    return world


def setting(**lists: str) -> Deployment:
    """Make a deployment with these lists only."""
    return replace(DEPLOYMENT, settings=Settings(lists))


class TestRefused:
    """What a refusal does."""

    def test_nothing_is_read_or_changed_in_security_hub(self) -> None:
        """Nothing is read or changed in Security Hub, and the message stays as it is."""
        world = a_world()
        queries, posted = len(world.findings.queries), dict(world.messenger.posted)
        deliver_once(CLICK, world, deployment=setting())

        assert [] == world.findings.updated
        assert queries == len(world.findings.queries)
        assert posted == world.messenger.posted

    def test_refusal_is_private_and_sent_once(self) -> None:
        """That person alone learns why, what to set, and to what; once, however often it is delivered."""
        world = a_world()
        for _ in range(2):
            assert None is deliver_as_lambda(CLICK, world, deployment=setting())

        ((user_id, message),) = world.messenger.told
        assert PERSON.user_id == user_id
        for text in ("Nobody may act", "`ACT_ALLOWED`", "`U0PERSON`", "`C0SECURITY`"):
            assert text in message.text

    def test_refusal_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        """The log says who, what, where and which report, and not where they can be answered."""
        with caplog.at_level(logging.WARNING):
            deliver_once(CLICK, a_world(), deployment=setting(ACT_ALLOWED="U0OTHER"))

        (record,) = [r for r in caplog.records if r.msg.startswith("refused")]
        said = vars(record)
        expected = {"user_id": PERSON.user_id, "permission": "act", "report_id": REPORT_ID}
        assert "refused ActJob" == record.getMessage()
        assert expected.items() <= said.items()
        assert "C0SECURITY" == said["channel"]
        assert "not-allowed.act.member" == said["reason"]
        assert PERSON.response_url not in str(said)

    def test_refusal_ends_when_the_setting_changes(self) -> None:
        """Who may not now may after the setting has changed, with the next click."""
        world = a_world()
        deliver_once(CLICK, world, deployment=setting())
        deliver_once(replace(CLICK, key="later"), world, deployment=setting(ACT_ALLOWED="U0PERSON"))

        assert {WorkflowStatus.NOTIFIED} == {f.workflow_status for f in world.findings.findings}

    def test_authorized_click_is_completed_by_a_retry(self) -> None:
        """A click that was let pass is carried to its end, also by another attempt."""
        world = a_world()
        world.messenger.errors["update"] = UnavailableError(service="Slack", call="chat.update")
        with pytest.raises(UnavailableError):
            deliver_once(CLICK, world)
        world.people.groups.clear()
        deliver_once(CLICK, world)

        assert "3 件を NOTIFIED にしました" in str(world.messenger.posted["1.000001"].message.blocks)

    def test_retry_asks_slack_again(self) -> None:
        """While Slack cannot tell, nothing is done; the next attempt asks again."""
        world = a_world(errors={"S0SECURITY": THROTTLED})
        with pytest.raises(ThrottledError):
            deliver_once(CLICK, world)
        assert [] == world.findings.updated
        assert "usergroups.users.list" in world.messenger.told[0][1].text

        world.people.errors.clear()
        deliver_once(CLICK, world)
        assert 3 == len(world.findings.updated)

    def test_refused_scan_makes_no_report(self) -> None:
        """Somebody who may not scan has no report made."""
        world = FakeWorld(findings=FakeFindings(some_findings(3)))
        deliver_once(SCAN, world, deployment=setting(READ_ALLOWED="U0OTHER"))

        assert [] == world.findings.queries
        assert {} == world.messenger.posted
        assert "スキャンすることは許可されていません" in world.messenger.told[0][1].text


@pytest.mark.parametrize("locale", list(Locale))
class TestWords:
    """What a refusal says."""

    @pytest.mark.parametrize(("permission", "standing"), [*product(SETTINGS, Standing)])
    def test_each_reason_has_its_text(
        self, permission: Permission, standing: Standing, locale: Locale
    ) -> None:
        """Each reason has its text, which names the setting, and the ID where it would help."""
        values = {"setting": "A_LIST", "user_id": "U0PERSON", "here": "C0SECURITY"}
        text = explain(NotAllowedError(hint=f"not-allowed.{permission}.{standing}", **values), locale)

        assert text.startswith("🔒")
        never = {Standing.INACTIVE} if permission is Permission.READ else set(Standing) - {Standing.MEMBER}
        assert (standing in never) == ("U0PERSON" not in text)
        assert "A_LIST" in text

    @pytest.mark.parametrize("standing", set(Standing) - {Standing.MEMBER})
    def test_refusal_to_see_own_rows_names_no_setting(self, standing: Standing, locale: Locale) -> None:
        """No setting can allow it."""
        text = explain(
            NotAllowedError(hint=f"not-allowed.own.{standing}", setting="", user_id="", here=""), locale
        )

        assert text.startswith("🔒")
