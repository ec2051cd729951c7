"""The rows behind a figure of the identity: which tickets, which replies, each with a link into Freshdesk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    false,
    func,
    not_,
    null,
    or_,
    select,
    true,
)

from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store, schema
from freshdesk_core.volumes.catalogue import Catalogue, Series, catalogue
from freshdesk_core.volumes.contacts import ticket_url
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.offered import local_times
from freshdesk_core.volumes.reconcile import EXCLUDED, OF_TICKETS, SIDES
from freshdesk_core.volumes.totals import read_differences, read_totals
from freshdesk_core.volumes.unknown import is_unknown
from freshdesk_core.volumes.windows import Window

BEFORE_START = "before_start"
FIGURES = (*OF_TICKETS, "replies", "unknown", "offered", *SIDES)
COLUMNS = [
    "occurred_at",
    "integration",
    "ticket_id",
    "conversation_id",
    "group",
    "source",
    "fate",
    "result",
    "ticket_url",
]
Column = ColumnElement[Any]


class Row(NamedTuple):
    """A row as the store has it: names and links are still to come."""

    occurred_at: int
    integration_id: int
    ticket_id: int
    conversation_id: int | None
    group_id: int
    source: int
    fate: str
    result: str


def rows_behind(
    store: Store, window: Window, figure: str, filters: Filters = EVERYTHING, limit: int = 1000
) -> pd.DataFrame:
    """List what a figure of the identity counts, newest first.

    Args:
        store: The store.
        window: From when to when.
        figure: One of ``FIGURES``, the names of ``Line``.
        filters: By integration, group and source, as in ``reconcile``; the others are ignored.
        limit: At most so many rows.

    Returns:
        One row per ticket or reply: ``occurred_at`` (in the window's zone), ``integration``, ``ticket_id``,
        ``conversation_id`` (Int64; <NA>: the ticket itself), ``group``, ``source``, ``fate`` ("live", "spam",
        "deleted" or "archived"; for a side of the comparison "live"), ``result`` ("counted" or why a ticket
        is no contact; "" where Inflow has no such ticket), ``ticket_url``. ``attrs["count"]``: how many
        there are in all. For *never_imported* and *unexplained* these are the tickets that are known by
        name; the figure can be higher on days whose rows were not read.

    Raises:
        ConfigError: ``no-such-figure``, ``no-such-integration``.
    """
    if figure not in FIGURES:
        raise ConfigError("no-such-figure", text=figure, figures=", ".join(FIGURES))
    filters = replace(filters, kinds=(), queue_ids=(), without_unknown=False)
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        if figure in SIDES:
            rows, count = _differing(connection, chosen, window, figure, limit)
        else:
            rows, count = _counted(connection, chosen, window, figure, limit)
    frame = pd.DataFrame([_shown(chosen, row) for row in rows], columns=COLUMNS)
    kinds = {"ticket_id": "int64", "conversation_id": "Int64"}
    texts = {name: "str" for name in COLUMNS if name not in kinds and name != "occurred_at"}
    frame = frame.astype(kinds | texts)
    frame["occurred_at"] = local_times(frame["occurred_at"].to_numpy(dtype="int64"), window.zone)
    frame.attrs["count"] = count
    return frame


def newest_tickets(
    store: Store, window: Window, figure: str, filters: Filters, limit: int
) -> list[tuple[int, str]]:
    """A few tickets of a figure, newest first: id and link. Counts nothing, so that it is quick.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    filters = replace(filters, kinds=(), queue_ids=(), without_unknown=False)
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        if figure in SIDES:
            rows, _count = _differing(connection, chosen, window, figure, limit)
        else:
            rows = _newest(connection, chosen, window, figure, limit)
    return [
        (row.ticket_id, ticket_url(chosen.account(row.integration_id).domain, row.ticket_id)) for row in rows
    ]


def _differing(
    connection: Connection, chosen: Catalogue, window: Window, side: str, limit: int
) -> tuple[list[Row], int]:
    totals = read_totals(connection, chosen, window)
    found = [one for one in read_differences(connection, chosen, totals, window) if one.side == side]
    found.sort(key=lambda one: (one.created_at, one.ticket_id), reverse=True)
    result = "" if side == "never_imported" else COUNTED
    rows = [
        Row(
            one.created_at, one.line.integration_id, one.ticket_id, None, one.line.group_id, one.line.source,
            "live", result,
        )
        for one in found[:limit]
    ]  # fmt: skip
    return rows, len(found)


def _counted(
    connection: Connection, chosen: Catalogue, window: Window, figure: str, limit: int
) -> tuple[list[Row], int]:
    count = 0
    for _listed, query in _queries(connection, chosen, window, figure):
        count += int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())
    return _newest(connection, chosen, window, figure, limit), count


