"""Tickets purged in Freshdesk before Inflow saw them, or here by hand: missing history, not low volume."""

import pandas as pd
from sqlalchemy import select

from freshdesk_core.store import Store
from freshdesk_core.store.schema import gaps
from freshdesk_core.volumes.catalogue import catalogue
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.windows import Window


def purged_by_month(store: Store, window: Window, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """Count the purged tickets of a window, by about when they were made.

    An id that is nowhere has no time of its own; it is dated by the next newer ticket. By integration only:
    nobody knows the group or source of a purged ticket.

    Returns:
        One row per month that has any: ``month`` (its first day, a ``date`` in the window's zone),
        ``purged`` (int, tickets).

    Raises:
        ConfigError: ``no-such-integration``.
    """
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        moments = connection.execute(
            select(gaps.c.created_about).where(
                gaps.c.integration_id.in_(chosen.ids),
                gaps.c.state.in_(("purged", "forgotten")),  # in Freshdesk, or here by hand
                gaps.c.created_about >= window.start,
                gaps.c.created_about < window.end,
            )
        )
        found = pd.Series(list(moments.scalars()), dtype="int64")
    local = pd.to_datetime(found, unit="s", utc=True).dt.tz_convert(window.zone)
    first = [moment.date().replace(day=1) for moment in local]
    counts = pd.Series(first, dtype="object").value_counts().sort_index()
    return pd.DataFrame({"month": list(counts.index), "purged": counts.to_numpy(dtype="int64")})
