"""Rows of the raw tables as frozen records, and how they are read and written."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Connection, select

from freshdesk_core.store.schema import tickets


@dataclass(frozen=True, slots=True)
class Ticket:
    """A row of ``tickets``; the columns say what its fields are."""

    ticket_id: int
    created_at: int
    updated_at: int
    group_id: int | None
    source: int
    status: int | None
    association_type: int | None
    spam: bool
    deleted: bool
    archived: bool
    requester_responded_at: int | None
    agent_responded_at: int | None
    stats_digest: int
    result: str
    first_seen_at: int
    arrival_group_id: int | None
    seen_deleted: bool
    is_thread_due: bool
    thread_read_at: int | None = None
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """A row of ``conversations``; the columns say what its fields are."""

    conversation_id: int
    ticket_id: int
    created_at: int
    result: str
    reply_source: int | None
    source: int | None
    is_live: bool
    first_seen_at: int
    arrival_group_id: int | None
    seen_deleted: bool


TICKET_COLUMNS = list(Ticket.__dataclass_fields__)
CONVERSATION_COLUMNS = list(Conversation.__dataclass_fields__)
_of_ticket = attrgetter(*TICKET_COLUMNS)
_of_conversation = attrgetter(*CONVERSATION_COLUMNS)


def load_tickets(connection: Connection, integration_id: int, ids: Iterable[int]) -> dict[int, Ticket]:
    """The stored tickets among some ids."""
    columns = [tickets.c[name] for name in TICKET_COLUMNS]
    rows = connection.execute(
        select(*columns).where(tickets.c.integration_id == integration_id, tickets.c.ticket_id.in_(list(ids)))
    )
    return {row[0]: Ticket(*row) for row in rows}


def ticket_values(integration_id: int, ticket: Ticket) -> dict[str, object]:
    """A ticket as a row to write."""
    values = dict(zip(TICKET_COLUMNS, _of_ticket(ticket), strict=True))
    return {"integration_id": integration_id, **values}


def conversation_values(integration_id: int, conversation: Conversation) -> dict[str, object]:
    """A conversation as a row to write."""
    values = dict(zip(CONVERSATION_COLUMNS, _of_conversation(conversation), strict=True))
    return {"integration_id": integration_id, **values}
