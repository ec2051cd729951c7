"""How many contacts were offered, per interval and whatever they are told apart by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store
from freshdesk_core.terms import DIMENSIONS
from freshdesk_core.volumes import cells
from freshdesk_core.volumes.catalogue import Catalogue, Series, catalogue
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.proof import Mask, Needs, is_proven, needs
from freshdesk_core.volumes.windows import Grid, Times, Window, grid


@dataclass(frozen=True)
class _Row:
    """What a row of the answer speaks of: its texts, and whose proof it needs."""

    texts: tuple[str, ...]
    needed: Needs


def offered(
    store: Store,
    window: Window,
    interval: str = "1d",
    by: Sequence[str] = (),
    filters: Filters = EVERYTHING,
    fill: bool = False,
) -> pd.DataFrame:
    """Count the offered contacts per interval.

    Args:
        store: The store.
        window: From when to when, seen in which zone.
        interval: One of ``INTERVALS``.
        by: What to tell apart, in this order: "queue" (gives ``queue`` and ``queue_id``), "kind",
            "source", "group", "integration" (names).
        filters: Which contacts.
        fill: Give the other intervals too: 0 where proven, <NA> where there is no data.

    Returns:
        One row per interval and combination, by time and then by name: ``interval_start`` (in the
        window's zone; a week or month that the window cuts keeps its own start and sums what lies
        inside), the columns of *by*, ``offered`` (Int64). Without *fill* only proven intervals with
        contacts. ``attrs["unproven"]``: how many of the intervals were not proven for everything
        asked, ``attrs["intervals"]``: of how many.

    Raises:
        ConfigError: ``no-such-integration``, ``bad-interval``, ``bad-dimension``.
    """
    if wrong := [name for name in by if name not in DIMENSIONS]:
        raise ConfigError("bad-dimension", text=wrong[0], dimensions=", ".join(DIMENSIONS))
    slots = grid(window, interval)
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        lines = chosen.series(connection, "contacts")
        found = cells.read(connection, [line.series_id for line in lines], window)
    rows, bucket = _rows(chosen, lines, tuple(dict.fromkeys(by)))
    totals = cells.add_up(found, bucket, len(rows), slots)
    masks = {needed: is_proven(chosen, needed, slots) for needed in {row.needed for row in rows}}
    mask = np.array([masks[row.needed] for row in rows], dtype=np.bool_).reshape(len(rows), len(slots))
    frame = _frame(_columns(by), rows, slots, totals, mask, fill)
    everything = is_proven(chosen, needs(chosen, chosen.kinds), slots)
    frame.attrs.update(unproven=int((~everything).sum()), intervals=len(slots))
    return frame


def _columns(by: Sequence[str]) -> list[str]:
    names: list[str] = []
    for name in dict.fromkeys(by):
        names += ["queue", "queue_id"] if name == "queue" else [name]
    return names


def _rows(chosen: Catalogue, lines: list[Series], by: tuple[str, ...]) -> tuple[list[_Row], list[int]]:
    """The rows of the answer, sorted, and for each series the row it is counted in."""
    needed: dict[tuple[str, ...], set[tuple[int, str]]] = {}
    texts = [_texts(chosen, line, by) for line in lines]
    for line, text in zip(lines, texts, strict=True):
        needed.setdefault(text, set()).update(_needed(chosen, line, by))
    if not by:
        needed[()] = set(needs(chosen, chosen.kinds))
    ordered = sorted(needed)
    place = {text: n for n, text in enumerate(ordered)}
    return [_Row(text, frozenset(needed[text])) for text in ordered], [place[text] for text in texts]


def _texts(chosen: Catalogue, line: Series, by: tuple[str, ...]) -> tuple[str, ...]:
    texts: list[str] = []
    for name in by:
        if name == "queue":
            texts += [chosen.queue(line), chosen.queue_key(line).queue_id]
        elif name == "kind":
            texts.append(line.kind)
        elif name == "source":
            texts.append(chosen.source(line))
        elif name == "group":
            texts.append(chosen.group(line))
        else:
            texts.append(chosen.account(line.integration_id).name)
    return tuple(texts)


def _needed(chosen: Catalogue, line: Series, by: tuple[str, ...]) -> set[tuple[int, str]]:
    """Whose proof a line's row needs: all that the row could mix."""
    ids = [line.integration_id] if {"queue", "integration"} & set(by) else chosen.ids
    kinds = [line.kind] if {"queue", "kind"} & set(by) else chosen.kinds
    return {(integration_id, kind) for integration_id in ids for kind in kinds}


def _frame(
    names: list[str], rows: list[_Row], slots: Grid, totals: cells.Counts, mask: Mask, fill: bool
) -> pd.DataFrame:
    keep = np.ones_like(mask) if fill else mask & (totals > 0)
    slot, row = np.nonzero(keep.T)  # by time first
    columns: dict[str, object] = {"interval_start": local_times(slots.labels, slots.window.zone)[slot]}
    for position, name in enumerate(names):
        columns[name] = pd.array([row.texts[position] for row in rows], dtype="str").take(row)
    columns["offered"] = pd.arrays.IntegerArray(totals[row, slot], ~mask[row, slot])
    return pd.DataFrame(columns)


def local_times(epochs: Times, zone: str) -> pd.DatetimeIndex:
    """Epoch seconds as times in a zone."""
    return (
        pd.DatetimeIndex(epochs.astype("datetime64[s]").astype("datetime64[us]"))
        .tz_localize("UTC")
        .tz_convert(zone)
    )
