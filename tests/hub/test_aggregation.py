"""
One hub looks at others: linked Regions, and members.

Source: operations GetFindings ("from the home Region"), BatchUpdateFindings ("Administrator accounts can
update findings for their account and their member accounts") and GetFindingAggregator in botocore's model.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from botocore.session import Session

from playground.hub import Hub, hub
from tests.hub.conftest import connect
from tests.hub.samples import Clock, asff, identifier, ids, matching, refused

LINKED, MEMBER = "us-east-1", "234567890123"
NOTIFIED = {"Workflow": {"Status": "NOTIFIED"}}


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

    def test_both_regions_name_same_aggregator_and_same_home(
        self, home: Hub, linked: Hub, client: Any, session: Session
    ) -> None:
        """Both Regions name the same aggregator and the same home."""
        answers = []
        for one in (client, connect(session, LINKED)):
            arn = one.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"]
            answer = one.get_finding_aggregator(FindingAggregatorArn=arn)
            del answer["ResponseMetadata"]
            answers.append(answer)

        assert answers[0] == answers[1]
        assert home.region == answers[0]["FindingAggregationRegion"]
        assert [LINKED] == answers[0]["Regions"]

    def test_another_arn_is_not_found(self, linked: Hub, client: Any) -> None:
        """Another ARN is not found."""
        with refused("ResourceNotFoundException", "not found", 404):
            client.get_finding_aggregator(FindingAggregatorArn="arn:x")


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
