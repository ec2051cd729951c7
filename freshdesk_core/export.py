"""Frames as files: CSV, XLSX, and the form that injixo imports.

A spreadsheet takes a text that begins with = + - @ (or with a blank that hides one) for a formula, and a
group's name may be anything. Such a text gets an apostrophe in front. So does a part of it that would begin
a cell of its own where the file is read with another separator than it was written with, as spreadsheets
do that are set to a language with a decimal comma. Numbers stay numbers, and every other text as it is.
"""

import csv
import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from freshdesk_core.counting.queues import CHANNEL

_HIDING = ("\t", "\r", "\n", "\0")
_FORMULA = re.compile(r"""(^|[,;|\t\r\n])(?=[\s"\0]*[=+\-@\uff1d\uff0b\uff0d\uff20])""")
INJIXO_COLUMNS = ("Queue", "Date", "Time", "Offered", "Handled", "Channel")
SHEET_ROWS = 1_048_575  # what a sheet of XLSX holds below its head


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame as CSV.

    Times are in ISO 8601 with their offset; no data is an empty field; line ends are "\\n".

    >>> csv_text(pd.DataFrame({"queue": ["=1+1 email Tickets"], "offered": [-3]}))
    "queue,offered\\n'=1+1 email Tickets,-3\\n"
    """
    out = _Lines()
    writer = csv.writer(out)
    writer.writerow([_safe(str(name)) for name in frame.columns])
    writer.writerows(zip(*(_texts(frame[name]) for name in frame.columns), strict=True))
    return "".join(out)


def injixo_csv(frame: pd.DataFrame) -> str:
    """Write offered contacts in injixo's form: ``Queue;Date;Time;Offered;Handled;Channel``.

    The form has no offset: the two hours that share a clock time when clocks go back become one row.
    It has no word for missing data either: rows without data are left out. ``Handled`` repeats
    ``Offered``, because the form asks for it; how much was handled, Freshdesk does not say.

    Args:
        frame: ``offered(…, by=("queue",))``.
    """
    known = frame[frame["offered"].notna()]
    starts = known["interval_start"].dt.tz_localize(None) if len(known) else known["interval_start"]
    rows: dict[tuple[str, str, str, str], int] = {}
    for queue_id, queue, start, offered in zip(
        known["queue_id"], known["queue"], starts, known["offered"], strict=True
    ):
        key = str(queue_id), str(queue), f"{start:%Y-%m-%d}", f"{start:%H:%M}"
        rows[key] = rows.get(key, 0) + int(offered)
    out = _Lines()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(INJIXO_COLUMNS)
    for (_id, queue, day, time), offered in rows.items():
        writer.writerow((_safe(queue), day, time, offered, offered, CHANNEL.lower()))
    return "".join(out)


def xlsx_bytes(frame: pd.DataFrame, facts: Mapping[str, str] | None = None, name: str = "Inflow") -> bytes:
    """Write a frame as an Excel file.

    Args:
        frame: What goes on the first sheet. Times become texts in ISO 8601 with their offset, because a
            sheet has no zones; ids too long for a sheet's numbers become texts.
        facts: What the figures mean (filters, zone, complete up to …), for a second sheet.
        name: The first sheet's name.

    Raises:
        ValueError: There are more rows than a sheet holds.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

    if len(frame) > SHEET_ROWS:
        raise ValueError(f"{len(frame)} rows do not fit on a sheet")
    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, title in enumerate(frame.columns):
            sheet.write_string(0, column, str(_safe(str(title))), bold)
            for row, value in enumerate(_texts(frame[title]), start=1):
                _write(sheet, row, column, value)
        if facts:
            about = book.add_worksheet("About")
            for row, (title, fact) in enumerate(facts.items()):
                about.write_string(row, 0, _safe(title), bold)
                about.write_string(row, 1, _safe(fact))
    return out.getvalue()


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """A frame as JSON takes it: times in ISO 8601 with their offset, no data as None."""
    columns = [_values(frame[name]) for name in frame.columns]
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


class _Lines(list[str]):
    """Takes rows from a writer that ends them with CR LF, and ends them with LF.

    Told to end rows with LF itself, the writer would leave a lone CR in a name unquoted.
    """

    def write(self, row: str) -> None:
        self.append(row.removesuffix("\r\n") + "\n")


def _write(sheet: Any, row: int, column: int, value: object) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(row, column, value)
    elif value != "":
        sheet.write_string(row, column, str(value))


def _texts(column: pd.Series) -> list[object]:
    """A column as cells: numbers as they are, texts made safe, no data empty."""
    return ["" if value is None else _safe(value) for value in _values(column)]


def _values(column: pd.Series) -> list[object]:
    """A column as plain values; no data is None, times are texts."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        codes, moments = pd.factorize(column)
        texts = [moment.isoformat() for moment in pd.DatetimeIndex(moments).to_pydatetime()]
        return [None if code < 0 else texts[code] for code in codes]
    return [_plain(value) for value in column.astype(object)]


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None or value is pd.NA or value is pd.NaT or value != value else value


def _safe(value: object) -> object:
    """Put an apostrophe wherever a text, or a part that could become a cell, would be calculated."""
    if not isinstance(value, str):
        return value
    safe = _FORMULA.sub(r"\1'", value)
    return "'" + safe if safe.startswith(_HIDING) else safe
