"""Cached reads. The store is opened once; frames are kept until an import raises the revision.

A cached read that fails raises, so a failure is never kept in place of an answer.
"""

import time
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from freshdesk_core import formats, health, text, volumes
from freshdesk_core.importing.progress import Progress
from freshdesk_core.importing.progress import progress as read_progress
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, comparisons, integrations
from freshdesk_core.store.comparisons import Comparison
from freshdesk_core.store.integrations import Integration
from freshdesk_core.volumes import Filters, Window
from freshdesk_core.volumes.windows import zone_of

ENTRIES = 400
WORDED = {"how_known"}  # questions whose answers hold words: remembered for each language apart
QUARTER = 900


@st.cache_resource(show_spinner=False)
def _open(url: str, home: str) -> Store:
    """Open the store of these settings once for all sessions."""
    return Store.open(Settings.from_environment())


def store() -> Store:
    """The store that the settings name."""
    settings = Settings.from_environment()
    return _open(settings.database_url, str(settings.home))


def revision() -> int:
    """What rises with every step of an import: as long as it stays, every cached frame is true."""
    return volumes.revision(store())


@st.cache_data(show_spinner=False, max_entries=ENTRIES)
def _answer(url: str, revision: int, language: str, question: str, arguments: tuple[Any, ...]) -> Any:
    return getattr(volumes, question)(store(), *arguments)


def ask(question: str, *arguments: Any) -> Any:
    """Ask ``freshdesk_core.volumes`` a question by its name, or remember its answer."""
    language = text.tag() if question in WORDED else ""
    return _answer(Settings.from_environment().database_url, revision(), language, question, arguments)


def now() -> int:
    """The present, down to the quarter hour: figures change no more often, and caches can hold."""
    return int(time.time()) // QUARTER * QUARTER


def today(zone: str) -> date:
    """The local day it is."""
    return datetime.fromtimestamp(time.time(), UTC).astimezone(zone_of(zone)).date()


def local_time(epoch: int, zone: str) -> str:
    """A moment on the clock of a zone, to the minute."""
    return formats.minute(datetime.fromtimestamp(epoch, UTC).astimezone(zone_of(zone)))


def local_clock(epoch: int, zone: str) -> str:
    """What the clock of a zone shows at a moment, in hours and minutes."""
    return f"{datetime.fromtimestamp(epoch, UTC).astimezone(zone_of(zone)):%H:%M}"


def local_second(epoch: int, zone: str) -> str:
    """A moment on the clock of a zone, to the second."""
    return formats.second(datetime.fromtimestamp(epoch, UTC).astimezone(zone_of(zone)))


def iso(epoch: int | None, zone: str) -> str:
    """A moment in ISO 8601 with its offset; empty where there is none."""
    return "" if epoch is None else datetime.fromtimestamp(epoch, UTC).astimezone(zone_of(zone)).isoformat()


def integration(integration_id: int) -> Integration:
    """An integration as the store has it; never cached."""
    with store().read() as connection:
        return integrations.get(connection, integration_id)


def shortcomings(integration_id: int) -> dict[str, dict[str, object]]:
    """What its key was found to be short of: the codes of messages, and the figures that these name."""
    with store().read() as connection:
        return integrations.told(connection, integration_id)


def twin(integration_id: int) -> Integration | None:
    """Another integration of the same account, if there is one."""
    with store().read() as connection:
        return integrations.same_account(connection, integrations.get(connection, integration_id))


def offered(
    window: Window, interval: str, by: tuple[str, ...], filters: Filters, *, fill: bool = False
) -> pd.DataFrame:
    """Offered contacts per interval, see ``volumes.offered``."""
    return ask("offered", window, interval, by, filters, fill)


def kept_comparisons(integration_ids: tuple[int, ...]) -> list[Comparison]:
    """The comparisons with Freshdesk that somebody asked for, newest first; never cached."""
    with store().read() as connection:
        return comparisons.newest(connection, integration_ids)


def health_states() -> list[health.Status]:
    """The health of each integration, never cached."""
    return health.status(store(), int(time.time()))


def every_progress() -> list[Progress]:
    """How far each import is, never cached."""
    return read_progress(store())


def progress() -> list[Progress]:
    """How far the imports are of the accounts that are shown."""
    shown = {info.integration_id for info in volumes.shown_accounts(volumes.integrations(store()))}
    return [one for one in every_progress() if one.integration_id in shown]
