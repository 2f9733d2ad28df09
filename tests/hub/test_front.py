"""What happens to a call whichever operation it is: rates, latency, ordered failures, the journal."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.config import Config
from botocore.model import OperationNotFoundError
from botocore.session import Session

from playground.hub import Call, Hub, hub
from tests.hub.conftest import Place, connect
from tests.hub.samples import ACCOUNT, Clock, asff, identifier, ids, matching, refused

UPDATE = {"FindingIdentifiers": [identifier()], "Workflow": {"Status": "NOTIFIED"}}
READ_ONCE = {"GetFindings": {}, "DescribeHub": {}, "BatchUpdateFindings": UPDATE}


def call(client: Any, operation: str) -> Any:
    """Make a call that is valid."""
    method = {"GetFindings": "get_findings", "DescribeHub": "describe_hub"}
    return getattr(client, method.get(operation, "batch_update_findings"))(**READ_ONCE[operation])


class TestRates:
    """
    Source: "The following throttling limits apply", documentation of the service in botocore's service model.

    The refusal is the gateway's: https://github.com/prowler-cloud/prowler/issues/5004.
    """

    @pytest.mark.parametrize(
        ("operation", "rate", "burst"),
        [("GetFindings", 3, 6), ("DescribeHub", 10, 30), ("BatchUpdateFindings", 10, 30)],
    )
    def test_rate_limits_calls_after_burst(
        self, home: Hub, client: Any, clock: Clock, operation: str, rate: int, burst: int
    ) -> None:
        """After a burst, an operation is taken as often a second as its rate says."""
        home.knobs.throttled = True
        for _ in range(burst):
            call(client, operation)
        with refused("TooManyRequestsException", "Too Many Requests", 429):
            call(client, operation)
        clock.sleep(1)
        for _ in range(rate):
            call(client, operation)
        with refused("TooManyRequestsException", "Too Many Requests", 429):
            call(client, operation)

    def test_refills_to_the_burst(self, home: Hub, client: Any, clock: Clock) -> None:
        """An hour of silence saves up no more than a burst."""
        home.knobs.throttled = True
        call(client, "GetFindings")
        clock.sleep(3600)
        for _ in range(6):
            call(client, "GetFindings")
        with refused("TooManyRequestsException", "", 429):
            call(client, "GetFindings")

    def test_one_operations_rate_is_not_anothers(self, home: Hub, client: Any, clock: Clock) -> None:
        """One operation's rate is not another's."""
        home.knobs.throttled = True
        for _ in range(6):
            call(client, "GetFindings")

        assert call(client, "DescribeHub")["HubArn"]

    def test_throttling_is_off_at_first(self, home: Hub, client: Any, clock: Clock) -> None:
        """Nobody is throttled who has not asked for it."""
        for _ in range(40):
            call(client, "GetFindings")

        assert {200} == {call.status for call in home.calls}

    def test_throttle_reaches_client_as_gateway_error(self, place: Place) -> None:
        """The refusal reaches the client as an error that the service model does not have."""
        place.hub.knobs.throttled = True
        place.hub.knobs.clock = Clock()
        for _ in range(6):
            place.client.get_findings()
        with refused("TooManyRequestsException", "Too Many Requests", 429):
            place.client.get_findings()

        assert not hasattr(place.client.exceptions, "TooManyRequestsException")

    def test_client_that_may_retry_takes_refusal_for_throttle(self, home: Hub, session: Session) -> None:
        """A client that may retry takes the refusal for a throttle, and tries again."""
        home.fail_next("GetFindings", "TooManyRequestsException", 429, message="Too Many Requests")
        client = connect(session, config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
        client.get_findings()

        assert [429, 200] == [call.status for call in home.calls]


class TestLatency:
    """A call takes as long as the knob says."""

    def test_hub_waits_before_it_answers(self, home: Hub, client: Any, clock: Clock) -> None:
        """The hub waits before it answers."""
        home.knobs.latency_seconds = 0.4
        before = clock.seconds
        client.get_findings()

        assert pytest.approx(0.4) == clock.seconds - before


class TestOrderedFailures:
    """What a test orders happens, in that order, and then no more."""

    def test_ordered_error_answers_as_many_calls_as_ordered(self, place: Place) -> None:
        """An ordered error answers as many calls as ordered."""
        place.hub.fail_next("GetFindings", "InternalException", 500, count=2, message="broken")
        for _ in range(2):
            with refused("InternalException", "broken", 500):
                place.client.get_findings()

        assert [] == ids(place.client.get_findings())

    def test_other_operations_go_on(self, home: Hub, client: Any) -> None:
        """Other operations go on."""
        home.fail_next("GetFindings", "AccessDeniedException", 403)

        assert client.describe_hub()["HubArn"]

    def test_errors_come_in_order_in_which_they_were_ordered(self, home: Hub, client: Any) -> None:
        """Errors come in the order in which they were ordered."""
        home.fail_next("GetFindings", "LimitExceededException", 429)
        home.fail_next("GetFindings", "AccessDeniedException", 403)
        with refused("LimitExceededException", "", 429):
            client.get_findings()
        with refused("AccessDeniedException", "", 403):
            client.get_findings()

    def test_ordered_error_changes_nothing(self, home: Hub, client: Any) -> None:
        """A call that is answered with an error changes nothing."""
        home.load([asff()])
        home.fail_next("BatchUpdateFindings", "InternalException", 500)
        with refused("InternalException", "", 500):
            client.batch_update_findings(**UPDATE)

        assert "NEW" == home.finding("finding-0001")["Workflow"]["Status"]

    def test_unknown_operation_cannot_be_ordered_to_fail(self, home: Hub) -> None:
        """An operation that AWS does not have cannot be ordered to fail."""
        with pytest.raises(OperationNotFoundError):
            home.fail_next("GetFinding", "InternalException")


class TestDelays:
    """What a test orders comes later, and then no more."""

    def test_ordered_call_is_answered_later(self, home: Hub, client: Any, clock: Clock) -> None:
        """The calls before and after are answered as usual, and other operations always."""
        home.knobs.latency_seconds = 1
        home.hang_next("GetFindings", 60, count=2, after=1)
        seconds = []
        for operation in ("GetFindings", "DescribeHub", *["GetFindings"] * 3):
            before = clock.seconds
            call(client, operation)
            seconds.append(clock.seconds - before)

        assert [1, 1, 61, 61, 1] == seconds


class TestPolicies:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html."""

    def test_denied_operation_is_refused_until_policy_allows_it(self, home: Hub, client: Any) -> None:
        """A denied operation is refused, also without Security Hub; the others are answered."""
        home.knobs.denied = frozenset({"GetFindings"})
        home.disable()
        with refused("AccessDeniedException", "service control policy", 403):
            client.get_findings()
        home.enable()
        client.describe_hub()
        home.knobs.denied = frozenset()

        assert [] == ids(client.get_findings())


