"""
ListFindingAggregators and GetFindingAggregator: whether this account looks at several Regions from one.

Both answer in any Region of the account: https://docs.aws.amazon.com/securityhub/latest/userguide/
finding-aggregation-view-config.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.hub.errors import invalid_token, not_found
from playground.hub.hub import Hub


def list_finding_aggregators(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the account's aggregator: "currently only returns a single result"."""
    if "NextToken" in parameters:
        raise invalid_token()
    arn = hub.aggregator_arn
    return {"FindingAggregators": [{"FindingAggregatorArn": arn}] if arn else []}


def get_finding_aggregator(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the home Region and the linked ones."""
    arn = hub.aggregator_arn
    if arn is None or parameters["FindingAggregatorArn"] != arn:
        raise not_found(f"Finding aggregator {parameters['FindingAggregatorArn']}")
    home = hub.aggregation_home
    return {
        "FindingAggregatorArn": arn,
        "FindingAggregationRegion": home.region,
        "RegionLinkingMode": "SPECIFIED_REGIONS",
        "Regions": home.linked_regions,
    }
