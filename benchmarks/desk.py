"""A store full of figures, without the account they would come from: years of counts for many queues."""

from datetime import date

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, insert

from freshdesk_core.store import Store, schema
from freshdesk_core.store.cells import SeriesKey, contacts_key, freshdesk_key, tickets_key
from freshdesk_core.store.counts import QUARTERS, encode

DAY = 86400
SOURCES = (1, 2, 3, 7)  # email, portal, phone, chat
FIRST, END = date(2023, 1, 1), date(2026, 1, 1)

# Counts per quarter hour at noon: an ordinary line, and what is rare.
MANY, FEW = 2.0, 0.02


def furnish(store: Store, queues: int) -> int:
    """Fill an empty store with three years of one account; returns how many cells that are.

    Half of the queues are of kind Tickets, half Replies; every source of every group has both, and
    its part in the Unknown queues. The lines of the identity and Freshdesk's own tickets are there
    too, each day compared.
    """
    days = range(_day(FIRST), _day(END))
    pairs = [(group, source) for group in range(1, queues // (2 * len(SOURCES)) + 1) for source in SOURCES]
    chance = np.random.default_rng(1)
    with store.write() as connection:
        _integration(connection, {group for group, _source in pairs})
        cells = 0
        for group, source in pairs:
            for key, level in _lines(group, source):
                cells += _series(connection, key, days, chance, level)
        connection.execute(
            insert(schema.freshdesk_totals),
            [
                {
                    **{"integration_id": 1, "day": day, "total": 1000, "taken_at": day * DAY + 2 * DAY},
                    **{"has_rows": True, "is_stale": False},
                }
                for day in days
            ],
        )
    return cells


def _day(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _lines(group: int, source: int) -> list[tuple[SeriesKey, float]]:
    """What is counted of one source in one group, and how much of it there is."""
    return [
        (contacts_key("Tickets", group, source, is_unknown=False), MANY),
        (contacts_key("Replies", group, source, is_unknown=False), MANY),
        (contacts_key("Tickets", group, source, is_unknown=True), FEW),
        (contacts_key("Replies", group, source, is_unknown=True), FEW),
        (tickets_key(group, source, "live", "counted"), MANY),
        (tickets_key(group, source, "spam", "counted"), FEW),
        (tickets_key(group, source, "deleted", "counted"), FEW),
        (tickets_key(group, source, "live", "outbound_email"), FEW),
        (tickets_key(group, source, "live", "child_ticket"), FEW),
        (freshdesk_key(group, source), MANY),
    ]


def _integration(connection: Connection, groups: set[int]) -> None:
    start, end = _day(FIRST) * DAY, _day(END) * DAY
    connection.execute(
        insert(schema.integrations).values(
            **{"integration_id": 1, "name": "Benchmark", "name_key": "benchmark", "revision": 1},
            **{"domain": "benchmark.freshdesk.com", "key_sealed": "", "key_hint": "", "created_at": start},
            **{"time_zone": "Europe/Amsterdam", "is_sample": False},
            **{"tickets_from": start, "tickets_to": end, "replies_from": start, "replies_to": end},
        )
    )
    names = [{"integration_id": 1, "group_id": group, "name": f"Group {group}"} for group in groups]
    connection.execute(
        insert(schema.groups), [{**name, "former_names": "[]", "deleted": False} for name in names]
    )


def _series(
    connection: Connection, key: SeriesKey, days: range, chance: np.random.Generator, level: float
) -> int:
    """Write one line of figures; returns the number of its cells."""
    series_id = connection.execute(
        insert(schema.series).values(integration_id=1, **key._asdict()).returning(schema.series.c.series_id)
    ).scalar_one()
    hours = np.arange(QUARTERS) / 4
    shape: npt.NDArray[np.float64] = level * np.exp(-(((hours - 12) / 4) ** 2))
    counts = chance.poisson(shape, (len(days), QUARTERS))
    rows = [
        {"series_id": series_id, "day": day, "counts": encode(row.tolist())}
        for day, row in zip(days, counts, strict=True)
        if row.any()
    ]
    connection.execute(insert(schema.volumes), rows)
    return len(rows)
