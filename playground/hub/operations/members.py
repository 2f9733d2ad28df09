"""
ListMembers: the accounts of which this one is Security Hub's administrator.

Source: botocore's service model (ListMembers, Member).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.hub.errors import invalid_token
from playground.hub.findings.times import timestamp
from playground.hub.hub import Hub


def list_members(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Tell of the members, all on one page; nobody here is invited or has left."""
    if "NextToken" in parameters:
        raise invalid_token()
    members = {other.account_id: other for other in hub.others if other.account_id != hub.account_id}
    return {
        "Members": [
            {
                "AccountId": account,
                "AdministratorId": hub.account_id,
                "MemberStatus": "Enabled",
                "UpdatedAt": timestamp(member.enabled_at),
            }
            for account, member in sorted(members.items())
        ]
    }
