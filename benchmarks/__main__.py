"""
`python -m benchmarks`: measure, print a table, write .bench/figures.json; exit code 1 for a missed bound.

Times are seconds on the wall where latency and limits are measured, CPU seconds otherwise.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from benchmarks import hub, report, scan
from benchmarks.figure import Figure
from playground.world import ROOT

HEAD = f"{'figure':50} {'value':>9}  {'baseline':50} {'value':>9} {'unit':5} {'ratio':>7} {'at most':>8}"


def main() -> int:
    """Measure everything."""
    figures = []
    sys.stdout.write(HEAD + "\n")
    for part in (report, hub, scan):
        for figure in part.figures():
            figures.append(figure)
            sys.stdout.write(line(figure) + "\n")
            sys.stdout.flush()
    folder = ROOT / ".bench"
    folder.mkdir(exist_ok=True)
    rows = [asdict(figure) | {"ratio": figure.ratio} for figure in figures]
    (folder / "figures.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0 if all(figure.is_reached for figure in figures) else 1


def line(figure: Figure) -> str:
    """Write a row of the table."""
    verdict = "" if figure.is_reached else "  MISSED"
    return (
        f"{figure.name:50} {figure.value:9.4f}  {figure.baseline:50} {figure.baseline_value:9.4f} "
        f"{figure.unit:5} {figure.ratio:7.3f} {figure.most:8.3f}{verdict}"
    )


if __name__ == "__main__":
    sys.exit(main())
