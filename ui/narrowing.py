"""Filters of single pages: groups, sources and kinds, kept in the address."""

import dataclasses

import pandas as pd
import streamlit as st

from freshdesk_core.text import gettext as _
from ui.filters import Chosen

KEYS = ("group", "source", "kind")  # of the widgets, and in the address


def ask(chosen: Chosen, queues: pd.DataFrame) -> Chosen:
    """Ask which groups, sources and kinds to look at.

    Args:
        chosen: What the viewer chose for all pages.
        queues: The queues there are: ``group``, ``source``, ``kind``.
    """
    groups = _pick(_("Group"), queues["group"], "group")
    sources = _pick(_("Source"), queues["source"], "source")
    kinds = _pick(_("Kind"), queues["kind"], "kind")
    narrowed = dataclasses.replace(chosen.filters, groups=groups, sources=sources, kinds=kinds)
    return dataclasses.replace(chosen, filters=narrowed)


def reset() -> None:
    """Take them back."""
    for key in KEYS:
        st.session_state[key] = []


def _pick(label: str, names: pd.Series, key: str) -> tuple[str, ...]:
    options = sorted(set(names) - {"Unknown", "unknown"}, key=str.casefold)
    return tuple(st.multiselect(label, options, key=key, bind="query-params", placeholder=_("All")))
