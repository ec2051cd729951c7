"""The queues and their pairs, with what each was offered in a window."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from freshdesk_core.counting.facts import REPLIES, TICKETS
from freshdesk_core.counting.queues import CHANNEL, KINDS, QueueKey
from freshdesk_core.store import Store
from freshdesk_core.volumes import cells
from freshdesk_core.volumes.catalogue import UNKNOWN, Catalogue, Series, catalogue
from freshdesk_core.volumes.cells import Cells
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.proof import is_proven
from freshdesk_core.volumes.totals import freshdesk_tickets, read_side
from freshdesk_core.volumes.windows import QUARTER, Grid, Window


@dataclass(frozen=True)
class _Offered:
    """What a queue was offered: in all (None: not proven throughout), and in the proven part."""

    whole: int | None
    known: int


def queues(store: Store, window: Window, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """List the queues that ever had a contact.

    Returns:
        One row per queue, by name: ``queue_id``, ``queue``, ``integration``, ``group``, ``source``,
        ``kind``, ``is_unknown``, ``former_names`` (list of str, oldest first), ``offered`` (Int64; <NA>:
        not all of the window is proven), ``offered_known`` (int: what lies in the proven part),
        ``channel``. An Unknown queue shows "Unknown" as its group and source.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        lines = chosen.series(connection, "contacts")
        found = cells.read(connection, [line.series_id for line in lines], window)
    offered = _offered(chosen, lines, found, window)
    rows = []
    for key, line in {chosen.queue_key(line): line for line in lines}.items():
        rows.append(
            {
                "queue_id": key.queue_id,
                "queue": chosen.queue(line),
                "integration": chosen.account(key.integration_id).name,
                "group": UNKNOWN if key.is_unknown else chosen.group(line),
                "source": UNKNOWN.lower() if key.is_unknown else chosen.source(line),
                "kind": key.kind,
                "is_unknown": key.is_unknown,
                "former_names": [] if key.is_unknown else _former_names(chosen, key),
                "offered": offered[key].whole,
                "offered_known": offered[key].known,
                "channel": CHANNEL,
            }
        )
    rows.sort(key=lambda row: (str(row["queue"]), str(row["queue_id"])))
    return _typed(pd.DataFrame(rows, columns=QUEUE_COLUMNS), ["offered"], ["offered_known"], ["is_unknown"])


QUEUE_COLUMNS = [
    "queue_id",
    "queue",
    "integration",
    "group",
    "source",
    "kind",
    "is_unknown",
    "former_names",
    "offered",
    "offered_known",
    "channel",
]
PAIR_COLUMNS = [
    "pair_id",
    "integration",
    "group",
    "source",
    "is_unknown",
    "tickets_queue_id",
    "replies_queue_id",
    "tickets",
    "replies",
    "offered",
    "freshdesk_tickets",
]


