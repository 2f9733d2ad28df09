"""A person's question that pauses, and the clicks that continue it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.command import parse_query
from bot.domain.job import ContinueJob, Requester, job_id
from bot.errors import UnavailableError
from bot.i18n import Locale
from bot.render.ids import CONTINUE_SCAN, NARROW_SCAN, NO_WORDS, TAKE_READ
from bot.render.progress import paused_message
from bot.settings import Settings
from bot.usecases.scanning import scan_job
from tests.builders import PERSON, a_scan_job, some_findings
from tests.delivery import CrashError, FaultInjector, deliver_as_lambda, deliver_once
from tests.unit.world.long_scan import (
    DROPPED,
    EN,
    JOB,
    OTHER,
    REPORT_ID,
    SCHEDULE,
    LongWorld,
    a_world,
    cancel,
    scan,
)

pytestmark = pytest.mark.usefixtures("few_are_many")

PAGES = 12
"""Of 10 findings, before a question pauses here."""
FOUND = 150
QUESTION = (
    "🔍 <@U0PERSON>, 120 findings have been read for `S3.8`, and there are more; Security Hub does "
    "not tell how many. Read on to the end, narrow the question, or report these?"
)
REPORT = "🚨 Found {} violations in 本番. See the attached CSV file for details."


@pytest.fixture(autouse=True)
def few_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a question pause after few pages."""
    monkeypatch.setattr(scan_job, "ASKED_PAGES", PAGES)


def a_click(
    *, is_enough: bool = False, requester: Requester = PERSON, key: str = "slack/press"
) -> ContinueJob:
    """Make the job of a click on the question."""
    return ContinueJob(
        key, REPORT_ID, "C0SECURITY", "1.000001", requester, asked_by=PERSON.user_id, is_enough=is_enough
    )


def press(world: LongWorld, click: ContinueJob | None = None, injector: FaultInjector | None = None) -> None:
    """Deliver a click once."""
    deliver_once(click or a_click(), world, injector, EN)


@pytest.fixture
def paused() -> LongWorld:
    """Scan, and pause."""
    world = a_world(FOUND)
    scan(world)
    return world


class TestPause:
    """A question with many answers."""

    def test_question_pauses_and_asks(self, paused: LongWorld) -> None:
        """It reads no further page, posts no report, and asks in the message of the progress."""
        assert PAGES == paused.findings.page_count
        assert [QUESTION] == paused.standing
        assert {} == paused.reports.summaries

    def test_job_delivered_again_neither_reads_nor_asks(self, paused: LongWorld) -> None:
        """The same job delivered again changes nothing, although somebody has chosen meanwhile."""
        press(paused)
        texts = list(paused.texts)
        scan(paused)

        assert texts == paused.texts
        assert 15 == paused.findings.page_count

    def test_question_that_has_shown_no_progress_is_posted(self) -> None:
        """If few of the findings that were read match, the question is a message of its own."""
        world = a_world(FOUND)
        job = a_scan_job(query=parse_query("S3.8"))
        world.findings.page_size = 5
        deliver_once(job, world, deployment=EN)

        assert [QUESTION.replace("120", "60")] == world.standing
        assert 1 == len(world.texts)

    def test_schedule_does_not_pause(self) -> None:
        """A schedule reads to the end."""
        world = a_world(FOUND)
        deliver_once(SCHEDULE, world, deployment=replace(EN, settings=Settings({"SLACK_CHANNEL": "C0"})))

        assert [REPORT.format(150)] == world.standing

    def test_question_that_ends_in_time_does_not_pause(self) -> None:
        """The last page that may be read is the last one: nobody is asked."""
        world = a_world(PAGES * 10)
        scan(world)

        assert REPORT.format(120) in world.standing

    def test_failure_to_ask_reports_what_was_read(self) -> None:
        """If Slack does not take the question, the report is of the findings that were read, and says so."""
        world = a_world(FOUND)
        world.findings.meanwhile[PAGES] = lambda: world.messenger.errors.update(update=DROPPED)
        scan(world)

        assert REPORT.format(120) in world.standing
        assert PAGES == world.findings.page_count

    def test_ledger_keeps_no_response_url(self, paused: LongWorld) -> None:
        """Slack's address for private answers is a secret, and the ledger gets none."""
        assert PERSON.response_url
        assert PERSON.response_url not in str(paused.ledger.entries)


