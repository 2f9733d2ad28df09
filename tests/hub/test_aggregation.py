"""
One hub looks at others: linked Regions, and members.

Source: operations GetFindings ("from the home Region"), BatchUpdateFindings ("Administrator accounts can
update findings for their account and their member accounts"), GetFindingAggregator and ListMembers in
botocore's model.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from botocore.session import Session

from playground.hub import Hub, LinkingMode, hub
from tests.hub.conftest import connect
from tests.hub.samples import Clock, asff, identifier, ids, matching, refused

LINKED, MEMBER = "us-east-1", "234567890123"
NOTIFIED = {"Workflow": {"Status": "NOTIFIED"}}


def aggregator(client: Any) -> dict[str, Any]:
    """Return the account's aggregator as a Region describes it."""
    (found,) = client.list_finding_aggregators()["FindingAggregators"]
    answer: dict[str, Any] = client.get_finding_aggregator(FindingAggregatorArn=found["FindingAggregatorArn"])
    del answer["ResponseMetadata"]
    return answer


@pytest.fixture
def linked(home: Hub) -> Hub:
    """Return this account's hub in another Region, with finding 2, covered by `home`, which has finding 1."""
    linked = hub(home.account_id, LINKED)
    linked.enable()
    linked.load([asff(2)])
    home.load([asff(1)])
    home.aggregate(linked)
    return linked


class TestReading:
    """GetFindings in the home Region."""

    def test_home_region_returns_linked_regions_findings(self, linked: Hub, client: Any) -> None:
        """The home Region gives the linked Region's findings too."""
        assert ["finding-0001", "finding-0002"] == ids(client.get_findings())

    def test_linked_region_returns_only_its_own_findings(self, linked: Hub, session: Session) -> None:
        """A linked Region gives only its own."""
        assert ["finding-0002"] == ids(connect(session, LINKED).get_findings())

    def test_administrators_hub_returns_members_findings(self, home: Hub, client: Any) -> None:
        """An administrator's hub gives the members' findings too."""
        member = hub(MEMBER, home.region)
        member.enable()
        member.load([asff(3, AwsAccountId=MEMBER)])
        home.aggregate(member)
        filters = matching("AwsAccountId", "EQUALS", MEMBER)

        assert ["finding-0003"] == ids(client.get_findings(Filters=filters))

    def test_region_in_which_security_hub_is_off_is_left_out(self, linked: Hub, client: Any) -> None:
        """A Region in which Security Hub is off is left out."""
        linked.disable()

        assert ["finding-0001"] == ids(client.get_findings())

    def test_pages_run_from_one_hub_into_next(self, home: Hub, linked: Hub, client: Any) -> None:
        """Pages run from one hub into the next, each finding once, in as few calls as for one hub."""
        home.load(asff(number) for number in range(10, 15))
        linked.load(asff(number) for number in range(20, 25))
        pages = client.get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 4})
        found = [name for page in islice(pages, 5) for name in ids(page)]

        assert [f"finding-{number:04}" for number in (1, *range(10, 15), 2, *range(20, 25))] == found
        assert 3 == len(home.calls)

    def test_order_goes_over_all_hubs(self, home: Hub, linked: Hub, client: Any) -> None:
        """An order goes over all the hubs."""
        order = [{"Field": "Id", "SortOrder": "desc"}]

        assert ["finding-0002", "finding-0001"] == ids(client.get_findings(SortCriteria=order))


