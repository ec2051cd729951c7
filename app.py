"""Inflow's dashboard: `streamlit run app.py`. The frame is drawn here; the pages do the rest."""

from ui import frame

frame.draw()
