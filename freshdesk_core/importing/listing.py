"""The three listings of an import: ordinary, deleted and spam tickets, each from where it stopped."""

from sqlalchemy import select

from freshdesk_core.api import Stream
from freshdesk_core.importing.stint import Stint
from freshdesk_core.importing.ticket_step import save_tickets
from freshdesk_core.store.schema import cursors
from freshdesk_core.store.upserts import upsert

STREAMS: tuple[Stream, ...] = ("default", "deleted", "spam")
OVERLAP_SECONDS = 15 * 60


def list_tickets(stint: Stint) -> int:
    """Read the three listings; returns Freshdesk's clock at the beginning of the first, 0 when unknown."""
    begun = [_list(stint, stream) for stream in STREAMS]
    return begun[0]


def _list(stint: Stint, stream: Stream) -> int:
    begun: int | None = None
    for page in stint.freshdesk.ticket_pages(stream, _listed_until(stint, stream)):
        if begun is None:
            # Where Freshdesk does not tell its time, its newest row does: it is no later.
            begun = page.served_at or page.cursor or 0
        stint.clock.set(page.served_at)
        with stint.step() as connection:
            saved = save_tickets(
                connection,
                stint.cells,
                stint.id,
                page.rows,
                stream=stream,
                start=stint.integration.since,
                seen_at=stint.clock.now(),
                shortcut=stint.shortcut(connection),
            )
            stint.run.tickets_read += saved.rows
            stint.run.new_contacts += saved.new_contacts
            if page.cursor is not None:
                cursor: dict[str, object] = {
                    "integration_id": stint.id,
                    "stream": stream,
                    "updated_at": page.cursor,
                }
                upsert(connection, cursors, [cursor])
    if begun is None:
        raise AssertionError("a listing has at least one page")
    return begun


def _listed_until(stint: Stint, stream: Stream) -> int:
    """Where a listing begins: a little before the last row seen, by Freshdesk's own times."""
    with stint.store.read() as connection:
        cursor = connection.execute(
            select(cursors.c.updated_at).where(
                cursors.c.integration_id == stint.id, cursors.c.stream == stream
            )
        ).scalar()
    return (stint.integration.since or 0) if cursor is None else cursor - OVERLAP_SECONDS
