"""Account > Integrations: which accounts are connected, and what their imports do."""

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import connected

st.title(_("Integrations"), anchor=False)
connected.accounts()
connected.how_to_add()
