"""Security Hub's calls about Regions and accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.config import Config

from bot.adapters.aws import aws_errors
from bot.adapters.linked.aside import ask_all
from bot.adapters.sdk import client, regions_beside
from bot.domain.coverage import Aggregator, Members
from bot.errors import BotError, CredentialsError, SecurityHubDisabledError

ASIDE = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=5)
"""For calls beside a scan, which are made again later if they fail."""

MEMBER_PAGE = 50
"""The largest MaxResults of ListMembers (shape CrossAccountMaxResults)."""

MEMBER_PAGES = 240
"""The most pages of members: an administrator has 11,000 members at most (user guide of 2023, quotas)."""

ABSENT = (SecurityHubDisabledError, CredentialsError)
"""
The errors of a Region in which Security Hub is not enabled, and of one that the account has not opted in to,
which does not know the account's credentials.
"""


def read_aggregator(hub: Any) -> Aggregator | None:
    """Read the finding aggregator with a client of any Region, None if there is none. Raises BotError."""
    region = hub.meta.region_name
    with aws_errors("securityhub", "ListFindingAggregators", region):
        found = hub.list_finding_aggregators()["FindingAggregators"]
    if not found:
        return None
    with aws_errors("securityhub", "GetFindingAggregator", region):
        answer = hub.get_finding_aggregator(FindingAggregatorArn=found[0]["FindingAggregatorArn"])
    regions = tuple(answer.get("Regions") or ())
    return Aggregator(answer["FindingAggregationRegion"], answer["RegionLinkingMode"], regions)


def read_members(hub: Any, most_pages: int = MEMBER_PAGES) -> Members:
    """Read the members in the client's Region, of `most_pages` at most. Raises BotError."""
    accounts: set[str] = set()
    administrator, token = "", ""
    for _ in range(most_pages):
        request = {"OnlyAssociated": True, "MaxResults": MEMBER_PAGE} | (
            {"NextToken": token} if token else {}
        )
        with aws_errors("securityhub", "ListMembers", hub.meta.region_name):
            answer = hub.list_members(**request)
        for member in answer.get("Members", ()):
            accounts.add(member["AccountId"])
            administrator = member.get("AdministratorId") or administrator
        token = answer.get("NextToken") or ""
        if not token:
            break
        request["NextToken"] = token
    return Members(frozenset(accounts), administrator, is_whole=not token)


@dataclass(frozen=True)
class RegionCalls:
    """The calls of one account to several Regions."""

    region: str
    """The Region in which the bot runs."""
    make_client: Callable[[str], Any]
    """Makes a client of Security Hub in a Region."""
    existing: Callable[[], Iterable[str]]
    """Returns all Regions of the partition."""
    seconds: float
    """The time for all calls that are made side by side."""

    def overview(self) -> tuple[Members | BotError, Aggregator | BotError | None]:
        """Read the members here, and the aggregator, side by side."""
        calls: dict[str, Callable[[], Any]] = {
            "ListMembers": lambda: read_members(self.make_client(self.region)),
            "ListFindingAggregators": lambda: read_aggregator(self.make_client(self.region)),
        }
        answers = ask_all(calls, self.seconds)
        return answers["ListMembers"], answers["ListFindingAggregators"]

    def members(
        self, regions: Iterable[str], most_pages: int = MEMBER_PAGES
    ) -> dict[str, Members | BotError]:
        """Read members in several Regions side by side."""
        calls = {region: partial(self._members, region, most_pages) for region in regions}
        return ask_all(calls, self.seconds)

    def _members(self, region: str, most_pages: int) -> Members:
        return read_members(self.make_client(region), most_pages)


def region_calls(region: str, seconds: float) -> RegionCalls:
    """Make the calls of the environment's account."""
    return RegionCalls(
        region,
        lambda name: client("securityhub", ASIDE, name),
        lambda: regions_beside(region, "securityhub"),
        seconds,
    )
