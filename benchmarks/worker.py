"""
`python -m benchmarks.worker WORK CONTROL…`: run a task on a Security Hub, and print its cost as JSON.

In a process of its own, because a process's peak of memory never goes down. The environment says where
Security Hub is and how fast it may be asked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.adapters.linked.regions import aggregated_regions
from bot.adapters.sdk import client
from bot.adapters.security_hub import SecurityHubControls, filters, security_hub_findings
from bot.bootstrap.job import Worker, utc_now
from bot.domain.finding import WorkflowStatus
from bot.domain.job import ScanJob, job_id
from bot.domain.query import Query
from bot.domain.slack import Message
from bot.domain.triage import FindingState
from bot.i18n import Locale
from bot.settings import Settings
from bot.usecases.context import Deployment, JobContext
from bot.usecases.owners.notify import Delivered, notify_owners
from bot.usecases.scanning.checkpoint import Checkpoints
from bot.usecases.scanning.covering import CoverageLookup
from bot.usecases.scanning.keep import scan_and_keep
from bot.usecases.scanning.scan import read_all, scan
from bot.usecases.steps import Steps


@dataclass(frozen=True)
class Cost:
    """The cost of a task."""

    seconds: float
    """By the clock on the wall."""
    cpu_seconds: float
    calls: int
    """Requests to the operation that the work is about, refused ones included."""
    result: int
    """How many findings it was about."""
    peak_bytes: int
    """Of the whole process, its start included."""
    scan_peak_bytes: int = 0
    """The same at the end of the scan, if something follows it."""


def run(work: str, controls: Sequence[str], url: str, **settings: str) -> Cost:
    """Do some work in a process of its own."""
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": url,
        "MALLOC_ARENA_MAX": "1",  # as in template.yaml
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        **settings,
    }
    command = [sys.executable, "-m", "benchmarks.worker", work, *controls]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own module
    return Cost(**json.loads(done.stdout))


TIMES: list[tuple[float, float]] = []
"""Wall and CPU seconds of the timed part."""

SCAN_PEAKS: list[int] = []
"""The peak of the process at the end of a scan that something follows."""


@contextmanager
def timed() -> Iterator[None]:
    """Time the body of the context, without the start of the process and the preparations."""
    begun, cpu_begun = time.monotonic(), time.process_time()
    yield
    TIMES.append((time.monotonic() - begun, time.process_time() - cpu_begun))


def scanned(controls: Sequence[str]) -> int:
    """Scan as the job does."""
    catalogue = SecurityHubControls(client("securityhub"))
    catalogue.catalogue()  # a process reads it once an hour, at a rate of its own
    settings, region = Settings(os.environ), os.environ["AWS_DEFAULT_REGION"]
    findings, regions = security_hub_findings(settings), aggregated_regions(settings, region, utc_now)
    with tempfile.TemporaryDirectory() as folder, timed():
        coverage = CoverageLookup(regions)
        report = scan(
            Query(tuple(controls)),
            folder=Path(folder),
            locale=Locale.EN,
            findings=findings,
            controls=catalogue,
            regions=regions,
            now=utc_now,
        )
        coverage.result()
        if report.is_partial:
            raise RuntimeError(str(report.unread))
        return report.tally.finding_count


def read_everything(controls: Sequence[str]) -> int:
    """Do as the script that the bot replaces: read all failed findings in turn, then keep some controls'."""
    hub = client("securityhub")
    requested = filters(Query(controls=()))
    pages = hub.get_paginator("get_findings").paginate(Filters=requested, PaginationConfig={"PageSize": 100})
    with timed():
        everything = [finding for page in pages for finding in page["Findings"]]
    return sum(finding["Compliance"]["SecurityControlId"] in controls for finding in everything)


def read_pages(controls: Sequence[str]) -> int:
    """Read the same pages as a scan with botocore alone, and throw them away."""
    paginator = client("securityhub").get_paginator("get_findings")
    count = 0
    with timed():
        for control in controls:
            requested = filters(Query((control,)))
            for page in paginator.paginate(Filters=requested, PaginationConfig={"PageSize": 100}):
                count += len(page["Findings"])
    return count


def told(controls: Sequence[str]) -> int:
    """Scan and keep the report as the job does, then tell its owners by direct messages."""
    settings = Settings(os.environ)
    ports = Worker(settings).ports()
    ports.controls.catalogue()
    channel = settings.get("SLACK_CHANNEL")
    job = ScanJob("schedule/1", Query(tuple(controls)), channel)
    steps = Steps(ports.ledger, job_id(job), utc_now)
    context = JobContext(job, ports, steps, Deployment("test", Locale.EN, settings))
    with timed():
        report_id = scan_and_keep(Query(tuple(controls)), context)["report_id"]
        SCAN_PEAKS.append(_peak_bytes())
        ts = ports.messenger.post(channel, Message("report"))
        notify_owners([Delivered(report_id, ts, context)], context)
    return ports.reports.summary(report_id).finding_count


def marked(controls: Sequence[str]) -> int:
    """Mark everything that a scan finds."""
    findings = security_hub_findings(Settings(os.environ))
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = Checkpoints(Path(folder))
        found, _ = read_all(Query(tuple(controls)), findings, checkpoints)
        rows = (row for query, result in found for row in checkpoints.rows(query, result))
        identifiers = [identifier for row in rows for identifier in row.finding.identifiers]
    values = FindingState(WorkflowStatus.NOTIFIED)
    with timed():
        refusals = findings.update((identifier, values) for identifier in identifiers)
    if refusals:
        raise RuntimeError(str(refusals[:3]))
    return len(identifiers)


WORKS: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "scan": (scanned, "GetFindings"),
    "tell": (told, "GetFindings"),
    "read-everything": (read_everything, "GetFindings"),
    "read-pages": (read_pages, "GetFindings"),
    "mark": (marked, "BatchUpdateFindings"),
}


def main(work: str, controls: Sequence[str]) -> None:
    """Run the task, and print its cost."""
    do, operation = WORKS[work]
    calls = _count_calls(operation)
    result = do(controls)
    (seconds, cpu_seconds) = TIMES.pop()
    cost = Cost(
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        calls=len(calls),
        result=result,
        peak_bytes=_peak_bytes(),
        scan_peak_bytes=SCAN_PEAKS.pop() if SCAN_PEAKS else 0,
    )
    sys.stdout.write(json.dumps(asdict(cost)))


def _peak_bytes() -> int:
    """Read the peak of the process; getrusage's includes that of the parent process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _count_calls(operation: str) -> list[None]:
    """Count the requests of every client of this process, each attempt by itself."""
    from bot.adapters.sdk import session

    calls: list[None] = []

    def count(**_: Any) -> None:
        calls.append(None)

    session().events.register(f"before-send.securityhub.{operation}", count)
    return calls


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
