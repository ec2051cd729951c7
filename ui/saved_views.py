"""Views that were given a name: opened, saved, renamed and deleted at the side of every page."""

import html
from collections.abc import Callable, Iterable
from urllib.parse import urlencode

import streamlit as st

from freshdesk_core.errors import CoreError
from freshdesk_core.store import saved_views
from freshdesk_core.store.saved_views import SavedView
from freshdesk_core.text import gettext as _
from ui import address, data, filters, links, login, markdown, narrowing, notices

PAGE_KEYS = (
    "figure", "weekdays", "business", "opens", "closes", "week_step", "day_step", "against", "against_day",
    "search",
)  # fmt: skip
KEPT = (*filters.KEYS, *narrowing.KEYS, *PAGE_KEYS, address.QUEUE)
"""What of an address belongs to a view: each choice that pages keep there, and the queue that is open."""
REFUSED = "_view_refused"
NAME, GONE, NEW_NAME = "view_name", "view_chosen", "view_new_name"


def draw(page: str, *, is_figures: bool) -> None:
    """Draw the views at the side.

    Args:
        page: The present page's path in the address.
        is_figures: The page shows figures, and can be saved.
    """
    with st.popover(_("Saved views"), icon=":material/bookmarks:", width="stretch", key="saved_views"):
        _content(page, can_save=is_figures and filters.current() is not None)


@st.fragment
def _content(page: str, *, can_save: bool) -> None:
    """Drawn anew by itself: the page beside it stays as it is, and its guards are not asked again."""
    with notices.guarded():
        actor = login.actor()
        if error := st.session_state.pop(REFUSED, None):
            notices.fault(error)
        kept = saved_views.listed(data.store())
        if kept:
            st.html(_list(kept))
        else:
            st.caption(_("No view is saved yet."))
        if can_save:
            _save(page)
        else:
            st.caption(_("Views are saved on the pages that show figures."))
        if mine := [view for view in kept if view.may_change(actor)]:
            _change(mine)


def query() -> str:
    """The present address's filters, by their codes."""
    params = st.query_params
    pairs = [(key, value) for key in KEPT if key in params for value in params.get_all(key)]
    return links.coded(urlencode(pairs))


def _list(kept: Iterable[SavedView]) -> str:
    """The views as links that load the page anew: whatever is chosen now, they open the same."""
    items = "".join(f'<li><a href="{_address(view)}">{_name(view.name)}</a></li>' for view in kept)
    return f'<ul class="inflow-views" aria-label="{html.escape(_("Saved views"))}">{items}</ul>'


def _address(view: SavedView) -> str:
    return html.escape(f"./{view.page}?{view.query}" if view.query else f"./{view.page}")


def _name(name: str) -> str:
    return html.escape(markdown.plain(name))


def _save(page: str) -> None:
    with st.form("save_view", border=False):
        st.text_input(
            _("Name of this view"),
            key=NAME,
            max_chars=saved_views.LONGEST_NAME,
            help=_(
                "Keeps this page with its filters, for everybody here. A range that is counted back, such as "
                "the last 28 days, goes with the time."
            ),
        )
        st.form_submit_button(
            _("Save this view"),
            icon=":material/bookmark_add:",
            key="view_save",
            on_click=_saved,
            args=(page,),
        )


def _change(mine: list[SavedView]) -> None:
    names = {view.view_id: markdown.plain(view.name) for view in mine}
    with st.expander(_("Rename or delete"), key="view_change"):
        chosen = st.selectbox(
            _("View"), list(names), index=None, format_func=lambda id_: names.get(id_, ""), key=GONE,
            placeholder=_("Choose a view"),
        )  # fmt: skip
        st.text_input(_("New name"), key=NEW_NAME, max_chars=saved_views.LONGEST_NAME)
        with st.container(horizontal=True):
            st.button(_("Rename"), key="view_rename", on_click=_renamed, disabled=chosen is None)
            st.button(_("Delete"), key="view_delete", on_click=_removed, disabled=chosen is None)


def _saved(page: str) -> None:
    name = st.session_state.get(NAME, "")
    _do(lambda: saved_views.save(login.actor(), data.store(), name, page, query()), NAME)


def _renamed() -> None:
    view_id, name = st.session_state.get(GONE), st.session_state.get(NEW_NAME, "")
    if view_id is not None:
        _do(lambda: saved_views.rename(login.actor(), data.store(), view_id, name), NEW_NAME, GONE)


def _removed() -> None:
    if (view_id := st.session_state.get(GONE)) is not None:
        _do(lambda: saved_views.remove(login.actor(), data.store(), view_id), NEW_NAME, GONE)


def _do(deed: Callable[[], object], *fields: str) -> None:
    """Do something and empty its fields, or keep what was typed and say why it is refused."""
    try:
        deed()
    except CoreError as error:
        st.session_state[REFUSED] = error
        return
    for field in fields:
        st.session_state[field] = None if field == GONE else ""
