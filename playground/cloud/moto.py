"""moto's server: AWS, with our Security Hub in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.s3.responses import S3Response

from playground import hub
from playground.cloud.guard import App, guarded
from playground.cloud.roles import Role
from playground.http import HttpServer, QuietHandler

_PUTS = threading.Lock()
_MOTO_PUT_OBJECT = S3Response.put_object


class _Handler(QuietHandler, MotoRequestHandler):
    """Reads requests as moto wants them read, and says nothing."""


def install() -> None:
    """Put our Security Hub into moto, and S3's atomicity; again is the same as once."""
    hub.install()
    if S3Response.put_object is not _put_object:
        setattr(S3Response, "put_object", _put_object)  # noqa: B010 - mypy knows no other way to replace it


def start_moto(roles: Iterable[Role] = (), around: Callable[[App], App] = lambda app: app) -> HttpServer:
    """
    Start AWS anew: nothing that another server of this process had is left.

    Args:
        roles: of the functions, by which their calls are judged.
        around: puts more of AWS in front of moto.
    """
    install()
    moto_api_backend.reset()
    return HttpServer(guarded(around(_app()), roles), "moto", handler=_Handler)


def _put_object(response: Any) -> Any:
    """
    Put an object, one at a time: of two that may only create it, S3 lets one win, moto sometimes both.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    with _PUTS:
        return _MOTO_PUT_OBJECT(response)


@cache
def _app() -> Any:
    """Make moto's application once in a process; it makes one for each service when that is first called."""
    app = DomainDispatcherApplication(create_backend_app)
    # Which service a host is does not change; moto lists its folders on the disk for each request.
    setattr(app, "get_backend_for_host", cache(app.get_backend_for_host))  # noqa: B010 - as above
    return app
