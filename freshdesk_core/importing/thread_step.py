"""Whole threads into the store: conversations decided, moved by merges, counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, or_, select, update

from freshdesk_core.api.records import ConversationRecord
from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.counting.threads import Decision, Known, judge_thread
from freshdesk_core.errors import ApiError
from freshdesk_core.importing import shortcut
from freshdesk_core.importing.ticket_step import ARRIVAL_SECONDS, Saved
from freshdesk_core.store.cells import Cells, SeriesKey
from freshdesk_core.store.placing import reply_queue
from freshdesk_core.store.rows import (
    CONVERSATION_COLUMNS,
    Conversation,
    Ticket,
    conversation_values,
    load_tickets,
)
from freshdesk_core.store.schema import conversations, tickets
from freshdesk_core.store.upserts import upsert

IDS_PER_QUERY = 5_000  # databases take 32,766 parameters at least; twenty long threads have more

# Built once, not with every step of an import.
_STORED = select(*(conversations.c[name] for name in CONVERSATION_COLUMNS)).where(
    conversations.c.integration_id == bindparam("integration"),
    or_(
        conversations.c.ticket_id.in_(bindparam("tickets", expanding=True)),
        conversations.c.conversation_id.in_(bindparam("conversations", expanding=True)),
    ),
)
_OF_TICKETS = update(tickets).where(
    tickets.c.integration_id == bindparam("integration"),
    tickets.c.ticket_id.in_(bindparam("tickets", expanding=True)),
)
_READ = _OF_TICKETS.values(is_thread_due=False, thread_read_at=bindparam("read_at"))
_MERGED = _OF_TICKETS.values(is_merged=True)


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket and all its conversations; None when Freshdesk does not give them.

    Then it lies in the trash, if it is not "gone": found under none of its addresses, or ``withheld``: there
    and alive, and its conversations are refused with this error.
    """

    ticket: Ticket
    rows: list[ConversationRecord] | None
    is_gone: bool = False
    withheld: ApiError | None = None


def save_threads(
    connection: Connection,
    cells: Cells,
    integration_id: int,
    threads: Sequence[Thread],
    *,
    start: int | None,
    seen_at: int,
    listed_at: int,
) -> Saved:
    """Store whole threads and count their replies. What was decided earlier stands.

    Args:
        connection: The step's transaction.
        cells: The summary; the caller flushes it.
        integration_id: Whose threads they are.
        threads: Each with all the rows that Freshdesk gives now, in any order.
        start: Contacts count from this time on; None: from ever.
        seen_at: Freshdesk's clock, for the first sight of a conversation.
        listed_at: The same, when the listing began after which the threads were read.
    """
    stored = load_threads(connection, integration_id, threads)
    holders = holders_of(connection, integration_id, stored, threads)
    present = dict(stored)
    by_ticket: dict[int, dict[int, Known]] = {}
    for row in stored.values():
        by_ticket.setdefault(row.ticket_id, {})[row.conversation_id] = Known(row.created_at, row.is_live)
    new_contacts = 0
    merged: list[int] = []
    samples: list[tuple[int, bool]] = []
    for thread in threads:
        if thread.rows is None:
            continue
        counted_at = []
        known = by_ticket.setdefault(thread.ticket.ticket_id, {})
        for record in thread.rows:
            held = present.get(record.id)
            if held is not None and held.ticket_id != thread.ticket.ticket_id:
                present[record.id] = merge(cells, held, holders[held.ticket_id], thread.ticket)
                known[record.id] = Known(held.created_at, held.is_live)
                merged.append(thread.ticket.ticket_id)
        records = {record.id: record for record in thread.rows}
        for decision in judge_thread(thread.ticket, thread.rows, known, start):
            row = conversation_of(thread.ticket, records[decision.conversation_id], decision, seen_at)
            present[row.conversation_id] = row
            if row.result == COUNTED:
                cells.add(queue_of(row, thread.ticket), row.created_at)
                counted_at.append(row.created_at)
        new_contacts += len(counted_at)
        if shortcut.would_skip(thread.ticket):
            samples.append((thread.ticket.source, shortcut.has_missed(thread.ticket, counted_at, listed_at)))
    changed = [row for id_, row in present.items() if stored.get(id_) != row]
    upsert(connection, conversations, [conversation_values(integration_id, row) for row in changed])
    _mark_read(connection, integration_id, threads, listed_at)
    if merged:
        connection.execute(_MERGED, {"integration": integration_id, "tickets": merged})
    shortcut.learn(connection, integration_id, samples)
    shortcut.follow_merges(connection, integration_id, _emptied(threads, present), listed_at)
    came = [row for row in changed if row.conversation_id not in stored]
    excluded = Counter(row.result for row in came if row.result != COUNTED)
    return Saved(len(threads), new_contacts, len(came), len(changed) - len(came), excluded)


