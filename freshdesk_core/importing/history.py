"""The log of imports, to be read: what each run did, newest first."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from freshdesk_core.store import Store
from freshdesk_core.store.schema import imports


@dataclass(frozen=True)
class Past:
    """One run. Times are epoch seconds.

    Attributes:
        purpose: "import", "audit", "totals" or "reimport".
        outcome: "complete", "interrupted" or "failed"; None while it runs, or when it was killed.
        window: Which changes of tickets were listed, [from, to) by Freshdesk's clock; its start None: from
            ever. None: nothing was listed.
        waited_seconds: How long it stood still, for the limit of calls or between tries.
        rows_new: Tickets and conversations that were not in the store before; ``rows_changed``: that were.
        excluded: Of the new rows, those that are no contact: reason → rows. The others were counted.
        error_figures: What the sentence of ``error_code`` names.
    """

    import_id: int
    purpose: str
    is_first: bool
    outcome: str | None
    started_at: int
    ended_at: int | None
    window: tuple[int | None, int] | None
    calls: int
    waited_seconds: int
    rows_new: int
    rows_changed: int
    excluded: dict[str, int]
    new_contacts: int
    error_code: str | None
    error_figures: dict[str, Any]


def count(store: Store, integration_id: int) -> int:
    """How many runs of an integration the log holds."""
    query = select(func.count()).where(imports.c.integration_id == integration_id)
    with store.read() as connection:
        return connection.execute(query).scalar_one()


def runs(store: Store, integration_id: int, *, limit: int | None = None, offset: int = 0) -> list[Past]:
    """Runs of an integration, the newest first.

    Args:
        store: The store.
        integration_id: Whose.
        limit: At most so many; None: all.
        offset: How many of the newest to leave out.
    """
    query = (
        select(imports)
        .where(imports.c.integration_id == integration_id)
        .order_by(imports.c.import_id.desc())
        .limit(limit)
        .offset(offset)
    )
    with store.read() as connection:
        return [_past(row) for row in connection.execute(query)]


def _past(row: Any) -> Past:
    return Past(
        import_id=row.import_id,
        purpose=row.purpose,
        is_first=row.is_first,
        outcome=row.outcome,
        started_at=row.started_at,
        ended_at=row.ended_at,
        window=None if row.window_to is None else (row.window_from, row.window_to),
        calls=row.calls,
        waited_seconds=row.waited_seconds,
        rows_new=row.rows_new,
        rows_changed=row.rows_changed,
        excluded=json.loads(row.excluded),
        new_contacts=row.new_contacts,
        error_code=row.error_code,
        error_figures=json.loads(row.error_figures) if row.error_figures else {},
    )
