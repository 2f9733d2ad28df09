"""Scanning and marking at Security Hub's own limits, with a hub in a process of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from math import ceil

from benchmarks.figure import Figure
from benchmarks.generated import sizes
from benchmarks.server import Limits, serving
from benchmarks.worker import run
from bot.domain.control import bundled_catalogue

REAL = Limits(3, 6, 10, 30)
"""Of GetFindings and of BatchUpdateFindings: requests a second and at once (playground/hub/throttle.py)."""

SCALES = {("equal", 0.3): 2, ("equal", 0.6): 2}
"""
How many times as fast everything but the burst is, by law and latency in seconds; the others are at the real
limits. The more scaled, the more of the latency is the CPU's, which is not scaled with it.
"""

PACE = "40"
"""
Pages a second where only CPU and memory count: thirteen times as fast as Security Hub allows, and still so
slow that the readers wait for their turn, as they do there, and not for Python's lock.
"""

MEBIBYTE = 1 << 20
PAGE = 100


def figures() -> Iterator[Figure]:
    """Measure it all; takes some fifteen minutes, six of them for Zipf and four for the million."""
    yield from _against_the_script()
    yield from _against_the_limit()
    yield from _marking()
    yield from _worker()
    yield from _memory()


def _controls(count: int) -> list[str]:
    """Choose controls in an order that says nothing of their sizes."""
    controls = [control.id for control in bundled_catalogue().controls]
    random.Random(1).shuffle(controls)  # noqa: S311 - no secret
    return controls[:count]


def _against_the_script() -> Iterator[Figure]:
    """Read 1,000 of 20,000 findings: five controls of a hundred."""
    controls = _controls(100)
    with serving(dict.fromkeys(controls, 200), 0.3, REAL) as url:
        script = run("read-everything", controls[:5], url)
    with serving(dict.fromkeys(controls, 200), 0.3, REAL) as url:
        ours = run("scan", controls[:5], url, GET_FINDINGS_RATE="3")
    wanted, everything = "scan 1,000 of 20,000 findings", "read all and filter afterwards"
    yield Figure(f"{wanted}: calls", ours.calls, everything, script.calls, 1 / 15, "calls")
    yield Figure(f"{wanted}, 300 ms", ours.seconds, everything, script.seconds, 1 / 15)


def _against_the_limit() -> Iterator[Figure]:
    """Read 20,000 findings of 25 controls."""
    count, controls = 20_000, _controls(25)
    for law, most in (("equal", 1.05), ("zipf", 1.15)):
        for latency in (0.3, 0.6, 1.0):
            scale = SCALES.get((law, latency), 1)
            limits, counts = REAL.times(scale), sizes(law, count, len(controls))
            with serving(dict(zip(controls, counts, strict=True)), latency / scale, limits) as url:
                ours = run("scan", controls, url, GET_FINDINGS_RATE=str(limits.reads))
            floor = (ceil(count / PAGE) - limits.reads_at_once) / limits.reads
            name = f"scan 20,000 findings, {law}, {latency * 1000:.0f} ms"
            name += f", {scale} × as fast" if scale > 1 else ""
            yield Figure(name, ours.seconds, "(pages − burst) ÷ rate", floor, most)


def _marking() -> Iterator[Figure]:
    """Mark 10,000 findings."""
    count, controls = 10_000, _controls(10)
    with serving(dict.fromkeys(controls, count // 10), 0.3, REAL) as url:
        ours = run("mark", controls, url, GET_FINDINGS_RATE="3", BATCH_UPDATE_FINDINGS_RATE="10")
    floor = (count / PAGE - REAL.updates_at_once) / REAL.updates
    yield Figure("mark 10,000 findings, 300 ms", ours.seconds, "(calls − burst) ÷ rate", floor, 1.1)


def _worker() -> Iterator[Figure]:
    """Compare the whole worker with botocore reading the same pages."""
    controls = _controls(25)
    with serving(dict.fromkeys(controls, 800)) as url:
        ours = run("scan", controls, url, GET_FINDINGS_RATE=PACE)
        alone = run("read-pages", controls, url)
    yield Figure(
        "CPU for a page, the whole worker",
        ours.cpu_seconds / ours.calls,
        "botocore alone",
        alone.cpu_seconds / alone.calls,
        1.25,
    )


def _memory() -> Iterator[Figure]:
    """Compare the peak of the process, which may grow by 64 MiB."""
    controls, least = _controls(25), 0.0
    for count in (1_000, 10_000, 100_000, 1_000_000):
        with serving(dict(zip(controls, sizes("zipf", count, 25), strict=True))) as url:
            peak = run("scan", controls, url, GET_FINDINGS_RATE=PACE).peak_bytes / MEBIBYTE
        least = least or peak
        if count > 1_000:
            name, allowed = f"peak memory, {count:,} findings", least + 64
            yield Figure(name, peak, "at 1,000 findings, and 64 MiB", allowed, 1, "MiB")
