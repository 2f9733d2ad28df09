"""CPU and memory of a large scan, the whole worker included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from botocore.session import Session

from benchmarks.figure import Figure
from benchmarks.generated import OWNER_COUNT, REGIONS, owner_id, sizes
from benchmarks.scan import some_controls
from benchmarks.server import serving
from benchmarks.worker import Cost, run
from bot.adapters.stores.routing import FILE
from playground.deployment import BUCKET, CHANNEL, REGION, manifest
from playground.slack import LocalSlack
from playground.slack.workspace.people import Person
from playground.world import SECRET_ID, SIGNING_SECRET, TOKEN

PACE = "40"
"""
Pages a second where only CPU and memory count: thirteen times as fast as Security Hub allows, and still so
slow that the readers wait for their turn, as they do there, and not for Python's lock.
"""

TURNS = 3

MEBIBYTE = 1 << 20

SETTINGS = {"SLACK_SECRET_ID": SECRET_ID, "SLACK_CHANNEL": CHANNEL, "REPORT_BUCKET": BUCKET}


def figures() -> Iterator[Figure]:
    """Measure both; takes about five minutes, four of them for the million."""
    yield from _worker()
    yield from _memory()


def _worker() -> Iterator[Figure]:
    """Compare the whole worker with botocore reading the same pages, by turns (see seconds_of)."""
    controls = some_controls(25)
    ours, alone = list[float](), list[float]()
    with serving(dict.fromkeys(controls, 800)) as url:
        for _ in range(TURNS):
            ours.append(_page_seconds(run("scan", controls, url, GET_FINDINGS_RATE=PACE)))
            alone.append(_page_seconds(run("read-pages", controls, url)))
    yield Figure("CPU for a page, the whole worker", median(ours), "botocore alone", median(alone), 1.25)


def _page_seconds(ran: Cost) -> float:
    return ran.cpu_seconds / ran.calls


def _memory() -> Iterator[Figure]:
    """Compare the peak of the process, which may grow by 64 MiB: of a scan, then with messages to owners."""
    controls = some_controls(25)
    with serving(dict(zip(controls, sizes("zipf", 1_000, 25), strict=True))) as url:
        least = run("scan", controls, url, GET_FINDINGS_RATE=PACE).peak_bytes

    def figure(name: str, peak: int) -> Figure:
        allowed = least / MEBIBYTE + 64
        return Figure(name, peak / MEBIBYTE, "at 1,000 findings, and 64 MiB", allowed, 1, "MiB")

    shares = dict(zip(REGIONS, sizes("equal", 100_000, len(REGIONS)), strict=True))
    with serving(dict(zip(controls, sizes("zipf", 100_000, 25), strict=True)), shares=shares) as url:
        spread = run("scan", controls, url, GET_FINDINGS_RATE=PACE).peak_bytes
    yield figure("peak memory, 100,000 findings in four Regions", spread)
    for count in (10_000, 100_000):
        with serving(dict(zip(controls, sizes("zipf", count, 25), strict=True))) as url:
            yield figure(
                f"peak memory, {count:,} findings",
                run("scan", controls, url, GET_FINDINGS_RATE=PACE).peak_bytes,
            )
    with serving(dict(zip(controls, sizes("zipf", 1_000_000, 25), strict=True))) as url, _slack() as slack:
        _set_up_account(url)
        settings = SETTINGS | {"SLACK_API_URL": slack.api_url}
        cost = run("tell", controls, url, GET_FINDINGS_RATE=PACE, **settings)
    sent = sum(not message.thread_ts for message in slack.workspace.messages if message.channel[0] == "D")
    if sent != OWNER_COUNT:
        raise RuntimeError(f"{sent} owners have a message")
    yield figure("peak memory, 1,000,000 findings", cost.scan_peak_bytes)
    yield figure(f"peak memory, their {OWNER_COUNT} owners told by direct message", cost.peak_bytes)


def _set_up_account(url: str) -> None:
    """Make the secret, the bucket, and in it a routing file in which each owner is a person."""
    place: dict[str, Any] = {"endpoint_url": url, "region_name": REGION}
    place |= {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    secrets: Any = Session().create_client("secretsmanager", **place)
    storage: Any = Session().create_client("s3", **place)
    secret = json.dumps({"token": TOKEN, "signing_secret": SIGNING_SECRET})
    secrets.create_secret(Name=SECRET_ID, SecretString=secret)
    storage.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    people = "".join(f'team-{number} = "{owner_id(number)}"\n' for number in range(OWNER_COUNT))
    routing = f'version = 1\n[mention]\nhow = "dm"\n[people]\n{people}'
    storage.put_object(Bucket=BUCKET, Key=FILE, Body=routing.encode())


@contextmanager
def _slack() -> Iterator[LocalSlack]:
    """Start a Slack in which all owners are people."""
    slack = LocalSlack(manifest(), app_url="http://127.0.0.1:9", signing_secret=SIGNING_SECRET, token=TOKEN)
    for number in range(OWNER_COUNT):
        person = Person(owner_id(number), f"owner-{number}", f"Owner {number}")
        slack.workspace.people[person.id] = person
    slack.start()
    try:
        yield slack
    finally:
        slack.stop()
