"""The ledger in the bucket: small JSON objects that are written once, under `ledger/`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from bot.adapters.aws import aws_errors

_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})


@dataclass(frozen=True)
class BucketLedger:
    """The ledger in a bucket."""

    client: Any
    bucket: str

    def read(self, key: str) -> dict[str, Any] | None:
        """Give an entry, None if there is none."""
        with aws_errors("s3", "GetObject"):
            try:
                body = self.client.get_object(Bucket=self.bucket, Key=_ledger_key(key))["Body"]
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    return None
                raise
            entry: dict[str, Any] = json.loads(body.read())
            return entry

    def create(self, key: str, entry: dict[str, Any]) -> bool:
        """
        Write an entry unless there is one.

        `If-None-Match: *` makes S3 answer 412 where the key exists, and 409 where another writer is at it
        (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
        """
        with aws_errors("s3", "PutObject"):
            try:
                self.client.put_object(
                    Bucket=self.bucket,
                    Key=_ledger_key(key),
                    Body=json.dumps(entry).encode(),
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict"}:
                    return False
                raise
        return True

    def delete(self, key: str) -> None:
        """Remove an entry."""
        with aws_errors("s3", "DeleteObject"):
            self.client.delete_object(Bucket=self.bucket, Key=_ledger_key(key))


def _ledger_key(key: str) -> str:
    return f"ledger/{key}.json"
