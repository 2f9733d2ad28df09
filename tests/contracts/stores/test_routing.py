"""The routing file: what the use cases may rely on, of the fake and in the bucket."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.routing import BEFORE, FILE, GOOD, BucketRouting
from bot.domain.owners.routing_file import MOST_BYTES
from bot.errors import AccessDeniedError, ReportGoneError
from bot.owner_ports import RoutingFile
from tests.contracts.places import BUCKET
from tests.fakes import FakeRoutingFile


@pytest.fixture(params=["fake", "bucket"])
def file(request: pytest.FixtureRequest) -> RoutingFile:
    """Return the port."""
    if request.param == "fake":
        return FakeRoutingFile()
    return BucketRouting(Bucket(request.getfixturevalue("bucket"), BUCKET))


class _Meanwhile(Bucket):
    """A bucket in which somebody else replaces the file before each conditional write."""

    def _put(self, key: str, body: Any, content_type: str, **options: Any) -> None:
        if key == FILE:
            self.client.put_object(Bucket=self.name, Key=key, Body=b"other")
        super()._put(key, body, content_type, **options)


class _Repeating(Bucket):
    """A bucket whose conditional writes are made twice."""

    def put_if_match(self, key: str, body: bytes, content_type: str, etag: str) -> bool:
        """Write twice."""
        super().put_if_match(key, body, content_type, etag)
        return super().put_if_match(key, body, content_type, etag)


class TestFile:
    """The file in force."""

    def test_absent_file_is_none(self, file: RoutingFile) -> None:
        """A deployment need not have a file."""
        assert None is file.read()
        assert None is file.last_good()

    def test_file_is_read_as_it_is_now(self, file: RoutingFile) -> None:
        """Each version is read as it was put there, however often."""
        for data in (b"version = 1\n", b"version = 1\n# \xe5\x9f\xba\n", b"", b"version = 1\n"):
            assert file.replace(data, file.read())

            assert [data, data] == [file.read(), file.read()]

    @pytest.mark.parametrize(("present", "before"), [(b"1", None), (b"1", b"0"), (None, b"0")])
    def test_changed_file_is_not_replaced(
        self, file: RoutingFile, present: bytes | None, before: bytes | None
    ) -> None:
        """A version replaces the one that its author knew, and no other."""
        if present is not None:
            file.replace(present, None)

        assert not file.replace(b"2", before)
        assert present == file.read()

    def test_proposals_are_kept_apart(self, file: RoutingFile) -> None:
        """Each proposal is kept as it is, and none is in force; one that is absent is gone."""
        for number in (b"1", b"2"):
            file.keep(f"id-{number.decode()}", number)

        assert [b"1", b"2"] == [file.kept("id-1"), file.kept("id-2")]
        assert None is file.read()
        with pytest.raises(ReportGoneError):
            file.kept("id-3")

    def test_good_version_is_apart(self, file: RoutingFile) -> None:
        """A version that is kept as good outlives the next file."""
        file.replace(b"good", None)
        file.keep_good(b"good")
        file.replace(b"broken", b"good")

        assert (b"broken", b"good") == (file.read(), file.last_good())

    def test_later_good_version_replaces_earlier(self, file: RoutingFile) -> None:
        """The last one counts, also if it was there before."""
        for data in (b"1", b"2", b"1"):
            file.keep_good(data)

        assert b"1" == file.last_good()


class TestBucketRouting:
    """What only the bucket has."""

    def test_file_is_where_people_put_it(self, bucket: Any) -> None:
        """The key is the documented one; the version before is kept."""
        file = BucketRouting(Bucket(bucket, BUCKET))
        bucket.put_object(Bucket=BUCKET, Key="config/routing.toml", Body=b"1")
        file.replace(b"2", b"1")

        assert "config/routing.toml" == FILE
        kept = {key: bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in (FILE, BEFORE)}
        assert {FILE: b"2", BEFORE: b"1"} == kept

    @pytest.mark.parametrize("present", [b"1", None])
    def test_last_look_is_s3s(self, bucket: Any, present: bytes | None) -> None:
        """A file that changes between the look and the write is not overwritten."""
        file = BucketRouting(_Meanwhile(bucket, BUCKET))
        if present is not None:
            bucket.put_object(Bucket=BUCKET, Key=FILE, Body=present)

        assert not file.replace(b"2", present)
        assert b"other" == file.read()

    def test_write_whose_answer_was_lost_counts(self, bucket: Any) -> None:
        """The SDK repeats such a write, and S3 refuses that: the version is in force all the same."""
        bucket.put_object(Bucket=BUCKET, Key=FILE, Body=b"1")

        assert BucketRouting(_Repeating(bucket, BUCKET)).replace(b"2", b"1")

    def test_unchanged_file_is_not_sent_again(self) -> None:
        """S3 is asked by the ETag of the version that is known."""
        s3 = client("s3")
        with Stubber(s3) as stub:
            named = {"Bucket": BUCKET, "Key": FILE}
            stub.add_client_error(
                "get_object", "304", http_status_code=304, expected_params=named | {"IfNoneMatch": '"e"'}
            )
            file = BucketRouting(Bucket(s3, BUCKET))
            file._etag, file._data = '"e"', b"known"

            assert b"known" == file.read()

    def test_very_large_file_is_not_read_whole(self, bucket: Any) -> None:
        """A byte more than may be is enough to refuse it."""
        bucket.put_object(Bucket=BUCKET, Key=FILE, Body=b"#" * 2 * MOST_BYTES)

        assert MOST_BYTES + 1 == len(BucketRouting(Bucket(bucket, BUCKET)).read() or b"")

    def test_file_that_vanishes_is_none(self, bucket: Any) -> None:
        """A file that somebody deletes is in force no more."""
        file = BucketRouting(Bucket(bucket, BUCKET))
        file.replace(b"1", None)
        file.read()
        bucket.delete_object(Bucket=BUCKET, Key=FILE)

        assert None is file.read()

    def test_good_version_is_written_once(self) -> None:
        """A process writes a version that it has written no second time."""
        s3 = client("s3")
        with Stubber(s3) as stub:
            named = {"Bucket": BUCKET, "Key": GOOD, "Body": b"1", "ContentType": "application/toml"}
            stub.add_response("put_object", {}, named)
            file = BucketRouting(Bucket(s3, BUCKET))
            file.keep_good(b"1")
            file.keep_good(b"1")

    def test_denial_is_an_error(self) -> None:
        """A role that lacks the permission is no absent file."""
        s3 = client("s3")
        with Stubber(s3) as stub:
            stub.add_client_error("get_object", "AccessDenied", http_status_code=403)

            with pytest.raises(AccessDeniedError):
                BucketRouting(Bucket(s3, BUCKET)).read()
