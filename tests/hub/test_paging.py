"""How GetFindings gives many findings."""

from __future__ import annotations

import json
import math
from itertools import islice
from typing import Any

import pytest
from botocore.session import Session

from playground.hub import Hub, hub
from playground.hub.findings.finding import MAX_BYTES, size_of
from tests.hub.conftest import Place, connect
from tests.hub.samples import Clock, asff, identifier, ids, matching, refused

FAILED = matching("ComplianceStatus", "EQUALS", "FAILED")


class TestPages:
    """Source: operation GetFindings, parameters MaxResults and NextToken, in botocore's service model."""

    @pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 250])
    def test_reader_gets_each_finding_once(self, home: Hub, client: Any, count: int) -> None:
        """For n findings a reader needs max(1, n/100 rounded up) calls and gets each finding once."""
        home.load(asff(number) for number in range(count))
        pages = client.get_paginator("get_findings").paginate(PaginationConfig={"PageSize": 100})
        found = [name for page in islice(pages, 5) for name in ids(page)]

        assert [asff(number)["Id"] for number in range(count)] == found
        assert max(1, math.ceil(count / 100)) == len(home.calls)

    def test_no_token_at_the_end(self, place: Place) -> None:
        """The last page has no token, even when it is full."""
        place.hub.load(asff(number) for number in range(4))
        first = place.client.get_findings(MaxResults=2)
        second = place.client.get_findings(MaxResults=2, NextToken=first["NextToken"])

        assert "NextToken" not in second

    @pytest.mark.parametrize("size", [1, 100])
    def test_page_holds_as_many_as_asked_for(self, home: Hub, client: Any, size: int) -> None:
        """A page holds as many as asked for."""
        home.load(asff(number) for number in range(101))

        assert size == len(client.get_findings(MaxResults=size)["Findings"])

    def test_page_size_above_100_is_refused(self, client: Any) -> None:
        """More than 100 is refused; botocore lets it through."""
        with refused("InvalidInputException", "data.MaxResults should be <= 100"):
            client.get_findings(MaxResults=101)

    def test_page_of_largest_findings_comes_whole(self, place: Place) -> None:
        """A page of 100 findings of 240 KB comes whole."""
        filler = "x" * (MAX_BYTES - size_of(asff(1000, ProductFields={"x": ""})))
        place.hub.load(asff(1000 + number, ProductFields={"x": filler}) for number in range(100))
        page = place.client.get_findings(MaxResults=100)

        assert 100 == len(page["Findings"])
        assert 100 * MAX_BYTES <= len(json.dumps(page["Findings"]))

    def test_pages_are_no_snapshot(self, home: Hub, client: Any) -> None:
        """There is no snapshot: what leaves the query between pages moves the rest up."""
        home.load(asff(number) for number in range(4))
        first = client.get_findings(Filters=FAILED, MaxResults=2)
        home.load([asff(0, Compliance={"Status": "PASSED"})])
        second = client.get_findings(Filters=FAILED, MaxResults=2, NextToken=first["NextToken"])

        assert ["finding-0000", "finding-0001"] == ids(first)
        assert ["finding-0003"] == ids(second)


class TestTokens:
    """
    A token belongs to its query, its hub and its time.

    Source: https://github.com/demisto/content/issues/11476 (the message) and
    https://github.com/writer/cerebro/issues/932 (stale tokens).
    """

    def token(self, home: Hub, client: Any, **query: Any) -> str:
        """Get the token of a second page."""
        home.load(asff(number) for number in range(3))
        return str(client.get_findings(MaxResults=1, **query)["NextToken"])

    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"Filters": matching("ComplianceStatus", "EQUALS", "FAILED", "WARNING")},
            {"Filters": FAILED, "SortCriteria": [{"Field": "Id", "SortOrder": "asc"}]},
        ],
    )
    def test_token_with_other_filters_or_another_order_is_refused(
        self, home: Hub, client: Any, changed: dict[str, Any]
    ) -> None:
        """A token with other filters or another order is refused."""
        token = self.token(home, client, Filters=FAILED)
        with refused("InvalidInputException", "Invalid NextToken: Input Query has changed"):
            client.get_findings(NextToken=token, **changed)

    def test_same_query_may_ask_for_another_number_of_findings(self, home: Hub, client: Any) -> None:
        """The same query may ask for another number of findings."""
        token = self.token(home, client, Filters=FAILED)

        assert 2 == len(client.get_findings(NextToken=token, Filters=FAILED, MaxResults=50)["Findings"])

    @pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "A" * 400])
    def test_made_up_token_is_refused(self, client: Any, token: str) -> None:
        """What was never a token is refused."""
        with refused("InvalidInputException", "Invalid NextToken"):
            client.get_findings(NextToken=token)

    def test_altered_token_is_refused(self, home: Hub, client: Any) -> None:
        """A token that somebody has altered is refused."""
        token = self.token(home, client)
        altered = token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:]
        with refused("InvalidInputException", "Invalid NextToken"):
            client.get_findings(NextToken=altered)

    def test_token_is_good_until_its_seconds_are_over(self, home: Hub, client: Any, clock: Clock) -> None:
        """A token is good until its seconds are over."""
        home.knobs.token_seconds = 60
        token = self.token(home, client)
        clock.sleep(59)
        client.get_findings(NextToken=token)
        clock.sleep(1)
        with refused("InvalidInputException", "Invalid NextToken"):
            client.get_findings(NextToken=token)

    def test_token_of_one_region_is_none_in_another(self, home: Hub, client: Any, session: Session) -> None:
        """A token of one Region is none in another."""
        token = self.token(home, client)
        hub(home.account_id, "us-east-1").enable()
        with refused("InvalidInputException", "Invalid NextToken"):
            connect(session, "us-east-1").get_findings(NextToken=token)


