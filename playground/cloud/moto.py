"""moto's server: AWS, with our Security Hub in it."""

from __future__ import annotations

from functools import cache
from typing import Any

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)

from playground import hub
from playground.http import HttpServer, QuietHandler


class _Handler(QuietHandler, MotoRequestHandler):
    """Reads requests as moto wants them read, and says nothing."""


def start_moto() -> HttpServer:
    """Start AWS anew: nothing that another server of this process had is left."""
    hub.install()
    moto_api_backend.reset()
    return HttpServer(_app(), "moto", handler=_Handler)


@cache
def _app() -> Any:
    """Make moto's application once in a process; it makes one for each service when that is first called."""
    return DomainDispatcherApplication(create_backend_app)