class TestUpdating:
    """BatchUpdateFindings in the home Region."""

    def test_update_in_home_region_reaches_linked_region(self, home: Hub, linked: Hub, client: Any) -> None:
        """An update in the home Region is one in the linked Region."""
        client.batch_update_findings(FindingIdentifiers=[identifier(2)], **NOTIFIED)

        assert "NOTIFIED" == linked.finding("finding-0002")["Workflow"]["Status"]
        assert home.finding("finding-0002") == linked.finding("finding-0002")

    def test_linked_region_does_not_know_home_regions_findings(self, linked: Hub, session: Session) -> None:
        """A linked Region does not know the home Region's findings."""
        client = connect(session, LINKED)
        answer = client.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)

        assert "FindingNotFound" == answer["UnprocessedFindings"][0]["ErrorCode"]

    def test_lag_is_that_of_hub_that_took_update(
        self, home: Hub, linked: Hub, client: Any, clock: Clock
    ) -> None:
        """The lag is that of the hub that took the update."""
        home.knobs.lag_seconds = 60
        client.batch_update_findings(FindingIdentifiers=[identifier(2)], **NOTIFIED)
        filters = matching("WorkflowStatus", "EQUALS", "NOTIFIED")
        before = ids(client.get_findings(Filters=filters))
        clock.sleep(60)

        assert [] == before
        assert ["finding-0002"] == ids(client.get_findings(Filters=filters))


class TestAggregator:
    """ListFindingAggregators and GetFindingAggregator."""

    def test_account_that_links_no_regions_has_no_aggregator(self, client: Any) -> None:
        """An account that links no Regions has no aggregator."""
        assert [] == client.list_finding_aggregators()["FindingAggregators"]

    def test_members_are_not_linked_regions(self, home: Hub, client: Any) -> None:
        """Members are not linked Regions."""
        home.aggregate(hub(MEMBER, home.region))

        assert [] == client.list_finding_aggregators()["FindingAggregators"]

    @pytest.mark.parametrize("region", [LINKED, "eu-west-1"], ids=["linked", "not linked"])
    def test_every_region_names_same_aggregator_and_same_home(
        self, home: Hub, linked: Hub, client: Any, session: Session, region: str
    ) -> None:
        """Every Region of the account names the same aggregator and the same home, linked or not."""
        hub(home.account_id, region).enable()
        answers = [aggregator(one) for one in (client, connect(session, region))]

        assert answers[0] == answers[1]
        assert home.region == answers[0]["FindingAggregationRegion"]
        assert [LINKED] == answers[0]["Regions"]

    @pytest.mark.parametrize(
        ("mode", "listed"),
        [
            ("ALL_REGIONS", {}),
            ("ALL_REGIONS_EXCEPT_SPECIFIED", {"Regions": ["eu-west-1"]}),
            ("SPECIFIED_REGIONS", {"Regions": [LINKED]}),
            ("NO_REGIONS", {}),
        ],
    )
    def test_mode_says_which_regions_are_listed(
        self, home: Hub, linked: Hub, client: Any, mode: LinkingMode, listed: dict[str, list[str]]
    ) -> None:
        """The linked Regions are listed, or the excluded ones, or none: source, CreateFindingAggregator."""
        home.aggregate(*((linked,) if mode != "NO_REGIONS" else ()), mode=mode, excluded=["eu-west-1"])
        answer = aggregator(client)

        assert mode == answer["RegionLinkingMode"]
        assert listed == {name: value for name, value in answer.items() if name == "Regions"}

    def test_another_accounts_aggregator_is_not_this_ones(self, linked: Hub, client: Any) -> None:
        """An account has no part in the aggregator of another."""
        other = hub(MEMBER, LINKED)
        other.aggregate(hub(MEMBER, "eu-west-1"))
        home = other.aggregation_home

        assert home is other
        assert linked.region == aggregator(client)["Regions"][0]

    def test_account_that_stops_aggregating_has_no_aggregator(
        self, home: Hub, linked: Hub, client: Any, session: Session
    ) -> None:
        """Without a linked Region there is no aggregator any more, and no home."""
        home.aggregate()

        assert [] == client.list_finding_aggregators()["FindingAggregators"]
        assert [] == connect(session, LINKED).list_finding_aggregators()["FindingAggregators"]
        assert ["finding-0001"] == ids(client.get_findings())

    def test_another_arn_is_not_found(self, linked: Hub, client: Any) -> None:
        """Another ARN is not found."""
        with refused("ResourceNotFoundException", "not found", 404):
            client.get_finding_aggregator(FindingAggregatorArn="arn:x")

    def test_region_without_security_hub_answers_nothing(self, linked: Hub, session: Session) -> None:
        """A Region in which Security Hub is off names no aggregator and no member."""
        linked.disable()
        client = connect(session, LINKED)
        for call in (client.list_finding_aggregators, client.list_members):
            with refused("InvalidAccessException", "not subscribed", 401):
                call()


