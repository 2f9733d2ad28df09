"""
Reports in the bucket. This is the layout of the whole bucket:

```text
reports/<report id>/summary.json        the report as its message shows it
                    findings.csv        the file in its thread
                    seen.jsonl          a line for each row (bot/domain/row.py)
                    plans/, acts/       plans and results of actions (bot/adapters/stores/actions.py)
reports/latest/<schedule>.json          the report of a schedule that was posted last
threads/<channel>/<ts>.json             the report of a message, for longer than the report is kept
pending/                                actions that have just begun (bot/adapters/stores/actions.py)
parts/<job id>/                         checkpoints of a long job (bot/adapters/stores/checkpoints.py)
      shared/<job id>.csv               files that somebody got a link to
      routing/<name>.toml               routing files of proposals and jobs (bot/adapters/stores/routing.py)
audit/                                  the audit log (bot/adapters/stores/audit.py)
suppressions/                           suppressions with a last day (bot/adapters/stores/suppressions.py)
stacks/<name>/<repository>.json         stacks of checked templates (bot/adapters/stores/checked_stacks.py)
accounts/tags.json                      tags of accounts (bot/adapters/stores/owner_memory.py)
people/contacts.json                    contacts of owners (bot/adapters/stores/owner_memory.py)
mentions/<schedule>                     rows it has mentioned (bot/adapters/stores/owner_memory.py)
config/                                 the routing file (bot/adapters/stores/routing.py)
checks/, checked/                       checks before deployment (bot/adapters/stores/checks.py)
ledger/<job id>/<step>.begun|.done      steps of jobs (bot/adapters/stores/ledger.py)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.adapters.stores.bucket import CSV, LINES, Bucket
from bot.adapters.stores.checkpoints import BucketCheckpoints
from bot.domain.report import PostedReport, Summary
from bot.domain.row import ReportRow, parse_row
from bot.errors import ReportGoneError

LATEST = "reports/latest/"
"""Expires as the reports do."""
MOST_SCHEDULES = 50


@dataclass(frozen=True)
class BucketReports:
    """The reports in a bucket."""

    bucket: Bucket

    def save(self, summary: Summary, csv_file: Path, seen_file: Path) -> None:
        """Save a report, its summary last: a report with a summary is whole."""
        folder = f"reports/{summary.report_id}"
        self.bucket.put_file(f"{folder}/findings.csv", csv_file, CSV)
        self.bucket.put_file(f"{folder}/seen.jsonl", seen_file, LINES)
        self.save_summary(summary)

    def save_summary(self, summary: Summary) -> None:
        """Replace the summary of a report."""
        self.bucket.put_json(f"reports/{summary.report_id}/summary.json", summary)

    def summary(self, report_id: str) -> Summary:
        """Return the summary of a report."""
        return self.bucket.read_json(f"reports/{report_id}/summary.json", Summary)

    def rows(self, report_id: str) -> Iterator[ReportRow]:
        """Read the rows line by line."""
        yield from map(parse_row, self.bucket.lines(f"reports/{report_id}/seen.jsonl"))

    def add_thread(self, channel: str, ts: str, report_id: str) -> None:
        """Save the report of a message."""
        self.bucket.put_json(_thread_key(channel, ts), {"report_id": report_id})

    def report_in(self, channel: str, ts: str) -> str | None:
        """Return the ID of the report of a message."""
        try:
            return str(self.bucket.read_json(_thread_key(channel, ts), dict)["report_id"])
        except ReportGoneError:
            return None

    def set_latest(self, schedule: str, posted: PostedReport) -> None:
        """Save which report of a schedule was posted last."""
        self.bucket.put_json(f"{LATEST}{schedule}.json", posted)

    def latest(self) -> list[PostedReport]:
        """Return the last report of each schedule, the newest first."""
        found = []
        for key in islice(self.bucket.keys(LATEST), MOST_SCHEDULES):
            with suppress(ReportGoneError):  # the bucket's lifecycle was faster
                found.append(self.bucket.read_json(key, PostedReport))
        return sorted(found, key=PostedReport.posted_at, reverse=True)

    def share(self, job_id: str, name: str, file: Path) -> str:
        """Save a CSV beside the checkpoints of scans, which the bucket's lifecycle deletes soon."""
        key = f"parts/shared/{job_id}.csv"
        self.bucket.put_file(key, file, CSV)
        return self.bucket.link(key, name)

    def csv_link(self, report_id: str) -> str:
        """Presign a link to the CSV."""
        return self.bucket.link(f"reports/{report_id}/findings.csv", "findings.csv")

    def checkpoints(self, job_id: str) -> BucketCheckpoints:
        """Return the checkpoints of a job."""
        return BucketCheckpoints(self.bucket, f"parts/{job_id}")

    def fetch_csv(self, report_id: str, file: Path) -> None:
        """Copy the CSV to a file."""
        self.bucket.fetch(f"reports/{report_id}/findings.csv", file)


def _thread_key(channel: str, ts: str) -> str:
    return f"threads/{channel}/{ts}.json"
