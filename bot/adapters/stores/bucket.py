"""The S3 calls that all stores share; S3's errors are translated here. For the keys see reports.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, TypeVar

from botocore.exceptions import ClientError
from cattrs.preconf.json import make_converter

from bot.adapters.aws import aws_errors
from bot.domain.check_result import Gap, Reason, Suppression
from bot.domain.checks.places import Place
from bot.domain.finding import FindingIdentifier, Note, Resource
from bot.errors import ReportGoneError

LINK_SECONDS = 3600
CHUNK_BYTES = 1 << 20
LINE_CHUNK_BYTES = 1 << 16

JSON, LINES, CSV = "application/json", "application/jsonl", "text/csv; charset=utf-8"
OCTETS = "application/octet-stream"
TOML = "application/toml"

ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
UNCHANGED = "304"
EXISTS = frozenset({"PreconditionFailed"})
"""
S3's answer to `If-None-Match: *` if the key exists, and to `If-Match` if the object has another ETag. If
another writer is at the same key, it is 409 instead (`aws.CONFLICTS`); that writer may yet fail
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
"""

LAST_MILLISECOND = 10**14 - 1
"""Keys count down from here: a moment in the year 5138."""

T = TypeVar("T")

_CONVERTER = make_converter()
for _pair in (FindingIdentifier, Note, Place, Resource, Reason, Suppression):
    # cattrs does not resolve the annotations of a NamedTuple, which are texts here
    _CONVERTER.register_structure_hook(_pair, lambda values, kind: kind(*values))
_CONVERTER.register_structure_hook(Gap, lambda values, _: Gap(values[0], values[1], Reason(*values[2])))


@dataclass(frozen=True)
class Bucket:
    """A bucket of the bot. Reading an absent object raises ReportGoneError."""

    client: Any
    name: str

    @contextmanager
    def open(self, key: str) -> Iterator[Any]:
        """Open an object as a StreamingBody. Errors while it is read are translated too."""
        with aws_errors("s3", "GetObject"), _absent_is_gone():
            body = self.client.get_object(Bucket=self.name, Key=key)["Body"]
            with body:  # its __enter__ returns the raw stream, which cannot iterate by lines
                yield body

    def read_changed(self, key: str, etag: str, most_bytes: int) -> tuple[bytes, str] | None:
        """
        Read the beginning of an object.

        Args:
            etag: of an earlier answer; empty if there is none.

        Returns:
            At most `most_bytes` of it, and its ETag; None if it still has the ETag `etag`.
        """
        condition = {"IfNoneMatch": etag} if etag else {}
        with aws_errors("s3", "GetObject"), _absent_is_gone():
            try:
                answer = self.client.get_object(Bucket=self.name, Key=key, **condition)
            except ClientError as error:
                if error.response["Error"]["Code"] == UNCHANGED:
                    return None
                raise
            with answer["Body"] as body:
                return bytes(body.read(most_bytes)), str(answer["ETag"])

    def read_version(self, key: str, etag: str, most_bytes: int) -> bytes | None:
        """Read at most `most_bytes` of an object; None if it has another ETag, or is absent."""
        with aws_errors("s3", "GetObject"):
            try:
                answer = self.client.get_object(Bucket=self.name, Key=key, IfMatch=etag)
            except ClientError as error:
                if error.response["Error"]["Code"] in EXISTS | ABSENT:
                    return None
                raise
            with answer["Body"] as body:
                return bytes(body.read(most_bytes))

    def lines(self, key: str) -> Iterator[bytes]:
        """Read an object line by line."""
        with self.open(key) as body:
            yield from body.iter_lines(LINE_CHUNK_BYTES)

    def read_json(self, key: str, kind: type[T]) -> T:
        """Read a JSON object as a type of the domain."""
        with self.open(key) as body:
            return _CONVERTER.loads(body.read(), kind)

    def fetch(self, key: str, file: Path) -> None:
        """Copy an object to a file, in chunks."""
        with self.open(key) as body, file.open("wb") as out:
            for chunk in body.iter_chunks(CHUNK_BYTES):
                out.write(chunk)

    def metadata(self, key: str) -> dict[str, str]:
        """Return the metadata of an object."""
        with aws_errors("s3", "GetObject"), _absent_is_gone():  # IAM's name for the permission of HeadObject
            return dict(self.client.head_object(Bucket=self.name, Key=key)["Metadata"])

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys with a prefix, in ascending order."""
        with aws_errors("s3", "ListBucket"):  # IAM's name for the permission of ListObjectsV2
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            for page in pages:
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    def link(self, key: str, file_name: str) -> str:
        """
        Presign a link to an object, which a browser saves under a plain name.

        It expires after an hour, or with the role's session if that is sooner.
        """
        target = {"Bucket": self.name, "Key": key}
        disposition = {"ResponseContentDisposition": f'attachment; filename="{file_name}"'}
        with aws_errors("s3", "GetObject"):
            link = self.client.generate_presigned_url(
                "get_object", Params=target | disposition, ExpiresIn=LINK_SECONDS
            )
        return str(link)

    def put(self, key: str, body: bytes | BinaryIO, content_type: str) -> None:
        """Write an object."""
        with aws_errors("s3", "PutObject"):
            self._put(key, body, content_type)

    def put_file(self, key: str, file: Path, content_type: str) -> None:
        """Write an object with the content of a file."""
        with file.open("rb") as body:
            self.put(key, body, content_type)

    def put_json(self, key: str, value: Any) -> None:
        """Write a value of the domain as a JSON object."""
        self.put(key, to_json(value), JSON)

    def put_lines(self, key: str, lines: Iterable[str]) -> None:
        """Write an object of lines, which are never all in memory."""
        with lines_file(lines) as body:
            self.put(key, body, LINES)

    def put_if_absent(
        self,
        key: str,
        body: bytes | BinaryIO,
        content_type: str,
        *,
        metadata: Mapping[str, str] | None = None,
        exists: frozenset[str] = EXISTS,
    ) -> bool:
        """
        Write an object unless the key exists.

        Args:
            metadata: at most 2 KB of ASCII.
            exists: the error codes that mean that the key exists.

        Returns:
            Whether the object was written.
        """
        with aws_errors("s3", "PutObject"):
            try:
                self._put(key, body, content_type, Metadata=metadata or {}, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] in exists:
                    return False
                raise
        return True

    def put_if_match(self, key: str, body: bytes, content_type: str, etag: str) -> bool:
        """
        Write an object in place of the version with an ETag.

        Returns:
            Whether the object was written; False if it has another ETag, or is absent.
        """
        with aws_errors("s3", "PutObject"):
            try:
                self._put(key, body, content_type, IfMatch=etag)
            except ClientError as error:
                if error.response["Error"]["Code"] in EXISTS | ABSENT:
                    return False
                raise
        return True

    def delete(self, *keys: str) -> None:
        """Delete objects one after the other; an absent one is no error."""
        for key in keys:
            with aws_errors("s3", "DeleteObject"):
                self.client.delete_object(Bucket=self.name, Key=key)

    def _put(self, key: str, body: bytes | BinaryIO, content_type: str, **options: Any) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type, **options)


def to_json(value: Any) -> bytes:
    """Encode a value of the domain. Lone surrogates, which UTF-8 lacks, become question marks."""
    return _CONVERTER.dumps(value, ensure_ascii=False).encode(errors="replace")


@contextmanager
def lines_file(lines: Iterable[str]) -> Iterator[BinaryIO]:
    """Write lines to a temporary file and open it at its beginning."""
    with TemporaryFile() as file:
        file.writelines(f"{line}\n".encode() for line in lines)
        file.seek(0)
        yield file


def countdown(at: datetime) -> str:
    """Spell a time so that later ones sort first: S3 lists keys in ascending order only."""
    return f"{LAST_MILLISECOND - int(at.timestamp() * 1000):014d}"


@contextmanager
def _absent_is_gone() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            raise ReportGoneError from error
        raise
