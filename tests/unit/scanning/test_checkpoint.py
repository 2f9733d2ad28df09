"""The checkpoints of partitions, read by the next attempt."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.finding import Severity, WorkflowStatus
from bot.domain.partition import Partition, by_control, by_place, sample_of, spread
from bot.domain.query import Query
from bot.usecases.scanning.checkpoint import Checkpoints
from tests.builders import a_finding, some_findings
from tests.fakes.reports import FakeCheckpoints

QUERY = Query(
    ("S3.8", "EC2.19"), severities=(Severity.HIGH,), regions=("us-east-1",), statuses=(WorkflowStatus.NEW,)
)
SAMPLE = sample_of(a_finding(n, account_id=f"{n % 3:012}") for n in range(9))


@pytest.mark.parametrize(
    "partitions", [by_control(QUERY, SAMPLE), by_place(QUERY, SAMPLE), spread([QUERY], SAMPLE, ["us-east-1"])]
)
def test_split_comes_back_in_its_order(partitions: list[Partition], tmp_path: Path) -> None:
    """The next attempt reads the same queries at the same weights."""
    assert 2 <= len(partitions)
    store = FakeCheckpoints()
    Checkpoints(tmp_path, store).save_split(QUERY, partitions)

    assert partitions == Checkpoints(tmp_path, store).load_split(QUERY)


def test_file_has_its_own_numbers(tmp_path: Path) -> None:
    """An attempt that began before another one saved the partition again reads rows and numbers of one."""
    store = FakeCheckpoints()
    for count in (3, 5):
        checkpoints = Checkpoints(tmp_path, store)
        with checkpoints.restart(QUERY) as rows:
            rows.add(some_findings(count))
            checkpoints.finish(QUERY, rows, keep=True, is_long=True)
    late = Checkpoints(tmp_path, store)
    result = late.load_finished(QUERY)

    assert result
    assert 5 == result.finding_count == len(list(late.rows(QUERY, result)))
