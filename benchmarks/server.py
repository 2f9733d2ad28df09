"""
`python -m benchmarks.server SPEC`: a local Security Hub in a process of its own, until its input ends.

SPEC is JSON: `counts` (findings of each control), `latency_seconds`, `limits`, `shares` (findings of each
Region, each with limits of its own). Prints its address.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

from benchmarks.generated import GeneratedStore
from playground import hub
from playground.cloud.moto import start_moto
from playground.hub import throttle
from playground.seed import HOME_ACCOUNT, HOME_REGION


@dataclass(frozen=True)
class Limits:
    """How many requests are not refused: a second, and at once."""

    reads: float
    reads_at_once: float
    updates: float
    updates_at_once: float

    def times(self, factor: float) -> Limits:
        """Make the rates that much higher."""
        return replace(self, reads=self.reads * factor, updates=self.updates * factor)


@contextmanager
def serving(
    counts: Mapping[str, int],
    latency_seconds: float = 0,
    limits: Limits | None = None,
    shares: Mapping[str, int] | None = None,
) -> Iterator[str]:
    """
    Run a Security Hub; give its address.

    Args:
        shares: how many findings each Region has, HOME_REGION among them; without, all are in that one hub.
    """
    requested = {"counts": counts, "latency_seconds": latency_seconds, "limits": limits and asdict(limits)}
    spec = json.dumps(requested | {"shares": shares})
    command = [sys.executable, "-m", "benchmarks.server", spec]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own module
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without pipes")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait(30)


def main(spec: str) -> None:
    """Serve."""
    requested = json.loads(spec)
    server = start_moto()
    limits = Limits(**requested["limits"]) if requested["limits"] else None
    if limits:
        throttle.RATES["GetFindings"] = (limits.reads, limits.reads_at_once)
        throttle.RATES["BatchUpdateFindings"] = (limits.updates, limits.updates_at_once)
    counts, shares = requested["counts"], requested["shares"]
    hubs = {name: hub.hub(HOME_ACCOUNT, name) for name in shares or [HOME_REGION]}
    for name, one in hubs.items():
        one.enable()
        one.findings = GeneratedStore(counts, shares, name if shares else "")
        one.knobs.latency_seconds, one.knobs.throttled = requested["latency_seconds"], limits is not None
    home = hubs.pop(HOME_REGION)
    home.aggregate(*hubs.values())
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1])
