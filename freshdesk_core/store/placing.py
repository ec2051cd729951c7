"""Where a ticket and its contacts stand in the summary, by the ticket's present state."""

from freshdesk_core.counting.facts import REPLIES, TICKETS
from freshdesk_core.counting.tickets import fate, is_unknown
from freshdesk_core.store.cells import SeriesKey, contacts_key, tickets_key
from freshdesk_core.store.rows import Ticket


def identity_line(ticket: Ticket) -> SeriesKey:
    """The line of the identity that a ticket belongs to."""
    its_fate = fate(spam=ticket.spam, deleted=ticket.deleted, archived=ticket.archived)
    return tickets_key(ticket.group_id, ticket.source, its_fate, ticket.result)


def ticket_queue(ticket: Ticket) -> SeriesKey:
    """The queue of the contact that a counted ticket is."""
    unknown = is_unknown(spam=ticket.spam, deleted=ticket.deleted, seen_deleted=ticket.seen_deleted)
    return contacts_key(TICKETS, ticket.group_id, ticket.source, is_unknown=unknown)


def reply_queue(ticket: Ticket, reply_source: int | None, *, seen_deleted: bool) -> SeriesKey:
    """The queue of a counted conversation of a ticket; it moves with the ticket.

    Args:
        ticket: The ticket that holds it now.
        reply_source: The source the conversation itself tells; None: the ticket's present one.
        seen_deleted: Its ticket was deleted already when the conversation was first seen.
    """
    unknown = is_unknown(spam=ticket.spam, deleted=ticket.deleted, seen_deleted=seen_deleted)
    source = ticket.source if reply_source is None else reply_source
    return contacts_key(REPLIES, ticket.group_id, source, is_unknown=unknown)
