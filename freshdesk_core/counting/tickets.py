"""Is a new ticket an offered contact?"""

from freshdesk_core.counting.facts import COUNTED, INTERNAL_TASK, OUTBOUND_EMAIL, TicketFacts

CHILD = 2
TRACKER = 3

# In the order in which they are tried: the first that fits is the reason.
TICKET_REASONS = ("outbound_email", "internal_task", "child_ticket", "tracker_ticket", "before_start")


def ticket_result(ticket: TicketFacts, start: int | None) -> str:
    """Say ``counted``, or the one reason why a ticket is no offered contact.

    Args:
        ticket: The ticket in its present state; a change of source or type changes the answer.
        start: Contacts count from this time on (epoch seconds); None: from ever.

    Source: docs/counting.md, "Tickets".
    """
    if ticket.source == OUTBOUND_EMAIL:
        return "outbound_email"
    if ticket.source == INTERNAL_TASK:
        return "internal_task"
    if ticket.association_type == CHILD:
        return "child_ticket"
    if ticket.association_type == TRACKER:
        return "tracker_ticket"
    if start is not None and ticket.created_at < start:
        return "before_start"
    return COUNTED


def fate(*, spam: bool, deleted: bool, archived: bool) -> str:
    """Name the state that takes a ticket out of Freshdesk's own totals; the first that fits.

    >>> fate(spam=True, deleted=True, archived=False)
    'spam'
    """
    if spam:
        return "spam"
    if deleted:
        return "deleted"
    return "archived" if archived else "live"


def is_unknown(*, spam: bool, deleted: bool, seen_deleted: bool) -> bool:
    """Say whether a contact is shown apart, as of unknown group and source.

    It is while its ticket is marked as spam, deleted or not; and if its ticket was already deleted
    when the contact was first seen, until the ticket is restored. A contact counted before a deletion
    stays where it was.

    Args:
        spam: The ticket is marked as spam now.
        deleted: The ticket is deleted now.
        seen_deleted: It was deleted when the contact was first seen, and has not been restored since:
            whoever stores this clears it with the restoration, or a second deletion would move the
            contact again.
    """
    return spam or (deleted and seen_deleted)
