"""
The S3 bucket: kept reports, and what has been read for one that is not done.

```text
reports/<report id>/summary.json        what the message shows
                    findings.csv        the file in its thread
                    seen.jsonl          a line for each problem: what was seen of it (bot/domain/row.py)
                    plans/, acts/       what is done about it (bot/adapters/stores/actions.py)
threads/<channel>/<ts>.json             which report a message is of, or was
parts/histories/<job id>.csv            what somebody has been given a link to
parts/<report id>/<part>.json           what a large scan has read so far, in numbers
                  <part>.<attempt>.csv, .jsonl
                  <part>.left           what an attempt had to leave before its end
                  <part>.cut            what the part's partition was cut into
suppressions/                           those that end (bot/adapters/stores/suppressions.py)
ledger/<job id>/<step>.begun|.done      what a job has done (bot/adapters/stores/ledger.py)
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from botocore.exceptions import ClientError
from cattrs.preconf.json import make_converter

from bot.adapters.aws import aws_errors
from bot.domain.finding import FindingIdentifier, Note, Resource
from bot.domain.partition import Partition
from bot.domain.report import PART_ENDINGS, PartitionResult, Summary
from bot.domain.row import ReportRow, parse_row
from bot.errors import ReportGoneError

LINK_SECONDS = 3600
OCTETS = "application/octet-stream"
CHUNK_BYTES = 1 << 16

T = TypeVar("T")

_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_CONVERTER = make_converter()
for _pair in (FindingIdentifier, Note, Resource):
    # cattrs does not resolve the annotations of a NamedTuple, which are texts here
    _CONVERTER.register_structure_hook(_pair, lambda values, kind: kind(*values))


@dataclass(frozen=True)
class BucketReports:
    """The reports in a bucket."""

    client: Any
    bucket: str

    def save(self, summary: Summary, csv_file: Path, seen_file: Path) -> None:
        """Keep a report, its summary last: a report that has one is whole."""
        folder = f"reports/{summary.report_id}"
        self.put_file(f"{folder}/findings.csv", csv_file, "text/csv; charset=utf-8")
        self.put_file(f"{folder}/seen.jsonl", seen_file, "application/jsonl")
        self.put_json(f"{folder}/summary.json", summary)

    def summary(self, report_id: str) -> Summary:
        """Give a kept report's summary."""
        return self.read(f"reports/{report_id}/summary.json", Summary)

    def seen(self, report_id: str) -> Iterator[ReportRow]:
        """Give each problem, read line by line."""
        with self.open(f"reports/{report_id}/seen.jsonl") as body:
            for line in body.iter_lines(CHUNK_BYTES):
                yield parse_row(line)

    def add_thread(self, channel: str, ts: str, report_id: str) -> None:
        """Remember of which report a message is, for longer than the report is kept."""
        self.put_json(_thread_key(channel, ts), {"report_id": report_id})

    def report_in(self, channel: str, ts: str) -> str | None:
        """Give the ID of the report whose message it is."""
        try:
            return str(self.read(_thread_key(channel, ts), dict)["report_id"])
        except ReportGoneError:
            return None

    def csv_link(self, report_id: str) -> str:
        """Presign a link to the CSV; it ends after an hour, or with the role's session if that is sooner."""
        return self.link(f"reports/{report_id}/findings.csv", "findings.csv")

    def link(self, key: str, name: str) -> str:
        """Presign a link to an object, which a browser saves under a plain name; it ends as csv_link's."""
        target = {"Bucket": self.bucket, "Key": key}
        disposition = {"ResponseContentDisposition": f'attachment; filename="{name}"'}
        with aws_errors("s3", "GetObject"):
            link = self.client.generate_presigned_url(
                "get_object", Params=target | disposition, ExpiresIn=LINK_SECONDS
            )
        return str(link)

    def parts(self, report_id: str) -> BucketParts:
        """Give what is kept of a scan that is not done yet."""
        return BucketParts(self, f"parts/{report_id}")

    def fetch_csv(self, report_id: str, file: Path) -> None:
        """Copy the CSV to a file, in chunks."""
        self.fetch(f"reports/{report_id}/findings.csv", file)

    def fetch(self, key: str, file: Path) -> None:
        """Copy an object to a file, in chunks. Raises ReportGoneError."""
        with self.open(key) as body, file.open("wb") as out:
            for chunk in body.iter_chunks(1 << 20):
                out.write(chunk)

    def keys(self, prefix: str) -> Iterator[str]:
        """List the keys that begin so, in ascending order."""
        with aws_errors("s3", "ListBucket"):  # what IAM calls ListObjectsV2
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            for page in pages:
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    @contextmanager
    def open(self, key: str) -> Iterator[Any]:
        """Open an object; what goes wrong while it is read is translated too."""
        with aws_errors("s3", "GetObject"):
            try:
                body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    raise ReportGoneError from error
                raise
            with body:
                yield body

    def read(self, key: str, kind: type[T]) -> T:
        """Read a JSON object. Raises ReportGoneError."""
        with self.open(key) as body:
            return _CONVERTER.loads(body.read(), kind)

    def put_file(
        self, key: str, file: Path, content_type: str, metadata: dict[str, str] | None = None
    ) -> bool:
        """
        Write an object of a file's content.

        Args:
            metadata: at most 2 KB of ASCII, for an object that is written once: if it is there, it stays.

        Returns:
            Whether it has been written.
        """
        once = {} if metadata is None else {"Metadata": metadata, "IfNoneMatch": "*"}
        with aws_errors("s3", "PutObject"), file.open("rb") as body:
            try:
                self.client.put_object(
                    Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, **once
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "PreconditionFailed":
                    return False
                raise
        return True

    def metadata(self, key: str) -> dict[str, str]:
        """Give what an object was written with. Raises ReportGoneError."""
        with aws_errors("s3", "GetObject"):  # what IAM calls HeadObject
            try:
                return dict(self.client.head_object(Bucket=self.bucket, Key=key)["Metadata"])
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    raise ReportGoneError from error
                raise

    def put_json(self, key: str, value: Any) -> None:
        """Write an object of the domain as JSON."""
        with aws_errors("s3", "PutObject"):
            self.client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=_CONVERTER.dumps(value, ensure_ascii=False).encode(errors="replace"),
                ContentType="application/json",
            )


