"""Patterns: when contacts come, how that varies, and how it changes."""

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import notices, page, patterns, periods, special_days

chosen = page.begin(_("Patterns"))
narrowed = patterns.narrowed(chosen)
if narrowed is None:
    st.stop()

patterns.week(narrowed)
patterns.day(narrowed)
patterns.today(narrowed)
periods.days(narrowed)
periods.compared(narrowed)
special_days.manage(chosen)
notices.no_aht()
