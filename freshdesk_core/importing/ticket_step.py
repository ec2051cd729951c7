"""One page of a ticket listing into the store: new tickets, changes, and what moves with them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, update

from freshdesk_core.api.records import TicketRecord
from freshdesk_core.counting.facts import COUNTED
from freshdesk_core.counting.tickets import fate, ticket_result
from freshdesk_core.importing.forgetting import forgotten
from freshdesk_core.importing.shortcut import Shortcut
from freshdesk_core.store.cells import DAY, Cells
from freshdesk_core.store.placing import identity_line, reply_queue, ticket_queue
from freshdesk_core.store.rows import Ticket, load_tickets, ticket_values
from freshdesk_core.store.schema import conversations, freshdesk_totals, tickets
from freshdesk_core.store.upserts import upsert

ARRIVAL_SECONDS = 15 * 60
ALL_THREADS = Shortcut(is_used=False)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a step brought.

    ``rows``: tickets that are new or changed, or threads read. ``new``, ``changed``: rows of the raw tables.
    ``excluded``: of the new ones those that are no contact, by reason.
    """

    rows: int
    new_contacts: int
    new: int
    changed: int
    excluded: Mapping[str, int]


def save_tickets(
    connection: Connection,
    cells: Cells,
    integration_id: int,
    records: Sequence[TicketRecord],
    *,
    stream: str,
    start: int | None,
    seen_at: int,
    shortcut: Shortcut = ALL_THREADS,
) -> Saved:
    """Store the rows of a page, and move what changed its place.

    Args:
        connection: The step's transaction.
        cells: The summary; the caller flushes it.
        integration_id: Whose tickets they are.
        records: The rows as Freshdesk gave them.
        stream: "default", "deleted" or "spam": the filter through which they came tells their state.
        start: Contacts count from this time on; None: from ever.
        seen_at: Freshdesk's clock, for the first sight of a ticket.
        shortcut: Tells which threads need not be read; by default all are.
    """
    stored = load_tickets(connection, integration_id, [record.id for record in records])
    unknown = [record.id for record in records if record.id not in stored]
    kept_out = forgotten(connection, integration_id, unknown) if unknown else set()
    present: dict[int, Ticket] = {}
    moved: list[tuple[Ticket, Ticket]] = []
    new_contacts = changed = 0
    for record in _newest(records):
        if record.id in kept_out:
            continue
        old = stored.get(record.id)
        if old is None:
            ticket = _first_sight(record, stream, start, seen_at, shortcut)
            cells.add(identity_line(ticket), ticket.created_at)
            if ticket.result == COUNTED:
                cells.add(ticket_queue(ticket), ticket.created_at)
                new_contacts += 1
        else:
            ticket = _changed(old, record, stream, start, shortcut)
            if ticket == old:
                continue
            if _places(ticket) != _places(old):
                moved.append((old, ticket))
            # That its thread is to be read again is our own note, not Freshdesk's.
            changed += replace(ticket, is_thread_due=old.is_thread_due) != old
        present[record.id] = ticket
    _move(connection, cells, integration_id, moved)
    upsert(
        connection,
        tickets,
        [ticket_values(integration_id, ticket) for ticket in present.values()],
    )
    came = [ticket for ticket in present.values() if ticket.ticket_id not in stored]
    fallen = [new for old, new in moved if _fate(old) != _fate(new)]
    _mark_totals(connection, integration_id, [*came, *fallen], is_stale=True)
    _mark_totals(connection, integration_id, [new for _old, new in moved], is_relabelled=True)
    excluded = Counter(ticket.result for ticket in came if ticket.result != COUNTED)
    return Saved(len(present), new_contacts, len(came), changed, excluded)


def _newest(records: Sequence[TicketRecord]) -> Iterable[TicketRecord]:
    """Each ticket once: of two states in one page the newer, wherever it stands."""
    return {record.id: record for record in sorted(records, key=lambda record: record.updated_at)}.values()


