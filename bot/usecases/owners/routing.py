"""The routing of a job: the file in the bucket, or the last version of it that is right."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_change import version_of
from bot.domain.owners.routing_file import Checked, check_routing
from bot.domain.report import Fault
from bot.errors import BotError
from bot.owner_ports import RoutingFile
from bot.usecases.steps import Result, Steps

LOG = logging.getLogger(__name__)

NOT_IN_FORCE = "the routing file is not in force"
"""The line of the log that the alarm RoutingFileFaults counts (template.yaml)."""


PIN = "routing"
"""The step that chooses the version of a job."""


@dataclass(frozen=True, slots=True)
class RoutingInForce:
    """The routing of a job, and the error by which it is not that of the present file."""

    routing: Routing
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class LoadedRouting:
    """The routing in force, and the error by which it is not that of the present file."""

    routing: Routing
    error: BotError | None = None
    data: bytes | None = None
    """The present file, also if it has errors; None if there is none, or it could not be read."""
    good: bytes | None = None
    """The version in force; None if there is none."""

    @property
    def in_force(self) -> RoutingInForce:
        """The routing of a job that begins now."""
        error = self.error
        return RoutingInForce(self.routing, Fault("routing", error.code, error.values) if error else None)


def pinned_routing(file: RoutingFile, steps: Steps) -> RoutingInForce:
    """
    Return the routing that was in force when the first delivery of a job asked, and is for the whole job.

    Between two deliveries people may replace the file: rows whose tags were read by one version would be
    given owners and channels by another.

    Raises:
        BotError: the version cannot be kept, or read again.
    """
    own: list[LoadedRouting] = []

    def pin() -> Result:
        loaded = load_routing(file)
        own.append(loaded)
        if loaded.good is not None:
            file.keep(_name(steps, version_of(loaded.good)), loaded.good)
        fault = loaded.in_force.fault
        return {"version": version_of(loaded.good), "error": [fault.code, fault.values] if fault else []}

    pinned = steps.run(PIN, pin)
    version, error = pinned["version"], pinned["error"]
    if own and version_of(own[0].good) == version:
        routing = own[0].routing
    else:
        routing = _checked(file.kept(_name(steps, version))).routing if version else Routing()
    return RoutingInForce(routing, Fault("routing", *error) if error else None)


def _name(steps: Steps, version: str) -> str:
    return f"{steps.job_id}-{version}"


def load_routing(file: RoutingFile) -> LoadedRouting:
    """
    Read the routing file. No error of it stops a report: the last version without errors is in force then.

    The error is logged, and the alarm RoutingFileFaults counts the line (template.yaml).
    """
    try:
        data = file.read()
    except BotError as unread:
        return _fallen_back(unread, file)
    if data is None:
        return LoadedRouting(Routing())
    checked = _checked(data)
    if checked.errors:
        return _fallen_back(checked.errors[0], file, data)
    try:
        file.keep_good(data)
    except BotError as error:
        LOG.warning("the routing file could not be kept as good", extra={"error_code": error.code})
    return LoadedRouting(checked.routing, data=data, good=data)


def _fallen_back(error: BotError, file: RoutingFile, data: bytes | None = None) -> LoadedRouting:
    LOG.error(NOT_IN_FORCE, extra={"error_code": error.code, "line": error.values.get("line", "")})
    good = _last_good(file)
    return LoadedRouting(_checked(good).routing if good else Routing(), error, data, good)


def _last_good(file: RoutingFile) -> bytes | None:
    """Return the last version without errors; without one, as without a file."""
    try:
        return file.last_good()
    except BotError:
        return None


@lru_cache(2)
def _checked(data: bytes) -> Checked:
    """Read a file once in a process: a large one takes a second."""
    return check_routing(data)
