"""Whether the local Security Hub is fast enough to test with: 100,000 findings."""

from __future__ import annotations

import copy
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
    many = list(islice(_numbered(some), COUNT))
    with World() as world:
        yield Figure(
            f"load {COUNT:,} findings into the local hub",
            seconds_of(lambda: world.hub.load(many), times=1),
            "bound of the local hub",
            5.0,
            1.0,
        )
        hub, wanted = client("securityhub"), filters(Query(("S3.8",)))
        hub.get_findings(Filters=wanted, MaxResults=100)
        yield Figure(
            "a filtered page of them, server and botocore",
            seconds_of(lambda: hub.get_findings(Filters=wanted, MaxResults=100), times=40),
            "bound of the local hub",
            0.020,
            1.0,
        )


def _numbered(some: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number in range(COUNT):
        finding = copy.copy(some[number % len(some)])
        finding["Id"] = f"{finding['Id']}/{number}"
        yield finding