def _first_sight(
    record: TicketRecord, stream: str, start: int | None, seen_at: int, shortcut: Shortcut
) -> Ticket:
    deleted = record.deleted or stream == "deleted"
    is_fresh = seen_at - record.created_at <= ARRIVAL_SECONDS
    return Ticket(
        ticket_id=record.id,
        created_at=record.created_at,
        updated_at=record.updated_at,
        group_id=record.group_id,
        source=record.source,
        status=record.status,
        association_type=record.association_type,
        spam=record.spam or stream == "spam",
        deleted=deleted,
        archived=record.archived,
        requester_responded_at=record.requester_responded_at,
        agent_responded_at=record.agent_responded_at,
        stats_digest=record.stats_digest,
        result=ticket_result(record, start),
        first_seen_at=seen_at,
        arrival_group_id=record.group_id if is_fresh else None,
        seen_deleted=deleted,
        is_thread_due=shortcut.is_due(record),
    )


def _changed(old: Ticket, record: TicketRecord, stream: str, start: int | None, shortcut: Shortcut) -> Ticket:
    """The ticket after this row; the same when the row brings nothing new, or is an older snapshot."""
    if record.updated_at < old.updated_at:
        return old
    spam, deleted = _state(old, record, stream)
    return replace(
        old,
        updated_at=record.updated_at,
        group_id=record.group_id,
        source=record.source,
        status=record.status,
        association_type=record.association_type,
        spam=spam,
        deleted=deleted,
        archived=record.archived,
        requester_responded_at=record.requester_responded_at,
        agent_responded_at=record.agent_responded_at,
        stats_digest=record.stats_digest,
        result=ticket_result(record, start),
        seen_deleted=old.seen_deleted and deleted,  # a restoration ends it for good
        is_thread_due=shortcut.is_due_again(old, record),
    )


def _state(old: Ticket, record: TicketRecord, stream: str) -> tuple[bool, bool]:
    """Spam and deleted, as the row and the filter through which it came tell.

    A ticket that is both may come through both filters, each naming its own state alone; without a
    change in between the other state is kept, or each import would turn it over and back.
    """
    if stream == "default":
        return record.spam, record.deleted
    is_same = record.updated_at == old.updated_at
    spam = record.spam or stream == "spam" or (is_same and old.spam)
    deleted = record.deleted or stream == "deleted" or (is_same and old.deleted)
    return spam, deleted


def _places(ticket: Ticket) -> tuple[object, ...]:
    """Everything that decides where a ticket, or any reply to it, is counted."""
    return identity_line(ticket), ticket_queue(ticket), ticket.deleted


def _move(
    connection: Connection, cells: Cells, integration_id: int, moved: Sequence[tuple[Ticket, Ticket]]
) -> None:
    """Take the tickets that changed their place, and their replies with them, from the old to the new."""
    for old, new in moved:
        cells.move(identity_line(old), identity_line(new), new.created_at)
        if old.result == COUNTED:
            cells.add(ticket_queue(old), old.created_at, -1)
        if new.result == COUNTED:
            cells.add(ticket_queue(new), new.created_at)
    places = {new.ticket_id: (old, new) for old, new in moved}
    if not places:
        return
    replies = connection.execute(
        select(
            conversations.c.ticket_id,
            conversations.c.created_at,
            conversations.c.reply_source,
            conversations.c.seen_deleted,
        ).where(
            conversations.c.integration_id == integration_id,
            conversations.c.ticket_id.in_(places),
            conversations.c.result == COUNTED,
        )
    )
    for ticket_id, created_at, reply_source, seen_deleted in replies:
        old, new = places[ticket_id]
        cells.move(
            reply_queue(old, reply_source, seen_deleted=seen_deleted),
            reply_queue(new, reply_source, seen_deleted=seen_deleted and new.deleted),
            created_at,
        )
    if restored := [new.ticket_id for old, new in moved if old.deleted and not new.deleted]:
        connection.execute(
            update(conversations)
            .where(conversations.c.integration_id == integration_id, conversations.c.ticket_id.in_(restored))
            .values(seen_deleted=False)
        )


def _fate(ticket: Ticket) -> str:
    return fate(spam=ticket.spam, deleted=ticket.deleted, archived=ticket.archived)


def _mark_totals(
    connection: Connection, integration_id: int, changed: Sequence[Ticket], **marks: bool
) -> None:
    """Note that totals taken earlier no longer compare with the days of these tickets.

    A ticket that came or changed its fate makes the whole total stale; one that moved group or source only
    its parts.
    """
    if days := {ticket.created_at // DAY for ticket in changed}:
        connection.execute(
            update(freshdesk_totals)
            .where(freshdesk_totals.c.integration_id == integration_id, freshdesk_totals.c.day.in_(days))
            .values(**marks)
        )
