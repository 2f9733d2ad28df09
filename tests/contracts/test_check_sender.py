"""Putting the result of a check into the bucket."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.check_sender import put_check
from bot.errors import CheckNotPutError
from tests.contracts.places import BUCKET

KEY = "checks/acme/app/main.json"


class TestPut:
    """The object in S3."""

    def test_object_is_in_the_bucket(self, bucket: Any) -> None:
        """The bytes are those that were handed over, and a later check replaces them."""
        for body in (b"{}", b"[]"):
            put_check(BUCKET, KEY, body)

            assert body == bucket.get_object(Bucket=BUCKET, Key=KEY)["Body"].read()

    def test_absent_bucket_is_told(self, bucket: Any) -> None:
        """A mistyped bucket is named, with the remedy."""
        with pytest.raises(CheckNotPutError) as refused:
            put_check("other", KEY, b"{}")

        assert ("put-refused", f"s3://other/{KEY}") == tuple(
            refused.value.values[n] for n in ("hint", "place")
        )
