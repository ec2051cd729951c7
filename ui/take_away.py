"""Every interval of every queue as a file: long or wide, made when somebody asks for it."""

from functools import partial

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import by_interval
from ui import data, page, tables
from ui.filters import Chosen, interval_word


def draw(chosen: Chosen) -> None:
    """Offer the figures behind the chart, per interval and queue."""
    st.subheader(_("Every interval of every queue"), anchor=False)
    long, wide = _("One row per interval and queue"), _("One column per queue")
    shape = st.segmented_control(
        _("Shape"), [long, wide], default=long, key="shape", required=True, label_visibility="collapsed"
    )
    tables.download_later(
        partial(_frame, chosen, is_wide=shape == wide),
        "queues-by-interval",
        page.facts(chosen),
        key="by_interval",
        note=_(
            "Per {interval}, {zone}, for the filters above; is_whole is false where the range holds only "
            "a part of a "
            "week or month."
        ).format(interval=interval_word(chosen.interval), zone=chosen.zone),
    )


def _frame(chosen: Chosen, *, is_wide: bool) -> pd.DataFrame:
    return by_interval(data.store(), chosen.window, chosen.interval, chosen.filters, is_wide=is_wide)
