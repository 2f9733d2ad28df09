"""A stored report that has several destinations."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.domain.job import Job, job_id
from bot.errors import NotInChannelError
from bot.usecases.context import JobContext
from bot.usecases.deliver import Destination, deliver
from bot.usecases.steps import Steps
from tests.builders import a_scan_job
from tests.delivery import DEPLOYMENT, CrashError, FaultInjector, deliver_once
from tests.fakes import FakeWorld
from tests.unit.world.scan import SCHEDULE, a_world

REPORT_ID = job_id(a_scan_job())
THREAD = "9.000001"
DESTINATIONS = (Destination("C0SECURITY"), Destination("C0PLATFORM"), Destination("C0PLATFORM", THREAD))
ONCE_EACH = Counter([("C0SECURITY", None), ("C0PLATFORM", None), ("C0PLATFORM", THREAD)])


def a_stored_report() -> FakeWorld:
    """Make a world with a report and an empty Slack."""
    world = a_world()
    deliver_once(a_scan_job(), world)
    world.messenger.posted.clear()
    world.messenger.files.clear()
    world.reports.threads.clear()
    return world


def deliver_to_all(world: FakeWorld, injector: FaultInjector, job: Job = SCHEDULE) -> None:
    """Deliver the report, as a job does that was delivered once more a minute later."""
    world.clock.move(60)
    ports = injector.ports(world.ports)
    deliver(
        REPORT_ID, DESTINATIONS, JobContext(job, ports, Steps(ports.ledger, "job", world.clock), DEPLOYMENT)
    )


def posted(world: FakeWorld) -> Counter[tuple[str, str | None]]:
    """Count the messages of each channel and thread."""
    return Counter((message.channel, message.thread_ts) for message in world.messenger.posted.values())


def test_crash_between_steps_repeats_no_delivery() -> None:
    """Wherever the process dies between two steps, each destination has one message and one file."""
    uninterrupted = FaultInjector()
    deliver_to_all(a_stored_report(), uninterrupted)
    between = [number for number, call in enumerate(uninterrupted.calls) if call == "ledger.read"]
    assert 8 == len(between)
    for number in between:
        world = a_stored_report()
        with pytest.raises(CrashError):
            deliver_to_all(world, FaultInjector(number))
        deliver_to_all(world, FaultInjector())

        assert ONCE_EACH == posted(world)
        assert 3 == len(world.messenger.files)


def test_failing_destination_stops_no_other() -> None:
    """The error is raised after the others have the report."""
    world = a_stored_report()
    world.messenger.errors["post"] = NotInChannelError(channel="C0SECURITY")
    with pytest.raises(NotInChannelError):
        deliver_to_all(world, FaultInjector())

    assert ONCE_EACH - Counter([("C0SECURITY", None)]) == posted(world)


def test_edited_csv_is_of_the_report_of_its_thread() -> None:
    """A thread that the report is only posted in stays another report's."""
    world = a_stored_report()
    deliver_to_all(world, FaultInjector())

    assert {("C0SECURITY", "1.000001"), ("C0PLATFORM", "2.000001")} == world.reports.threads.keys()
