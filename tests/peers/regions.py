"""
moto's Security Hub in several Regions, with AWS's limits and its aggregation in front of it.

moto 5.2.5, in a process of its own, keeps the findings of each Region and gives them page by page. It has no
rate limit, no aggregation and no filter of GetFindings, so the `Front` has these: a token bucket for each
Region (the documentation of the service in botocore's service model), in the home Region the findings of all
Regions, and the few comparisons that a scan needs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from threading import Lock
from typing import Any

from botocore.session import Session
from werkzeug.wrappers import Request, Response

from playground.cloud.calls import signer_of

HOME, *LINKED = REGIONS = ("ap-northeast-1", "eu-west-1", "us-east-1", "us-west-2")
BURST_SECONDS = 2
"""The requests at once of an account in a Region, in seconds of its rate: 6 at 3 a second."""

PATHS = {
    "AwsAccountId": "AwsAccountId",
    "ComplianceSecurityControlId": "Compliance.SecurityControlId",
    "ComplianceStatus": "Compliance.Status",
    "RecordState": "RecordState",
    "Region": "Region",
    "WorkflowStatus": "Workflow.Status",
}
"""Attribute of a filter to the place of its value in a finding."""

Asff = Mapping[str, Any]


@contextmanager
def stock_moto() -> Iterator[str]:
    """Run moto's server as it is; give its address."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:  # noqa: S603 - moto's own module
        try:
            assert process.stderr is not None
            lines = iter(process.stderr.readline, "")
            yield next(found[0] for line in lines if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        finally:
            process.kill()


def moto_client(url: str, region: str) -> Any:
    """Make a client of a Region's Security Hub in moto."""
    return Session().create_client(
        "securityhub",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


class Front:
    """
    A WSGI application that answers GetFindings in each of REGIONS from moto's findings.

    Args:
        moto_url: the address of moto.
        rate: requests a second that each Region takes.
    """

    def __init__(self, moto_url: str, rate: float) -> None:
        self._moto_url, self._rate = moto_url, rate
        self._lock = Lock()
        self._tokens = dict.fromkeys(REGIONS, rate * BURST_SECONDS)
        self._filled_at = time.monotonic()
        self.answered: Counter[str] = Counter()
        """Region to the number of pages that it has given."""
        self._selected: dict[tuple[str, str], list[Asff]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request."""
        request = Request(environ)
        signer = signer_of(request)
        region = signer.region if signer else ""
        if not self._takes(region):
            return _answer({"message": "Too Many Requests"}, HTTPStatus.TOO_MANY_REQUESTS)(
                environ, start_response
            )
        return _answer(self._page(region, request.get_json()))(environ, start_response)

    @cached_property
    def _kept(self) -> dict[str, list[Asff]]:
        """The findings of each Region, as moto gives them."""
        kept = {}
        for region in REGIONS:
            pages = moto_client(self._moto_url, region).get_paginator("get_findings").paginate(MaxResults=100)
            kept[region] = [finding for page in pages for finding in page["Findings"]]
        return kept

    def _takes(self, region: str) -> bool:
        with self._lock:
            now = time.monotonic()
            for name, tokens in self._tokens.items():
                self._tokens[name] = min(
                    self._rate * BURST_SECONDS, tokens + (now - self._filled_at) * self._rate
                )
            self._filled_at = now
            if self._tokens[region] < 1:
                return False
            self._tokens[region] -= 1
            self.answered[region] += 1
            return True

    def _page(self, region: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        matching = self._matching(region, asked["Filters"])
        start = int(asked.get("NextToken", "0"))
        end = start + asked["MaxResults"]
        token = {"NextToken": str(end)} if end < len(matching) else {}
        return {"Findings": matching[start:end], **token}

    def _matching(self, region: str, filters: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Asff]:
        query = region, json.dumps(filters)
        with self._lock:
            if query not in self._selected:
                shown = (f for name in (REGIONS if region == HOME else [region]) for f in self._kept[name])
                self._selected[query] = [finding for finding in shown if _matches(finding, filters)]
            return self._selected[query]


def _matches(finding: Asff, filters: Mapping[str, Sequence[Mapping[str, str]]]) -> bool:
    return all(_meets(_value(finding, PATHS[name]), entries) for name, entries in filters.items())


def _meets(value: str, entries: Sequence[Mapping[str, str]]) -> bool:
    """Return whether a value is none of the excluded ones and, if some are asked for, one of these."""
    included = {entry["Value"] for entry in entries if entry["Comparison"] == "EQUALS"}
    excluded = {entry["Value"] for entry in entries if entry["Comparison"] == "NOT_EQUALS"}
    if len(included) + len(excluded) != len(entries):
        raise NotImplementedError(entries)
    return value not in excluded and (not included or value in included)


def _value(finding: Asff, path: str) -> str:
    node: Any = finding
    for name in path.split("."):
        node = node[name]
    return str(node)


def _answer(body: Mapping[str, Any], status: int = HTTPStatus.OK) -> Response:
    headers = {} if status == HTTPStatus.OK else {"x-amzn-ErrorType": "TooManyRequestsException"}
    return Response(json.dumps(body), status, headers, mimetype="application/json")
