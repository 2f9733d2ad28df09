"""Jobs under Lambda's durable engine, which the SDK's own test runner plays in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from types import SimpleNamespace
from typing import Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from aws_durable_execution_sdk_python_testing.runner import (
    DurableFunctionTestResult,
    DurableFunctionTestRunner,
)

import handlers.job
from bot.adapters.durable import MOST_SLICES, in_slices, is_durable
from bot.domain.job import Progress, to_document
from bot.errors import ThrottledError
from tests.builders import a_scan_job, some_findings
from tests.fakes import FakeWorld
from tests.fakes.findings import FakeFindings

DOCUMENT = {"version": 1}
THROTTLED = ThrottledError(service="AWS", call="securityhub:GetFindings")


@dataclass
class Slices:
    """A job's slices: what each gives or raises, in turn."""

    gives: list[Progress | Exception | None]
    seen: list[tuple[Any, bool]] = field(default_factory=list)
    """The event of each, and whether it might be gone on with."""

    def __call__(self, event: Any, context: Any, *, resumable: bool) -> Progress | None:
        """Do one."""
        assert context.invoked_function_arn
        self.seen.append((event, resumable))
        given = self.gives.pop(0)
        if isinstance(given, Exception):
            raise given
        return given


Run = Callable[[Callable[[Any, Any], Any], object], DurableFunctionTestResult]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a handler to its execution's end, with no waiting; the engine has a thread that must be stopped."""
    runners = []

    def to_its_end(handler: Callable[[Any, Any], Any], document: object) -> DurableFunctionTestResult:
        runner = DurableFunctionTestRunner(handler)
        runners.append(runner)
        return runner.run(json.dumps(document), execution_timeout=20)

    yield to_its_end
    for runner in runners:
        runner.close()  # type: ignore[no-untyped-call]
        runner._scheduler._loop.close()  # the SDK leaves it open


def names(result: DurableFunctionTestResult) -> list[str]:
    """Return the names of an execution's operations."""
    return [str(operation.name) for operation in result.operations]


class TestSlices:
    """A job that is run in slices."""

    def test_short_job_is_one_slice(self, run: Run) -> None:
        """A job that fits into an invocation is one step, and waits for nothing."""
        slices = Slices([None])
        result = run(in_slices(slices, client=None), DOCUMENT)

        assert InvocationStatus.SUCCEEDED == result.status
        assert [(DOCUMENT, True)] == slices.seen
        assert ["slice-1"] == names(result)

    def test_each_slice_runs_once_in_its_own_invocation(self, run: Run) -> None:
        """Each slice is done once, in an invocation of its own: a pause ends the one before."""
        slices = Slices([Progress(0, 2_000_000_000), Progress(1, 200), None])
        result = run(in_slices(slices, client=None), DOCUMENT)

        assert InvocationStatus.SUCCEEDED == result.status
        assert [(DOCUMENT, True)] * 3 == slices.seen
        assert ["slice-1", "pause-1", "slice-2", "pause-2", "slice-3"] == names(result)

    def test_slice_without_progress_makes_the_next_the_last(self, run: Run) -> None:
        """After a slice that got no further there is one that has to be the last."""
        slices = Slices([Progress(0, 100), Progress(0, 100), None])
        run(in_slices(slices, client=None), DOCUMENT)

        assert [True, True, False] == [resumable for _, resumable in slices.seen]

    def test_number_of_slices_is_bounded(self, run: Run) -> None:
        """The last of them knows that it is."""
        slices = Slices([*(Progress(0, count) for count in range(MOST_SLICES - 1)), None])
        run(in_slices(slices, client=None), DOCUMENT)

        assert [*[True] * (MOST_SLICES - 1), False] == [resumable for _, resumable in slices.seen]

    def test_failed_slice_is_retried(self, run: Run, caplog: pytest.LogCaptureFixture) -> None:
        """A slice that fails is tried three times, which the log tells; those before it are done once."""
        slices = Slices([Progress(0, 100), THROTTLED, THROTTLED, None])
        result = run(in_slices(slices, client=None), DOCUMENT)

        assert InvocationStatus.SUCCEEDED == result.status
        assert ["slice-1", "pause-1", "slice-2"] == names(result)
        assert 2 == caplog.text.count("a slice has failed")

    def test_third_failure_fails_the_execution(self, run: Run) -> None:
        """What fails a third time fails the execution, and Lambda makes a dead letter of its event."""
        slices = Slices([THROTTLED, THROTTLED, THROTTLED, None])
        result = run(in_slices(slices, client=None), DOCUMENT)

        assert InvocationStatus.FAILED == result.status
        assert "throttled" in str(result.error)
        assert [None] == slices.gives


class TestEvents:
    """Where an event comes from."""

    @pytest.mark.parametrize("event", [None, [], {}, DOCUMENT, "DurableExecutionArn"])
    def test_plain_document_is_no_engine_event(self, event: object) -> None:
        """A document by itself is not the engine's."""
        assert not is_durable(event)

    def test_engine_event_names_its_execution(self) -> None:
        """The engine names its execution."""
        assert is_durable({"DurableExecutionArn": "arn", "CheckpointToken": "t"})

    def test_engine_event_goes_to_the_sliced_handler(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The function's handler gives them to the handler in slices."""
        monkeypatch.setattr(handlers.job, "_durable", lambda: lambda event, context: (event, context))
        event = {"DurableExecutionArn": "arn"}

        assert (event, "context") == handlers.job.handler(event, "context")


class TestJob:
    """The job function under the engine."""

    def test_job_is_reported_whole(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """A scan with time for five pages an invocation is posted once, with all that it has found."""
        world = FakeWorld(findings=FakeFindings(some_findings(30)))
        monkeypatch.setattr(handlers.job, "_worker", lambda: SimpleNamespace(ports=lambda: world.ports))
        monkeypatch.setattr(handlers.job, "utc_now", world.clock)

        def in_short(event: Any, context: Any, *, resumable: bool) -> Progress | None:
            left = chain([handlers.job.LAST_MILLISECONDS + 1] * 5, repeat(handlers.job.LAST_MILLISECONDS))
            short = SimpleNamespace(
                invoked_function_arn=context.invoked_function_arn,
                get_remaining_time_in_millis=lambda: next(left),
            )
            return handlers.job._slice(event, short, resumable=resumable)

        result = run(in_slices(in_short, client=None), to_document(a_scan_job()))

        (posted,) = world.messenger.posted.values()
        assert InvocationStatus.SUCCEEDED == result.status
        assert posted.message.text.startswith("🚨 123456789012 環境で 30 件")
        assert "slice-4" in names(result)
