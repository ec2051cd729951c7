"""What the queues of one group or one source add up to, and whether the Unknown ones grow."""

from dataclasses import dataclass

import pandas as pd

from freshdesk_core.counting.facts import REPLIES, TICKETS
from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.queues import queues
from freshdesk_core.volumes.windows import Window

TOTALS_BY = ("group", "source")
GROWN = 0.005  # half a percent of the contacts: less is nobody's concern
UNLIKELY = 3.0  # spreads by which chance alone does not move a share


def queue_totals(store: Store, window: Window, by: str, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """Add the queues up per group or per source.

    Args:
        store: The store.
        window: From when to when.
        by: "group" or "source".
        filters: Which contacts.

    Returns:
        One row per integration and name, most contacts first: ``integration``, ``name``, ``queues`` (int),
        ``tickets``, ``replies``, ``offered``, ``before`` (Int64: of the time before, ``Window.previous``;
        <NA>: not proven). Unknown contacts are a row named "Unknown". The rows add up to all contacts.

    Raises:
        ConfigError: ``bad-dimension``, ``no-such-integration``.
    """
    if by not in TOTALS_BY:
        raise ConfigError("bad-dimension", text=by, dimensions=", ".join(TOTALS_BY))
    now = queues(store, window, filters)
    before = queues(store, window.previous(), filters).set_index("queue_id")["offered"]
    frame = now.assign(before=now["queue_id"].map(before).astype("Int64"))
    for kind, column in ((TICKETS, "tickets"), (REPLIES, "replies")):
        frame[column] = frame["offered"].where(frame["kind"] == kind, 0)
    frame["name"] = frame[by].where(~frame["is_unknown"], "Unknown")
    sums = frame.groupby(["integration", "name"], sort=False)[["tickets", "replies", "offered", "before"]]
    # A sum over something unknown is unknown.
    found = sums.agg(_sum).astype("Int64").reset_index()
    found.insert(2, "queues", sums.size().to_numpy(dtype="int64"))
    known = frame.groupby(["integration", "name"], sort=False)["offered_known"].sum().to_numpy()
    ordered = found.assign(known=known).sort_values(
        ["known", "name"], ascending=[False, True], ignore_index=True
    )
    return ordered.drop(columns="known")


def _sum(counts: pd.Series) -> object:
    return counts.sum(skipna=False)


@dataclass(frozen=True)
class UnknownShare:
    """The share of Unknown contacts, 0 to 1, now and in the time before; None: not proven, or nothing came.

    ``has_grown``: by half a percent of the contacts or more, and more than chance explains.
    """

    now: float | None
    before: float | None
    has_grown: bool


def unknown_share(store: Store, window: Window, filters: Filters = EVERYTHING) -> UnknownShare:
    """Say which part of the contacts is Unknown, and whether it grows.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    (now, all_now), (before, all_before) = (
        _unknown(queues(store, one, filters)) for one in (window, window.previous())
    )
    if not all_now or not all_before:
        return UnknownShare(
            now / all_now if all_now else None, before / all_before if all_before else None, False
        )
    share, earlier = now / all_now, before / all_before
    common = (now + before) / (all_now + all_before)
    spread = (common * (1 - common) * (1 / all_now + 1 / all_before)) ** 0.5
    return UnknownShare(share, earlier, share - earlier >= GROWN and share - earlier > UNLIKELY * spread)


def _unknown(frame: pd.DataFrame) -> tuple[int, int]:
    """Unknown contacts and all of them; 0 and 0 where any is not proven."""
    if frame["offered"].isna().any():
        return 0, 0
    return int(frame.loc[frame["is_unknown"], "offered"].sum()), int(frame["offered"].sum())
