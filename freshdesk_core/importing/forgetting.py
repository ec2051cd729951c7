"""Rows that leave the store for good, and their figures with them, in one transaction."""

import time
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, exists, not_, select

from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.importing import starting
from freshdesk_core.store.cells import DAY, Cells
from freshdesk_core.store.event_schema import events
from freshdesk_core.store.explore_schema import comparison_tickets
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.placing import identity_line, reply_queue, ticket_queue
from freshdesk_core.store.rows import TICKET_COLUMNS, Ticket, load_tickets
from freshdesk_core.store.schema import (
    conversations,
    freshdesk_totals,
    gaps,
    tickets,
    total_differences,
)
from freshdesk_core.store.upserts import upsert

TICKETS_PER_STEP = 5_000
FORGOTTEN = "forgotten"  # a gap's state: purged here by hand, never imported again
CLEARED = "cleared"  # older than the day before which everything was purged; not looked for again


def start_no_earlier(connection: Connection, integration: Integration, start: int) -> None:
    """Let contacts count from *start* on, unless they count from a later time anyway."""
    if integration.since is None or integration.since < start:
        starting.restart(connection, integration, start)


def forget_before(connection: Connection, integration_id: int, start: int) -> dict[str, int]:
    """Delete some of the rows that are older than *start*; none gone means that none is left.

    A ticket that holds a younger reply stays: the reply is counted in its group. It counts nothing itself.
    """
    mine, theirs = (
        tickets.c.integration_id == integration_id,
        conversations.c.integration_id == integration_id,
    )
    younger = exists().where(
        theirs, conversations.c.ticket_id == tickets.c.ticket_id, conversations.c.created_at >= start
    )
    query = select(*(tickets.c[name] for name in TICKET_COLUMNS)).where(
        mine, tickets.c.created_at < start, not_(younger)
    )
    some = [Ticket(*row) for row in connection.execute(query.limit(TICKETS_PER_STEP))]
    if some:
        return _forget(connection, integration_id, some, CLEARED)
    ids = select(conversations.c.conversation_id).where(theirs, conversations.c.created_at < start)
    some_ids = ids.limit(TICKETS_PER_STEP)
    rest = connection.execute(
        delete(conversations).where(theirs, conversations.c.conversation_id.in_(some_ids))
    ).rowcount  # all of them excluded: they are older than the start
    if rest:
        return {"conversations": rest}
    return _forget_days(connection, integration_id, start)


def forget_ticket(connection: Connection, integration_id: int, ticket_id: int) -> dict[str, int]:
    """Delete a ticket with its thread and the events that name it, and keep it out from now on.

    It is kept out just so when it was never imported, or is not any more.
    """
    mine = (events.c.integration_id == integration_id) & (events.c.ticket_id == ticket_id)
    told = connection.execute(delete(events).where(mine)).rowcount
    found = load_tickets(connection, integration_id, [ticket_id])
    if found:
        gone = _forget(connection, integration_id, list(found.values()), FORGOTTEN)
    else:
        gone = {}
        _keep_out(connection, integration_id, ticket_id)
    return gone | {"events": told}


def forgotten(connection: Connection, integration_id: int, ids: Collection[int]) -> set[int]:
    """The tickets among some ids that were purged by hand: they must not come back."""
    query = select(gaps.c.ticket_id).where(
        gaps.c.integration_id == integration_id, gaps.c.state == FORGOTTEN, gaps.c.ticket_id.in_(list(ids))
    )
    return set(connection.execute(query).scalars())


def _keep_out(connection: Connection, integration_id: int, ticket_id: int) -> None:
    """Let a ticket that is not stored stay out."""
    mine = gaps.c.integration_id == integration_id
    known = connection.execute(
        select(gaps.c.settled_at, gaps.c.created_about).where(mine, gaps.c.ticket_id == ticket_id)
    ).one_or_none()
    settled_at, created_about = known or (
        int(time.time()),
        _created_about(connection, integration_id, ticket_id),
    )
    row = {"integration_id": integration_id, "ticket_id": ticket_id, "state": FORGOTTEN}
    upsert(connection, gaps, [{**row, "settled_at": settled_at, "created_about": created_about}])


def _created_about(connection: Connection, integration_id: int, ticket_id: int) -> int:
    """When a ticket that nobody has seen was created at the latest: as the next newer one, or now."""
    newer = select(tickets.c.created_at).where(
        tickets.c.integration_id == integration_id, tickets.c.ticket_id > ticket_id
    )
    found = connection.execute(newer.order_by(tickets.c.ticket_id).limit(1)).scalar()
    return int(time.time()) if found is None else int(found)


def _forget(
    connection: Connection, integration_id: int, some: Sequence[Ticket], state: str
) -> dict[str, int]:
    cells = Cells(integration_id)
    for ticket in some:
        cells.add(identity_line(ticket), ticket.created_at, -1)
        if ticket.result == COUNTED:
            cells.add(ticket_queue(ticket), ticket.created_at, -1)
    by_id = {ticket.ticket_id: ticket for ticket in some}
    c = conversations.c
    theirs = (c.integration_id == integration_id) & c.ticket_id.in_(by_id)
    replies = select(c.ticket_id, c.created_at, c.reply_source, c.seen_deleted).where(
        theirs, c.result == COUNTED
    )
    for ticket_id, created_at, reply_source, seen_deleted in connection.execute(replies):
        queue = reply_queue(by_id[ticket_id], reply_source, seen_deleted=seen_deleted)
        cells.add(queue, created_at, -1)
    cells.flush(connection)
    gone = {
        "conversations": connection.execute(delete(conversations).where(theirs)).rowcount,
        "tickets": connection.execute(
            delete(tickets).where(tickets.c.integration_id == integration_id, tickets.c.ticket_id.in_(by_id))
        ).rowcount,
    }
    for table in (total_differences, comparison_tickets):
        connection.execute(
            delete(table).where(table.c.integration_id == integration_id, table.c.ticket_id.in_(by_id))
        )
    upsert(
        connection,
        gaps,
        [
            {
                "integration_id": integration_id,
                "ticket_id": ticket.ticket_id,
                "state": state,
                "settled_at": ticket.updated_at,
                "created_about": ticket.created_at,
            }
            for ticket in some
        ],
    )
    return gone


def _forget_days(connection: Connection, integration_id: int, start: int) -> dict[str, int]:
    """Freshdesk's totals of the whole days before *start*, and what was named in them."""
    gone = {}
    cells = Cells(integration_id)
    for table in (total_differences, freshdesk_totals):
        before = (table.c.integration_id == integration_id) & (table.c.day < start // DAY)
        if table is freshdesk_totals:
            for day in connection.execute(select(table.c.day).where(before)).scalars().all():
                cells.clear_day(connection, "freshdesk", day)
        gone[table.name] = connection.execute(delete(table).where(before)).rowcount
    return gone
