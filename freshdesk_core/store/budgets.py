"""What the processes of all machines have drawn from an account's budget of calls in the last minute."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from freshdesk_core.store.schema import budget_draws, budgets
from freshdesk_core.store.upserts import upsert

# Asked before each call, so it is built once.
_PAUSED_UNTIL = select(budgets.c.paused_until).where(budgets.c.account == bindparam("account"))


@dataclass(frozen=True)
class Budget:
    """What may be spent in a minute, as some process learned it last; 0: none has."""

    credits: int = 0
    lists: int = 0
    paused_until: float = 0.0  # epoch seconds


@dataclass(frozen=True)
class Drawn:
    """What stands booked for an account."""

    credits: int
    lists: int
    is_first: bool


def budget(connection: Connection, account: str) -> Budget:
    """The budget of an account, and until when it is paused."""
    row = connection.execute(
        select(budgets.c.credits, budgets.c.lists, budgets.c.paused_until).where(budgets.c.account == account)
    ).one_or_none()
    return Budget() if row is None else Budget(*row)


def paused_until(connection: Connection, account: str) -> float:
    """Until when nobody may call (epoch seconds); 0.0 where nothing is known."""
    return connection.execute(_PAUSED_UNTIL, {"account": account}).scalar() or 0.0


def keep(connection: Connection, account: str, kept: Budget) -> None:
    """Tell the other processes what was learned."""
    values = {"credits": kept.credits, "lists": kept.lists, "paused_until": kept.paused_until}
    upsert(connection, budgets, [{"account": account, **values}])


def drawn(connection: Connection, account: str, since: float) -> Drawn:
    """Add up what was drawn after a moment, and forget what lies before it."""
    connection.execute(
        delete(budget_draws).where(budget_draws.c.account == account, budget_draws.c.drawn_at <= since)
    )
    row = connection.execute(
        select(
            func.coalesce(func.sum(budget_draws.c.credits), 0),
            func.coalesce(func.sum(budget_draws.c.lists), 0),
            func.count(),
        ).where(budget_draws.c.account == account)
    ).one()
    return Drawn(int(row[0]), int(row[1]), is_first=row[2] == 0)


def freed_from(connection: Connection, account: str, credits_: int, lists: int) -> float:
    """When the draws were made (epoch seconds) that hold so many credits and calls of the ticket list.

    The oldest ones; where all do not hold as much, the time of the last one.
    """
    c, freed_at = budget_draws.c, 0.0
    query = select(c.drawn_at, c.credits, c.lists).where(c.account == account).order_by(c.drawn_at)
    for drawn_at, its_credits, its_lists in connection.execute(query):
        freed_at, credits_, lists = drawn_at, credits_ - its_credits, lists - its_lists
        if credits_ <= 0 and lists <= 0:
            break
    return freed_at


def book(connection: Connection, account: str, at: float, *, credits_: int, lists: int) -> None:
    """Take a block of the budget."""
    connection.execute(
        insert(budget_draws).values(account=account, drawn_at=at, credits=credits_, lists=lists)
    )


def forget(connection: Connection, account: str) -> None:
    """Forget an account that is purged; another integration of it begins with what it draws next."""
    for table in (budget_draws, budgets):
        connection.execute(delete(table).where(table.c.account == account))
