"""One thread from Freshdesk, whatever became of its ticket since it was listed."""

from freshdesk_core.api import Freshdesk
from freshdesk_core.errors import AccessDenied, ApiError, NotFound
from freshdesk_core.importing.settling import settle
from freshdesk_core.importing.thread_step import Thread
from freshdesk_core.store.rows import Ticket

THREAD_ONLY = ("", "access_denied")  # any other reason concerns the whole account


def fetch(freshdesk: Freshdesk, ticket: Ticket) -> Thread:
    """Read a whole thread; where Freshdesk does not give it, tell what became of its ticket.

    Raises:
        AccessDenied: The account does not allow it at all.
        ApiError: Freshdesk did not answer.
    """
    refusal: ApiError | None = None
    for is_archived in (True, False) if ticket.archived else (False, True):
        try:
            return Thread(ticket, freshdesk.conversations(ticket.ticket_id, archived=is_archived))
        except NotFound as missing:
            refusal = refusal or missing
        except AccessDenied as denied:
            if denied.reason not in THREAD_ONLY and not (is_archived and denied.reason == "require_feature"):
                raise
            if denied.reason in THREAD_ONLY:
                refusal = denied
                break
    return _without(freshdesk, ticket, refusal)


def _without(freshdesk: Freshdesk, ticket: Ticket, refusal: ApiError | None) -> Thread:
    """Its ticket tells: Freshdesk refuses threads of some trashed tickets, and has none of purged ones."""
    if isinstance(refusal, AccessDenied) and (ticket.deleted or ticket.spam):
        return Thread(ticket, None)
    present = settle(freshdesk, ticket.ticket_id, is_old=ticket.archived)
    if present.record is not None and (present.record.deleted or present.record.spam):
        return Thread(ticket, None)
    if present.state == "purged":
        return Thread(ticket, None, is_gone=True)
    return Thread(ticket, None, withheld=refusal)
