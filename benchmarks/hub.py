"""Whether the local Security Hub is fast enough to test with: 100,000 findings."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from benchmarks.figure import Figure, seconds_of
from bot.adapters.aws import client
from bot.adapters.security_hub import filters
from bot.domain.query import Query
from playground import seed
from playground.world import World

COUNT = 100_000


def figures() -> Iterator[Figure]:
    """Load the findings, then read a filtered page over HTTP with botocore."""
    some = list(seed.findings())
    texts = [json.dumps(finding) for finding in some]
    many = list(islice(_numbered(some), COUNT))
    with World() as world:
        yield Figure(
            f"load {COUNT:,} findings into the hub",
            seconds_of(lambda: world.hub.load(many), times=1),
            "json.loads of as many",
            seconds_of(lambda: [json.loads(texts[n % len(texts)]) for n in range(COUNT)], times=1),
            1.0,
        )
        hub, wanted = client("securityhub"), filters(Query(("S3.8",)))
        page = hub.get_findings(Filters=wanted, MaxResults=100)["Findings"]
        yield Figure(
            "read a filtered page of 100, server and client",
            seconds_of(lambda: hub.get_findings(Filters=wanted, MaxResults=100), times=20),
            "json.dumps and json.loads of the page, five times",
            seconds_of(lambda: [json.loads(json.dumps(page)) for _ in range(5)], times=20),
            5.0,
        )


def _numbered(some: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number in range(COUNT):
        finding = copy.copy(some[number % len(some)])
        finding["Id"] = f"{finding['Id']}/{number}"
        yield finding
