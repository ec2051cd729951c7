"""The page's address: which queue is open, and links that keep the filters."""

import streamlit as st

QUEUE = "queue"
QUEUES_PAGE = "pages/queues.py"


def queue() -> str | None:
    """The id of the queue that is open."""
    return st.query_params.get(QUEUE) or None


def open_queue(queue_id: str) -> None:
    """Go to a queue, with the same filters."""
    st.switch_page(QUEUES_PAGE, query_params=[*_filters(), (QUEUE, queue_id)])


def link_to_queue(queue_id: str, label: str, icon: str | None = None) -> None:
    """A link to a queue that keeps the filters. *label* is Markdown, with names escaped."""
    st.page_link(QUEUES_PAGE, label=label, icon=icon, query_params=[*_filters(), (QUEUE, queue_id)])


def link_to_all_queues(label: str) -> None:
    """A link back to the list of queues that keeps the filters."""
    st.page_link(QUEUES_PAGE, label=label, icon=":material/arrow_back:", query_params=_filters())


def _filters() -> list[tuple[str, str]]:
    params = st.query_params
    return [(key, value) for key in params if key != QUEUE for value in params.get_all(key)]
