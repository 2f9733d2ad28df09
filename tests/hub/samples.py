"""Findings, filters and refusals, in as few words as a test wants to spend on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
PRODUCT_ARN = f"arn:aws:securityhub:{REGION}::product/aws/securityhub"
DEFAULT_ARN = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"

Parameters = dict[str, Any]


def asff(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Make a finding; another number is another Id and resource. None removes a field."""
    finding = {
        "SchemaVersion": "2018-10-08",
        "Id": f"finding-{number:04}",
        "ProductArn": PRODUCT_ARN,
        "GeneratorId": "security-control/S3.8",
        "AwsAccountId": ACCOUNT,
        "Region": REGION,
        "CreatedAt": "2026-11-01T00:00:00Z",
        "UpdatedAt": "2026-11-20T00:00:00Z",
        "Title": "S3 buckets should block public access",
        "Description": "About S3.8.",
        "Severity": {"Label": "HIGH"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::bucket-{number}"}],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **changes,
    }
    return {name: value for name, value in finding.items() if value is not None}


def imported(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Make a finding as a customer's own product may import it."""
    without = {"Region": None, "Workflow": None, "RecordState": None}
    return asff(number, **{"ProductArn": DEFAULT_ARN, **without, **changes})


def identifier(number: int = 1, product_arn: str = PRODUCT_ARN) -> dict[str, str]:
    """Name a finding that asff() has made."""
    return {"Id": f"finding-{number:04}", "ProductArn": product_arn}


def matching(attribute: str, comparison: str, *values: str) -> dict[str, list[dict[str, str]]]:
    """Write the StringFilters of one attribute."""
    return {attribute: [{"Value": value, "Comparison": comparison} for value in values]}


def ids(answer: Parameters) -> list[str]:
    """Return the Ids of a page of findings."""
    return [finding["Id"] for finding in answer["Findings"]]


@contextmanager
def refused(code: str, words: str = "", status: int = 400) -> Iterator[None]:
    """Expect a call to be refused, with these words in the message."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response

    assert code == error["Error"]["Code"]
    assert status == error["ResponseMetadata"]["HTTPStatusCode"]
    assert words in error["Error"]["Message"]


class Clock:
    """A clock that a test sets, at noon on 2026-11-24 at first; sleeping moves it."""

    def __init__(self) -> None:
        self.seconds = 1_795_521_600.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
