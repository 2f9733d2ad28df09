"""One address for the worlds of all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Front:
    """
    Hands each request to the world of the test, as WSGI.

    The browser reads the page's 66 files once and not for each world: they are of one origin now, and may be
    kept, as they do not change while tests run.
    """

    def __init__(self) -> None:
        self.app: Callable[..., Iterable[bytes]]

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""

        def kept(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            headers = [(name, value) for name, value in headers if name != "Cache-Control"]
            return start(status, [*headers, ("Cache-Control", "max-age=3600")], *error)

        return self.app(environ, kept if environ["PATH_INFO"].startswith("/page/") else start)
