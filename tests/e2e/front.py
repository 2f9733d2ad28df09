"""One address for the worlds of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.exceptions import ServiceUnavailable

INACTIVE = ServiceUnavailable()


class Front:
    """
    Driver each request to the world of the test, as WSGI.

    The browser reads the page's 66 files once and not for each world: they are of one origin now, and may be
    kept, as they do not change while tests run.
    """

    def __init__(self) -> None:
        self._app: Callable[..., Iterable[bytes]] = INACTIVE

    @contextmanager
    def showing(self, app: Callable[..., Iterable[bytes]]) -> Iterator[None]:
        """Show a world; afterwards the page, which asks on, finds nobody."""
        self._app = app
        try:
            yield
        finally:
            self._app = INACTIVE

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""

        def kept(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            headers = [(name, value) for name, value in headers if name != "Cache-Control"]
            return start(status, [*headers, ("Cache-Control", "max-age=3600")], *error)

        return self._app(environ, kept if environ["PATH_INFO"].startswith("/page/") else start)
