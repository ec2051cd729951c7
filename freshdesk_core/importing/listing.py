"""The three listings of an import: ordinary, deleted and spam tickets, each from where it stopped."""

from datetime import UTC, datetime
from typing import NamedTuple

from freshdesk_core.api import Stream, TicketPage
from freshdesk_core.errors import ListingTruncated
from freshdesk_core.importing.place import Place, check, load_places, save_place
from freshdesk_core.importing.stint import Stint
from freshdesk_core.importing.ticket_step import save_tickets

STREAMS: tuple[Stream, ...] = ("default", "deleted", "spam")
LONG_SECONDS = 60
LATEST = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())  # beyond it there are no dates to ask with
OUR_CLOCK_IS_OFF_SECONDS = 86_400  # it is asked only where Freshdesk tells no time


class Listed(NamedTuple):
    """The listings came to their end.

    ``at`` is Freshdesk's clock at the beginning of the first, 0 when unknown. ``cut_off``: Freshdesk did not
    list all that it has; all else is saved. ``took``: seconds by that clock.
    """

    at: int
    cut_off: ListingTruncated | None
    took: int


def list_tickets(stint: Stint) -> Listed:
    """Read the three listings into the store.

    A ticket that was thrown away before the first listing met it, and restored before the second did, is in
    neither. So where they took long, the end of the first is read again.

    Raises:
        StoreError: The place where a listing goes on cannot be true; it is forgotten.
        ApiError: Freshdesk did not answer.
    """
    places = load_places(stint.store, stint.id)
    check(stint.store, stint.id, places, LATEST)
    listings = [_Listing(stint, stream, places) for stream in STREAMS]
    cut_off = [error for listing in listings if (error := listing.read())]
    took = listings[-1].ended - (listings[0].begun or 0)
    if took >= LONG_SECONDS:
        again = _Listing(stint, STREAMS[0], load_places(stint.store, stint.id)).read()
        cut_off += [again] if again else []
    if listings[0].begun:
        stint.run.window = (listings[0].since, listings[0].begun)
    return Listed(_at(listings), max(cut_off, key=lambda error: error.second, default=None), took)


def _at(listings: "list[_Listing]") -> int:
    """When the first began, by the lowest clock that was told: one ahead would prove too much."""
    told = [one.begun for one in listings[1:] if one.begun and one.is_told]
    return min([listings[0].begun or 0, *told])


class _Listing:
    """One pass over one stream."""

    def __init__(self, stint: Stint, stream: Stream, places: dict[str, Place]) -> None:
        self._stint, self._stream, self._places = stint, stream, places
        self._place = places.get(stream)
        self.begun: int | None = None  # by Freshdesk's clock, 0 when unknown
        self._told_at = 0  # the same, where Freshdesk told it itself
        self.ended = 0
        self._last_row: int | None = None

    @property
    def is_told(self) -> bool:
        """Freshdesk told its clock itself."""
        return self._told_at > 0

    @property
    def since(self) -> int | None:
        """From when on it lists changes; None: from ever."""
        return self._stint.integration.since if self._place is None else self._place.start

    def read(self) -> ListingTruncated | None:
        """Read it to its end; returns what Freshdesk cut off."""
        try:
            for page in self._stint.freshdesk.ticket_pages(self._stream, self.since or 0):
                if self.begun is None:
                    self._check_places(page.served_at)
                    self._told_at = page.served_at
                    # Where Freshdesk does not tell its time, its newest row does: it is no later.
                    self.begun = page.served_at or page.cursor or 0
                elif 0 < page.served_at < self.begun:
                    self.begun = page.served_at  # the first page's clock was ahead of the others'
                self._stint.clock.set(page.served_at)
                self._save(page)
                self.ended = page.served_at
        except ListingTruncated as error:
            return error
        return None

    def _check_places(self, served_at: int) -> None:
        stint = self._stint
        check(stint.store, stint.id, self._places, served_at or stint.clock.now() + OUR_CLOCK_IS_OFF_SECONDS)

    def _save(self, page: TicketPage) -> None:
        stint = self._stint
        self._last_row = page.cursor if page.cursor is not None else self._last_row
        with stint.step() as connection:
            saved = save_tickets(
                connection,
                stint.cells,
                stint.id,
                page.rows,
                stream=self._stream,
                start=stint.integration.since,
                seen_at=stint.clock.now(),
                shortcut=stint.shortcut(connection),
            )
            stint.run.tickets_read += saved.rows
            stint.run.add(saved.new_contacts, saved.new, saved.changed, saved.excluded)
            if self._last_row is not None:
                reached = Place.reached(
                    self._place, self._last_row, self._told_at, page.served_at, is_last=page.is_last
                )
                save_place(connection, stint.id, self._stream, reached)
