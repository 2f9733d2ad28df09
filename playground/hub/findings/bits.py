"""
Sets of positions as whole numbers: bit n is set when the finding at position n is in.

And, or and not over 100,000 findings are 12.5 KB of memory each, so that a page takes milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable


def bits_of(positions: Iterable[int], size: int) -> int:
    """Make the number of some positions, all below `size`."""
    digits = bytearray(b"0" * size)
    for position in positions:
        digits[position] = 49  # the character "1"
    return int(digits[::-1], 2) if size else 0


def positions_of(bits: int, start: int, count: int) -> list[int]:
    """Return the positions of at most `count` set bits, ascending, after the first `start` ones."""
    if start >= bits.bit_count():
        return []
    # The least length of a tail that holds more than `start` set bits; its last bit is the first result.
    first = bisect_left(range(bits.bit_length()), start + 1, key=lambda p: _count(bits, p + 1))
    digits = f"{bits >> first:b}"[::-1]
    found: list[int] = []
    offset = 0
    while offset >= 0 and len(found) < count:
        found.append(first + offset)
        offset = digits.find("1", offset + 1)
    return found


def _count(bits: int, length: int) -> int:
    return (bits & ((1 << length) - 1)).bit_count()
