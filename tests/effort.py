"""How hard the tests try: everything in CI, and elsewhere enough to notice what breaks."""

from __future__ import annotations

import os

IS_CI = bool(os.environ.get("CI"))


def examples(in_ci: int) -> int:
    """Return for how many examples to ask hypothesis here, of so many in CI."""
    return in_ci if IS_CI else -(-in_ci // 5)
