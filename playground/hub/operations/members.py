"""
ListMembers: the accounts of which this one is Security Hub's administrator in this Region.

Source: botocore's service model (ListMembers, Member).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.hub.findings.times import timestamp
from playground.hub.hub import Hub
from playground.hub.operations.pages import page

PAGE_SIZE = 50
"""MaxResults when none is given. AWS does not document it; this is the greatest allowed."""


def list_members(hub: Hub, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the members, sorted by account; nobody here is invited or has left."""
    entries = [
        {
            "AccountId": member.account_id,
            "AdministratorId": hub.account_id,
            "MemberStatus": "Enabled",
            "UpdatedAt": timestamp(member.enabled_at),
        }
        for member in sorted(hub.members, key=lambda member: member.account_id)
    ]
    return page(hub, "Members", entries, parameters, PAGE_SIZE)
