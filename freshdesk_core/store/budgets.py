"""What the processes of all machines have drawn from an account's budget of calls in the last minute."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from freshdesk_core.store.schema import budget_draws, budget_pauses
from freshdesk_core.store.upserts import upsert


@dataclass(frozen=True)
class Drawn:
    """What stands booked for an account. ``oldest_at`` and ``paused_until`` are epoch seconds, or None."""

    credits: int
    lists: int
    oldest_at: float | None
    paused_until: float | None


def drawn(connection: Connection, account: str, since: float) -> Drawn:
    """Add up what was drawn after a moment, and forget what lies before it."""
    connection.execute(
        delete(budget_draws).where(budget_draws.c.account == account, budget_draws.c.drawn_at <= since)
    )
    row = connection.execute(
        select(
            func.coalesce(func.sum(budget_draws.c.credits), 0),
            func.coalesce(func.sum(budget_draws.c.lists), 0),
            func.min(budget_draws.c.drawn_at),
        ).where(budget_draws.c.account == account)
    ).one()
    paused = connection.execute(
        select(budget_pauses.c.paused_until).where(budget_pauses.c.account == account)
    ).scalar()
    return Drawn(int(row[0]), int(row[1]), row[2], paused)


def book(connection: Connection, account: str, at: float, *, credits_: int, lists: int) -> None:
    """Take a block of the budget."""
    connection.execute(
        insert(budget_draws).values(account=account, drawn_at=at, credits=credits_, lists=lists)
    )


def pause(connection: Connection, account: str, until: float) -> None:
    """Hold back the calls of every process until a moment; a later one that stands already stays."""
    present = connection.execute(
        select(budget_pauses.c.paused_until).where(budget_pauses.c.account == account)
    ).scalar()
    if present is None or present < until:
        upsert(connection, budget_pauses, [{"account": account, "paused_until": until}])


def forget(connection: Connection, account: str) -> None:
    """Forget an account that is purged; another integration of it begins with what it draws next."""
    for table in (budget_draws, budget_pauses):
        connection.execute(delete(table).where(table.c.account == account))
