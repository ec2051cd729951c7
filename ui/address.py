"""The page's address: which queue or integration is open, and links that keep the filters."""

import streamlit as st

QUEUE = "queue"
QUEUES_PAGE = "pages/queues.py"
QUEUES_PATH = "queues-and-pairs"
INTEGRATIONS_PATH = "account-integrations"
ACCOUNT = "account"
CONNECT = "connect"
CATALOGUE, MODELS, FORM = "catalogue", "freshworks", "freshdesk"  # the steps of adding an integration
SEEN = "_seen_page_and_place"
OPENED = "_times_opened"


def queue() -> str | None:
    """The id of the queue that is open."""
    return st.query_params.get(QUEUE) or None


def open_queue(queue_id: str) -> None:
    """Show a queue in the place of the present page, with the same filters."""
    st.session_state[OPENED] = times_opened() + 1
    # Not by a switch of pages: that takes the filters out of the address.
    st.query_params[QUEUE] = queue_id
    st.rerun()


def times_opened() -> int:
    """How many queues were opened by a click; part of the keys of tables, whose choice must not live on."""
    return int(st.session_state.get(OPENED, 0))


def seen() -> object:
    """What this session shows: a part that draws itself anew by the clock is given it, see ``redraw``."""
    return st.session_state.get(SEEN)


def redraw(drawn_at: object) -> None:
    """Draw the page anew, unless something else was opened since: the browser may have asked before it knew.

    Such a belated question carries the old address, and would lead back there.
    """
    if drawn_at == seen():
        st.rerun(scope="app")


def account() -> int | None:
    """The id of the integration that is open; None where the address names none."""
    said = st.query_params.get(ACCOUNT, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def connecting() -> str:
    """Which step of adding an integration is open: ``CATALOGUE``, ``MODELS``, ``FORM`` or ""."""
    return st.query_params.get(CONNECT, "")


def place() -> str:
    """What is open on a page, in one word; "" is the page itself."""
    return queue() or str(account() or "") or connecting()


def open_account(integration_id: int) -> None:
    """Show an integration in the place of the present page."""
    _go({ACCOUNT: str(integration_id)})


def open_connecting(step: str) -> None:
    """Show a step of adding an integration in the place of the present page."""
    _go({CONNECT: step})


def open_accounts() -> None:
    """Go back to the list of integrations."""
    _go({})


def _go(place: dict[str, str]) -> None:
    for name in (ACCOUNT, CONNECT):
        st.query_params.pop(name, None)
    st.query_params.update(place)
    st.rerun(scope="app")


def follow(page: str) -> None:
    """Tell the browser its address anew when another queue, integration or step was opened on the same page.

    A link from a page to itself changes what is shown, but Streamlit leaves the old address standing.
    """
    was, now = st.session_state.get(SEEN), (page, place())
    st.session_state[SEEN] = now
    if was is not None and was[0] == page and was != now:
        st.query_params.update({})


def link_to_queue(queue_id: str, label: str, icon: str | None = None) -> None:
    """A link to a queue that keeps the filters. *label* is Markdown, with names escaped."""
    st.page_link(QUEUES_PAGE, label=label, icon=icon, query_params=[*_filters(), (QUEUE, queue_id)])


def link_to_all_queues(label: str) -> None:
    """A link back to the list of queues that keeps the filters."""
    st.page_link(QUEUES_PAGE, label=label, icon=":material/arrow_back:", query_params=_filters())


def _filters() -> list[tuple[str, str]]:
    """The filters for a link to the Queues page; on other pages the browser adds them by itself."""
    if st.session_state[SEEN][0] != QUEUES_PATH:
        return []
    params = st.query_params
    return [(key, value) for key in params if key != QUEUE for value in params.get_all(key)]
