"""What stands in for AWS: moto with the local Security Hub in it. Nothing leaves the process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import Session
from moto import mock_aws

from bot.adapters.sdk import client
from playground import hub as local
from playground.cloud.moto import install
from playground.hub import Hub
from tests.contracts.places import ACCOUNT, BUCKET, REGION

SESSION = Session()
"""Made after moto was imported, or it would not know of it; one for all, for it reads AWS's models slowly."""


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put AWS into the process, with credentials that open nothing."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # botocore waits between its attempts
    monkeypatch.setattr("bot.adapters.aws.session", lambda: SESSION)
    install()
    with mock_aws():
        yield


@pytest.fixture
def hub(aws: None) -> Hub:
    """Return the Security Hub of the account, enabled and empty."""
    here = local.hub(ACCOUNT, REGION)
    here.clear()
    here.enable()
    return here


@pytest.fixture
def bucket(aws: None) -> Any:
    """Return a client of S3 with an empty bucket."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    return s3