def pairs(store: Store, window: Window, filters: Filters = EVERYTHING) -> pd.DataFrame:
    """Put the Tickets and the Replies queue of one group and source side by side.

    Returns:
        One row per integration, group and source that ever had a contact, the two Unknown queues as a
        pair of their own (last): ``pair_id``, ``integration``, ``group``, ``source``, ``is_unknown``,
        ``tickets_queue_id``, ``replies_queue_id``, ``tickets``, ``replies``, ``offered`` (Int64; <NA>:
        not proven), ``freshdesk_tickets`` (Int64; <NA>: not yet compared, and always for Unknown: Freshdesk's
        total leaves these tickets out). A filter by kind is ignored.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    with store.read() as connection:
        chosen = catalogue(connection, replace(filters, kinds=(), queue_ids=_both(filters.queue_ids)))
        lines = chosen.series(connection, "contacts")
        found = cells.read(connection, [line.series_id for line in lines], window)
        side = read_side(connection, chosen, window)
    labels = tuple(sorted({_pair_id(chosen.queue_key(line)) for line in [*lines, *side.lines]}))
    tickets = freshdesk_tickets(
        chosen,
        side,
        _slots([window.start, window.end], window),
        lambda line: _pair_id(chosen.queue_key(line)),
        labels,
    )
    offered = _offered(chosen, lines, found, window)
    has_days = bool(window.days())
    rows = []
    for key, line in {replace(chosen.queue_key(line), kind=""): line for line in lines}.items():
        at = chosen.ids.index(key.integration_id)
        is_known = has_days and not key.is_unknown and bool(tickets.known[at].all())
        of_kind = [_of_kind(chosen, offered, key, kind, window) for kind in KINDS]
        rows.append(
            {
                "pair_id": _pair_id(key),
                "integration": chosen.account(key.integration_id).name,
                "group": UNKNOWN if key.is_unknown else chosen.group(line),
                "source": UNKNOWN.lower() if key.is_unknown else chosen.source(line),
                "is_unknown": key.is_unknown,
                "tickets_queue_id": replace(key, kind=TICKETS).queue_id,
                "replies_queue_id": replace(key, kind=REPLIES).queue_id,
                "tickets": of_kind[0],
                "replies": of_kind[1],
                "offered": None if None in of_kind else sum(n for n in of_kind if n is not None),
                "freshdesk_tickets": (
                    int(tickets.counts[at, labels.index(_pair_id(key))].sum()) if is_known else None
                ),
            }
        )
    rows.sort(key=lambda row: (bool(row["is_unknown"]), str(row["group"]), str(row["source"])))
    whole = ["tickets", "replies", "offered", "freshdesk_tickets"]
    return _typed(pd.DataFrame(rows, columns=PAIR_COLUMNS), whole, [], ["is_unknown"])


def _offered(
    chosen: Catalogue, lines: Sequence[Series], found: Cells, window: Window
) -> dict[QueueKey, _Offered]:
    """What each queue was offered in a window."""
    keys = list(dict.fromkeys(chosen.queue_key(line) for line in lines))
    place = {key: n for n, key in enumerate(keys)}
    slots = _proven_parts(chosen, window)
    sums = cells.add_up(found, [place[chosen.queue_key(line)] for line in lines], len(keys), slots)
    offered: dict[QueueKey, _Offered] = {}
    for key in keys:
        mask = is_proven(chosen, frozenset({(key.integration_id, key.kind)}), slots)
        known = int(sums[place[key]][mask].sum())
        offered[key] = _Offered(known if len(mask) and mask.all() else None, known)
    return offered


def _of_kind(
    chosen: Catalogue, offered: dict[QueueKey, _Offered], pair: QueueKey, kind: str, window: Window
) -> int | None:
    """One side of a pair; a queue that does not exist yet had 0 contacts, where that is proven."""
    key = replace(pair, kind=kind)
    if key in offered:
        return offered[key].whole
    needed = frozenset({(pair.integration_id, kind)})
    proven = is_proven(chosen, needed, _slots([window.start, window.end], window))
    return 0 if len(proven) and proven.all() else None


def _proven_parts(chosen: Catalogue, window: Window) -> Grid:
    """The window, cut where anything begins or ceases to be proven."""
    edges = {window.start, window.end}
    for account in chosen.accounts:
        for span in (account.tickets, account.replies):
            if span is not None:
                edges |= {-(-span[0] // QUARTER) * QUARTER, span[1] // QUARTER * QUARTER}
    return _slots(sorted(edge for edge in edges if window.start <= edge <= window.end), window)


def _slots(edges: list[int], window: Window) -> Grid:
    bounds = np.array(edges if not window.is_empty else [window.start], dtype=np.int64)
    return Grid(window, "", bounds, bounds[:-1])


def _pair_id(key: QueueKey) -> str:
    return key.queue_id.rsplit("-", 1)[0]


def _both(queue_ids: tuple[str, ...]) -> tuple[str, ...]:
    """The queues named, and the other half of their pairs."""
    pairs_named = dict.fromkeys(queue_id.rsplit("-", 1)[0] for queue_id in queue_ids)
    return tuple(f"{pair}-{kind.lower()}" for pair in pairs_named for kind in KINDS)


def _former_names(chosen: Catalogue, key: QueueKey) -> list[str]:
    return chosen.names[key.integration_id].former(key.group_id, key.source, key.kind)


def _typed(frame: pd.DataFrame, gaps: list[str], whole: list[str], flags: list[str]) -> pd.DataFrame:
    """Give the columns their types, whether or not there are rows."""
    kinds = dict.fromkeys(gaps, "Int64") | dict.fromkeys(whole, "int64") | dict.fromkeys(flags, "bool")
    texts = [name for name in frame.columns if name not in kinds and name != "former_names"]
    return frame.astype(dict.fromkeys(texts, "str") | kinds)
