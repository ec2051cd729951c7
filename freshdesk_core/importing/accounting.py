"""The accounts of an integration: everything fetched is counted or excluded with one reason."""

from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.store.schema import conversations, tickets


@dataclass(frozen=True)
class Accounts:
    """What the store holds of one integration, in rows."""

    tickets: int
    conversations: int
    counted_tickets: int
    counted_replies: int
    excluded: dict[str, int]
    threads_read: int
    threads_not_needed: int

    @property
    def is_closed(self) -> bool:
        """Fetched = counted + excluded."""
        counted = self.counted_tickets + self.counted_replies
        return self.tickets + self.conversations == counted + sum(self.excluded.values())


def accounts(connection: Connection, integration_id: int) -> Accounts:
    """Add up what is stored."""
    by_result = [_rows_by_result(connection, table, integration_id) for table in (tickets, conversations)]
    excluded: dict[str, int] = {}
    for results in by_result:
        for result, rows in results.items():
            if result != COUNTED:
                excluded[result] = excluded.get(result, 0) + rows
    threads = select(func.count(), func.count(tickets.c.thread_read_at)).where(
        tickets.c.integration_id == integration_id, tickets.c.is_thread_due.is_(False)
    )
    settled, read = connection.execute(threads).one()
    return Accounts(
        tickets=sum(by_result[0].values()),
        conversations=sum(by_result[1].values()),
        counted_tickets=by_result[0].get(COUNTED, 0),
        counted_replies=by_result[1].get(COUNTED, 0),
        excluded=dict(sorted(excluded.items())),
        threads_read=read,
        threads_not_needed=settled - read,
    )


def _rows_by_result(connection: Connection, table: Table, integration_id: int) -> dict[str, int]:
    rows = connection.execute(
        select(table.c.result, func.count())
        .where(table.c.integration_id == integration_id)
        .group_by(table.c.result)
    )
    return {result: count for result, count in rows}  # noqa: C416 - a result looks like a mapping to dict()
