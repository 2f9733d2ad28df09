"""
ListFindingAggregators and GetFindingAggregator: whether this account looks at several Regions from one.

Both answer in any Region of the account: https://docs.aws.amazon.com/securityhub/latest/userguide/
finding-aggregation-view-config.html.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from playground.hub.errors import invalid_token, not_found
from playground.hub.hub import Hub


def list_finding_aggregators(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the account's aggregator: "currently only returns a single result"."""
    if "NextToken" in parameters:
        raise invalid_token()
    home = hub.aggregation_home
    return {"FindingAggregators": [{"FindingAggregatorArn": _arn(home)}] if home else []}


def get_finding_aggregator(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the home Region, and the linked or the excluded ones if the mode has a list of Regions."""
    home = hub.aggregation_home
    if home is None or parameters["FindingAggregatorArn"] != _arn(home):
        raise not_found(f"Finding aggregator {parameters['FindingAggregatorArn']}")
    listed = {
        "SPECIFIED_REGIONS": home.linked_regions,
        "ALL_REGIONS_EXCEPT_SPECIFIED": list(home.excluded_regions),
    }
    mode = home.linking_mode
    return {
        "FindingAggregatorArn": _arn(home),
        "FindingAggregationRegion": home.region,
        "RegionLinkingMode": mode,
        **({"Regions": listed[mode]} if mode in listed else {}),
    }


def _arn(home: Hub) -> str:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{home.account_id}/{home.region}")
    return f"arn:aws:securityhub:{home.region}:{home.account_id}:finding-aggregator/{name}"
