"""
The guard against web pages from elsewhere that drive the local Slack through the browser of its user.

The server has no sessions: each client may do everything. So it serves only the loopback's own names
(DNS rebinding, https://owasp.org/www-community/attacks/DNS_Rebinding), and a browser's request must come
from its own page (CSRF).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

HOSTS = frozenset({"127.0.0.1", "localhost"})
POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def guard(app: Flask) -> None:
    """Put the checks before every request, and the headers on every response."""
    app.before_request(_check)
    app.after_request(_protect)


def _check() -> None:
    if urlsplit(f"//{request.host}").hostname not in HOSTS:
        abort(421)
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(403)
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site not in ("none", "same-origin") and request.path != "/":
        abort(403)
    if request.path.startswith("/do/"):
        if origin is None:
            abort(403)
        if request.mimetype != "application/json":
            abort(415)


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
