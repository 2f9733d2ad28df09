"""The fingerprint of a result, which is the same after lines were added above it."""

from __future__ import annotations

import hashlib


def fingerprint(*parts: str) -> str:
    """Return the SHA-256 of texts, in 64 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