@dataclass(frozen=True)
class KeptPart:
    """A part's numbers, and which of its files they are of."""

    attempt: str
    part: PartitionResult


@dataclass(frozen=True)
class BucketParts:
    """The parts of a scan in a bucket."""

    reports: BucketReports
    folder: str
    _attempts: dict[str, str] = field(default_factory=dict)
    """By part, whose files are meant: of two deliveries at once each finds its own, or all of the other's."""

    def names(self) -> frozenset[str]:
        """Give the names of the objects, of whole parts without their ending."""
        keys = self.reports.keys(f"{self.folder}/")
        return frozenset(key.rpartition("/")[2].removesuffix(".json") for key in keys)

    def find(self, name: str) -> PartitionResult | None:
        """Give a part, if its last object is there."""
        try:
            kept = self.reports.read(self._key(name, "json"), KeptPart)
        except ReportGoneError:
            return None
        self._attempts[name] = kept.attempt
        return kept.part

    def keep(self, name: str, part: PartitionResult, file: Callable[[str], Path]) -> None:
        """Keep a part, its numbers last: a part that has them is whole."""
        attempt = self._attempts[name] = uuid4().hex
        for ending in PART_ENDINGS:
            self.reports.put_file(self._key(name, attempt, ending), file(ending), OCTETS)
        self.reports.put_json(self._key(name, "json"), KeptPart(attempt, part))

    def fetch(self, name: str, ending: str, file: Path) -> None:
        """Copy a part's file."""
        if name not in self._attempts:
            raise ReportGoneError
        self.reports.fetch(self._key(name, self._attempts[name], ending), file)

    def leave(self, name: str, file: Path) -> None:
        """Keep a file."""
        self.reports.put_file(self._key(name), file, OCTETS)

    def resume(self, name: str, file: Path) -> None:
        """Copy what was left."""
        self.reports.fetch(self._key(name), file)

    def save_split(self, name: str, partitions: Sequence[Partition]) -> None:
        """Keep partitions."""
        self.reports.put_json(self._key(name), list(partitions))

    def cut(self, name: str) -> list[Partition]:
        """Give partitions."""
        return self.reports.read(self._key(name), list[Partition])

    def _key(self, *names: str) -> str:
        return f"{self.folder}/{'.'.join(names)}"


def _thread_key(channel: str, ts: str) -> str:
    return f"threads/{channel}/{ts}.json"
