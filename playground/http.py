"""A WSGI application on a free port of the loopback, in a thread."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"
"""Nothing of the local world listens anywhere else."""


POLL_SECONDS = 0.5
"""How often a server looks whether it is to stop, if `stop` does not wake it."""

WAKE_SECONDS = 0.05
"""How long `stop` waits before it wakes the server again."""


class QuietHandler(WSGIRequestHandler):
    """Writes no access log: the traffic has a log of its own, on the page."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


class HttpServer:
    """A server that runs from its making until `stop`."""

    def __init__(
        self, app: Any, name: str, port: int = 0, handler: type[WSGIRequestHandler] = QuietHandler
    ) -> None:
        """Listen; port 0 lets the system choose. Raises OSError where the port is taken."""
        socket.create_server((HOST, port)).close()  # werkzeug ends the process if the port is taken
        self._server: BaseWSGIServer = make_server(HOST, port, app, threaded=True, request_handler=handler)
        self.url = f"http://{HOST}:{self._server.server_port}"
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(POLL_SECONDS,), name=name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        ending = threading.Thread(target=self._server.shutdown, daemon=True)
        ending.start()
        while ending.is_alive():  # a connection wakes the server, which polls else
            with suppress(OSError):  # it may have closed its socket since
                socket.create_connection((HOST, self._server.server_port)).close()
            ending.join(WAKE_SECONDS)
        self._thread.join()
        self._server.server_close()