class TestClick:
    """A click on the question."""

    def test_reading_on_reports_everything(self, paused: LongWorld) -> None:
        """No page is read again; the report is of all findings, and has the requester of the scan."""
        press(paused, a_click(requester=OTHER))

        assert 15 == paused.findings.page_count
        assert ["🔍 Scan finished: 150 findings read.", REPORT.format(150)] == paused.standing
        assert PERSON.user_id == paused.reports.summaries[REPORT_ID].requester_id

    def test_enough_reports_what_was_read(self, paused: LongWorld) -> None:
        """No further page is read; the report is of what was read, and says that it is incomplete."""
        press(paused, a_click(is_enough=True))

        assert PAGES == paused.findings.page_count
        assert ["🔍 Scan finished: 120 findings read.", REPORT.format(120)] == paused.standing
        assert ["too-much"] == [unread.code for unread in paused.reports.summaries[REPORT_ID].unread]

    def test_partitions_that_have_ended_are_kept(self) -> None:
        """A control with a single page that was read is in the report: all that was read is."""
        world = a_world(FOUND)
        world.findings.findings += [replace(one, control_id="S3.1") for one in some_findings(9)]
        job = a_scan_job(query=parse_query("S3.8 S3.1"))
        deliver_once(job, world, deployment=EN)
        read = world.findings.page_count
        press(world, a_click(is_enough=True))

        assert PAGES <= read == world.findings.page_count
        count = world.ledger.entries[f"{REPORT_ID}/scan.done"]["count"]
        assert count == world.reports.summaries[job_id(job)].finding_count

    @pytest.mark.parametrize("is_enough", [True, False])
    def test_second_click_is_told_who_has_chosen(self, paused: LongWorld, *, is_enough: bool) -> None:
        """The first click decides; a later one, for the same or not, is answered in private."""
        press(paused, a_click(requester=OTHER))
        texts = list(paused.texts)
        press(paused, a_click(is_enough=is_enough, key="slack/later"))

        assert texts == paused.texts
        assert [(PERSON.user_id, "<@U0OTHER> has already chosen how this scan goes on.")] == paused.told

    def test_click_delivered_twice_is_one(self, paused: LongWorld) -> None:
        """The same click delivered again posts nothing more."""
        press(paused)
        press(paused)

        assert 2 == len(paused.standing)
        assert [] == paused.told

    @pytest.mark.parametrize("is_enough", [True, False])
    def test_click_after_the_end_of_the_ledger_is_explained(self, *, is_enough: bool) -> None:
        """A month later nothing is known of the scan: the person is told to scan again."""
        world = a_world()
        press(world, a_click(is_enough=is_enough))

        assert ["Scan again" in text for _, text in world.told] == [True]
        assert 0 == world.findings.page_count

    def test_late_click_for_what_was_read_is_explained(self, paused: LongWorld) -> None:
        """After the checkpoints have expired, there is nothing to report; reading on reads all again."""
        paused.reports.kept_checkpoints.clear()
        press(paused, a_click(is_enough=True))
        assert ["Scan again" in text for _, text in paused.told] == [True]

        press(paused, a_click(key="slack/on"))
        assert REPORT.format(150) in paused.standing
        assert PAGES + 15 == paused.findings.page_count

    def test_scan_that_reads_on_can_be_cancelled(self, paused: LongWorld) -> None:
        """The button Cancel is there again, and works."""
        paused.findings.findings = some_findings(400)
        paused.findings.meanwhile[14] = lambda: cancel(paused)
        press(paused)

        assert paused.standing[0].startswith("🔍 Cancelled by <@U0OTHER>")
        assert {} == paused.reports.summaries

    def test_death_while_reading_on_is_survived(self, paused: LongWorld) -> None:
        """A process that dies is followed by one that reads on; the report is posted once."""

        def die() -> None:
            raise CrashError

        paused.findings.meanwhile[14] = die
        deliver_as_lambda(a_click(), paused, deployment=EN)

        assert ["🔍 Scan finished: 150 findings read.", REPORT.format(150)] == paused.standing

    def test_death_before_the_question_asks_later(self) -> None:
        """A delivery that fails after the last page is followed by one that reads other pages, and asks."""
        world = a_world(400)
        create, failures = world.ledger.create, [UnavailableError(service="AWS", call="s3:PutObject")]

        def failing(key: str, entry: dict[str, Any]) -> bool:
            if key.endswith("/scan.done") and failures:
                raise failures.pop()
            return create(key, entry)

        world.ledger.create = failing  # type: ignore[method-assign]
        deliver_as_lambda(JOB, world, deployment=EN)

        assert [QUESTION.replace("120", "240")] == world.standing
        assert 2 * PAGES == world.findings.page_count


class TestMessage:
    """The question."""

    @pytest.mark.parametrize("locale", Locale)
    def test_buttons_name_the_scan_and_its_words(self, locale: Locale) -> None:
        """Two buttons name the scan; the one that narrows has the words, unless they are long."""
        for words, value in (("S3.8 severity:HIGH", "S3.8 severity:HIGH"), ("S3.8 " * 401, NO_WORDS)):
            _, actions = paused_message("r", "U0PERSON", 20_000, words, locale).blocks

            expected = [(CONTINUE_SCAN, "r:U0PERSON"), (NARROW_SCAN, value), (TAKE_READ, "r:U0PERSON")]
            assert expected == [(button["action_id"], button["value"]) for button in actions["elements"]]
