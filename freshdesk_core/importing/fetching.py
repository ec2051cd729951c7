"""One thread from Freshdesk, whatever became of its ticket since it was listed."""

from freshdesk_core.api import ConversationRecord, Freshdesk
from freshdesk_core.errors import AccessDenied, NotFound
from freshdesk_core.importing.thread_step import Thread
from freshdesk_core.store.rows import Ticket


def fetch(freshdesk: Freshdesk, ticket: Ticket) -> Thread:
    """Read a whole thread; without rows when the ticket was purged, or is hidden in the trash.

    Raises:
        AccessDenied: The key may not read the thread of a living ticket.
        ApiError: Freshdesk did not answer.
    """
    if ticket.archived and (rows := _archived(freshdesk, ticket.ticket_id)) is not None:
        return Thread(ticket, rows)
    try:
        return Thread(ticket, freshdesk.conversations(ticket.ticket_id))
    except NotFound:
        if ticket.archived:
            return Thread(ticket, None)
        return Thread(ticket, _archived(freshdesk, ticket.ticket_id))
    except AccessDenied:
        if ticket.deleted or ticket.spam or _is_hidden(freshdesk, ticket.ticket_id):
            return Thread(ticket, None)  # Freshdesk refuses the threads of some trashed tickets
        raise


def _archived(freshdesk: Freshdesk, ticket_id: int) -> list[ConversationRecord] | None:
    """The thread of a ticket archived since; None when it was purged: what we hold stays."""
    try:
        return freshdesk.conversations(ticket_id, archived=True)
    except NotFound:
        return None


def _is_hidden(freshdesk: Freshdesk, ticket_id: int) -> bool:
    """The ticket was thrown away since it was listed."""
    try:
        present = freshdesk.ticket(ticket_id)
    except NotFound:
        return True
    return present.deleted or present.spam
