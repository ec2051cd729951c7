"""The few figures of a window, and the same for the equal part of the time before."""

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from freshdesk_core.counting.facts import REPLIES, TICKETS
from freshdesk_core.store import Store
from freshdesk_core.volumes import cells
from freshdesk_core.volumes.catalogue import Catalogue, catalogue
from freshdesk_core.volumes.filters import Filters
from freshdesk_core.volumes.proof import is_proven, needs, proven_of
from freshdesk_core.volumes.totals import freshdesk_tickets, of_all, read_side
from freshdesk_core.volumes.windows import HOUR, Grid, Window

# A window that reaches to now is cut where the latest import ends, unless that is longer ago.
LATEST_IMPORT = HOUR


@dataclass(frozen=True)
class Summary:
    """The figures of a window; None: not proven, not yet compared, or nothing to divide by.

    ``elapsed`` is the part of the window they speak of. ``before`` holds the same figures for the equal
    part of the time before, ``Window.previous`` (today until 10:00 with yesterday until 10:00).
    """

    elapsed: Window
    offered: int | None
    new_ticket_contacts: int | None
    replies: int | None
    unknown: int | None
    freshdesk_tickets: int | None
    before: "Summary | None" = None

    @property
    def contacts_per_ticket(self) -> float | None:
        """Offered contacts per new-ticket contact."""
        if self.offered is None or self.replies is None or not self.new_ticket_contacts:
            return None
        return self.offered / self.new_ticket_contacts

    @property
    def reply_share(self) -> float | None:
        """The replies' share of the offered contacts, from 0 to 1."""
        return self.replies / self.offered if self.replies is not None and self.offered else None

    def change(self, name: str) -> float | None:
        """How much a figure grew against the time before: 0.1 is 10 % more; None where either lacks.

        Args:
            name: One of the figures, such as "offered" or "reply_share".
        """
        now, then = getattr(self, name), getattr(self.before, name, None)
        return None if now is None or not then else now / then - 1


def summary(store: Store, window: Window, filters: Filters, now: int) -> Summary:
    """Sum a window up, as far as it has passed.

    Args:
        store: The store.
        window: The window.
        filters: Which contacts. A kind that is left out has no figure.
        now: Epoch seconds. What lies behind the last full quarter hour, or behind an import within the
            last hour, has not passed yet; an older import leaves the figures unproven.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    with store.read() as connection:
        chosen = catalogue(connection, filters)
        elapsed = window.until(_passed(chosen, now))
        figures = _figures(connection, chosen, elapsed)
        before = _figures(connection, chosen, window.previous(elapsed))
    return replace(figures, before=before)


def _passed(chosen: Catalogue, now: int) -> int:
    """Up to when a window can be proven by now."""
    known = proven_of(chosen.accounts)
    ends = [span[1] for span in (known.tickets, known.replies) if span is not None]
    latest = min([now, *ends])
    return latest if now - latest <= LATEST_IMPORT else now


def _figures(connection: Connection, chosen: Catalogue, window: Window) -> Summary:
    if window.is_empty:
        return Summary(window, None, None, None, None, None)
    slots = Grid(window, "", np.array([window.start, window.end]), np.array([window.start]))
    lines = chosen.series(connection, "contacts")
    found = cells.read(connection, [line.series_id for line in lines], window)
    sums = cells.add_up(found, [2 * (line.kind == REPLIES) + line.is_unknown for line in lines], 4, slots)
    known, unknown, known_replies, unknown_replies = (int(value) for value in sums[:, 0])
    proven = {
        kind: kind in chosen.kinds and bool(is_proven(chosen, needs(chosen, [kind]), slots)[0])
        for kind in (TICKETS, REPLIES)
    }
    everything = all(proven[kind] for kind in chosen.kinds)
    theirs = freshdesk_tickets(chosen, read_side(connection, chosen, window), slots)
    return Summary(
        elapsed=window,
        offered=int(sums.sum()) if everything else None,
        new_ticket_contacts=known + unknown if proven[TICKETS] else None,
        replies=known_replies + unknown_replies if proven[REPLIES] else None,
        unknown=unknown + unknown_replies if everything else None,
        freshdesk_tickets=int(theirs.counts.sum()) if of_all(theirs.known).all() else None,
    )
