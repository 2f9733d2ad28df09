"""
`python -m benchmarks [PART …] [--runs N]`: measure, print a table, write .bench/figures.json.

Parts: report, hub, ack, check, scan, cost, owners; all unless some are named. Exit code 1 if a bound is
missed. Times are seconds on the wall where latency and limits are measured, CPU seconds where a part's own
work is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks import ack, check, cost, hub, owners, report, results, scan
from benchmarks.figure import Figure
from playground.deployment import ROOT

PARTS: dict[str, Callable[[], Iterator[Figure]]] = {
    "report": report.figures,
    "hub": hub.figures,
    "ack": ack.figures,
    "check": check.figures,
    "scan": scan.figures,
    "cost": cost.figures,
    "owners": owners.figures,
}

FILE = ROOT / ".bench" / "figures.json"

HEAD = f"{'figure':52} {'value':>9}  {'baseline':38} {'value':>9} {'unit':5} {'ratio':>7} {'at most':>8}"


def main(arguments: Sequence[str]) -> int:
    """Measure the chosen figures, as many times as chosen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args(arguments)
    parts = [PARTS[name] for name in asked.parts or PARTS]
    runs = []
    for _ in range(asked.runs):
        runs.append(_measured(parts))
        results.save(runs, FILE)
    return 0 if all(figure.is_reached for run in runs for figure in run) else 1


def _measured(parts: Sequence[Callable[[], Iterator[Figure]]]) -> list[Figure]:
    figures = []
    sys.stdout.write(HEAD + "\n")
    for part in parts:
        for figure in part():
            figures.append(figure)
            sys.stdout.write(line(figure) + "\n")
            sys.stdout.flush()
    return figures


def line(figure: Figure) -> str:
    """Write a row of the table."""
    verdict = "reached" if figure.is_reached else "NOT REACHED"
    return (
        f"{figure.name:52} {figure.value:9.4f}  {figure.baseline:38} {figure.baseline_value:9.4f} "
        f"{figure.unit:5} {figure.ratio:7.3f} {figure.most:8.3f}  {verdict}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