class TestRegions:
    """Each Region has its own rate, faults, policies, latency and journal."""

    @pytest.fixture
    def there(self, home: Hub, session: Session, clock: Clock) -> tuple[Hub, Any]:
        """Return the hub and a client of a linked Region, on the same clock."""
        there = hub(home.account_id, "us-east-1")
        there.enable()
        there.knobs.clock, there.knobs.sleep = clock, clock.sleep
        home.aggregate(there)
        return there, connect(session, there.region)

    def test_rate_of_one_region_is_not_anothers(self, home: Hub, client: Any, there: tuple[Hub, Any]) -> None:
        """A Region takes its own burst, whatever has been asked of another."""
        for one, asks in ((home, client), there):
            one.knobs.throttled = True
            for _ in range(6):
                call(asks, "GetFindings")
            with refused("TooManyRequestsException", "", 429):
                call(asks, "GetFindings")

        assert 7 == len(home.calls)
        assert 7 == len(there[0].calls)

    def test_faults_of_one_region_are_not_anothers(
        self, home: Hub, client: Any, there: tuple[Hub, Any], clock: Clock
    ) -> None:
        """A linked Region fails in each way, and the home Region answers meanwhile."""
        region, asks = there
        region.knobs.latency_seconds, before = 30, clock.seconds
        region.fail_next("GetFindings", "InternalException", 500)
        with refused("InternalException", "", 500):
            call(asks, "GetFindings")
        region.drop_next("GetFindings", after=1)
        call(asks, "GetFindings")
        assert "Findings" not in call(asks, "GetFindings")
        region.knobs.denied = frozenset({"GetFindings"})
        with refused("AccessDeniedException", "", 403):
            call(asks, "GetFindings")
        assert 120 == clock.seconds - before
        call(client, "GetFindings")

        assert 120 == clock.seconds - before
        assert [200] == [one.status for one in home.calls]


