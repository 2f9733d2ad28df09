"""
The home Region's copies of another Region's findings, which are ahead of the Region or behind it.

Source: https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-overview.html.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import Session

from playground.hub import Hub, hub
from tests.hub.conftest import connect
from tests.hub.samples import Clock, asff, identifier, ids, matching

LINKED, LAG = "us-east-1", 60
NOTIFIED, SUPPRESSED = ({"Workflow": {"Status": status}} for status in ("NOTIFIED", "SUPPRESSED"))


@pytest.fixture
def linked(home: Hub, clock: Clock) -> Hub:
    """Return a linked Region's hub with findings 1 and 2, of which `home` shows copies."""
    linked = hub(home.account_id, LINKED)
    linked.enable()
    linked.knobs.clock = clock
    linked.load([asff(1), asff(2)])
    home.aggregate(linked)
    home.knobs.replica_seconds = LAG
    return linked


@pytest.fixture
def there(linked: Hub, session: Session) -> Any:
    """Return a client of the linked Region."""
    return connect(session, linked.region)


def statuses(client: Any) -> list[str]:
    """Return the workflow status of each finding that a Region shows."""
    return [finding["Workflow"]["Status"] for finding in client.get_findings()["Findings"]]


class TestBehind:
    """The copies are behind the Region."""

    def test_findings_from_before_are_shown_at_once(self, linked: Hub, client: Any) -> None:
        """A Region whose findings have been copied is shown as it is."""
        assert ["finding-0001", "finding-0002"] == ids(client.get_findings())

    def test_new_finding_is_shown_after_lag(self, linked: Hub, client: Any, there: Any, clock: Clock) -> None:
        """A new finding is in its Region at once, and in the home Region after the lag."""
        linked.report([asff(3)])
        before = ids(client.get_findings())
        clock.sleep(LAG)

        assert ["finding-0001", "finding-0002"] == before
        assert ["finding-0001", "finding-0002", "finding-0003"] == ids(there.get_findings())
        assert ids(there.get_findings()) == ids(client.get_findings())

    def test_copy_is_found_by_the_values_that_it_has(
        self, linked: Hub, client: Any, there: Any, clock: Clock
    ) -> None:
        """A filter is applied to the copy, and not to the finding."""
        passed = matching("ComplianceStatus", "EQUALS", "PASSED")
        linked.report([asff(1, Compliance={"Status": "PASSED"})])

        assert ["finding-0001"] == ids(there.get_findings(Filters=passed))
        assert [] == ids(client.get_findings(Filters=passed))
        clock.sleep(LAG)
        assert ["finding-0001"] == ids(client.get_findings(Filters=passed))

    def test_update_in_linked_region_is_shown_after_lag(
        self, linked: Hub, client: Any, there: Any, clock: Clock
    ) -> None:
        """An update in the linked Region is shown at home after the lag."""
        there.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)

        assert ["NOTIFIED", "NEW"] == statuses(there)
        assert ["NEW", "NEW"] == statuses(client)
        clock.sleep(LAG)
        assert ["NOTIFIED", "NEW"] == statuses(client)

    def test_finding_that_is_not_copied_cannot_be_updated_at_home(self, linked: Hub, client: Any) -> None:
        """The home Region does not know a finding before it has its copy."""
        linked.report([asff(3)])
        answer = client.batch_update_findings(FindingIdentifiers=[identifier(3)], **NOTIFIED)

        assert "FindingNotFound" == answer["UnprocessedFindings"][0]["ErrorCode"]

    def test_shorter_lag_overtakes_nothing(self, home: Hub, linked: Hub, client: Any, clock: Clock) -> None:
        """A later change is not shown before an earlier one, also if the lag has become shorter."""
        linked.report([asff(1, Title="first")])
        home.knobs.replica_seconds = 1
        linked.report([asff(1, Title="second")])
        clock.sleep(LAG)

        assert "second" == client.get_findings()["Findings"][0]["Title"]


class TestAhead:
    """The copies are ahead of the Region."""

    def test_update_at_home_reaches_linked_region_after_lag(
        self, linked: Hub, client: Any, there: Any, clock: Clock
    ) -> None:
        """An update is shown at home at once, and in the linked Region after the lag."""
        client.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)

        assert ["NOTIFIED", "NEW"] == statuses(client)
        assert ["NEW", "NEW"] == statuses(there)
        clock.sleep(LAG)
        assert ["NOTIFIED", "NEW"] == statuses(there)
        assert ["NOTIFIED", "NEW"] == statuses(client)

    def test_update_will_be_seen_in_the_end(self, home: Hub, linked: Hub, client: Any) -> None:
        """A test sees the update that has not reached the Region yet."""
        client.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)

        assert "NOTIFIED" == home.finding("finding-0001")["Workflow"]["Status"]

    @pytest.mark.parametrize("seconds", range(0, 3 * LAG, LAG // 2))
    def test_report_of_region_does_not_undo_update_at_home(
        self, linked: Hub, client: Any, clock: Clock, seconds: int
    ) -> None:
        """A change that comes from the Region leaves the update on the copy as it is, at any time."""
        linked.report([asff(1, Title="other")])
        client.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)
        clock.sleep(seconds)
        (finding,) = client.get_findings(Filters=matching("Id", "EQUALS", "finding-0001"))["Findings"]

        assert "NOTIFIED" == finding["Workflow"]["Status"]
        assert (seconds >= LAG) == (finding["Title"] == "other")

    def test_later_update_counts(self, linked: Hub, client: Any, there: Any, clock: Clock) -> None:
        """Of an update at home and a later one in the Region, the later one counts in the end, everywhere."""
        client.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)
        clock.sleep(LAG)
        there.batch_update_findings(FindingIdentifiers=[identifier(1)], **SUPPRESSED)
        clock.sleep(2 * LAG)

        assert ["SUPPRESSED", "NEW"] == statuses(there)
        assert ["SUPPRESSED", "NEW"] == statuses(client)

    def test_lag_of_updates_comes_on_top(
        self, home: Hub, linked: Hub, client: Any, there: Any, clock: Clock
    ) -> None:
        """If updates become visible late at home, they are in the linked Region still later."""
        home.knobs.lag_seconds = 10
        client.batch_update_findings(FindingIdentifiers=[identifier(1)], **NOTIFIED)
        seen = []
        for seconds in (9, 1, LAG - 1, 1):
            clock.sleep(seconds)
            seen.append((statuses(client)[0], statuses(there)[0]))

        assert [("NEW", "NEW"), ("NOTIFIED", "NEW"), ("NOTIFIED", "NEW"), ("NOTIFIED", "NOTIFIED")] == seen


class TestMembers:
    """The findings of members in another Region are copied too."""

    def test_members_finding_in_linked_region_is_a_copy_at_home(
        self, home: Hub, linked: Hub, client: Any, there: Any, clock: Clock
    ) -> None:
        """A member's finding comes to the administrator's home Region after the lag; its own has none."""
        far, near = (hub("234567890123", region) for region in (LINKED, home.region))
        for member in (far, near):
            member.enable()
        home.aggregate(linked, far, near)
        far.report([asff(3)])
        near.report([asff(4)])

        assert ["finding-0001", "finding-0002", "finding-0003"] == ids(there.get_findings())
        assert ["finding-0001", "finding-0002", "finding-0004"] == ids(client.get_findings())
        clock.sleep(LAG)
        assert 4 == len(client.get_findings()["Findings"])
