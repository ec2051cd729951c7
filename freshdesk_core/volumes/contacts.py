"""Down to the single contacts of a queue, each with a link to its ticket in Freshdesk."""

import re
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)

from freshdesk_core.counting.facts import COUNTED, REPLIES, TICKETS
from freshdesk_core.counting.queues import QueueKey
from freshdesk_core.counting.threads import CHANNELS
from freshdesk_core.errors import ConfigError
from freshdesk_core.loopback import is_loopback
from freshdesk_core.store import Store, schema
from freshdesk_core.store.counts import QUARTERS
from freshdesk_core.volumes import cells
from freshdesk_core.volumes.catalogue import Account, Names, catalogue
from freshdesk_core.volumes.filters import Filters
from freshdesk_core.volumes.offered import local_times
from freshdesk_core.volumes.unknown import is_unknown
from freshdesk_core.volumes.windows import QUARTER, Times, Window

QUEUE_ID = re.compile(r"(\d+)-(?:(unknown)|(\d+)-(\d+))-(tickets|replies)")
COLUMNS = [
    "occurred_at",
    "kind",
    "integration",
    "ticket_id",
    "conversation_id",
    "group",
    "source",
    "is_unknown",
    "decided_by",
    "ticket_url",
]
NEAR = 4  # quarter hours; looking through an hour costs less than asking again
Position = tuple[int, int, int]  # occurred_at, ticket id, conversation id (0: none) of the last row shown


def contacts(
    store: Store, window: Window, queue_id: str, limit: int = 500, before: Position | None = None
) -> pd.DataFrame:
    """List the contacts of a queue, newest first.

    Args:
        store: The store.
        window: From when to when.
        queue_id: The queue.
        limit: At most so many rows.
        before: Go on behind this position: ``attrs["next"]`` of the answer before.

    Returns:
        One row per contact: ``occurred_at`` (in the window's zone), ``kind``, ``integration``,
        ``ticket_id`` (int), ``conversation_id`` (Int64; <NA>: the ticket itself), ``group``, ``source``,
        ``is_unknown``, ``decided_by`` ("channel", "email" or "ticket" decided a reply's source; "" for
        tickets), ``ticket_url``. ``attrs["next"]`` is where to go on, or None at the end.

    Raises:
        ConfigError: ``no-such-queue``, ``no-such-integration``.
    """
    key = parse_queue_id(queue_id)
    with store.read() as connection:
        chosen = catalogue(connection, Filters(integrations=(key.integration_id,), queue_ids=(queue_id,)))
        lines = [line.series_id for line in chosen.series(connection, "contacts")]
        stretches = _stretches(cells.read(connection, lines, window), window, limit, before)
        rows = _rows(connection, key, window, stretches, limit, before) if stretches else []
    account, names = chosen.accounts[0], chosen.names[key.integration_id]
    frame = pd.DataFrame([_shown(row, key, account, names) for row in rows], columns=COLUMNS)
    kinds = {"ticket_id": "int64", "conversation_id": "Int64", "is_unknown": "bool"}
    texts = [name for name in COLUMNS if name not in kinds and name != "occurred_at"]
    frame = frame.astype(kinds | dict.fromkeys(texts, "str"))
    moments: Times = frame["occurred_at"].to_numpy(dtype="int64")
    frame["occurred_at"] = local_times(moments, window.zone)
    frame.attrs["next"] = (rows[-1][0], rows[-1][1], rows[-1][2] or 0) if len(rows) == limit else None
    return frame


def parse_queue_id(queue_id: str) -> QueueKey:
    """Read a queue's id.

    Raises:
        ConfigError: ``no-such-queue``: it is not one.
    """
    match = QUEUE_ID.fullmatch(queue_id)
    if match is None:
        raise ConfigError("no-such-queue", text=queue_id)
    integration_id, unknown, group_id, source, kind = match.groups()
    return QueueKey(
        int(integration_id),
        int(group_id or 0),
        int(source or 0),
        TICKETS if kind == "tickets" else REPLIES,
        is_unknown=bool(unknown),
    )


def ticket_url(domain: str, ticket_id: int) -> str:
    """Where Freshdesk shows a ticket to an agent.

    >>> ticket_url("example.freshdesk.com", 7)
    'https://example.freshdesk.com/a/tickets/7'
    """
    return f"{'http' if is_loopback(domain) else 'https'}://{domain}/a/tickets/{ticket_id}"