class TestCuts:
    """A cut comes in the middle of the body: botocore 1.44 does not notice and gives an empty answer."""

    def test_cut_answer_lacks_metadata(self, place: Place) -> None:
        """The client gets an answer that lacks what every answer has."""
        place.hub.load([asff()])
        place.hub.drop_next("GetFindings")

        assert "Findings" not in place.client.get_findings()
        assert ["finding-0001"] == ids(place.client.get_findings())

    def test_cut_call_takes_effect(self, place: Place) -> None:
        """The call has been carried out all the same."""
        place.hub.load([asff()])
        place.hub.drop_next("BatchUpdateFindings")
        place.client.batch_update_findings(**UPDATE)

        assert "NOTIFIED" == place.hub.finding("finding-0001")["Workflow"]["Status"]


class TestJournal:
    """Every call is written down."""

    def test_journal_keeps_parameters_and_status(self, place: Place) -> None:
        """A call is kept with its parameters and status, refused or not."""
        filters = matching("Title", "LIKE", "a")
        place.client.describe_hub()
        with refused("InvalidInputException"):
            place.client.get_findings(Filters=filters, MaxResults=5)

        assert [
            Call("DescribeHub", {}, 200),
            Call("GetFindings", {"Filters": filters, "MaxResults": 5}, 400),
        ] == place.hub.calls


class TestSubscription:
    """Source: EnableSecurityHub, DisableSecurityHub and DescribeHub in botocore's service model."""

    @pytest.mark.parametrize("operation", sorted(READ_ONCE))
    def test_call_without_subscription_is_invalid_access(
        self, home: Hub, client: Any, operation: str
    ) -> None:
        """Without a subscription a call is InvalidAccessException, HTTP 401."""
        home.disable()
        with refused("InvalidAccessException", f"Account {ACCOUNT} is not subscribed", 401):
            call(client, operation)

    def test_disabling_and_enabling_keeps_findings_and_counts_anew(
        self, home: Hub, client: Any, clock: Clock
    ) -> None:
        """Disabling and enabling keeps the findings and counts anew."""
        home.load([asff()])
        client.disable_security_hub()
        with refused("InvalidAccessException", "", 401):
            client.describe_hub()
        client.enable_security_hub(ControlFindingGenerator="STANDARD_CONTROL")
        answer = client.describe_hub()

        assert "2026-11-24T12:00:00.000Z" == answer["SubscribedAt"]
        assert "STANDARD_CONTROL" == answer["ControlFindingGenerator"]
        assert ["finding-0001"] == ids(client.get_findings())

    def test_enabling_again_is_conflict(self, client: Any) -> None:
        """
        Enabling again is a conflict.

        Source: https://github.com/nozaq/terraform-aws-secure-baseline/issues/135.
        """
        with refused("ResourceConflictException", "Account is already subscribed to Security Hub", 409):
            client.enable_security_hub()

    def test_hubs_arn_names_region_and_account(self, home: Hub, client: Any) -> None:
        """The hub's ARN names Region and account; another is not found."""
        arn = f"arn:aws:securityhub:{home.region}:{ACCOUNT}:hub/default"

        assert arn == client.describe_hub(HubArn=arn)["HubArn"]
        with refused("ResourceNotFoundException", "other", 404):
            client.describe_hub(HubArn="other")

    def test_tags_of_hub_are_not_modelled(self, home: Hub, client: Any) -> None:
        """Tags of the hub are not modelled, and say so."""
        home.disable()
        with refused("NotModelled", "tags", 501):
            client.enable_security_hub(Tags={"a": "b"})
