"""Counts come back as they went in, narrow or wide, one day or many."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from freshdesk_core.store.counts import QUARTERS, decode, encode
from freshdesk_core.volumes.cells import unpack

LARGEST = 2**32 - 1
NARROW_DAYS = st.lists(st.integers(0, 255), min_size=QUARTERS, max_size=QUARTERS)
DAYS = NARROW_DAYS | st.tuples(NARROW_DAYS, st.integers(0, QUARTERS - 1), st.integers(256, LARGEST)).map(
    lambda drawn: [*drawn[0][: drawn[1]], drawn[2], *drawn[0][drawn[1] + 1 :]]
)


@given(st.lists(DAYS, max_size=5))
def test_counts_come_back(days: list[list[int]]) -> None:
    rows = [encode(array("I", day)) for day in days]
    assert rows == [encode(day) for day in days]
    assert [list(decode(row)) for row in rows] == days
    assert unpack(rows).tolist() == days


def test_the_last_narrow_and_the_first_wide_count() -> None:
    assert len(encode([255] * QUARTERS)) == QUARTERS
    assert encode([256] + [0] * 95) == b"\x00\x01" + bytes(4 * QUARTERS - 2)
    assert encode([1, 2] + [0] * 94)[:3] == b"\x01\x02\x00"


def test_many_narrow_counts_add_up_beyond_a_byte() -> None:
    """Sums take a wider type: NumPy does it by itself, unless it is told otherwise."""
    assert unpack([encode([255] * QUARTERS)] * 3).sum(axis=0).tolist() == [765] * QUARTERS
