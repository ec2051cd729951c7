"""What of a series is complete: a day counts only when all of it is there.

A file says less than it seems to: a row that lacks may be a time when nobody works, a time without data, or,
where an export leaves out what is 0, nothing. Here is decided which.
"""

import numpy as np

from freshdesk_core.forecast.history import WEEK, Flags, Numbers, Values

BLOCK = 26 * WEEK  # days within which opening hours are taken for the same
EXPECTED = 0.5  # share of the days of a weekday on which an interval has to be there to be expected
TOO_MANY = 8.0  # contacts usual where a row lacks: chance leaves so many out once in 3,000 times


def complete_days(counts: Values, weekdays: Numbers, is_filled: bool) -> Values:
    """Make days complete, or no data.

    Args:
        counts: One row per day, one column per interval; NaN where the series has no value.
        weekdays: Which weekday (or phase) each day is, 0 to 6.
        is_filled: The series tells 0 and no data apart; else a missing row is 0, unless too many are usual.

    Returns:
        The same table: each row either without any NaN (closed intervals are 0) or all NaN.
    """
    whole = counts.copy()
    for first in range(0, len(counts), BLOCK):
        # The last block is as long as the others: a week alone does not tell what is usual.
        begin = max(0, min(first, len(counts) - BLOCK))
        here = slice(begin, min(begin + BLOCK, len(counts)))
        done = _complete(counts[here], weekdays[here], is_filled)
        whole[first : here.stop] = done[first - begin :]
    return whole if counts.shape[1] == 1 else _without_cut_ends(whole, counts, weekdays)


def _complete(counts: Values, weekdays: Numbers, is_filled: bool) -> Values:
    there = ~np.isnan(counts)
    is_open = there.any(axis=1)
    whole = np.where(there, counts, 0.0)
    for weekday in range(WEEK):
        same = weekdays == weekday
        if not (same & is_open).any():
            if is_filled:
                whole[same] = np.nan
            continue
        rows = counts[same & is_open]
        if is_filled:
            lacking = (~np.isnan(rows)).mean(axis=0) >= EXPECTED
            absent = ~is_open
        else:
            usual = np.nansum(rows, axis=0) / same.sum()
            lacking = usual >= TOO_MANY
            absent = ~is_open & (usual.sum() >= TOO_MANY)
        cut = (~there & lacking).any(axis=1)
        whole[same & ((is_open & cut) | absent)] = np.nan
    return whole


def _without_cut_ends(whole: Values, counts: Values, weekdays: Numbers) -> Values:
    """The first and last day only where they reach from the usual first to the usual last interval."""
    for day, edge in ((0, 0), (len(counts) - 1, -1)):
        others = np.delete(counts, day, axis=0)[np.delete(weekdays, day) == weekdays[day]]
        expected = np.flatnonzero(_presence(others) >= EXPECTED)
        there = np.flatnonzero(~np.isnan(counts[day]))
        if not len(expected):
            expected = np.array([0, counts.shape[1] - 1])
        is_cut = there[edge] > expected[edge] if edge == 0 else there[edge] < expected[edge]
        if is_cut:
            whole[day] = np.nan
    return whole


def _presence(rows: Values) -> Values:
    known: Flags = ~np.isnan(rows)
    return known.mean(axis=0) if len(rows) else np.zeros(rows.shape[1])