class TestMembers:
    """ListMembers, and the findings of members in a linked Region."""

    @pytest.fixture
    def member(self, home: Hub, linked: Hub) -> Hub:
        """Return a member's hub in the linked Region, with finding 3; it has none in the home Region."""
        member = hub(MEMBER, LINKED)
        member.enable()
        member.load([asff(3, AwsAccountId=MEMBER)])
        home.aggregate(linked, member)
        return member

    def test_members_are_told_region_by_region(self, member: Hub, client: Any, session: Session) -> None:
        """A Region names the members that have Security Hub there."""
        (told,) = connect(session, LINKED).list_members()["Members"]

        assert MEMBER == told["AccountId"]
        assert member.account_id != told["AdministratorId"]
        assert [] == client.list_members()["Members"]

    def test_linked_region_returns_members_findings(self, member: Hub, session: Session) -> None:
        """The administrator reads the members' findings in the linked Region too."""
        assert ["finding-0002", "finding-0003"] == ids(connect(session, LINKED).get_findings())

    def test_blind_region_knows_no_members(
        self, home: Hub, linked: Hub, member: Hub, client: Any, session: Session
    ) -> None:
        """A Region that is blind to the members neither names them nor gives their findings; home does."""
        linked.knobs.is_blind = True
        blind = connect(session, LINKED)

        assert [] == blind.list_members()["Members"]
        assert ["finding-0002"] == ids(blind.get_findings())
        assert ["finding-0001", "finding-0002", "finding-0003"] == ids(client.get_findings())

    @pytest.mark.parametrize("count", [0, 1, 50, 51, 101])
    def test_page_has_50_members_at_most(self, home: Hub, client: Any, count: int) -> None:
        """A reader gets each member once, in max(1, n/50 rounded up) calls."""
        accounts = [f"{number:012}" for number in range(count)]
        home.aggregate(*(Hub(account, home.region) for account in reversed(accounts)))
        pages = client.get_paginator("list_members").paginate(OnlyAssociated=True)
        found = [member["AccountId"] for page in islice(pages, 5) for member in page["Members"]]

        assert accounts == found
        assert max(1, -(-count // 50)) == len(home.calls)

    def test_page_above_50_is_refused(self, home: Hub, client: Any) -> None:
        """More than 50 is refused, as is a token of another Region, or of other parameters."""
        home.aggregate(*(Hub(f"{number:012}", home.region) for number in range(2)))
        token = client.list_members(MaxResults=1)["NextToken"]
        with refused("InvalidInputException", "data.MaxResults should be <= 50"):
            client.list_members(MaxResults=51)
        with refused("InvalidInputException", "Invalid NextToken"):
            client.list_members(NextToken=token, OnlyAssociated=False)

    def test_token_of_one_region_is_none_in_another(
        self, home: Hub, linked: Hub, client: Any, session: Session
    ) -> None:
        """A token of one Region is none in another."""
        home.aggregate(linked, *(Hub(f"{number:012}", home.region) for number in range(2)))
        token = client.list_members(MaxResults=1)["NextToken"]
        with refused("InvalidInputException", "Invalid NextToken"):
            connect(session, LINKED).list_members(NextToken=token)


class TestFinding:
    """Hub.finding, which tests look with."""

    def test_unknown_id_is_error(self, home: Hub) -> None:
        """An unknown Id is an error."""
        with pytest.raises(KeyError, match="nowhere"):
            home.finding("nowhere")

    def test_finding_is_a_copy(self, home: Hub) -> None:
        """What a test does to it does not reach the hub."""
        home.load([asff()])
        home.finding("finding-0001")["Compliance"]["Status"] = "PASSED"

        assert "FAILED" == home.finding("finding-0001")["Compliance"]["Status"]
