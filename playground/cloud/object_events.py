"""
EventBridge's events of new objects in a bucket.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from typing import Any

from werkzeug.wrappers import Request, Response

from playground.cloud.calls import signer_of
from playground.cloud.custom_action import Event

App = Callable[..., Iterable[bytes]]


class ObjectEvents:
    """
    A WSGI application in front of S3's, which tells of each object that is put.

    Args:
        app: answers every request.
        account_id: the account of the buckets.
        tell: takes each event, by the bucket's name.
    """

    def __init__(self, app: App, account_id: str, tell: Callable[[str, Event], None]) -> None:
        self._app, self._account_id, self._tell = app, account_id, tell
        self._numbers = count(1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, and tell of the object that it has put."""
        request = Request(environ, populate_request=False)
        signer = signer_of(request)
        bucket, _, key = request.path.lstrip("/").partition("/")
        is_put = request.method == "PUT" and bool(key) and not request.query_string
        if not (signer and signer.service == "s3" and is_put):
            return self._app(environ, start_response)
        size = int(environ.get("CONTENT_LENGTH") or 0)
        response = Response.from_app(self._app, environ)
        if response.status_code == HTTPStatus.OK:
            etag = response.headers.get("ETag", "").strip('"')
            self._tell(bucket, self._event(signer.region, bucket, {"key": key, "size": size, "etag": etag}))
        return response(environ, start_response)

    def _event(self, region: str, bucket: str, put: Mapping[str, str | int]) -> Event:
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Object Created",
            "source": "aws.s3",
            "account": self._account_id,
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": region,
            "resources": [f"arn:aws:s3:::{bucket}"],
            "detail": {
                "version": "0",
                "bucket": {"name": bucket},
                "object": {**put, "sequencer": f"{next(self._numbers):016X}"},
                "request-id": uuid.uuid4().hex[:16].upper(),
                "requester": self._account_id,
                "source-ip-address": "127.0.0.1",
                "reason": "PutObject",
            },
        }
