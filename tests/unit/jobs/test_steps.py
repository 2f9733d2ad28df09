"""Steps that are done once, however often their job is delivered."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.errors import BotError, NotInChannelError, ThrottledError, UnavailableError
from bot.usecases.steps import BusyStepError, Result, Steps, UncertainStepError
from tests.fakes import FakeClock, FakeLedger

THROTTLED = ThrottledError(service="Slack", call="chat.postMessage")
DROPPED = UnavailableError(service="Slack", call="chat.postMessage")
NOT_THERE = NotInChannelError(channel="C1")


@dataclass
class Part:
    """A part that counts how often it is done, and fails at first if it is told to."""

    errors: list[BaseException] = field(default_factory=list)
    times: int = 0

    def __call__(self) -> Result:
        """Do the part."""
        self.times += 1
        if self.errors:
            raise self.errors.pop(0)
        return {"time": self.times}


@pytest.fixture
def clock() -> FakeClock:
    """Return a clock."""
    return FakeClock()


@pytest.fixture
def step(clock: FakeClock) -> Steps:
    """Return the steps of a job."""
    return Steps(FakeLedger(), "job", clock)


@pytest.mark.parametrize("once", [False, True])
class TestAnyStep:
    """What holds for every step."""

    def test_finished_step_returns_its_result(self, step: Steps, *, once: bool) -> None:
        """A step that has been done gives what it gave, and is not done again."""
        part = Part()
        results = [step.run("post", part, at_most_once=once) for _ in range(3)]

        assert [{"time": 1}] * 3 == results
        assert 1 == part.times

    def test_steps_of_other_jobs_are_separate(self, step: Steps, *, once: bool) -> None:
        """Another step, and the same step of another job, are done for themselves."""
        part = Part()
        other_job = Steps(step.ledger, "other", step.now)

        assert [1, 2, 3] == [
            step.run("post", part, at_most_once=once)["time"],
            step.run("upload", part, at_most_once=once)["time"],
            other_job.run("post", part, at_most_once=once)["time"],
        ]

    @pytest.mark.parametrize("error", [THROTTLED, NOT_THERE])
    def test_step_without_effect_is_repeated(self, step: Steps, error: BotError, *, once: bool) -> None:
        """Where the other side has said that it did nothing the next delivery tries again."""
        part = Part([error])
        with pytest.raises(type(error)):
            step.run("post", part, at_most_once=once)

        assert {"time": 2} == step.run("post", part, at_most_once=once)


class TestOnce:
    """Steps that must not be done twice."""

    def test_dropped_connection_makes_the_step_uncertain(self, step: Steps) -> None:
        """Whether Slack has the message is not known, so it is not posted again; the cause is kept."""
        part = Part([DROPPED])
        with pytest.raises(UncertainStepError) as caught:
            step.run("post", part, at_most_once=True)

        assert DROPPED is caught.value.__cause__
        assert 1 == part.times

    def test_uncertain_step_is_not_repeated(self, step: Steps, clock: FakeClock) -> None:
        """Also the next delivery does not do it."""
        part = Part([DROPPED])
        for _ in range(2):
            with pytest.raises(UncertainStepError):
                step.run("post", part, at_most_once=True)
            clock.move(60)

        assert 1 == part.times

    def test_crash_makes_the_step_uncertain(self, step: Steps, clock: FakeClock) -> None:
        """A process that died in the middle leaves its announcement, and nothing else."""
        part = Part([KeyboardInterrupt()])
        with pytest.raises(KeyboardInterrupt):
            step.run("post", part, at_most_once=True)
        clock.move(60)

        with pytest.raises(UncertainStepError):
            step.run("post", part, at_most_once=True)
        assert 1 == part.times

    def test_duplicate_waits_for_the_first_delivery(self, step: Steps, clock: FakeClock) -> None:
        """A duplicate that comes while the first delivery is posting waits for it."""

        def posting() -> Result:
            clock.move(20)
            with pytest.raises(BusyStepError):
                step.run("post", duplicate, at_most_once=True)
            return {"ts": "1"}

        duplicate = Part()

        assert {"ts": "1"} == step.run("post", posting, at_most_once=True)
        assert {"ts": "1"} == step.run("post", duplicate, at_most_once=True)
        assert 0 == duplicate.times

    def test_announcement_with_lost_answer_is_the_deliverys_own(self, clock: FakeClock) -> None:
        """An announcement that was written, and whose answer was lost on its way, is the delivery's own."""

        class Deaf(FakeLedger):
            """A ledger to which the SDK has to write twice, and then hears that something is there."""

            def create(self, key: str, entry: Result) -> bool:
                """Write, and say no."""
                super().create(key, entry)
                return False

        assert {"time": 1} == Steps(Deaf(), "job", clock).run("post", Part(), at_most_once=True)

    def test_withdrawn_announcement_means_another_delivery(self, clock: FakeClock) -> None:
        """An announcement withdrawn between two looks at it means that another delivery is at it."""

        class Withdrawn(FakeLedger):
            """A ledger whose announcements are taken and cannot be read."""

            def create(self, key: str, entry: Result) -> bool:
                """Be late."""
                del key, entry
                return False

        with pytest.raises(BusyStepError):
            Steps(Withdrawn(), "job", clock).run("post", Part(), at_most_once=True)


class TestRaces:
    """Two deliveries at once."""

    def test_concurrent_deliveries_agree_on_one_result(self, step: Steps) -> None:
        """A step that may be done twice gives both deliveries the result that was kept first."""

        def slow() -> Result:
            step.run("scan", lambda: {"from": "the other"})
            return {"from": "this one"}

        assert {"from": "the other"} == step.run("scan", slow)
