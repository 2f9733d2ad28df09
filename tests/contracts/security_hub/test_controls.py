"""Controls: the catalogue, of the fake and of Security Hub's adapter."""

from __future__ import annotations

import pytest

from bot.adapters.sdk import client
from bot.adapters.security_hub import CATALOGUE_SECONDS, SecurityHubControls
from bot.domain.finding import Severity
from bot.errors import AccessDeniedError, SecurityHubDisabledError, UnavailableError
from bot.ports import Controls
from playground.hub import Hub
from tests.fakes import FakeControls


@pytest.fixture(params=["fake", "security-hub"])
def controls(request: pytest.FixtureRequest) -> Controls:
    """Return the port."""
    if request.param == "fake":
        return FakeControls()
    request.getfixturevalue("hub")
    return SecurityHubControls(client("securityhub"))


class TestCatalogue:
    """The controls that Security Hub knows."""

    @pytest.mark.parametrize(
        ("typed", "control_id"), [("s3.8", "S3.8"), ("AUTOSCALING.5", "Autoscaling.5"), ("ecr.1", "ECR.1")]
    )
    def test_control_lookup_returns_security_hubs_spelling(
        self, controls: Controls, typed: str, control_id: str
    ) -> None:
        """A control is found in any case and has Security Hub's own spelling."""
        assert (control_id,) == controls.catalogue().resolve([typed])

    def test_control_has_title_and_severity(self, controls: Controls) -> None:
        """A control has a title and a severity."""
        control = controls.catalogue().get("EC2.19")

        assert control
        assert control.title.startswith("Security groups should not allow unrestricted access to ports")
        assert Severity.CRITICAL == control.severity


class TestStandards:
    """The standards that Security Hub knows."""

    def test_standards_tell_whether_they_are_enabled(self, controls: Controls) -> None:
        """All standards are there, with those that are enabled."""
        found = {standard.id: standard.is_enabled for standard in controls.standards()}

        assert found["standards/aws-foundational-security-best-practices/v/1.0.0"]
        assert found["ruleset/cis-aws-foundations-benchmark/v/1.2.0"]
        assert not found["standards/pci-dss/v/4.0.1"]


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class TestSecurityHub:
    """What only the adapter can show."""

    def test_523_controls_are_six_calls(self, hub: Hub) -> None:
        """523 controls are six calls, for at most a hundred each."""
        catalogue = SecurityHubControls(client("securityhub")).catalogue()

        assert 523 == len(catalogue.controls)
        assert ["ListSecurityControlDefinitions"] * 6 == [call.operation for call in hub.calls]

    def test_catalogue_is_cached_for_an_hour(self, hub: Hub) -> None:
        """Within an hour it makes no call, after it it reads again."""
        clock = Clock()
        controls = SecurityHubControls(client("securityhub"), clock)
        counts = []
        for clock.now in (0.0, float(CATALOGUE_SECONDS), CATALOGUE_SECONDS + 1.0):
            controls.catalogue()
            counts.append(len(hub.calls))

        assert [6, 6, 12] == counts

    def test_failed_catalogue_is_read_again(self, hub: Hub) -> None:
        """After a failure it reads again, and a half-read catalogue is none."""
        controls = SecurityHubControls(client("securityhub"))
        hub.fail_next("ListSecurityControlDefinitions", "AccessDeniedException", status=403)
        with pytest.raises(AccessDeniedError) as caught:
            controls.catalogue()

        assert {"action": "securityhub:ListSecurityControlDefinitions"} == caught.value.values
        assert 523 == len(controls.catalogue().controls)

    def test_disabled_security_hub_is_an_error(self, hub: Hub) -> None:
        """Where Security Hub is not enabled that is what it says."""
        hub.disable()

        with pytest.raises(SecurityHubDisabledError):
            SecurityHubControls(client("securityhub")).catalogue()

    def test_broken_answer_is_no_empty_catalogue(self, hub: Hub) -> None:
        """An answer that breaks off is not an empty catalogue."""
        for _ in range(20):
            hub.drop_next("ListSecurityControlDefinitions")

        with pytest.raises(UnavailableError):
            SecurityHubControls(client("securityhub")).catalogue()
