"""The measurements, as a JSON document: the machine, and each figure of each run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure

Document = dict[str, Any]


def save(runs: Sequence[Sequence[Figure]], file: Path) -> None:
    """Write the runs so far."""
    document = {
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "runs": [[asdict(figure) for figure in run] for run in runs],
    }
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def load(file: Path) -> Document:
    """Read a document."""
    document: Document = json.loads(file.read_text(encoding="utf-8"))
    return document


def rows(document: Document) -> list[list[Figure]]:
    """Return each figure with its value in every run."""
    runs = [[Figure(**figure) for figure in run] for run in document["runs"]]
    return [list(figures) for figures in zip(*runs, strict=True)]
