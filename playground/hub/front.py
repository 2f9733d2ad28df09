"""The front of a hub: journal, faults, throttling and latency of every call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from playground.hub.errors import HubError, denied, invalid, not_modelled
from playground.hub.hub import LOCK, Hub
from playground.hub.knobs import Call
from playground.hub.operations import OPERATIONS
from playground.hub.shapes import input_shape, problems

NEEDS_NO_SUBSCRIPTION = frozenset({"EnableSecurityHub"})


@dataclass(frozen=True)
class Answer:
    """The HTTP response of a call."""

    status: int
    body: Mapping[str, Any]
    code: str = ""
    """The error's, which also goes into a header; empty when the call succeeded."""
    is_cut: bool = False
    """Whether the connection breaks in the middle of the body."""


def answer(hub: Hub, operation: str, parameters: Mapping[str, Any]) -> Answer:
    """Answer one call, and write it into the journal."""
    with LOCK:
        seconds = hub.knobs.latency_seconds + hub.faults.pause(operation)
    if seconds:
        hub.knobs.sleep(seconds)
    with LOCK:
        try:
            given = Answer(int(HTTPStatus.OK), _carried_out(hub, operation, parameters))
        except HubError as error:
            given = refusal(error)
        hub.calls.append(Call(operation, dict(parameters), given.status))
        is_cut = hub.faults.is_dropped(operation)
    return Answer(given.status, given.body, given.code, is_cut)


def refusal(error: HubError) -> Answer:
    """Word an error as the service does, or the gateway before it."""
    if error.code == "TooManyRequestsException":
        return Answer(error.status, {"message": error.message}, error.code)
    return Answer(error.status, {"Message": error.message, "Code": error.code}, error.code)


def _carried_out(hub: Hub, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    if hub.knobs.throttled:
        hub.throttle.check(operation, hub.knobs.clock())
    hub.faults.check(operation)
    if operation in hub.knobs.denied:
        raise denied(operation, hub.arn)
    if operation not in OPERATIONS:
        raise not_modelled(f"the operation {operation}")
    for problem in problems(input_shape(operation), parameters):
        name = problem.removeprefix("data.").partition(" ")[0].partition(".")[0].partition("[")[0]
        raise invalid(name, problem)
    if not hub.enabled and operation not in NEEDS_NO_SUBSCRIPTION:
        message = f"Account {hub.account_id} is not subscribed to AWS Security Hub"
        raise HubError("InvalidAccessException", message, HTTPStatus.UNAUTHORIZED)
    return OPERATIONS[operation](hub, parameters)
