"""The frame around every page: page config, navigation and the shared filters. It computes nothing."""

from pathlib import Path

import streamlit as st

from freshdesk_core.text import gettext as _
from ui import address, filters, language, login, notices, saved_views, shown_once
from ui.address import INTEGRATIONS_PATH, QUEUES_PATH
from ui.style import DARK_ON_PAPER, STYLE

HELP_PATH = "how-it-works"
ICON, LOGO = (str(Path(__file__).with_name(name)) for name in ("icon.svg", "logo.svg"))


def draw() -> None:
    """Draw the page that the address names, inside the frame."""
    # Own pictures: an icon by name would be fetched from a foreign server as the tab's picture.
    st.set_page_config(page_title="Inflow", page_icon=ICON, layout="wide")
    st.logo(LOGO, size="large", icon_image=ICON)
    st.html(STYLE)
    if st.context.theme.type == "dark":
        st.html(DARK_ON_PAPER)
    is_in = login.is_open()
    page = st.navigation(_pages(), expanded=True, position="sidebar" if is_in else "hidden")
    with notices.guarded():
        if not is_in:
            login.screen()
            language.switch(page.url_path)
            return
        filters.draw()
        login.who()
        with st.sidebar:
            saved_views.draw(page.url_path, is_figures=page.url_path not in (INTEGRATIONS_PATH, HELP_PATH))
            language.switch(page.url_path)
        address.follow(page.url_path)
        shown_once.forget(unless=address.account() if page.url_path == INTEGRATIONS_PATH else None)
        page.run()


def _pages() -> dict[str, list[st.Page]]:
    # Each address differs from its file's name: Streamlit has an older meaning for those (see app.py).
    return {
        _("Volumes"): [
            _page("overview", _("Overview"), "monitoring", "start", default=True),
            _page("queues", _("Queues"), "stacked_inbox", QUEUES_PATH),
            _page("patterns", _("Patterns"), "calendar_view_week", "when-contacts-come"),
            _page("contacts_vs_tickets", _("Contacts vs tickets"), "balance", "contacts-vs-tickets"),
        ],
        _("Account"): [_page("integrations", _("Integrations"), "cable", INTEGRATIONS_PATH)],
        _("Help"): [_page("how_it_works", _("How it works"), "menu_book", HELP_PATH)],
    }


def _page(name: str, title: str, icon: str, url_path: str, *, default: bool = False) -> st.Page:
    return st.Page(
        f"pages/{name}.py", title=title, icon=f":material/{icon}:", url_path=url_path, default=default
    )
