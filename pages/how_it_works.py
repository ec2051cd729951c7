"""How it works: what is counted and why, the words, and what is not offered."""

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import explained, notices, own_figures

st.title(_("How it works"), anchor=False)
st.markdown(explained.counting())
st.subheader(_("Examples"), anchor=False)
st.markdown(explained.examples())
own_figures.draw()
st.subheader(_("What is not counted"), anchor=False)
st.markdown(explained.excluded())
st.subheader(_("Complete, or no data"), anchor=False)
st.markdown(explained.completeness())
st.subheader(_("What the badges of integrations say"), anchor=False)
st.markdown(explained.health())
st.subheader(_("The words"), anchor=False)
st.markdown(explained.words())
st.subheader(_("What is not offered"), anchor=False)
notices.no_aht()
st.markdown(explained.not_offered())
