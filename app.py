"""Inflow's dashboard: `streamlit run app.py`.

Loaded twice: imported by the server it is the ASGI app, run for a session it draws a page. It holds no
state, so the two need not know of each other.
"""

import streamlit as st

if __name__ == "__main__":
    from ui import frame

    frame.draw()
else:
    from ui import server

    app = st.App(__file__, lifespan=server.lifespan)
