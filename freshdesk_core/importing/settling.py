"""One ticket id that no list showed, looked up in Freshdesk: what became of it, in at most two calls."""

from dataclasses import dataclass

from freshdesk_core.api import Freshdesk
from freshdesk_core.api.records import TicketRecord
from freshdesk_core.errors import AccessDenied, NotFound


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known of an id now: its ticket, or "purged" (nowhere) or "refused" (not for this key)."""

    ticket_id: int
    record: TicketRecord | None
    state: str = "found"


def settle(freshdesk: Freshdesk, ticket_id: int, *, is_old: bool) -> Settled:
    """Read a ticket by its id, from where it probably is: old ones from the archive first.

    Raises:
        ApiError: Freshdesk did not answer, or the account is closed.
    """
    state = "purged"
    for look in (_archived, _present) if is_old else (_present, _archived):
        try:
            return Settled(ticket_id, look(freshdesk, ticket_id))
        except NotFound:
            continue
        except AccessDenied as denied:
            if denied.reason == "account_suspended":
                raise
            if denied.reason != "require_feature":  # an account without an archive has nothing in it
                state = "refused"
    return Settled(ticket_id, None, state)


def _present(freshdesk: Freshdesk, ticket_id: int) -> TicketRecord:
    return freshdesk.ticket(ticket_id)


def _archived(freshdesk: Freshdesk, ticket_id: int) -> TicketRecord:
    return freshdesk.archived_ticket(ticket_id)
