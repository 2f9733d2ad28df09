"""Putting the result of a check into the bucket."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from bot.adapters.check_sender import put_check
from bot.adapters.sdk import client
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

    @pytest.mark.parametrize(
        ("code", "status", "hint"),
        [
            ("AccessDenied", 403, "put-denied"),
            ("ExpiredToken", 400, "put-credentials"),
            ("PermanentRedirect", 301, "put-refused"),
            ("InternalError", 500, "put-failed"),
        ],
    )
    def test_each_refusal_has_its_remedy(
        self, code: str, status: int, hint: str, aws: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The sentence says what to do: compare the address, assume the role, or run the job again."""
        s3 = client("s3")
        with Stubber(s3) as stubber:
            for _ in range(8):
                stubber.add_client_error("put_object", code, http_status_code=status)
            monkeypatch.setattr("bot.adapters.check_sender.client", lambda _service: s3)

            with pytest.raises(CheckNotPutError) as refused:
                put_check(BUCKET, KEY, b"{}")

        assert hint == refused.value.values["hint"]
