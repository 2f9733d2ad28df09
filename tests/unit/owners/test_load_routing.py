"""The routing of a job."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_file import parse_routing
from bot.errors import AccessDeniedError, ThrottledError
from bot.usecases.owners.routing import RoutingInForce, load_routing, pinned_routing
from bot.usecases.steps import Steps
from tests.fakes import FakeClock, FakeLedger, FakeRoutingFile

GOOD = b'version = 1\n[accounts]\n123456789012 = "finance"\n'
BROKEN = b'version = 1\n[account]\n123456789012 = "finance"\n'


class TestLoadRouting:
    """Reading the file of the deployment."""

    def test_no_file_changes_nothing(self) -> None:
        """Without a file the defaults are in force, and nothing is kept."""
        file = FakeRoutingFile()

        loaded = load_routing(file)

        assert (Routing(), None, None) == (loaded.routing, loaded.error, file.good)

    def test_good_file_is_in_force_and_kept(self) -> None:
        """A file without errors becomes the last good one."""
        file = FakeRoutingFile(GOOD)

        loaded = load_routing(file)

        assert (parse_routing(GOOD), None, GOOD) == (loaded.routing, loaded.error, file.good)

    def test_broken_file_leaves_last_good_one_in_force(self, caplog: pytest.LogCaptureFixture) -> None:
        """A broken file stops nothing: it is logged for the alarm, and the version before counts."""
        file = FakeRoutingFile(BROKEN, good=GOOD)

        loaded = load_routing(file)

        assert (parse_routing(GOOD), GOOD) == (loaded.routing, file.good)
        assert loaded.error
        assert ("routing", "2") == (loaded.error.code, loaded.error.values["line"])
        assert [(logging.ERROR, "the routing file is not in force")] == [
            (record.levelno, record.getMessage()) for record in caplog.records
        ]

    @pytest.mark.parametrize("good", [None, BROKEN, b"\xff"])
    def test_broken_file_without_good_one_is_as_no_file(self, good: bytes | None) -> None:
        """Without a good version the defaults are in force."""
        loaded = load_routing(FakeRoutingFile(BROKEN, good=good))

        assert Routing() == loaded.routing
        assert loaded.error

    def test_file_that_cannot_be_read_stops_nothing(self) -> None:
        """If S3 refuses, the last good version is in force; if it refuses that too, the defaults."""
        error = AccessDeniedError(action="s3:GetObject")
        once = FakeRoutingFile(GOOD, good=GOOD, errors={"read": error})
        never = FakeRoutingFile(GOOD, good=GOOD, errors={"read": error, "last_good": error})

        assert (parse_routing(GOOD), error) == (load_routing(once).routing, load_routing(once).error)
        assert (Routing(), error) == (load_routing(never).routing, load_routing(never).error)

    def test_good_file_that_cannot_be_kept_is_in_force(self) -> None:
        """A failed copy does not put the good file out of force."""
        file = FakeRoutingFile(GOOD, errors={"keep_good": ThrottledError(service="AWS", call="s3:PutObject")})

        assert (parse_routing(GOOD), None) == (load_routing(file).routing, load_routing(file).error)


class TestPinned:
    """The routing of a job that is delivered several times."""

    OTHER = GOOD.replace(b"finance", b"sales")

    @pytest.fixture
    def steps(self) -> Steps:
        """The steps of a job."""
        return Steps(FakeLedger(), "0123abcd", FakeClock())

    def test_later_version_is_not_that_of_the_job(self, steps: Steps) -> None:
        """The first delivery chooses, and the next job gets the later version."""
        file = FakeRoutingFile(GOOD)
        first = pinned_routing(file, steps)
        file.data = self.OTHER

        assert [parse_routing(GOOD)] * 2 == [first.routing, pinned_routing(file, steps).routing]
        assert parse_routing(self.OTHER) == pinned_routing(file, replace(steps, job_id="4567")).routing

    @pytest.mark.parametrize("later", [GOOD, BROKEN])
    def test_job_that_began_without_a_file_ends_without(self, steps: Steps, later: bytes) -> None:
        """Neither its rules nor its errors are of a file that was put there meanwhile."""
        file = FakeRoutingFile()
        pinned_routing(file, steps)
        file.data = later

        assert RoutingInForce(Routing()) == pinned_routing(file, steps)

    def test_error_of_the_first_delivery_stays(self, steps: Steps) -> None:
        """The report names it, although somebody has corrected the file meanwhile."""
        file = FakeRoutingFile(BROKEN, good=GOOD)
        first = pinned_routing(file, steps)
        file.data = self.OTHER

        assert first == pinned_routing(file, steps)
        assert parse_routing(GOOD) == first.routing
        assert first.fault
        assert ("routing", "2") == (first.fault.code, first.fault.values["line"])

    def test_faster_delivery_chooses_for_both(self, steps: Steps) -> None:
        """Of two deliveries at once, one has read another version; it goes on with that of the other."""
        file = FakeRoutingFile(GOOD)
        create = steps.ledger.create

        def slow(key: str, entry: dict[str, Any]) -> bool:
            steps.ledger.create = create  # type: ignore[method-assign]
            file.data = self.OTHER
            pinned_routing(file, steps)
            return create(key, entry)

        steps.ledger.create = slow  # type: ignore[method-assign]

        assert parse_routing(self.OTHER) == pinned_routing(file, steps).routing
