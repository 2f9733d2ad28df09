"""CPU and memory of a large scan, the whole worker included."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.figure import Figure
from benchmarks.generated import sizes
from benchmarks.scan import some_controls
from benchmarks.server import serving
from benchmarks.worker import Cost, run

PACE = "40"
"""
Pages a second where only CPU and memory count: thirteen times as fast as Security Hub allows, and still so
slow that the readers wait for their turn, as they do there, and not for Python's lock.
"""

TURNS = 3

MEBIBYTE = 1 << 20


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
    """Compare the peak of the process, which may grow by 64 MiB."""
    controls, least = some_controls(25), 0.0
    for count in (1_000, 10_000, 100_000, 1_000_000):
        with serving(dict(zip(controls, sizes("zipf", count, 25), strict=True))) as url:
            peak = run("scan", controls, url, GET_FINDINGS_RATE=PACE).peak_bytes / MEBIBYTE
        least = least or peak
        if count > 1_000:
            name, allowed = f"peak memory, {count:,} findings", least + 64
            yield Figure(name, peak, "at 1,000 findings, and 64 MiB", allowed, 1, "MiB")