def load_threads(
    connection: Connection, integration_id: int, threads: Sequence[Thread]
) -> dict[int, Conversation]:
    """What is stored of these threads, under their tickets or, before a merge, under others."""
    ids = [record.id for thread in threads for record in thread.rows or ()]
    ticket_ids = [thread.ticket.ticket_id for thread in threads]
    found: dict[int, Conversation] = {}
    for first in range(0, len(ids) or 1, IDS_PER_QUERY):
        some = ids[first : first + IDS_PER_QUERY]
        rows = connection.execute(
            _STORED, {"integration": integration_id, "tickets": ticket_ids, "conversations": some}
        )
        found |= {row[0]: Conversation(*row) for row in rows}
    return found


def holders_of(
    connection: Connection, integration_id: int, stored: dict[int, Conversation], threads: Sequence[Thread]
) -> dict[int, Ticket]:
    """The tickets under which the rows stand now."""
    here = {thread.ticket.ticket_id: thread.ticket for thread in threads}
    elsewhere = {row.ticket_id for row in stored.values()} - here.keys()
    return here | (load_tickets(connection, integration_id, elsewhere) if elsewhere else {})


def merge(cells: Cells, row: Conversation, old: Ticket, new: Ticket) -> Conversation:
    """A merge took the row to another ticket; its contact, if it is one, goes with it.

    Under a living ticket it is as good as restored: a later deletion leaves it where it is.
    """
    moved = replace(row, ticket_id=new.ticket_id, seen_deleted=row.seen_deleted and new.deleted)
    if row.result == COUNTED:
        cells.move(queue_of(row, old), queue_of(moved, new), row.created_at)
    return moved


def _emptied(threads: Sequence[Thread], present: dict[int, Conversation]) -> list[Ticket]:
    """The closed tickets from which a contact is gone that stood there before."""
    counted: dict[int, set[int]] = {}
    for row in present.values():
        if row.result == COUNTED:
            counted.setdefault(row.ticket_id, set()).add(row.conversation_id)
    return [
        thread.ticket
        for thread in threads
        if thread.rows is not None
        and thread.ticket.status == shortcut.CLOSED
        and not counted.get(thread.ticket.ticket_id, set()).issubset(row.id for row in thread.rows)
    ]


def queue_of(row: Conversation, ticket: Ticket) -> SeriesKey:
    """Where a counted conversation stands under a ticket."""
    return reply_queue(ticket, row.reply_source, seen_deleted=row.seen_deleted)


def conversation_of(
    ticket: Ticket, record: ConversationRecord, decision: Decision, seen_at: int
) -> Conversation:
    """A decided row as it is first seen."""
    is_fresh = seen_at - record.created_at <= ARRIVAL_SECONDS
    return Conversation(
        conversation_id=record.id,
        ticket_id=ticket.ticket_id,
        created_at=record.created_at,
        result=decision.result,
        reply_source=decision.reply_source,
        source=record.source,
        is_live=decision.is_live,
        first_seen_at=seen_at,
        arrival_group_id=ticket.group_id if is_fresh else None,
        seen_deleted=ticket.deleted,
    )


def _mark_read(
    connection: Connection, integration_id: int, threads: Iterable[Thread], listed_at: int
) -> None:
    """No longer due; a thread that Freshdesk refused stays unread."""
    for read_at, ids in (
        (listed_at, [thread.ticket.ticket_id for thread in threads if thread.rows is not None]),
        (None, [thread.ticket.ticket_id for thread in threads if thread.rows is None]),
    ):
        if ids:
            connection.execute(_READ, {"integration": integration_id, "tickets": ids, "read_at": read_at})
