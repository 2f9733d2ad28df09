"""Scanning and marking at Security Hub's own limits, with a hub in a process of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from math import ceil

from benchmarks.figure import Figure
from benchmarks.generated import REGIONS, sizes
from benchmarks.server import Limits, serving
from benchmarks.worker import run
from bot.domain.control import bundled_catalogue
from playground.seed import HOME_REGION

REAL = Limits(3, 6, 10, 30)
"""Of GetFindings and of BatchUpdateFindings: requests a second and at once (playground/hub/throttle.py)."""

SCALES = {("equal", 0.3): 2, ("equal", 0.6): 2}
"""
How many times as fast everything but the burst is, by law and latency in seconds; the others are at the real
limits. The more scaled, the more of the latency is the CPU's, which is not scaled with it.
"""

PAGE = 100

LARGEST_FIRST = sorted(REGIONS, key=HOME_REGION.__eq__)
"""The Regions; by Zipf's law the first linked one has the most findings, and the home Region the fewest."""


def figures() -> Iterator[Figure]:
    """Measure it all; takes about nine minutes, nearly all of them waiting."""
    yield from _against_the_script()
    yield from _against_the_limit()
    yield from _in_four_regions()
    yield from _marking()


def some_controls(count: int) -> list[str]:
    """Choose controls in an order that says nothing of their sizes."""
    controls = [control.id for control in bundled_catalogue().controls]
    random.Random(1).shuffle(controls)  # noqa: S311 - no secret
    return controls[:count]


def _against_the_script() -> Iterator[Figure]:
    """Read 1,000 of 20,000 findings: five controls of a hundred."""
    controls = some_controls(100)
    with serving(dict.fromkeys(controls, 200), 0.3, REAL) as url:
        script = run("read-everything", controls[:5], url)
    with serving(dict.fromkeys(controls, 200), 0.3, REAL) as url:
        ours = run("scan", controls[:5], url, GET_FINDINGS_RATE="3")
    requested, everything = "scan 1,000 of 20,000 findings", "read all and filter afterwards"
    yield Figure(f"{requested}: calls", ours.calls, everything, script.calls, 1 / 15, "calls")
    yield Figure(f"{requested}, 300 ms", ours.seconds, everything, script.seconds, 1 / 15)


def _against_the_limit() -> Iterator[Figure]:
    """Read 20,000 findings of 25 controls."""
    count, controls = 20_000, some_controls(25)
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


def _in_four_regions() -> Iterator[Figure]:
    """Read 20,000 findings of 25 controls, shared out among Regions that have a limit each."""
    count, controls = 20_000, some_controls(25)
    counts = dict(zip(controls, sizes("equal", count, len(controls)), strict=True))
    floor = (ceil(count / PAGE) - REAL.reads_at_once) / REAL.reads
    for law, most in (("equal", 0.30), ("zipf", 0.62)):
        shares = dict(zip(LARGEST_FIRST, sizes(law, count, len(LARGEST_FIRST)), strict=True))
        with serving(counts, 0.3, REAL, shares) as url:
            ours = run("scan", controls, url, GET_FINDINGS_RATE=str(REAL.reads))
        name = f"scan 20,000 findings in four Regions, {law}, 300 ms"
        yield Figure(name, ours.seconds, "(pages − burst) ÷ rate of one Region", floor, most)


def _marking() -> Iterator[Figure]:
    """Mark 10,000 findings."""
    count, controls = 10_000, some_controls(10)
    with serving(dict.fromkeys(controls, count // 10), 0.3, REAL) as url:
        ours = run("mark", controls, url, GET_FINDINGS_RATE="3", BATCH_UPDATE_FINDINGS_RATE="10")
    floor = (count / PAGE - REAL.updates_at_once) / REAL.updates
    yield Figure("mark 10,000 findings, 300 ms", ours.seconds, "(calls − burst) ÷ rate", floor, 1.1)
