"""Offered contacts per interval and queue as one table to take away: long, or wide by queue."""

import pandas as pd

from freshdesk_core.store import Store
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.offered import local_times, offered
from freshdesk_core.volumes.windows import Window, grid, is_cut


def by_interval(
    store: Store, window: Window, interval: str, filters: Filters = EVERYTHING, *, is_wide: bool = False
) -> pd.DataFrame:
    """Count the offered contacts per interval and queue, gaps filled.

    Args:
        store: The store.
        window: From when to when, in which zone.
        interval: One of ``INTERVALS``.
        filters: Which contacts.
        is_wide: A column per queue instead of a row.

    Returns:
        ``interval_start`` (in the window's zone), ``is_whole`` (bool: the window holds all of the interval),
        then, long: ``queue``, ``queue_id``, ``offered`` (Int64; <NA>: no data), by time and name. Wide: a
        column per queue, named after it (with its id where two bear one name), by name, and ``sum`` last,
        <NA> where any of its queues has no data.

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``.
    """
    frame = offered(store, window, interval, ("queue",), filters, fill=True)
    slots = grid(window, interval)
    whole = pd.Series(~is_cut(slots), index=local_times(slots.labels, window.zone))
    if not is_wide:
        frame.insert(1, "is_whole", whole.reindex(frame["interval_start"]).to_numpy(dtype=bool))
        return frame
    names = frame[["queue_id", "queue"]].drop_duplicates()
    is_shared = names["queue"].duplicated(keep=False)
    labels = names["queue"].where(~is_shared, names["queue"] + " (" + names["queue_id"] + ")")
    wide = frame.pivot(index="interval_start", columns="queue_id", values="offered")
    wide = wide.reindex(index=whole.index, columns=names["queue_id"].tolist())
    total = wide.sum(axis="columns", skipna=False).astype("Int64")
    wide.columns = pd.Index(labels.tolist())
    shown = wide.assign(**{"sum": total}) if "sum" not in wide else wide.assign(**{"sum of all": total})
    shown.insert(0, "is_whole", whole.to_numpy())
    return shown.rename_axis("interval_start").reset_index()
