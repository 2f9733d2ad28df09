"""What Slack tells of files, from Bolt's app to the job and the answer."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from slack_bolt import BoltRequest, BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot.domain.job import EditJob, Requester
from tests.unit.world.slack import SECRET, THROTTLED, Side


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Side:
    """Return Slack's side."""
    return Side(monkeypatch)


def told(side: Side, retry: int = 0, **changes: Any) -> BoltResponse:
    """Tell of a file as the Events API does."""
    event = {
        "type": "file_shared",
        "channel_id": "C0SECURITY",
        "file_id": "F1",
        "user_id": "U0PERSON",
        "file": {"id": "F1"},
        "event_ts": "1795480200.000300",
    }
    body = json.dumps(
        {
            "token": "deprecated",
            "team_id": "T0LOCAL",
            "api_app_id": "A0SECHUB",
            "event": event | changes,
            "type": "event_callback",
            "event_id": "Ev1",
            "event_time": 1795480200,
            "authorizations": [{"team_id": "T0LOCAL", "user_id": "U0SECHUB", "is_bot": True}],
        }
    )
    timestamp = str(int(time.time()))
    headers = {
        "content-type": ["application/json"],
        "x-slack-request-timestamp": [timestamp],
        "x-slack-signature": [
            str(SignatureVerifier(SECRET).generate_signature(timestamp=timestamp, body=body))
        ],
    }
    if retry:
        headers |= {"x-slack-retry-num": [str(retry)], "x-slack-retry-reason": ["http_timeout"]}
    return side.app.dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type]


class TestFileShared:
    """Somebody has shared a file."""

    def test_file_event_dispatches_a_job(self, side: Side) -> None:
        """The job has the file, where it is and whose; no call to Slack is made."""
        answer = told(side)

        assert EditJob("slack/Ev1", "F1", "C0SECURITY", Requester("U0PERSON", "")) == side.job
        assert 200 == answer.status
        assert [] == side.calls

    def test_repeated_event_has_the_same_key(self, side: Side) -> None:
        """Slack repeats what it believes not to have arrived; the job has the same key each time."""
        for retry in range(3):
            told(side, retry)

        assert {"slack/Ev1"} == {job.key for job in side.jobs.jobs}

    def test_bots_own_file_is_ignored(self, side: Side) -> None:
        """The bot shares a CSV with each report, of which it is told too."""
        assert 200 == told(side, user_id="U0SECHUB").status
        assert [] == side.jobs.jobs

    def test_failed_dispatch_makes_slack_repeat_the_event(self, side: Side) -> None:
        """An answer other than 200 makes Slack tell of it again, in a minute and in five."""
        side.jobs.error = THROTTLED

        assert 503 == told(side).status
