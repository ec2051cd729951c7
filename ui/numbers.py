"""How figures are written: whole contacts, ratios, shares, changes; a dash where nothing is proven."""

import math

import pandas as pd

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext

NO_DATA = "–"


def whole(count: int | None) -> str:
    """Write a count with thousands separators, or a dash for no data."""
    return NO_DATA if _is_missing(count) else formats.whole(int(count))  # type: ignore[arg-type]


def ratio(value: float | None) -> str:
    """Write a ratio with two decimals, or a dash for no data."""
    return NO_DATA if _is_missing(value) else formats.decimal(value, 2)  # type: ignore[arg-type]


def share(value: float | None) -> str:
    """Write a share from 0 to 1 as a percentage, or a dash for no data."""
    return NO_DATA if _is_missing(value) else _percent(formats.decimal(100 * value, 1))  # type: ignore[operator]


def change(growth: float | None) -> str | None:
    """Write by how much a figure grew (0.1: 10 % more) as a signed percentage; None without a meaning."""
    return None if _is_missing(growth) else _percent(signed(100 * growth, ""))  # type: ignore[operator]


def difference(now: float | None, before: float | None, *, points: bool = False) -> str | None:
    """Write the change of a ratio, or of a share in percentage points; None where one is missing."""
    if _is_missing(now) or _is_missing(before):
        return None
    step = now - before  # type: ignore[operator]
    if points:
        return _("{count} pp").format(count=signed(100 * step, ""))
    return signed(step, "", decimals=2)


def signed(value: float, unit: str, *, decimals: int = 1) -> str:
    """Write a number with its sign; what rounds to zero has none."""
    return formats.signed(value, decimals) + unit


def _percent(number: str) -> str:
    return _("{number} %").format(number=number)


def duration(seconds: float) -> str:
    """Write a stretch of time roughly, as a person would say it."""
    if seconds < 90:
        count = max(1, round(seconds))
        return ngettext("{count} second", "{count} seconds", count).format(count=count)
    if seconds < 90 * 60:
        return _("{count} minutes").format(count=round(seconds / 60))
    if seconds < 48 * 3600:
        return _("{count} hours").format(count=round(seconds / 3600))
    return _("{count} days").format(count=round(seconds / 86400))


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
