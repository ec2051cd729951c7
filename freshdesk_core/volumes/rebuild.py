"""The summary again from the raw rows: to prove that the two are equal, and to mend it if not."""

from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
)

from freshdesk_core.counting.facts import COUNTED, REPLIES, TICKETS
from freshdesk_core.store import schema
from freshdesk_core.store.cells import SeriesKey
from freshdesk_core.store.counts import QUARTERS, decode, encode
from freshdesk_core.volumes.cells import Counts
from freshdesk_core.volumes.unknown import is_unknown
from freshdesk_core.volumes.windows import QUARTER

DERIVED = ("contacts", "tickets")  # Freshdesk's own rows are not kept one by one
Summary = dict[tuple[SeriesKey, int], Counts]  # by series and UTC day; 96 counts, never all 0


def recount(connection: Connection, integration_id: int) -> Summary:
    """Count all contacts and tickets of an integration from its raw rows."""
    found: Summary = {}
    for query in (_tickets(), _ticket_contacts(), _reply_contacts()):
        for row in connection.execute(query, {"integration_id": integration_id}):
            name = _key(row)
            *_names, quarter, count = row
            day, slot = divmod(quarter, QUARTERS)
            found.setdefault((name, day), np.zeros(QUARTERS, dtype=np.int64))[slot] += count
    return found


def kept(connection: Connection, integration_id: int) -> Summary:
    """The same, as the summary has it."""
    s, v = schema.series.c, schema.volumes.c
    query = (
        select(*(s[name] for name in SeriesKey._fields), v.day, v.counts)
        .join_from(schema.series, schema.volumes, s.series_id == v.series_id)
        .where(s.integration_id == integration_id, s.measure.in_(DERIVED))
    )
    found: Summary = {}
    for row in connection.execute(query):
        counts = np.array(decode(row.counts), dtype=np.int64)
        if counts.any():
            found[_key(row), row.day] = counts
    return found


def differing(connection: Connection, integration_id: int) -> list[tuple[SeriesKey, int]]:
    """The series and UTC days where the summary and the raw rows disagree; empty when all is well."""
    now, then = recount(connection, integration_id), kept(connection, integration_id)
    empty = np.zeros(QUARTERS, dtype=np.int64)
    return sorted(
        place for place in now.keys() | then.keys() if (now.get(place, empty) != then.get(place, empty)).any()
    )


def rebuild(connection: Connection, integration_id: int) -> None:
    """Write the summary of an integration anew from its raw rows. Needs a transaction that writes."""
    counted = recount(connection, integration_id)
    s = schema.series.c
    where = and_(s.integration_id == integration_id, s.measure.in_(DERIVED))
    connection.execute(
        delete(schema.volumes).where(schema.volumes.c.series_id.in_(select(s.series_id).where(where)))
    )
    columns = [s[name] for name in SeriesKey._fields]
    ids = {_key(row): row.series_id for row in connection.execute(select(s.series_id, *columns).where(where))}
    for key in sorted({key for key, _day in counted} - ids.keys()):
        values = {"integration_id": integration_id, **key._asdict()}
        ids[key] = connection.execute(
            insert(schema.series).values(values).returning(s.series_id)
        ).scalar_one()
    rows = [
        {"series_id": ids[key], "day": day, "counts": encode(counts.tolist())}
        for (key, day), counts in counted.items()
    ]
    if rows:
        connection.execute(insert(schema.volumes), rows)


def _key(row: Row[*tuple[Any, ...]]) -> SeriesKey:
    values = row._mapping
    return SeriesKey(**{name: values[name] for name in SeriesKey._fields})._replace(
        is_unknown=bool(values["is_unknown"])
    )


def _group() -> ColumnElement[int]:
    return func.coalesce(schema.tickets.c.group_id, 0)


def _tickets() -> Select[Any]:
    t = schema.tickets.c
    fate = case((t.spam, "spam"), (t.deleted, "deleted"), (t.archived, "archived"), else_="live")
    return _grouped(
        [literal("tickets"), literal(""), _group(), t.source, literal(False), fate, t.result],
        t.created_at,
    ).where(t.integration_id == bindparam("integration_id"))


def _ticket_contacts() -> Select[Any]:
    t = schema.tickets.c
    unknown = is_unknown(t.seen_deleted)
    key: list[ColumnElement[Any]] = [
        literal("contacts"),
        literal(TICKETS),
        _group(),
        t.source,
        unknown,
        literal(""),
        literal(""),
    ]
    return _grouped(key, t.created_at).where(
        t.integration_id == bindparam("integration_id"), t.result == COUNTED
    )


def _reply_contacts() -> Select[Any]:
    t, c = schema.tickets.c, schema.conversations.c
    source = func.coalesce(c.reply_source, t.source)
    unknown = is_unknown(c.seen_deleted)
    key: list[ColumnElement[Any]] = [
        literal("contacts"),
        literal(REPLIES),
        _group(),
        source,
        unknown,
        literal(""),
        literal(""),
    ]
    return (
        _grouped(key, c.created_at)
        .select_from(
            schema.conversations.join(
                schema.tickets, and_(t.integration_id == c.integration_id, t.ticket_id == c.ticket_id)
            )
        )
        .where(c.integration_id == bindparam("integration_id"), c.result == COUNTED)
    )


def _grouped(key: list[ColumnElement[Any]], moment: ColumnElement[int]) -> Select[Any]:
    columns = [column.label(name) for column, name in zip(key, SeriesKey._fields, strict=True)]
    quarter = (moment // QUARTER).label("quarter")
    places: list[ColumnElement[Any]] = [
        literal_column(str(place)) for place in range(3, 9)
    ]  # group to quarter; literals cannot be grouped by
    return select(*columns, quarter, func.count()).group_by(*places)
