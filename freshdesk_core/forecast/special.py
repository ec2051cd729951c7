"""Holidays, campaigns, outages: no guide to other days, and known ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from freshdesk_core.forecast.cleaning import usual_and_spread
from freshdesk_core.forecast.history import Flags, History, Values

LARGEST = 10.0  # times the usual that a name may teach


@dataclass(frozen=True)
class SpecialDay:
    """A day that is not like others.

    Attributes:
        day: When.
        name: Days of one name teach each other: what Christmas did to the usual, it does again.
        factor: Times the usual, where the planner knows; 1 for a day that is only to be left out of history.
        copy_from: A day of the history whose count is taken instead.
    """

    day: date
    name: str
    factor: float | None = None
    copy_from: date | None = None


def marks(history: History, special: Sequence[SpecialDay]) -> Flags:
    """Which steps of a history are special (days only: weeks and months are left as they are)."""
    flags = np.zeros(len(history), dtype=np.bool_)
    for number in _places(history, [one.day for one in special]):
        flags[number] = True
    return flags


def apply(history: History, special: Sequence[SpecialDay], said: Values) -> tuple[Values, list[SpecialDay]]:
    """Apply the special days ahead.

    Returns:
        The forecast with them, and those ahead of which nothing is known: no factor, no earlier day of
        the same name with data. They are left as ordinary days.
    """
    if history.step.days != 1:
        return said, []
    usual, _spread = usual_and_spread(np.where(marks(history, special), np.nan, history.values), 7)
    changed, unknown = said.copy(), []
    end = history.ahead(0)
    for one in special:
        number = (one.day - end).days
        if not 0 <= number < len(said):
            continue
        copied = _copied(history, one)
        factor = _learnt(history, special, usual, one.name) if one.factor is None else one.factor
        if copied is not None:
            changed[number] = copied
        elif factor is not None:
            changed[number] = said[number] * max(0.0, factor)
        else:
            unknown.append(one)
    return changed, unknown


def _copied(history: History, one: SpecialDay) -> float | None:
    if one.copy_from is None:
        return None
    found = _places(history, [one.copy_from])
    value = float(history.values[found[0]]) if found else float("nan")
    return None if np.isnan(value) else value


def _learnt(history: History, special: Sequence[SpecialDay], usual: Values, name: str) -> float | None:
    """What days of that name brought, by what was usual then."""
    places = _places(history, [one.day for one in special if one.name == name])
    known = [n for n in places if not np.isnan(history.values[n]) and not np.isnan(usual[n])]
    expected = float(usual[known].sum())
    return min(LARGEST, float(history.values[known].sum()) / expected) if expected > 0 else None


def _places(history: History, days: Sequence[date]) -> list[int]:
    if history.step.days != 1:
        return []
    numbers = [(day - history.first) // timedelta(days=1) for day in days]
    return [number for number in numbers if 0 <= number < len(history)]
