"""Inflow's dashboard: `streamlit run app.py`.

Loaded twice: imported by the server it is the ASGI app, run for a session it draws a page. It holds no
state, so the two need not know of each other.
"""

import streamlit as st

if __name__ == "__main__":
    from ui import frame

    frame.draw()
else:
    from streamlit.runtime.pages_manager import PagesManager

    from ui import doors, server

    doors.check_at_start()
    # Streamlit takes a folder "pages" for its own until a session has called st.navigation; the first
    # viewer who follows a link would be told that the page does not exist.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, lifespan=server.lifespan, middleware=server.middleware(), routes=server.routes())
