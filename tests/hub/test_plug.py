"""Our Security Hub stands where moto's stood."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from botocore.session import Session
from moto import mock_aws
from moto.backends import get_backend

from playground.hub import Hub, hub, install
from playground.hub.plug import BACKENDS
from tests.hub.conftest import Place, connect
from tests.hub.samples import ACCOUNT, REGION, asff, ids, matching, refused


class TestSeams:
    """The private parts of moto 5.2.5 that playground.hub.plug stands on."""

    def test_moto_finds_our_backends_where_it_looks_for_its_own(self) -> None:
        """Moto finds our backends where it looks for its own."""
        install()

        assert stood_in() is BACKENDS

    def test_installing_again_changes_nothing(self) -> None:
        """Installing again changes nothing."""
        install()
        install()

        assert stood_in() is BACKENDS

    def test_mock_empties_hub_held_from_before(self) -> None:
        """A hub that is held from before a mock is the mock's hub, emptied."""
        install()
        before = hub(ACCOUNT, REGION)
        before.load([asff()])
        with mock_aws():
            assert before is hub(ACCOUNT, REGION)
            assert 0 == len(before.findings)

    def test_servers_reset_empties_hub(self, endpoint: str) -> None:
        """The server's reset empties the hub."""
        held = hub(ACCOUNT, REGION)
        held.load([asff()])
        connection = HTTPConnection(urlsplit(endpoint).netloc)
        connection.request("POST", "/moto-api/reset")
        connection.getresponse().read()
        connection.close()

        assert 0 == len(held.findings)


class TestBothWays:
    """mock_aws and ThreadedMotoServer give the same answers."""

    def test_filter_narrows_get_findings(self, place: Place) -> None:
        """A filter narrows what GetFindings gives, which stock moto's does not."""
        place.hub.load([asff(1), asff(2, Severity={"Label": "LOW"})])
        answer = place.client.get_findings(Filters=matching("SeverityLabel", "EQUALS", "LOW"))

        assert ["finding-0002"] == ids(answer)

    def test_update_shows_in_next_get_findings(self, place: Place) -> None:
        """BatchUpdateFindings changes what GetFindings gives next."""
        place.hub.load([asff()])
        place.client.batch_update_findings(
            FindingIdentifiers=[{"Id": "finding-0001", "ProductArn": asff()["ProductArn"]}],
            Workflow={"Status": "NOTIFIED"},
        )
        finding = place.client.get_findings()["Findings"][0]

        assert {"Status": "NOTIFIED"} == finding["Workflow"]

    def test_error_of_service_model_arrives_as_botocores_class_for_it(self, place: Place) -> None:
        """An error of the service model arrives as botocore's class for it."""
        place.hub.disable()
        with pytest.raises(place.client.exceptions.InvalidAccessException):
            place.client.get_findings()

    def test_unmodelled_operation_says_so(self, place: Place) -> None:
        """An operation that the hub does not model says so, and is in the journal."""
        with refused("NotModelled", "ListInvitations", 501):
            place.client.list_invitations()

        assert [("ListInvitations", 501)] == [(call.operation, call.status) for call in place.hub.calls]

    def test_arn_in_path_arrives_whole(self, place: Place) -> None:
        """An ARN in the path, colons and slashes and all, arrives whole."""
        arn = f"arn:aws:securityhub:{REGION}:{ACCOUNT}:finding-aggregator/x"
        with refused("ResourceNotFoundException", arn, 404):
            place.client.get_finding_aggregator(FindingAggregatorArn=arn)

    def test_query_string_keeps_numbers_and_lists(self, place: Place) -> None:
        """Numbers and lists in the query string arrive as such."""
        answer = place.client.list_security_control_definitions(MaxResults=3, Providers=["AWS", "GCP"])

        assert 3 == len(answer["SecurityControlDefinitions"])

    def test_body_like_a_query_goes_by_its_path(self, place: Place) -> None:
        """A body that holds `&Action=` is still taken for what its path says."""
        place.hub.load([asff(Title="a&Action=ListMembers&b")])
        filters = matching("Title", "EQUALS", "a&Action=ListMembers&b")

        assert ["finding-0001"] == ids(place.client.get_findings(Filters=filters))

    def test_text_beyond_ascii_comes_back_as_it_went_in(self, place: Place) -> None:
        """Text beyond ASCII comes back as it went in."""
        place.hub.load([asff(Title="監査ログ")])

        assert "監査ログ" == place.client.get_findings()["Findings"][0]["Title"]


class TestRawRequests:
    """What only a client other than botocore would send."""

    @pytest.mark.parametrize("body", [b"{", b"[]"])
    def test_body_that_is_no_json_object_is_refused(self, endpoint: str, body: bytes) -> None:
        """A body that is no JSON object is refused, not taken for an empty one."""
        status, answer = post(f"{endpoint}/findings", body)

        assert 400 == status
        assert "SerializationException" == answer["Code"]

    def test_parameter_that_service_model_does_not_know_is_refused(self, endpoint: str) -> None:
        """A parameter that the service model does not know is refused, not ignored."""
        status, answer = post(f"{endpoint}/findings", b'{"Filter": {}}')

        assert 400 == status
        assert "InvalidInputException" == answer["Code"]
        assert "additional property 'Filter'" in answer["Message"]

    def test_path_of_no_operation_is_unknown_operation(self, endpoint: str) -> None:
        """A path of no operation is an unknown operation."""
        status, answer = post(f"{endpoint}/nowhere", b"")

        assert 404 == status
        assert "UnknownOperationException" == answer["Code"]


class TestIsolation:
    """A hub is of one account in one Region."""

    def test_another_regions_hub_is_another_hub(self, home: Hub, session: Session) -> None:
        """Another Region's hub is another hub, not enabled."""
        client = connect(session, "us-east-1")
        with refused("InvalidAccessException", "not subscribed", 401):
            client.get_findings()

    def test_another_accounts_hub_is_another_hub(self, home: Hub) -> None:
        """Another account's hub is another hub."""
        assert hub("999999999999", REGION) is not home

    def test_region_that_aws_does_not_have_has_no_hub(self) -> None:
        """A Region that AWS does not have has no hub."""
        with pytest.raises(KeyError):
            hub(ACCOUNT, "nowhere-1")


def stood_in() -> object:
    """Look where moto looks for the backends of Security Hub."""
    return get_backend("securityhub")  # type: ignore[call-overload]  # the stubs do not know all services


def post(url: str, body: bytes) -> tuple[int, dict[str, str]]:
    """Send a request to Security Hub past botocore; give status and body of the refusal."""
    scope = f"AKIAIOSFODNN7EXAMPLE/20261124/{REGION}/securityhub/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    hub(ACCOUNT, REGION).enable()
    connection = HTTPConnection(urlsplit(url).netloc)
    connection.request("POST", urlsplit(url).path, body, headers)
    answer = connection.getresponse()
    given = answer.status, json.loads(answer.read())
    connection.close()
    return given
