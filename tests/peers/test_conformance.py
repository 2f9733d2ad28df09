"""The local Slack answers as emulate does, except where calls.yaml says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peers import places
from tests.peers.calls import Call, calls
from tests.peers.places import Place

pytestmark = [
    pytest.mark.xdist_group("conformance"),  # one of each, not one a worker
    pytest.mark.filterwarnings("ignore:The top-level `text`:UserWarning"),  # slack_sdk's, where there is none
]

CALLS = calls()
GAPS = [call for call in CALLS if call.gap]


@pytest.fixture(scope="module")
def emulate(_installed: None) -> Iterator[Place]:
    """Return emulate."""
    with places.emulated() as place:
        yield place


@pytest.fixture(scope="module")
def local() -> Iterator[Place]:
    """Return the local Slack."""
    with places.local() as place:
        yield place


class TestLocalSlack:
    """The local Slack."""

    @pytest.mark.parametrize("call", CALLS, ids=str)
    def test_local_slack_answers_as_slack(self, local: Place, call: Call) -> None:
        """It answers as Slack."""
        assert call.answer == call.tried(local.client(call.token), local.names)


class TestEmulate:
    """The peer."""

    @pytest.mark.parametrize("call", CALLS, ids=str)
    def test_emulator_answers_as_local_slack(self, emulate: Place, call: Call) -> None:
        """It answers the same; a gap that has closed is no gap any more."""
        expected = call.gap.answer if call.gap else call.answer

        assert expected == call.tried(emulate.client(call.token), emulate.names)


class TestGaps:
    """What is known to differ."""

    @pytest.mark.parametrize("call", GAPS, ids=str)
    def test_each_gap_is_a_difference_with_reason(self, call: Call) -> None:
        """A gap is a difference, and has a reason."""
        assert call.gap is not None
        assert call.gap.answer != call.answer
        assert call.gap.reason