def _stretches(
    found: cells.Cells, window: Window, limit: int, before: Position | None
) -> list[tuple[int, int]]:
    """Where the next contacts of a queue are to be looked for, newest first: [from, to), epoch seconds.

    The summary knows the quarter hours that hold any. Looking nowhere else finds one contact among
    a million in milliseconds, where a scan takes a second or two.
    """
    row, slot = np.nonzero(found.counts)
    quarters, place = np.unique(found.day[row] * QUARTERS + slot, return_inverse=True)
    counts = np.bincount(place, weights=found.counts[row, slot], minlength=len(quarters))
    last = window.end - 1 if before is None else min(before[0], window.end - 1)
    wanted = (quarters >= window.start // QUARTER) & (quarters <= last // QUARTER)
    quarters, counts = quarters[wanted][::-1], counts[wanted][::-1]
    if not len(quarters):
        return []
    # The newest quarter hour may have been shown in part.
    enough = int(np.searchsorted(np.cumsum(counts), limit + counts[0])) + 1
    cuts = np.flatnonzero(np.diff(quarters[:enough]) < -NEAR) + 1
    return [
        (max(int(part[-1]) * QUARTER, window.start), min(int(part[0] + 1) * QUARTER, last + 1))
        for part in np.split(quarters[:enough], cuts)
    ]


Found = tuple[int, int, int | None, int, int, int | None, int | None]


def _rows(
    connection: Connection,
    key: QueueKey,
    window: Window,
    stretches: list[tuple[int, int]],
    limit: int,
    before: Position | None,
) -> list[Found]:
    """The rows of a page, as (time, ticket, conversation, group, source, reply's source, its code)."""
    query = _tickets(key) if key.kind == TICKETS else _replies(key)
    if before is not None:
        query = query.where(_is_behind(query, before))
    found: list[Found] = []
    for start, stop in stretches:
        bounds = {"start": start, "stop": stop, "rows": limit - len(found)}
        found += [
            (r[0], r[1], r[2] or None, r[3], r[4], r[5], r[6]) for r in connection.execute(query, bounds)
        ]
        if len(found) >= limit:
            break
    return found


def _is_behind(query: Select[Any], before: Position) -> ColumnElement[bool]:
    moment, ticket_id, position = list(query.selected_columns)[:3]
    return or_(
        moment < before[0],
        and_(moment == before[0], ticket_id < before[1]),
        and_(moment == before[0], ticket_id == before[1], position < before[2]),
    )


def _newest_first(query: Select[Any], moment: ColumnElement[int]) -> Select[Any]:
    """The rows of one stretch; ``start``, ``stop`` and ``rows`` are given when it is asked."""
    within = moment >= bindparam("start"), moment < bindparam("stop")
    order = [column.desc() for column in list(query.selected_columns)[:3]]
    return query.where(*within).order_by(*order).limit(bindparam("rows", type_=Integer))


def _tickets(key: QueueKey) -> Select[Any]:
    t = schema.tickets.c
    query = select(
        t.created_at.label("occurred_at"),
        t.ticket_id,
        literal(0).label("position"),
        func.coalesce(t.group_id, 0).label("group_id"),
        t.source,
        null().label("reply_source"),
        null().label("code"),
    ).where(
        t.integration_id == key.integration_id,
        t.result == COUNTED,
        is_unknown(t.seen_deleted) if key.is_unknown else not_(is_unknown(t.seen_deleted)),
    )
    if not key.is_unknown:
        query = query.where(_in_group(key), t.source == key.source)
    return _newest_first(query, t.created_at)


def _replies(key: QueueKey) -> Select[Any]:
    t, c = schema.tickets.c, schema.conversations.c
    joined = schema.conversations.join(
        schema.tickets, and_(t.integration_id == c.integration_id, t.ticket_id == c.ticket_id)
    )
    source = func.coalesce(c.reply_source, t.source)
    query = (
        select(
            c.created_at.label("occurred_at"),
            c.ticket_id,
            c.conversation_id.label("position"),
            func.coalesce(t.group_id, 0).label("group_id"),
            source.label("source"),
            c.reply_source,
            c.source.label("code"),
        )
        .select_from(joined)
        .where(
            c.integration_id == key.integration_id,
            c.result == COUNTED,
            is_unknown(c.seen_deleted) if key.is_unknown else not_(is_unknown(c.seen_deleted)),
        )
    )
    if not key.is_unknown:
        query = query.where(_in_group(key), source == key.source)
    return _newest_first(query, c.created_at)


def _in_group(key: QueueKey) -> ColumnElement[bool]:
    return func.coalesce(schema.tickets.c.group_id, 0) == key.group_id


def _shown(row: Found, key: QueueKey, account: Account, names: Names) -> tuple[object, ...]:
    occurred_at, ticket_id, conversation_id, group_id, source, reply_source, code = row
    if key.kind == TICKETS:
        decided_by = ""
    elif reply_source is None:
        decided_by = "ticket"
    else:
        decided_by = "channel" if code in CHANNELS else "email"
    return (
        occurred_at,
        key.kind,
        account.name,
        ticket_id,
        conversation_id,
        names.group(group_id),
        names.source(source),
        key.is_unknown,
        decided_by,
        ticket_url(account.domain, ticket_id),
    )