def _newest(connection: Connection, chosen: Catalogue, window: Window, figure: str, limit: int) -> list[Row]:
    rows: list[Row] = []
    for listed, query in _queries(connection, chosen, window, figure):
        newest = listed.moment.desc(), listed.ticket_id.desc(), listed.position.desc()
        rows += [Row(*row) for row in connection.execute(query.order_by(*newest).limit(limit))]
    rows.sort(key=lambda row: (row.occurred_at, row.ticket_id, row.conversation_id or 0), reverse=True)
    return rows[:limit]


def _queries(
    connection: Connection, chosen: Catalogue, window: Window, figure: str
) -> "Iterator[tuple[_Listed, Select[Any]]]":
    for measure, listed, belongs in _asked(figure):
        left = left_by_filters(connection, chosen, measure, listed)
        yield listed, listed.query(chosen.ids, window).where(belongs, left)


@dataclass(frozen=True)
class _Listed:
    """Tickets or replies, as columns of the same meaning."""

    table: FromClause
    moment: Column
    integration_id: Column
    ticket_id: Column
    position: Column  # what tells rows of one ticket and second apart
    conversation_id: Column
    group_id: Column
    source: Column
    result: Column

    def query(self, ids: list[int], window: Window) -> Select[Any]:
        """The rows of a window, in the order of ``Row``."""
        columns: list[Column] = [
            *(self.moment, self.integration_id, self.ticket_id, self.conversation_id),
            *(self.group_id, self.source, _fate(), self.result),
        ]
        query = select(*columns)
        within = self.integration_id.in_(ids), self.moment >= window.start, self.moment < window.end
        return query.select_from(self.table).where(*within)


T, C = schema.tickets.c, schema.conversations.c
TICKETS = _Listed(
    schema.tickets,
    *(T.created_at, T.integration_id, T.ticket_id, T.ticket_id, null()),
    *(func.coalesce(T.group_id, 0), T.source, T.result),
)
REPLIES = _Listed(
    schema.conversations.join(
        schema.tickets, and_(T.integration_id == C.integration_id, T.ticket_id == C.ticket_id)
    ),
    *(C.created_at, C.integration_id, C.ticket_id, C.conversation_id, C.conversation_id),
    *(func.coalesce(T.group_id, 0), func.coalesce(C.reply_source, T.source), C.result),
)


def _asked(figure: str) -> Iterator[tuple[str, _Listed, ColumnElement[bool]]]:
    """What to look through for a figure, by which lines of the summary, and what belongs to it."""
    if figure in OF_TICKETS:
        yield "tickets", TICKETS, _is_of(figure)
    if figure in ("unknown", "offered"):
        which = is_unknown(T.seen_deleted) if figure == "unknown" else true()
        yield "tickets", TICKETS, and_(T.result == COUNTED, which)
    if figure in ("replies", "unknown", "offered"):
        which = is_unknown(C.seen_deleted) if figure == "unknown" else true()
        yield "contacts", REPLIES, and_(C.result == COUNTED, which)


def _is_of(figure: str) -> ColumnElement[bool]:
    """A ticket belongs to a figure: by its fate, the first that fits, or by its result."""
    if figure == "new_ticket_contacts":
        return T.result == COUNTED
    if figure in EXCLUDED:
        return T.result == figure
    fates = {
        "spam": T.spam,
        "deleted": and_(not_(T.spam), T.deleted),
        "archived": and_(not_(T.spam), not_(T.deleted), T.archived),
        "tickets_seen": T.result != BEFORE_START,
    }
    return and_(fates[figure], T.result != BEFORE_START)


def _fate() -> ColumnElement[str]:
    return case((T.spam, "spam"), (T.deleted, "deleted"), (T.archived, "archived"), else_="live")


def left_by_filters(
    connection: Connection, chosen: Catalogue, measure: str, listed: _Listed
) -> ColumnElement[bool]:
    """The filters leave a row's group and source, by the lines of a measure of the summary."""
    if not chosen.is_restricted:
        return true()
    keys = {(line.integration_id, line.group_id, line.source) for line in chosen.series(connection, measure)}
    return or_(
        false(),
        *(
            and_(listed.integration_id == key[0], listed.group_id == key[1], listed.source == key[2])
            for key in sorted(keys)
        ),
    )


def _shown(chosen: Catalogue, row: Row) -> tuple[object, ...]:
    line = Series(0, row.integration_id, "tickets", "", row.group_id, row.source, False, "", "")
    account = chosen.account(row.integration_id)
    return (
        row.occurred_at, account.name, row.ticket_id, row.conversation_id, chosen.group(line),
        chosen.source(line), row.fate, row.result, ticket_url(account.domain, row.ticket_id),
    )  # fmt: skip
