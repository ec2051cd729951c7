"""Where a listing goes on: a little before the last row seen, so that what shows late is met.

A list may show a change some time after it happened; at most an overlap, as we assume. So a listing proves
nothing of the overlap before it, and the next one begins there. Counted from the last row alone, a bulk
change in a quiet night would be listed again at each poll until morning. So the time that has passed since
by Freshdesk's clock counts as well. Mostly its *differences* do: how far that clock stands from the one that
dates the rows, no answer tells; an hour at most, we assume. And a listing never begins later than right
behind the last row that was seen, so that no clock, however wrong, lets it pass over a later second.
"""

from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from freshdesk_core.api.pages import EARLIEST
from freshdesk_core.errors import StoreError
from freshdesk_core.store import Store
from freshdesk_core.store.schema import cursors
from freshdesk_core.store.upserts import upsert

OVERLAP_SECONDS = 15 * 60
# So far the clock of Freshdesk's answers may be ahead of that of its rows.
CLOCKS_DIFFER_SECONDS = 3600


class Place(NamedTuple):
    """What earlier listings of a stream have proven. Both in epoch seconds.

    When the clock of Freshdesk's answers (``Date``) said ``listed_at``, that of its rows said ``updated_at``
    or later, and a listing began that has gone as far. ``listed_at`` is None where no clock was told.
    """

    updated_at: int
    listed_at: int | None

    @property
    def start(self) -> int:
        """All rows updated before are known in their last state."""
        return self.updated_at - OVERLAP_SECONDS

    @classmethod
    def reached(
        cls, before: "Place | None", last_row: int, begun: int, served_at: int, *, is_last: bool
    ) -> "Place":
        """Where the next listing goes on.

        Args:
            before: Where this one began; None for the first.
            last_row: ``updated_at`` of the last row so far.
            begun: Freshdesk's clock at the first page; 0 when it did not tell.
            served_at: Freshdesk's clock at this page; 0 when it does not tell.
            is_last: The list ended.
        """
        # A row dated ahead would hide all that changes until then.
        newest = min(last_row, served_at or last_row)
        # What shows late was perhaps missed by the first page, however long the others took.
        reached = newest - (max(served_at - begun, 0) if begun else 0)
        if begun and is_last:
            passed = begun - CLOCKS_DIFFER_SECONDS
            if before is not None and before.listed_at is not None:
                passed = max(passed, before.updated_at + begun - before.listed_at)
            reached = max(reached, min(passed, newest + 1 + OVERLAP_SECONDS))
        if before is not None and reached <= before.updated_at:
            return before
        return cls(reached, begun or None)


def load_places(store: Store, integration_id: int) -> dict[str, Place]:
    """Where each stream goes on; a stream never listed is not there."""
    with store.read() as connection:
        rows = connection.execute(
            select(cursors.c.stream, cursors.c.updated_at, cursors.c.listed_at).where(
                cursors.c.integration_id == integration_id
            )
        ).all()
    return {stream: Place(updated_at, listed_at) for stream, updated_at, listed_at in rows}


def save_place(connection: Connection, integration_id: int, stream: str, place: Place) -> None:
    """Keep it, in the transaction of the rows that it tells of."""
    upsert(connection, cursors, [{"integration_id": integration_id, "stream": stream, **place._asdict()}])


def check(store: Store, integration_id: int, places: dict[str, Place], now: int) -> None:
    """Refuse places that no import can have written, and forget them.

    A listing from a moment to come would be empty, and pass for "nothing new".

    Args:
        store: Where they are kept.
        integration_id: Whose.
        places: By stream.
        now: The time by Freshdesk's clock.

    Raises:
        StoreError: One cannot be true. The next import lists its stream from the beginning.
    """
    wrong = [stream for stream, place in places.items() if not _is_possible(place, now)]
    if not wrong:
        return
    with store.write() as connection:
        mine = cursors.c.integration_id == integration_id
        connection.execute(delete(cursors).where(mine, cursors.c.stream.in_(wrong)))
    raise StoreError("cursor-unusable", streams=", ".join(wrong))


def _is_possible(place: Place, now: int) -> bool:
    # SQLite keeps what it is given, numbers or not.
    if not isinstance(place.updated_at, int) or not isinstance(place.listed_at, int | None):
        return False
    return place.start >= EARLIEST and place.start <= now + CLOCKS_DIFFER_SECONDS
