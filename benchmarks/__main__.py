"""
`python -m benchmarks`: measure, print a table, write .bench/figures.json; exit code 1 for a missed bound.

Times are CPU seconds of this process, in which the local world runs too.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from benchmarks import hub, report
from benchmarks.figure import Figure
from playground.world import ROOT

HEAD = f"{'figure':50} {'seconds':>9}  {'baseline':50} {'seconds':>9} {'ratio':>7} {'at most':>8}"


def main() -> int:
    """Measure everything."""
    figures = []
    sys.stdout.write(HEAD + "\n")
    for part in (report, hub):
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
        f"{figure.name:50} {figure.seconds:9.4f}  {figure.baseline:50} {figure.baseline_seconds:9.4f} "
        f"{figure.ratio:7.2f} {figure.most:8.2f}{verdict}"
    )


if __name__ == "__main__":
    sys.exit(main())
