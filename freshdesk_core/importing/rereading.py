"""What a range held before it was read again, and whole threads judged anew in place."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, func, or_, select, update

from freshdesk_core.api.records import TicketRecord
from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.counting.threads import Known, judge_thread
from freshdesk_core.importing.ranges import Range
from freshdesk_core.importing.thread_step import (
    Thread,
    conversation_of,
    holders_of,
    load_threads,
    merge,
    queue_of,
)
from freshdesk_core.store.cells import Cells, SeriesKey
from freshdesk_core.store.placing import identity_line, reply_queue, ticket_queue
from freshdesk_core.store.rows import Conversation, Ticket, conversation_values, load_tickets
from freshdesk_core.store.schema import conversations, tickets
from freshdesk_core.store.upserts import upsert

Changes = dict[str, int]
Row = tuple[str, int]  # "ticket" or "conversation", and its id
Place = tuple[str, SeriesKey]  # its result, and the queue where it is counted if it is


def figures(connection: Connection, integration_id: int, span: Range) -> dict[str, int]:
    """What is stored of a range: rows, contacts, and the rows excluded for each reason."""
    found = {"tickets": 0, "conversations": 0, "new_ticket_contacts": 0, "replies": 0}
    for table, rows, contacts in (
        (tickets, "tickets", "new_ticket_contacts"),
        (conversations, "conversations", "replies"),
    ):
        query = select(table.c.result, func.count()).where(
            table.c.integration_id == integration_id,
            table.c.created_at >= span.start,
            table.c.created_at < span.end,
        )
        for result, count in connection.execute(query.group_by(table.c.result)):
            found[rows] += count
            name = contacts if result == COUNTED else f"excluded_{result}"
            found[name] = found.get(name, 0) + count
    found["offered"] = found["new_ticket_contacts"] + found["replies"]
    return dict(sorted(found.items()))


def places(
    connection: Connection,
    integration_id: int,
    span: Range,
    ticket_ids: Collection[int],
    conversation_ids: Collection[int] = (),
) -> dict[Row, Place]:
    """Where some tickets and their conversations, as far as they lie in the range, are counted."""
    found: dict[Row, Place] = {}
    known = load_tickets(connection, integration_id, ticket_ids)
    for ticket in known.values():
        if span.has(ticket.created_at):
            found["ticket", ticket.ticket_id] = (ticket.result, ticket_queue(ticket))
    c = conversations.c
    query = select(c.conversation_id, c.ticket_id, c.result, c.reply_source, c.seen_deleted).where(
        c.integration_id == integration_id,
        c.created_at >= span.start,
        c.created_at < span.end,
        or_(c.ticket_id.in_(list(ticket_ids)), c.conversation_id.in_(list(conversation_ids))),
    )
    rows = connection.execute(query).all()
    elsewhere = {row.ticket_id for row in rows} - known.keys()
    known |= load_tickets(connection, integration_id, elsewhere) if elsewhere else {}
    for row in rows:
        if row.ticket_id in known:
            queue = reply_queue(known[row.ticket_id], row.reply_source, seen_deleted=row.seen_deleted)
            found["conversation", row.conversation_id] = (row.result, queue)
    return found


def compare(before: dict[Row, Place], after: dict[Row, Place]) -> Changes:
    """What changed: new rows, rows with another result, contacts in another queue, rows of another time."""
    changes = dict.fromkeys(
        ("new_tickets", "new_conversations", "judged_anew", "moved_queue", "left_range"), 0
    )
    for row, (result, queue) in after.items():
        if row not in before:
            changes[f"new_{row[0]}s"] += 1
            continue
        was, stood = before[row]
        changes["judged_anew"] += result != was
        changes["moved_queue"] += result == was == COUNTED and queue != stood
    changes["left_range"] = len(before.keys() - after.keys())
    return changes


def correct_tickets(
    connection: Connection, cells: Cells, integration_id: int, records: Sequence[TicketRecord]
) -> None:
    """Give stored tickets the time of creation that Freshdesk gives, and let its row count as the newer.

    Both never differ but by a fault of the store; an ordinary import takes no older row.
    """
    stored = load_tickets(connection, integration_id, [record.id for record in records])
    for record in records:
        old = stored.get(record.id)
        if old is None or (old.created_at == record.created_at and old.updated_at <= record.updated_at):
            continue
        cells.add(identity_line(old), old.created_at, -1)
        cells.add(identity_line(old), record.created_at)
        if old.result == COUNTED:
            cells.add(ticket_queue(old), old.created_at, -1)
            cells.add(ticket_queue(old), record.created_at)
        connection.execute(
            update(tickets)
            .where(tickets.c.integration_id == integration_id, tickets.c.ticket_id == old.ticket_id)
            .values(created_at=record.created_at, updated_at=min(old.updated_at, record.updated_at))
        )


def reread_threads(
    connection: Connection,
    cells: Cells,
    integration_id: int,
    threads: Sequence[Thread],
    *,
    span: Range,
    start: int | None,
    seen_at: int,
) -> int:
    """Judge the conversations of a range anew, whatever was decided about them earlier.

    Those outside the range keep their decision, and so do those that Freshdesk gives no more.

    Args:
        connection: The step's transaction.
        cells: The summary; the caller flushes it.
        integration_id: Whose threads they are.
        threads: Each with all the rows that Freshdesk gives now.
        span: The range.
        start: Contacts count from this time on; None: from ever.
        seen_at: Freshdesk's clock, for rows that are new.

    Returns:
        How many stored rows of the range Freshdesk does not give any more.
    """
    present = load_threads(connection, integration_id, threads)
    stored = dict(present)
    holders = holders_of(connection, integration_id, stored, threads)
    gone = 0
    for thread in threads:
        if thread.rows is None:
            continue
        ticket = thread.ticket
        for record in thread.rows:
            held = present.get(record.id)
            if held is not None and held.ticket_id != ticket.ticket_id:
                present[record.id] = merge(cells, held, holders[held.ticket_id], ticket)
        records = {record.id: record for record in thread.rows}
        mine = [row for row in present.values() if row.ticket_id == ticket.ticket_id]
        known = {
            row.conversation_id: Known(row.created_at, row.is_live)
            for row in mine
            if row.conversation_id not in records
            or not (span.has(row.created_at) or span.has(records[row.conversation_id].created_at))
        }
        gone += sum(row.conversation_id not in records and span.has(row.created_at) for row in mine)
        for decision in judge_thread(ticket, thread.rows, known, start):
            held = present.get(decision.conversation_id)
            row = conversation_of(ticket, records[decision.conversation_id], decision, seen_at)
            if held is not None:
                row = _as_seen(row, held)
                _count(cells, held, ticket, -1)
            _count(cells, row, ticket, 1)
            present[row.conversation_id] = row
    changed = [row for id_, row in present.items() if stored.get(id_) != row]
    upsert(connection, conversations, [conversation_values(integration_id, row) for row in changed])
    return gone


def _as_seen(row: Conversation, held: Conversation) -> Conversation:
    """What only the first sight can tell stays."""
    return replace(
        row,
        first_seen_at=held.first_seen_at,
        arrival_group_id=held.arrival_group_id,
        seen_deleted=held.seen_deleted,
    )


def _count(cells: Cells, row: Conversation, ticket: Ticket, change: int) -> None:
    if row.result == COUNTED:
        cells.add(queue_of(row, ticket), row.created_at, change)