class TestOrder:
    """Source: shape SortCriterion in botocore's service model."""

    def test_first_criterion_goes_before_second(self, home: Hub, client: Any) -> None:
        """The first criterion goes before the second; what lacks the field comes last."""
        severities = (None, {"Normalized": 40}, {"Normalized": 90}, {"Normalized": 40})
        for number, severity in enumerate(severities):
            home.load([asff(number, Severity=severity, UpdatedAt=f"2026-11-0{number + 1}T00:00:00Z")])
        order = [
            {"Field": "SeverityNormalized", "SortOrder": "desc"},
            {"Field": "UpdatedAt", "SortOrder": "desc"},
        ]
        found = ids(client.get_findings(SortCriteria=order))

        assert ["finding-0002", "finding-0003", "finding-0001", "finding-0000"] == found

    def test_second_page_goes_on_where_first_ended(self, home: Hub, client: Any) -> None:
        """A second page goes on where the first ended."""
        home.load(asff(number, Title=str(9 - number)) for number in range(3))
        order = [{"Field": "Title", "SortOrder": "asc"}]
        first = client.get_findings(SortCriteria=order, MaxResults=2)
        second = client.get_findings(SortCriteria=order, MaxResults=2, NextToken=first["NextToken"])

        assert ["finding-0002", "finding-0001", "finding-0000"] == ids(first) + ids(second)

    def test_field_that_hub_cannot_sort_by_is_refused_by_name(self, client: Any) -> None:
        """A field that the hub cannot sort by is refused by name."""
        with refused("NotModelled", "sorting by Criticality", 501):
            client.get_findings(SortCriteria=[{"Field": "Criticality", "SortOrder": "asc"}])

    @pytest.mark.parametrize("criterion", [{"Field": "Id"}, {"SortOrder": "asc"}])
    def test_criterion_without_field_or_order_is_refused(
        self, client: Any, criterion: dict[str, str]
    ) -> None:
        """A criterion without field or order is refused (believed, not documented)."""
        with refused("InvalidInputException", "data.SortCriteria[0] should have required property"):
            client.get_findings(SortCriteria=[criterion])


class TestIndex:
    """The indexes behind the filters follow every change."""

    def test_finding_that_comes_after_query_is_in_next_answer(self, home: Hub, client: Any) -> None:
        """A finding that comes after a query is in the next answer, also of a negative filter."""
        expected, forbidden = (matching("Title", how, "a") for how in ("EQUALS", "NOT_EQUALS"))
        assert [] == ids(client.get_findings(Filters=expected)) + ids(client.get_findings(Filters=forbidden))

        home.load([asff(1, Title="a"), asff(2, Title="b")])

        assert ["finding-0001"] == ids(client.get_findings(Filters=expected))
        assert ["finding-0002"] == ids(client.get_findings(Filters=forbidden))

    def test_marked_finding_leaves_one_status_and_enters_other(self, home: Hub, client: Any) -> None:
        """A marked finding leaves one status and enters the other."""
        home.load([asff(1), asff(2)])
        new, notified = (matching("WorkflowStatus", "EQUALS", status) for status in ("NEW", "NOTIFIED"))
        assert 2 == len(client.get_findings(Filters=new)["Findings"])

        client.batch_update_findings(FindingIdentifiers=[identifier(1)], Workflow={"Status": "NOTIFIED"})

        assert ["finding-0002"] == ids(client.get_findings(Filters=new))
        assert ["finding-0001"] == ids(client.get_findings(Filters=notified))

    def test_loading_finding_again_replaces_it(self, home: Hub) -> None:
        """Loading a finding again replaces it."""
        home.load([asff(1, Title="a")])
        home.load([asff(1, Title="b")])

        assert 1 == len(home.findings)
        assert "b" == home.finding("finding-0001")["Title"]
