"""A day's sum spread over its intervals, by the weekday profiles of the last weeks (top-down).

Measured better and far cheaper than models of the intervals themselves: a quarter hour is mostly chance, its
share of the day hardly so. How much weekdays learn from each other, and neighbours too, is chosen by
the same origins as the methods.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from freshdesk_core.forecast.backtest import Told
from freshdesk_core.forecast.cleaning import UNUSUAL, usual_and_spread
from freshdesk_core.forecast.history import WEEK, Flags, Numbers, Values

WEEKS = 13
SHARED = (0.0, 50.0, 500.0)  # contacts of all weekdays that stand beside a weekday's own
WIDTHS = (0, 1, 3)  # intervals on either side that stand beside an interval


@dataclass(frozen=True)
class Smoothness:
    """How a profile is made from what came: see SHARED and WIDTHS."""

    shared: float = SHARED[1]
    width: int = WIDTHS[1]


VARIANTS = tuple(Smoothness(shared, width) for shared, width in product(SHARED, WIDTHS))


def normal_days(values: Values, special: Flags) -> Flags:
    """The days that are a guide to others: complete, not special, nothing that stands out."""
    marked = np.where(special, np.nan, values)
    usual, spread = usual_and_spread(marked, WEEK)
    with np.errstate(invalid="ignore"):
        return ~np.isnan(marked) & ~(np.abs(marked - usual) > UNUSUAL * spread)


def profiles(counts: Values, normal: Flags, smoothness: Smoothness) -> Values:
    """Weekday profiles of the last 13 weeks of a history.

    Args:
        counts: One row per day, one column per interval of the clock.
        normal: Which days count.
        smoothness: How.

    Returns:
        Shares of the day: a row per phase (the day's number by 7), each adding up to 1.
    """
    first = max(0, len(counts) - WEEKS * WEEK)
    days = np.arange(first, len(counts))[normal[first:]]
    sums = np.zeros((WEEK, counts.shape[1]))
    np.add.at(sums, days % WEEK, counts[days])
    everyone = sums.sum(axis=0)
    if not everyone.any():
        return np.full_like(sums, 1 / counts.shape[1])
    smooth = _smooth(sums + smoothness.shared * everyone / everyone.sum(), smoothness.width)
    smooth = np.where(everyone > 0, smooth, 0.0)  # what is closed on all days stays closed
    total = smooth.sum(axis=1, keepdims=True)
    return np.where(total > 0, smooth / np.where(total > 0, total, 1.0), everyone / everyone.sum())


def spread(days: Values, shares: Values, first: int) -> Values:
    """Days to intervals: a row per day; *first* is the number of the first day, which tells its phase."""
    return np.asarray(days[:, None] * shares[(first + np.arange(len(days))) % WEEK])


def naive(counts: Values, at: int, horizon: int) -> Values:
    """The last week again, interval by interval; for a day without data, the same weekday before."""
    rows = []
    for phase in range(WEEK):
        same = counts[max(0, at - WEEK * WEEKS) : at][::-1][phase::WEEK]
        known = same[~np.isnan(same).any(axis=1)]
        rows.append(known[0] if len(known) else np.zeros(counts.shape[1]))
    # rows[0] is the day before *at*: the first day ahead is like rows[6].
    return np.asarray([rows[WEEK - 1 - day % WEEK] for day in range(horizon)])


def choose(counts: Values, normal: Flags, told: Sequence[Told]) -> Smoothness:
    """The variant with the smallest squared error, the days being known: only shapes are compared."""

    def error(variant: Smoothness) -> float:
        total = 0.0
        for one in told:
            at = one.origin.at
            came, rows = _came(counts, one)
            shares = profiles(counts[:at], normal[:at], variant)
            total += float(((spread(one.origin.came, shares, at)[rows] - came) ** 2).sum())
        return total

    return min(VARIANTS, key=error) if told else Smoothness()


def past(
    counts: Values, normal: Flags, told: Sequence[Told], smoothness: Smoothness
) -> tuple[Values, Values, Values]:
    """What was said per interval, what seasonal naive said, and what came: origin after origin."""
    said, naively, came = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    for one in told:
        at = one.origin.at
        then, rows = _came(counts, one)
        shares = profiles(counts[:at], normal[:at], smoothness)
        said.append(spread(one.said, shares, at)[rows].ravel())
        naively.append(naive(counts, at, len(one.said))[rows].ravel())
        came.append(then.ravel())
    return np.concatenate(said), np.concatenate(naively), np.concatenate(came)


def _came(counts: Values, told: Told) -> tuple[Values, Numbers]:
    rows = np.flatnonzero(told.origin.counts)
    return counts[told.origin.at + rows], rows


def _smooth(rows: Values, width: int) -> Values:
    """Each interval's mean with its neighbours, the nearer the more; nothing leaves the day."""
    if not width:
        return rows
    weights = np.concatenate([np.arange(1, width + 2), np.arange(width, 0, -1)]).astype(np.float64)
    size = len(weights)
    if rows.shape[1] < size:
        return rows
    inside = np.convolve(np.ones(rows.shape[1]), weights, mode="same")
    return np.asarray([np.convolve(row, weights, mode="same") / inside for row in rows])
