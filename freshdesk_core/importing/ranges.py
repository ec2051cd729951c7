"""Which tickets have to do with a range of time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from freshdesk_core.importing.forgetting import FORGOTTEN
from freshdesk_core.importing.gaps import WIDEST
from freshdesk_core.store.schema import conversations, gaps, tickets


@dataclass(frozen=True)
class Range:
    """Half-open, epoch seconds: tickets and conversations made in it are read again."""

    start: int
    end: int

    def has(self, moment: int) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment < self.end


def stored(connection: Connection, integration_id: int, span: Range) -> set[int]:
    """The stored tickets that were made in a range, and those with a conversation in it."""
    found: set[int] = set()
    for table in (tickets, conversations):
        query = select(table.c.ticket_id).where(
            table.c.integration_id == integration_id,
            table.c.created_at >= span.start,
            table.c.created_at < span.end,
        )
        found |= set(connection.execute(query).scalars())
    return found


def missing(connection: Connection, integration_id: int, span: Range) -> set[int]:
    """Ids that no ticket has, among those of a range and up to its neighbours on both sides.

    None where there are too many to look up; none that was purged here by hand.
    """
    t = tickets.c
    mine = t.integration_id == integration_id

    def one(chosen: Any, *where: Any) -> int | None:
        found: int | None = connection.execute(select(chosen).where(mine, *where)).scalar()
        return found

    low = one(func.max(t.ticket_id), t.created_at < span.start) or 0
    high = one(func.min(t.ticket_id), t.created_at >= span.end) or (one(func.max(t.ticket_id)) or 0) + 1
    made_in = (t.created_at >= span.start, t.created_at < span.end)
    # Ids need not follow time to the letter.
    low = min(low, (one(func.min(t.ticket_id), *made_in) or low + 1) - 1)
    high = max(high, (one(func.max(t.ticket_id), *made_in) or high - 1) + 1)
    if high - low > WIDEST:
        return set()
    held = connection.execute(select(t.ticket_id).where(mine, t.ticket_id.between(low, high))).scalars()
    kept_out = select(gaps.c.ticket_id).where(
        gaps.c.integration_id == integration_id, gaps.c.state == FORGOTTEN
    )
    return set(range(low + 1, high)) - set(held) - set(connection.execute(kept_out).scalars())
