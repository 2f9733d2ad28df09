"""
API Gateway: HTTP in, payload format 2.0 out, and back.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import logging
import time
import uuid
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from flask import Flask, Request, Response, request

from playground.cloud.environment import Function

LOG = logging.getLogger(__name__)

ROUTE = ("POST", "/slack/events")
"""The one route of template.yaml."""

MAX_BODY_BYTES = 10 * 1024 * 1024
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""

TIMEOUT_SECONDS = 30
"""The same page: the longest that an integration may take."""

_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
"""Bodies of these types reach the function as text, all others in base64."""


def gateway(function: Function) -> Flask:
    """Make the API's WSGI application, which calls the function for each request of its route."""
    app = Flask("gateway", static_folder=None)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "DELETE", "HEAD"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "DELETE", "HEAD"])
    def route(path: str) -> Response:
        if (request.method, f"/{path}") != ROUTE:
            return _message(404, "Not Found")
        if (request.content_length or 0) > MAX_BODY_BYTES:
            return _message(413, "Request Entity Too Large")
        return _integration(function, event_of(request))

    return app


def event_of(incoming: Request) -> dict[str, Any]:
    """Write a request as an event of payload format 2.0: headers joined and in lower case."""
    body = incoming.get_data()
    is_text = (incoming.content_type or "").startswith(_TEXT_TYPES)
    method, path = incoming.method, incoming.path
    return {
        "version": "2.0",
        "routeKey": " ".join(ROUTE),
        "rawPath": path,
        "rawQueryString": incoming.query_string.decode(),
        "headers": {name.lower(): value for name, value in incoming.headers.items()},
        "requestContext": {
            "accountId": "anonymous",  # nobody signs for the API: what is signed is signed for Slack
            "apiId": "local",
            "domainName": incoming.host,
            "domainPrefix": "local",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": incoming.remote_addr or "",
                "userAgent": incoming.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": " ".join(ROUTE),
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
            "timeEpoch": int(time.time() * 1000),
        },
        "body": body.decode() if is_text and body.isascii() else base64.b64encode(body).decode(),
        "isBase64Encoded": not (is_text and body.isascii()),
    }


def _integration(function: Function, event: dict[str, Any]) -> Response:
    try:
        answer = function.start(event).result(TIMEOUT_SECONDS)
    except FutureTimeoutError:
        return _message(503, "Service Unavailable")
    except Exception:
        LOG.exception("%s raised", function.name)
        return _message(500, "Internal Server Error")
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    response = Response(body, status=answer["statusCode"])
    for name, value in (answer.get("headers") or {}).items():
        response.headers[name] = value
    return response


def _message(status: int, text: str) -> Response:
    return Response(f'{{"message":"{text}"}}', status=status, content_type="application/json")
