"""Jobs: the queue, of the fake and of Lambda."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from bot.adapters.aws import ACK_CONFIG
from bot.adapters.job_queue import LambdaJobs
from bot.adapters.sdk import client
from bot.domain.document import parse_job
from bot.domain.job import Job, job_id
from bot.errors import AccessDeniedError, BotError, ThrottledError, UnavailableError, UnexpectedResponseError
from bot.ports import Jobs
from tests.builders import a_cancel_job, a_scan_job, an_act_job
from tests.fakes import FakeJobs

JOBS: list[Job] = [
    a_scan_job(),
    a_scan_job(query=None, channel=None, requester=None),
    an_act_job("r", 3),
    a_cancel_job("r"),
]


def accepted() -> dict[str, Any]:
    """Return Lambda's answer to an asynchronous invocation."""
    return {"StatusCode": 202, "Payload": StreamingBody(BytesIO(), 0)}


class Queue:
    """Lambda, as far as it is asked to run something later."""

    def __init__(self, function: Any) -> None:
        self.stubber = Stubber(function)
        self.sent: list[dict[str, Any]] = []
        function.meta.events.register("provide-client-params.lambda.Invoke", self._sent)

    def _sent(self, params: dict[str, Any], **_event: object) -> None:
        self.sent.append(params)


@pytest.fixture
def queue(aws: None) -> Iterator[tuple[LambdaJobs, Queue]]:
    """Return the adapter and what it sends to."""
    function = client("lambda", ACK_CONFIG)
    queue = Queue(function)
    with queue.stubber:
        yield LambdaJobs(function, "arn:aws:lambda:ap-northeast-1:123456789012:function:job:live"), queue


@pytest.fixture(params=["fake", "lambda"])
def port(request: pytest.FixtureRequest) -> tuple[Jobs, Callable[[], list[Job]]]:
    """Return the port, and what gives the jobs that have arrived."""
    if request.param == "fake":
        fake = FakeJobs()
        return fake, lambda: fake.jobs
    adapter, queue = request.getfixturevalue("queue")
    for _ in JOBS:
        queue.stubber.add_response(
            "invoke",
            accepted(),
            {"FunctionName": ANY, "InvocationType": ANY, "DurableExecutionName": ANY, "Payload": ANY},
        )
    return adapter, lambda: [parse_job(json.loads(sent["Payload"])) for sent in queue.sent]


class TestDispatch:
    """Handing over jobs."""

    def test_queue_keeps_the_job(self, port: tuple[Jobs, Callable[[], list[Job]]]) -> None:
        """What arrives is what was sent, in its order."""
        jobs, arrived = port
        for job in JOBS:
            jobs.dispatch(job)

        assert JOBS == arrived()


class TestLambda:
    """What only the adapter can show."""

    def test_invocation_is_asynchronous(self, queue: tuple[LambdaJobs, Queue]) -> None:
        """The invocation is asynchronous, or the ack would wait for the scan."""
        jobs, function = queue
        function.stubber.add_response("invoke", accepted())
        jobs.dispatch(a_scan_job())

        assert "Event" == function.sent[0]["InvocationType"]
        assert jobs.function == function.sent[0]["FunctionName"]

    def test_jobs_execution_has_its_id(self, queue: tuple[LambdaJobs, Queue]) -> None:
        """A job's execution has its ID, so that Lambda begins one for each."""
        jobs, function = queue
        function.stubber.add_response("invoke", accepted())
        jobs.dispatch(a_scan_job())

        assert job_id(a_scan_job()) == function.sent[0]["DurableExecutionName"]

    def test_without_durable_engine_no_execution_is_named(self, queue: tuple[LambdaJobs, Queue]) -> None:
        """A function that is not durable has no executions to name."""
        jobs, function = queue
        function.stubber.add_response("invoke", accepted())
        replace(jobs, is_durable=False).dispatch(a_scan_job())

        assert "DurableExecutionName" not in function.sent[0]

    def test_job_with_an_execution_counts_as_dispatched(self, queue: tuple[LambdaJobs, Queue]) -> None:
        """A job that is there with another document, of a click that came twice, is dispatched."""
        jobs, function = queue
        code = "DurableExecutionAlreadyStartedException"
        function.stubber.add_client_error("invoke", code, http_status_code=409)
        jobs.dispatch(a_scan_job())

        function.stubber.assert_no_pending_responses()

    @pytest.mark.parametrize(
        ("code", "status", "error"),
        [
            ("TooManyRequestsException", 429, ThrottledError),
            ("AccessDeniedException", 403, AccessDeniedError),
            ("ServiceException", 500, UnavailableError),
            ("ResourceNotFoundException", 404, UnexpectedResponseError),
        ],
    )
    def test_failed_dispatch_is_an_error(
        self, queue: tuple[LambdaJobs, Queue], code: str, status: int, error: type[BotError]
    ) -> None:
        """A job that was not taken is an error, so that the person is told."""
        jobs, function = queue
        function.stubber.add_client_error("invoke", code, http_status_code=status)

        with pytest.raises(error):
            jobs.dispatch(a_scan_job())
