"""A CSV file of special days: ``ds``, ``name``, and where they are known ``factor`` or ``copy_from``."""

import csv
import math
from datetime import date
from pathlib import Path

from freshdesk_core.errors import DataError
from freshdesk_core.forecast.special import SpecialDay


def read_special_days(file: Path) -> list[SpecialDay]:
    """Read special days.

    Args:
        file: A CSV file in UTF-8, separated by commas.

    Raises:
        DataError: ``series-unreadable``, ``series-bad-time``, ``series-bad-number``.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError("series-unreadable", file=str(file)) from error
    return [_special_day(row, number) for number, row in enumerate(rows, 2)]


def _special_day(row: dict[str, str | None], number: int) -> SpecialDay:
    day = _day(row.get("ds"), number)
    factor, copied = (row.get("factor") or "").strip(), (row.get("copy_from") or "").strip()
    return SpecialDay(
        day,
        (row.get("name") or day.isoformat()).strip(),
        _factor(factor, number) if factor else None,
        _day(copied, number) if copied else None,
    )


def _day(text: str | None, number: int) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError as error:
        raise DataError("series-bad-time", row=number) from error


def _factor(text: str, number: int) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0 <= factor < math.inf:
        raise DataError("series-bad-number", row=number)
    return factor
