"""The receipt of a purge: what was deleted, to keep."""

import pandas as pd
import streamlit as st

from freshdesk_core.importing.life import Receipt
from freshdesk_core.text import gettext as _
from ui import data, markdown, numbers, tables


def draw(done: Receipt) -> None:
    """What a purge deleted: rows by table, to keep."""
    frame = pd.DataFrame({"table": list(done.rows), "rows_deleted": list(done.rows.values())}).sort_values(
        "rows_deleted", ascending=False
    )
    with st.container(border=True, key="receipt"):
        st.markdown(":material/receipt_long: **" + _("Receipt") + "**")
        st.markdown(markdown.sentence(done.text))
        facts = {
            _("Integration"): done.integration,
            _("Rows deleted"): numbers.whole(done.total),
            _("Written at"): data.local_time(data.now(), "UTC") + " UTC",
        }
        st.table(
            frame.rename(columns={"table": _("Table"), "rows_deleted": _("Rows deleted")}).set_index(
                _("Table")
            )
        )
        tables.download(frame, "inflow-receipt", facts, key="receipt")
