"""The routing of a job: the file in the bucket, or the last version of it that is right."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache

from bot.domain.owners.routing import Routing
from bot.domain.owners.routing_file import Checked, check_routing
from bot.errors import BotError
from bot.owner_ports import RoutingFile

LOG = logging.getLogger(__name__)

NOT_IN_FORCE = "the routing file is not in force"
"""The line of the log that the alarm RoutingFileFaults counts (template.yaml)."""


@dataclass(frozen=True, slots=True)
class LoadedRouting:
    """The routing in force, and the error by which it is not that of the present file."""

    routing: Routing
    error: BotError | None = None
    data: bytes | None = None
    """The present file, also if it has errors; None if there is none, or it could not be read."""


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
    return LoadedRouting(checked.routing, data=data)


def _fallen_back(error: BotError, file: RoutingFile, data: bytes | None = None) -> LoadedRouting:
    LOG.error(NOT_IN_FORCE, extra={"error_code": error.code, "line": error.values.get("line", "")})
    return LoadedRouting(_last_good(file), error, data)


def _last_good(file: RoutingFile) -> Routing:
    """Return the last version without errors; without one, as without a file."""
    try:
        data = file.last_good()
    except BotError:
        return Routing()
    return _checked(data).routing if data else Routing()


@lru_cache(2)
def _checked(data: bytes) -> Checked:
    """Read a file once in a process: a large one takes a second."""
    return check_routing(data)
