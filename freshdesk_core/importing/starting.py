"""Another start: contacts count from a later or an earlier time on, and no row is lost.

What was imported is judged again in the same transaction. An earlier start also needs tickets that no import
has read so far: the next one lists from the new start, and what it finds is proven by an audit.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.counting.threads import Known, judge_start
from freshdesk_core.counting.tickets import ticket_result
from freshdesk_core.importing.windows import follow_start
from freshdesk_core.store.cells import Cells
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.placing import identity_line, reply_queue, ticket_queue
from freshdesk_core.store.rows import CONVERSATION_COLUMNS, TICKET_COLUMNS, Conversation, Ticket
from freshdesk_core.store.schema import conversations, cursors, integrations, tickets

BEFORE_START = "before_start"
BY_TIME = (COUNTED, "same_chat")  # results that a later start may change
PER_READ = 1_000

Changes = dict[str, int]  # rows by their new result


def restart(connection: Connection, integration: Integration, start: int | None) -> Changes:
    """Let contacts count from *start* (epoch seconds) on; None: from ever.

    Needs a transaction that writes, and that nobody imports meanwhile.

    Returns:
        How many rows have another result now, by that result.
    """
    cells = Cells(integration.integration_id)
    changes: Changes = {}
    for step in (_tickets, _conversations):
        for result in step(connection, cells, integration.integration_id, start):
            changes[result] = changes.get(result, 0) + 1
    cells.flush(connection)
    is_earlier = integration.since is not None and (start is None or start < integration.since)
    if is_earlier:
        connection.execute(delete(cursors).where(cursors.c.integration_id == integration.integration_id))
    connection.execute(
        update(integrations)
        .where(integrations.c.integration_id == integration.integration_id)
        .values(since=start, revision=integrations.c.revision + 1)
    )
    follow_start(connection, integration.integration_id, start, is_earlier=is_earlier)
    return changes


def _tickets(connection: Connection, cells: Cells, integration_id: int, start: int | None) -> Iterator[str]:
    t = tickets.c
    counted, excluded = t.result == COUNTED, t.result == BEFORE_START
    crossing = (
        excluded
        if start is None
        else or_(and_(counted, t.created_at < start), and_(excluded, t.created_at >= start))
    )
    query = select(*(t[name] for name in TICKET_COLUMNS)).where(t.integration_id == integration_id, crossing)
    rows: list[dict[str, object]] = []
    for row in connection.execute(query).all():
        old = Ticket(*row)
        new = replace(old, result=ticket_result(old, start))
        cells.move(identity_line(old), identity_line(new), old.created_at)
        cells.add(ticket_queue(old), old.created_at, 1 if new.result == COUNTED else -1)
        rows.append({"its_id": old.ticket_id, "its_result": new.result})
        yield new.result
    if rows:
        connection.execute(
            update(tickets)
            .where(t.integration_id == integration_id, t.ticket_id == bindparam("its_id"))
            .values(result=bindparam("its_result")),
            rows,
        )


def _conversations(
    connection: Connection, cells: Cells, integration_id: int, start: int | None
) -> Iterator[str]:
    c = conversations.c
    by_time, excluded = c.result.in_(BY_TIME), c.result == BEFORE_START
    crossing = (
        excluded
        if start is None
        else or_(and_(by_time, c.created_at < start), and_(excluded, c.created_at >= start))
    )
    query = select(c.ticket_id).where(c.integration_id == integration_id, crossing).distinct()
    ids = list(connection.execute(query).scalars())
    for first in range(0, len(ids), PER_READ):
        yield from _threads(connection, cells, integration_id, ids[first : first + PER_READ], start)


def _threads(
    connection: Connection, cells: Cells, integration_id: int, ids: list[int], start: int | None
) -> Iterator[str]:
    """Judge whole threads: whether a chat's line is a contact depends on the lines before it."""
    t, c = tickets.c, conversations.c
    of_tickets = select(*(t[name] for name in TICKET_COLUMNS)).where(
        t.integration_id == integration_id, t.ticket_id.in_(ids)
    )
    of_threads = select(*(c[name] for name in CONVERSATION_COLUMNS)).where(
        c.integration_id == integration_id, c.ticket_id.in_(ids)
    )
    threads: dict[int, list[Conversation]] = {}
    for row in connection.execute(of_threads).all():
        one = Conversation(*row)
        threads.setdefault(one.ticket_id, []).append(one)
    rows: list[dict[str, object]] = []
    for row in connection.execute(of_tickets).all():
        ticket = Ticket(*row)
        for old, result in _rejudged(ticket, threads[ticket.ticket_id], start):
            queue = reply_queue(ticket, old.reply_source, seen_deleted=old.seen_deleted)
            change = (result == COUNTED) - (old.result == COUNTED)
            if change:
                cells.add(queue, old.created_at, change)
            rows.append({"its_id": old.conversation_id, "its_result": result})
            yield result
    if rows:
        connection.execute(
            update(conversations)
            .where(c.integration_id == integration_id, c.conversation_id == bindparam("its_id"))
            .values(result=bindparam("its_result")),
            rows,
        )


def _rejudged(
    ticket: Ticket, thread: list[Conversation], start: int | None
) -> Iterator[tuple[Conversation, str]]:
    """The rows that have another result now. One that stays on its side of the start keeps its decision."""
    crossing = {}
    for row in thread:
        is_before = start is not None and row.created_at < start
        if (row.result in BY_TIME and is_before) or (row.result == BEFORE_START and not is_before):
            crossing[row.conversation_id] = row
    known = {row.conversation_id: Known(row.created_at, row.is_live) for row in thread}
    for id_, result in judge_start(ticket, known, crossing, start).items():
        yield crossing[id_], result
