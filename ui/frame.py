"""The frame around every page: page config, navigation and the shared filters. It computes nothing."""

from pathlib import Path

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import address, filters, notices

ICON, LOGO = (str(Path(__file__).with_name(name)) for name in ("icon.svg", "logo.svg"))


def draw() -> None:
    """Draw the page that the address names, inside the frame."""
    # Own pictures: an icon by name would be fetched from a foreign server as the tab's picture.
    st.set_page_config(page_title="Inflow", page_icon=ICON, layout="wide")
    st.logo(LOGO, size="large", icon_image=ICON)
    page = st.navigation(_pages(), expanded=True)
    with notices.guarded():
        filters.draw()
        address.follow(page.url_path)
        page.run()


def _pages() -> dict[str, list[st.Page]]:
    return {
        _("Volumes"): [
            st.Page("pages/overview.py", title=_("Overview"), icon=":material/monitoring:", default=True),
            st.Page("pages/queues.py", title=_("Queues"), icon=":material/stacked_inbox:"),
            st.Page(
                "pages/contacts_vs_tickets.py",
                title=_("Contacts vs tickets"),
                icon=":material/balance:",
                url_path="contacts-vs-tickets",
            ),
        ],
        _("Account"): [st.Page("pages/integrations.py", title=_("Integrations"), icon=":material/cable:")],
        _("Help"): [
            st.Page(
                "pages/how_it_works.py",
                title=_("How it works"),
                icon=":material/menu_book:",
                url_path="how-it-works",
            )
        ],
    }
