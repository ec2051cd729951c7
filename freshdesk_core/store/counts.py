"""The 96 quarter-hour counts of a series and a UTC day, as bytes.

One byte for each count while all are below 256, else four (little-endian); the length tells which. Nearly
all are narrow, and reading is most of what an answer costs (docs/decisions/0010-narrow-counts.md).
"""

import sys
from array import array
from collections.abc import Sequence

QUARTERS = 96
NARROW = 256


def encode(counts: Sequence[int]) -> bytes:
    """Pack one day's counts, each from 0 to 2**32 - 1.

    >>> len(encode([255] * 96)), len(encode([256] * 96))
    (96, 384)
    """
    if max(counts) < NARROW:
        return bytes(list(counts))  # of an array, bytes() takes the memory as it lies
    wide = array("I", counts)
    if sys.byteorder != "little":
        wide.byteswap()
    return wide.tobytes()


def decode(data: bytes) -> "array[int]":
    """Unpack one day's counts."""
    if len(data) == QUARTERS:
        return array("I", list(data))
    counts = array("I", data)
    if sys.byteorder != "little":
        counts.byteswap()
    return counts
