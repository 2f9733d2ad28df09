"""
IAM in front of the local AWS: a call that a function's role does not allow is refused, as AWS refuses it.

Only the functions' own access keys are judged; any other key acts as the account's administrator.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from playground.cloud.calls import Call, call_of, protocol_of, signer_of
from playground.cloud.roles import Role

App = Callable[..., Iterable[bytes]]


def guarded(app: App, roles: Iterable[Role]) -> App:
    """Put the functions' roles in front of a WSGI application of AWS's."""
    by_key = {role.access_key: role for role in roles}

    def guard(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ, populate_request=False)
        signer = signer_of(request)
        role = by_key.get(signer.access_key) if signer else None
        if role is None or signer is None:
            return app(environ, start_response)
        body = b"" if signer.service == "s3" else _body(environ)  # an object's content decides nothing
        try:
            call = call_of(request, body, signer, role.account_id)
        except LookupError as error:
            refusal = f"The local world does not model the permission for this call: {error}"
        else:
            refusal = role.refusal(call) or ""
            if not refusal and call.action == "s3:GetObject":
                return _read(app, call, role)(environ, start_response)
        if not refusal:
            return app(environ, start_response)
        _body(environ)  # an unread body would break the connection before the answer is read
        return refused(signer.service, refusal, request.method)(environ, start_response)

    return guard


def refused(service: str, message: str, method: str = "POST") -> Response:
    """
    Write a refusal as a service of its protocol does.

    Sources: botocore/parsers.py and https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    protocol, request_id = protocol_of(service), str(uuid.uuid4())
    headers = {"x-amzn-RequestId": request_id}
    if protocol == "rest-xml":
        parts = {"Code": "AccessDenied", "Message": message, "RequestId": request_id}
        xml = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())
        body = "" if method == "HEAD" else f"<?xml version='1.0' encoding='UTF-8'?><Error>{xml}</Error>"
        return Response(body, HTTPStatus.FORBIDDEN, headers, mimetype="application/xml")
    if protocol == "query":
        error = f"<Type>Sender</Type><Code>AccessDenied</Code><Message>{escape(message)}</Message>"
        body = f"<ErrorResponse><Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        return Response(body, HTTPStatus.FORBIDDEN, headers, mimetype="text/xml")
    if protocol == "json":
        body = json.dumps({"__type": "AccessDeniedException", "Message": message})
        return Response(body, HTTPStatus.BAD_REQUEST, headers, mimetype="application/x-amz-json-1.1")
    headers["x-amzn-ErrorType"] = "AccessDeniedException"
    body = json.dumps({"Message": message})
    return Response(body, HTTPStatus.FORBIDDEN, headers, mimetype="application/json")


def _body(environ: dict[str, Any]) -> bytes:
    """Read a request's body, and leave it to be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _read(app: App, call: Call, role: Role) -> App:
    """
    Let an object be read; that it is not there is told only to a role that may list the bucket.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """

    def read(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        response = Response.from_app(app, environ)
        bucket = call.resource.partition("/")[0]
        if response.status_code != HTTPStatus.NOT_FOUND or role.may("s3:ListBucket", bucket):
            return response(environ, start_response)
        response.close()
        return refused("s3", "Access Denied", environ["REQUEST_METHOD"])(environ, start_response)

    return read
