"""docs/costs.md: its sums, and the parts of the template that it counts."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from tests.deploy.stack import Stack
from tests.docs.markdown import table_of, text_of

COSTS = text_of("docs/costs.md")
PRICES = {row[0]: float(row[1]) for row in table_of(COSTS, "unit")}
DISK_GB = 5.5
FILES_GB = 0.95e-6


class Deployment(NamedTuple):
    """The usage of a month: how many, and for how many seconds each."""

    findings: list[int]
    seconds: float
    scans: int
    actions: int
    requests: int


SMALL = Deployment([1000] * 62, 62 * 10 + 60 * 10, 62, 60, 200)
LARGE = Deployment([200_000] * 22 + [20_000] * 200, 22 * 840 + 200 * 90 + 100 * 30, 222, 100, 5000)


def costs(usage: Deployment) -> dict[str, float]:
    """Calculate the dollars of each service, as the document's assumptions say."""
    jobs, gb = usage.scans + usage.actions, sum(usage.findings) * FILES_GB
    return {
        "Lambda": (usage.seconds + usage.requests * 0.1) * PRICES["GB-second of Lambda, Arm"]
        + usage.seconds * DISK_GB * PRICES["GB-second of Lambda's disk above 512 MB"]
        + (jobs + usage.requests) * PRICES["million requests of Lambda"] / 1e6
        + 3 * jobs * PRICES["million durable operations"] / 1e6,
        "API Gateway": usage.requests * PRICES["million requests of an HTTP API"] / 1e6,
        "S3": 3 * gb * PRICES["GB-month of S3 Standard"]
        + (50 * usage.scans + 300 * usage.actions) * PRICES["thousand PUT requests of S3"] / 1e3,
        "Secrets Manager": PRICES["secret and month"]
        + (jobs + usage.requests) * PRICES["ten thousand calls of Secrets Manager"] / 1e4,
        "CloudWatch": 12 * PRICES["alarm and month"]
        + 3 * PRICES["custom metric and month"]
        + (2 * usage.requests + 5 * jobs) / 1e6 * PRICES["GB of logs, ingested"],
        "data to Slack": gb * PRICES["GB from AWS to the internet"],
    }


@pytest.mark.parametrize(("usage", "column"), [(SMALL, 2), (LARGE, 4)], ids=["small", "large"])
def test_sums_follow_from_prices(usage: Deployment, column: int) -> None:
    """Each figure is the usage times the price, and the last row is their sum."""
    *rows, total = table_of(COSTS, "service")
    expected = costs(usage)

    assert {row[0]: row[column] for row in rows} == {name: f"{value:.2f}" for name, value in expected.items()}
    assert total[column] == f"**{sum(expected.values()):.2f}**"


def test_readme_has_the_sums() -> None:
    """The README names the same sums, in whole dollars."""
    small, large = (round(sum(costs(usage).values())) for usage in (SMALL, LARGE))

    assert f"About {small} US dollars a month for a small deployment" in text_of("README.md")
    assert re.search(rf"about {large} for a large one", text_of("README.md"))


def test_template_is_what_is_counted() -> None:
    """The template has as many alarms and metrics, as much memory and disk, as the calculation assumes."""
    stack = Stack()
    functions = [stack.resources[name]["Properties"] for name in ("SlackFunction", "JobFunction")]

    assert len(stack.of_type("AWS::CloudWatch::Alarm")) == 12
    assert len(stack.of_type("AWS::Logs::MetricFilter")) == 3
    assert [function["MemorySize"] for function in functions] == [1024, 1024]
    assert functions[1]["EphemeralStorage"]["Size"] == 512 + DISK_GB * 1024
