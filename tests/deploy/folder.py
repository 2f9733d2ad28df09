"""What a zip file of a folder would hold."""

from __future__ import annotations

from pathlib import Path


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return everything about a folder that a zip file of it would hold."""
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {
        name: (path.stat().st_mode, int(path.stat().st_mtime), path.read_bytes() if path.is_file() else b"")
        for name, path in paths.items()
    }
