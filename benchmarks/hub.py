"""Whether the local Security Hub is fast enough to test with: 100,000 findings."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import islice
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from benchmarks.figure import Figure, seconds_of
from bot.adapters.sdk import client
from bot.adapters.security_hub import filters
from bot.domain.query import Query
from playground import seed
from playground.world import World

COUNT = 100_000
BOUND = "bound of the local hub"


def figures() -> Iterator[Figure]:
    """Load the findings, then have a filtered page answered over HTTP."""
    some = list(seed.findings())
    many = list(islice(_numbered(some), COUNT))
    with World() as world:
        (loaded,) = seconds_of(lambda: world.hub.load(many), times=1)
        yield Figure(f"load {COUNT:,} findings into the local hub", loaded, BOUND, 5.0, 1.0)
        ask = _asking(Query(("S3.8",)))
        (answered,) = seconds_of(ask, times=40)
        yield Figure("a filtered page of them, answered over HTTP", answered, BOUND, 0.020, 1.0)


def _asking(query: Query) -> Callable[[], object]:
    """Return a function that sends botocore's own request and leaves the answer unparsed."""
    hub, requests = client("securityhub"), list[AWSPreparedRequest]()
    hub.meta.events.register("before-send", lambda request, **_: requests.append(request))
    hub.get_findings(Filters=filters(query), MaxResults=100)
    session = URLLib3Session()

    def ask() -> None:
        answer = session.send(requests[0])
        if answer.status_code != HTTPStatus.OK or not answer.content:
            raise RuntimeError(answer.text)

    return ask


def _numbered(some: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number in range(COUNT):
        finding = copy.copy(some[number % len(some)])
        finding["Id"] = f"{finding['Id']}/{number}"
        yield finding
