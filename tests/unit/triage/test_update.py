"""How changes are cut into the batches that are updated one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.security_hub import to_batches
from bot.domain.finding import FindingIdentifier, WorkflowStatus
from bot.domain.triage import Change, FindingState, Location
from bot.usecases.triage.update import BATCH, CALLS, cut_into_batches

PLACE = Location("S3.8", "123456789012", "eu-west-1", "arn:aws:s3:::bucket")


def changes_of(runs: list[int]) -> list[Change]:
    """Make changes of which so many that follow each other set the same fields."""
    before = FindingState(WorkflowStatus.NEW)
    fields = [{"ticket": str(number)} for number, length in enumerate(runs) for _ in range(length)]
    return [
        Change(
            number,
            FindingIdentifier(f"arn:{number}", "arn:product"),
            PLACE,
            before,
            FindingState(WorkflowStatus.NOTIFIED, None, own),
            0,
        )
        for number, own in enumerate(fields)
    ]


def call_count(batch: list[Change]) -> int:
    """Count the calls that update a batch."""
    return sum(1 for _ in to_batches((change.identifier, change.values) for change in batch))


class TestBatches:
    """What is updated before that is written down."""

    @given(st.lists(st.integers(1, 250), max_size=30))
    def test_batches_have_every_change_and_few_calls(self, runs: list[int]) -> None:
        """Whatever the findings have of their own, a batch ends in time, and none begins before it must."""
        changes = changes_of(runs)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("bot.usecases.triage.update.BATCH", 300)
            patched.setattr("bot.usecases.triage.update.CALLS", 7)
            batches = list(cut_into_batches(changes))

        assert changes == [change for batch in batches for change in batch]
        assert all(len(batch) <= 300 and call_count(batch) <= 7 for batch in batches)
        assert all(len(batch) == 300 or call_count(batch) == 7 for batch in batches[:-1])

    def test_batches_of_findings_with_tickets_of_their_own_are_small(self) -> None:
        """A call for each finding: a batch is as many as a minute allows."""
        assert [CALLS, CALLS, 1] == [
            len(batch) for batch in cut_into_batches(changes_of([1] * (2 * CALLS + 1)))
        ]

    def test_batches_of_findings_that_are_alike_are_large(self) -> None:
        """A hundred of them are a call."""
        assert [BATCH, 1] == [len(batch) for batch in cut_into_batches(changes_of([BATCH + 1]))]
