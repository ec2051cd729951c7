"""Comparisons with Freshdesk that somebody asked for: kept with their date, as they stood then."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select, update

from freshdesk_core.errors import CoreError
from freshdesk_core.store.explore_schema import comparison_tickets, comparisons

SEARCH, ANALYTICS = "search", "analytics"
WAITING, RUNNING, COMPLETE, STOPPED, FAILED = "waiting", "running", "complete", "stopped", "failed"
UNDER_WAY = (WAITING, RUNNING)
SILENT_SECONDS = 600  # a comparison that said nothing for so long has ended with its process
MOST_TICKETS = 10_000  # named in one comparison; the figures count all


@dataclass(frozen=True)
class Asked:
    """What is compared. ``window``: epoch seconds, [from, to). ``created_count``: as typed in."""

    integration_id: int
    source: str
    by: str
    window: tuple[int, int]
    zone: str
    groups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    created_count: int | None = None


@dataclass(frozen=True)
class Comparison:
    """A comparison as it is kept.

    ``state``: one of the words above; "stopped" too where its process ended without a word. ``figures``: the
    line of the identity by name, whole numbers or None; empty until it is complete. ``never_imported`` and
    ``unexplained``: ids of tickets that only one side had.
    """

    comparison_id: int
    asked: Asked
    asked_at: int
    state: str
    days_done: int
    days_expected: int
    ended_at: int | None
    figures: Mapping[str, int | None]
    error_code: str | None
    error_figures: Mapping[str, Any]
    never_imported: tuple[int, ...] = field(default=())
    unexplained: tuple[int, ...] = field(default=())

    @property
    def is_under_way(self) -> bool:
        """It has not ended yet."""
        return self.state in UNDER_WAY


def begin(connection: Connection, asked: Asked, days: int) -> int:
    """Write down that a comparison was asked for; returns its id."""
    now = int(time.time())
    made = insert(comparisons).values(
        integration_id=asked.integration_id,
        source=asked.source,
        asked_by=asked.by,
        asked_at=now,
        window_from=asked.window[0],
        window_to=asked.window[1],
        zone=asked.zone,
        filters=json.dumps({"groups": asked.groups, "sources": asked.sources}),
        created_count=asked.created_count,
        state=WAITING,
        days_expected=days,
        progressed_at=now,
    )
    return int(connection.execute(made.returning(comparisons.c.comparison_id)).scalar_one())


def progress(connection: Connection, comparison_id: int, state: str, days_done: int) -> None:
    """Say how far it is."""
    _change(connection, comparison_id, state=state, days_done=days_done, progressed_at=int(time.time()))


def complete(
    connection: Connection,
    comparison_id: int,
    figures: Mapping[str, int | None],
    differing: Mapping[str, Sequence[int]],
) -> None:
    """Keep the result.

    Args:
        connection: A transaction that writes.
        comparison_id: Which one.
        figures: By name.
        differing: Side ("never_imported", "unexplained") → ids of tickets.
    """
    now = int(time.time())
    _change(connection, comparison_id, state=COMPLETE, ended_at=now, figures=json.dumps(dict(figures)))
    owner = select(comparisons.c.integration_id).where(comparisons.c.comparison_id == comparison_id)
    integration_id = connection.execute(owner).scalar()
    rows = [
        {
            "integration_id": integration_id,
            "comparison_id": comparison_id,
            "ticket_id": ticket_id,
            "side": side,
        }
        for side, ids in differing.items()
        for ticket_id in ids[:MOST_TICKETS]
    ]
    if rows and integration_id is not None:  # else the integration was purged meanwhile
        connection.execute(insert(comparison_tickets), rows)


def fail(connection: Connection, comparison_id: int, state: str, error: CoreError | None = None) -> None:
    """It ended without a result: "stopped", or "failed" by an error."""
    values: dict[str, object] = {"state": state, "ended_at": int(time.time())}
    if error is not None:
        values |= {"error_code": error.error_code, "error_figures": json.dumps(error.figures)}
    _change(connection, comparison_id, **values)


def newest(connection: Connection, integration_ids: Iterable[int], limit: int = 50) -> list[Comparison]:
    """The comparisons of some integrations, newest first."""
    query = select(comparisons).where(comparisons.c.integration_id.in_(list(integration_ids)))
    query = query.order_by(comparisons.c.asked_at.desc(), comparisons.c.comparison_id.desc()).limit(limit)
    return _read(connection, list(connection.execute(query).mappings()))


def get(connection: Connection, comparison_id: int) -> Comparison | None:
    """One comparison; None where it is gone."""
    query = select(comparisons).where(comparisons.c.comparison_id == comparison_id)
    found = _read(connection, list(connection.execute(query).mappings()))
    return found[0] if found else None


def _read(connection: Connection, rows: list[Any]) -> list[Comparison]:
    named: dict[tuple[int, str], list[int]] = {}
    tickets = comparison_tickets.c
    query = select(tickets.comparison_id, tickets.side, tickets.ticket_id).where(
        tickets.integration_id.in_({row["integration_id"] for row in rows}),
        tickets.comparison_id.in_([row["comparison_id"] for row in rows]),
    )
    for comparison_id, side, ticket_id in connection.execute(query.order_by(tickets.ticket_id)):
        named.setdefault((comparison_id, side), []).append(ticket_id)
    return [_comparison(row, named) for row in rows]


def _comparison(row: Any, named: Mapping[tuple[int, str], list[int]]) -> Comparison:
    filters = json.loads(row["filters"])
    is_silent = row["progressed_at"] < time.time() - SILENT_SECONDS
    return Comparison(
        comparison_id=row["comparison_id"],
        asked=Asked(
            row["integration_id"],
            row["source"],
            row["asked_by"],
            (row["window_from"], row["window_to"]),
            row["zone"],
            tuple(filters.get("groups", ())),
            tuple(filters.get("sources", ())),
            row["created_count"],
        ),
        asked_at=row["asked_at"],
        state=STOPPED if row["state"] in UNDER_WAY and is_silent else row["state"],
        days_done=row["days_done"],
        days_expected=row["days_expected"],
        ended_at=row["ended_at"],
        figures=json.loads(row["figures"]),
        error_code=row["error_code"],
        error_figures=json.loads(row["error_figures"] or "{}"),
        never_imported=tuple(named.get((row["comparison_id"], "never_imported"), ())),
        unexplained=tuple(named.get((row["comparison_id"], "unexplained"), ())),
    )


def _change(connection: Connection, comparison_id: int, **values: object) -> None:
    mine = comparisons.c.comparison_id == comparison_id
    connection.execute(update(comparisons).where(mine).values(**values))
