"""Links to reports work on the day of the first deployment."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.adapters.sdk import client
from bot.adapters.stores.bucket import Bucket
from bot.adapters.stores.reports import BucketReports


class TestCsvLink:
    """The link that stands in for a CSV that could not be attached."""

    def test_link_names_the_buckets_region(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """It goes to the bucket's own Region: the global host redirects for a new bucket's first hours."""
        monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        link = urlsplit(BucketReports(Bucket(client("s3"), "reports-bucket")).csv_link("0123"))

        assert "reports-bucket.s3.ap-northeast-1.amazonaws.com" == link.netloc
        assert ["3600"] == parse_qs(link.query)["X-Amz-Expires"]
        assert ["AWS4-HMAC-SHA256"] == parse_qs(link.query)["X-Amz-Algorithm"]
