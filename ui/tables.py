"""Tables: numbers to the right with thousands separators, no index, a download beside each."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from freshdesk_core import export, formats
from ui import address, numbers

ROW_HEIGHT = 32
SIGN, SIGN_PERCENT = "%+.1f", "%+.1f %%"
SIGNED: dict[str | None, Callable[[float], str]] = {
    SIGN: lambda value: formats.signed(value, 1),
    SIGN_PERCENT: lambda value: numbers.change(value / 100) or numbers.NO_DATA,
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(frame: pd.DataFrame, columns: dict[str, object], *, key: str, alt: str, rows: int = 12) -> None:
    """Draw a frame.

    Args:
        frame: The rows, in the order to show.
        columns: What to show, in this order: column name → how.
        key: The table's name in this page.
        alt: What the table says, for those who do not see it.
        rows: How many rows are seen before it scrolls.
    """
    written, columns = _written(frame, columns)
    st.dataframe(written, key=key, **_looks(frame, columns, alt, rows))


def choose(
    frame: pd.DataFrame, columns: dict[str, object], *, key: str, alt: str, rows: int = 12
) -> int | None:
    """Draw a frame whose rows can be chosen, and return the place of the one that is."""
    written, columns = _written(frame, columns)
    state = st.dataframe(
        written,
        key=f"{key}_{address.times_opened()}",
        on_select="rerun",
        selection_mode="single-row",
        **_looks(frame, columns, alt, rows),
    )
    chosen = state.selection.rows
    return chosen[0] if chosen and chosen[0] < len(frame) else None


def select(
    frame: pd.DataFrame,
    columns: dict[str, object],
    *,
    key: str,
    alt: str,
    chosen: list[int],
    on_select: Callable[[], None],
    rows: int = 12,
) -> None:
    """Draw a frame of which several rows can be chosen; their places stand under the key in the session.

    *chosen* are chosen when a table of this key is first drawn.
    """
    written, columns = _written(frame, columns)
    st.dataframe(
        written,
        key=key,
        on_select=on_select,
        selection_mode="multi-row",
        selection_default={"selection": {"rows": chosen}},
        **_looks(frame, columns, alt, rows),
    )


def _written(frame: pd.DataFrame, columns: dict[str, object]) -> tuple[Any, dict[str, object]]:
    """The cells to draw and how; what has a sign is written here: formats know no minus but a hyphen."""
    signed = {name: SIGNED[form] for name, column in columns.items() if (form := _format(column)) in SIGNED}
    cells = frame[list(columns)]
    if not signed:
        return cells, columns
    own = {name: _with_format(columns[name], None) for name in signed}
    return cells.style.format(signed, na_rep="–"), columns | own


def _format(column: Any) -> str | None:
    found: str | None = column["type_config"].get("format")
    return found


def _with_format(column: Any, form: str | None) -> object:
    return column | {"type_config": column["type_config"] | {"format": form}}


def _looks(frame: pd.DataFrame, columns: dict[str, object], alt: str, rows: int) -> dict[str, Any]:
    return {
        "column_config": columns,
        "hide_index": True,
        "height": ROW_HEIGHT * (min(len(frame), rows) + 1) + 3,
        "row_height": ROW_HEIGHT,
        "placeholder": "–",
        "alt": alt,
    }


def download(
    frame: pd.DataFrame, file_name: str, facts: dict[str, str], *, key: str, note: str | None = None
) -> None:
    """Offer a frame as CSV and Excel; cells that a spreadsheet would run are made harmless by the core.

    Args:
        frame: What to write.
        file_name: Without its ending.
        facts: What the figures mean, for the Excel file's second sheet.
        key: The buttons' name in this page.
        note: What else to say in the same line.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("CSV", lambda: export.csv_text(frame), f"{file_name}.csv", "text/csv", f"{key}_csv")
        _button("XLSX", lambda: export.xlsx_bytes(frame, facts), f"{file_name}.xlsx", XLSX, f"{key}_xlsx")
        if note:
            st.caption(note)


def download_csv(make: Callable[[], pd.DataFrame], file_name: str, *, key: str, note: str) -> None:
    """Offer a frame as CSV that is made only when somebody asks for it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("CSV", lambda: export.csv_text(make()), f"{file_name}.csv", "text/csv", f"{key}_csv")
        st.caption(note)


def download_later(
    make: Callable[[], pd.DataFrame], file_name: str, facts: dict[str, str], *, key: str, note: str
) -> None:
    """Offer a frame as CSV and Excel that is made only when somebody asks for it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("CSV", lambda: export.csv_text(make()), f"{file_name}.csv", "text/csv", f"{key}_csv")
        _button("XLSX", lambda: export.xlsx_bytes(make(), facts), f"{file_name}.xlsx", XLSX, f"{key}_xlsx")
        st.caption(note)


def _button(label: str, make: Callable[[], str | bytes], file_name: str, mime: str, key: str) -> None:
    st.download_button(
        label, make, file_name, mime, icon=":material/download:", type="tertiary", on_click="ignore", key=key
    )


def text(label: str, *, help_text: str | None = None, width: str | int | None = None) -> object:
    """A column of names, shown as they are."""
    return st.column_config.TextColumn(label, help=help_text, width=width)


def count(label: str, *, help_text: str | None = None, width: str | int = "small") -> object:
    """A column of counts."""
    return st.column_config.NumberColumn(label, help=help_text, format=formats.table_number(), width=width)


def ratio(label: str, *, help_text: str | None = None) -> object:
    """A column of ratios."""
    return st.column_config.NumberColumn(label, help=help_text, format=formats.table_number(2), width="small")


def deviation(label: str, *, help_text: str | None = None) -> object:
    """A column of figures with their sign."""
    return st.column_config.NumberColumn(label, help=help_text, format=SIGN, width="small")


def percent(label: str, *, is_change: bool = False, help_text: str | None = None) -> object:
    """A column of percentages (0 to 100); a change has its sign."""
    return st.column_config.NumberColumn(
        label, help=help_text, format=SIGN_PERCENT if is_change else "%.1f %%", width="small"
    )


def trend(label: str, *, help_text: str | None = None) -> object:
    """A column of small charts, in the theme's own colour: they say nothing by colour."""
    return st.column_config.AreaChartColumn(label, help=help_text, y_min=0, width="medium")


def ticket_link(label: str) -> object:
    """A column of links to tickets, shown as the ticket's number."""
    return st.column_config.LinkColumn(label, display_text=r"/tickets/(\d+)", width="small")
