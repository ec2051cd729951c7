"""A ticket of the user's own with its two contacts, to explain the counting with."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, func, not_, select

from freshdesk_core.counting.facts import COUNTED, REPLIES, TICKETS
from freshdesk_core.counting.queues import queue_name
from freshdesk_core.store import Store
from freshdesk_core.store.schema import conversations, tickets
from freshdesk_core.volumes.catalogue import Catalogue, catalogue
from freshdesk_core.volumes.contacts import ticket_url
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.windows import DAY, HOUR

EMAIL = 1  # Freshdesk's source of a ticket
LOOKED_AT = 300  # of the newest replies
T, C = tickets.c, conversations.c


@dataclass(frozen=True)
class Example:
    """A ticket that brought exactly two contacts. Times are epoch seconds."""

    ticket_id: int
    ticket_url: str
    created_at: int
    replied_at: int
    tickets_queue: str
    replies_queue: str


def example_ticket(store: Store, filters: Filters = EVERYTHING) -> Example | None:
    """Find a recent ticket with one reply, an hour or more later; None where the newest replies have none.

    Args:
        store: The store.
        filters: Whose; by integration alone.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    with store.read() as connection:
        chosen = catalogue(connection, replace(EVERYTHING, integrations=filters.integrations))
        return next(
            (found for id_ in chosen.ids if (found := _example(connection, chosen, id_)) is not None), None
        )


def _example(connection: Connection, chosen: Catalogue, integration_id: int) -> Example | None:
    joined = conversations.join(
        tickets, and_(T.integration_id == C.integration_id, T.ticket_id == C.ticket_id)
    )
    newest = (
        select(
            T.ticket_id,
            T.created_at.label("made_at"),
            C.created_at.label("came_at"),
            func.coalesce(T.group_id, 0).label("group_id"),
            T.source,
            func.coalesce(C.reply_source, T.source).label("reply_source"),
        )
        .select_from(joined)
        .where(
            C.integration_id == integration_id,
            C.result == COUNTED,
            T.result == COUNTED,
            not_(T.spam),
            not_(T.deleted),
        )
        .order_by(C.created_at.desc())
        .limit(LOOKED_AT)
    )
    rows = [row for row in connection.execute(newest) if row.came_at >= row.made_at + HOUR]
    replies = (
        select(C.ticket_id)
        .where(
            C.integration_id == integration_id,
            C.result == COUNTED,
            C.ticket_id.in_({row.ticket_id for row in rows}),
        )
        .group_by(C.ticket_id)
        .having(func.count() == 1)
    )
    single = set(connection.execute(replies).scalars())
    found = [row for row in rows if row.ticket_id in single]
    if not found:
        return None
    # An e-mail that is answered days later explains best; without one, whatever came last.
    row = next((row for row in found if row.source == EMAIL and row.came_at >= row.made_at + DAY), found[0])
    names = chosen.names[integration_id]
    group = names.group(row.group_id)
    return Example(
        ticket_id=row.ticket_id,
        ticket_url=ticket_url(chosen.account(integration_id).domain, row.ticket_id),
        created_at=row.made_at,
        replied_at=row.came_at,
        tickets_queue=queue_name(group, names.source(row.source), TICKETS),
        replies_queue=queue_name(group, names.source(row.reply_source), REPLIES),
    )
