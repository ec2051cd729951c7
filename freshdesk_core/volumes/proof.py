"""What is proven: where the absence of contacts means 0, and where it means nothing at all."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from freshdesk_core.counting.facts import REPLIES, TICKETS
from freshdesk_core.store import Store
from freshdesk_core.volumes.catalogue import Account, Catalogue, Described, Span, catalogue
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.windows import QUARTER, Grid, Window, whole_days

Mask = npt.NDArray[np.bool_]
Needs = frozenset[tuple[int, str]]  # (integration id, kind): whose proof a figure needs


@dataclass(frozen=True)
class Proven:
    """The proven windows, [from, to) in epoch seconds; None: nothing is proven yet.

    Over several integrations it is what is proven for all of them.
    """

    tickets: Span | None
    replies: Span | None

    @property
    def both(self) -> Span | None:
        """Where contacts of both kinds are complete."""
        return intersection([self.tickets, self.replies])


def proven(store: Store, filters: Filters = EVERYTHING) -> Proven:
    """What is proven for the integrations of the filters.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    with store.read() as connection:
        return proven_of(catalogue(connection, filters).accounts)


def proven_of(accounts: Iterable[Account]) -> Proven:
    """What is proven for all of these accounts."""
    everyone = list(accounts)
    return Proven(
        intersection([account.tickets for account in everyone]),
        intersection([account.replies for account in everyone]),
    )


def default_window(store: Store, filters: Filters = EVERYTHING, zone: str | None = None) -> Window:
    """The whole local days that are proven; the same for every interval, so that the sums agree.

    While only one kind is proven, its window; while none is, an empty window.

    Args:
        store: The store.
        filters: Whose proof; a kind that is filtered out is not needed.
        zone: The zone of the days; by default the account's own, UTC where accounts differ.

    Raises:
        ConfigError: ``no-such-integration``, ``bad-zone``.
    """
    with store.read() as connection:
        chosen = catalogue(connection, filters)
    zone = zone or account_zone(chosen.accounts)
    spans = [account.proven(kind) for account in chosen.accounts for kind in chosen.kinds]
    of_all = proven_of(chosen.accounts)
    start, end = intersection(spans) or of_all.tickets or of_all.replies or (0, 0)
    start = -(-start // QUARTER) * QUARTER
    return whole_days(Window(start, max(start, end // QUARTER * QUARTER), zone))


def account_zone(accounts: Iterable[Described]) -> str:
    """The zone of the accounts; UTC where they differ or there is none."""
    zones = {account.time_zone for account in accounts}
    return zones.pop() if len(zones) == 1 else "UTC"


def intersection(spans: Iterable[Span | None]) -> Span | None:
    """What lies in all of the spans; None where nothing does."""
    everyone = list(spans)
    known = [span for span in everyone if span is not None]
    if not known or len(known) < len(everyone):
        return None
    start, end = max(span[0] for span in known), min(span[1] for span in known)
    return (start, end) if start < end else None


def needs(chosen: Catalogue, kinds: Iterable[str] = (TICKETS, REPLIES)) -> Needs:
    """Whose proof a figure needs that mixes these kinds over all the accounts."""
    return frozenset((account.integration_id, kind) for account in chosen.accounts for kind in kinds)


def is_proven(chosen: Catalogue, needed: Needs, grid: Grid) -> Mask:
    """For each interval: is all of it, as far as the window reaches, proven for all that is needed?"""
    mask = np.full(len(grid), bool(needed))
    for integration_id, kind in needed:
        span = chosen.account(integration_id).proven(kind)
        if span is None:
            return np.zeros(len(grid), dtype=np.bool_)
        mask &= (grid.edges[:-1] >= span[0]) & (grid.edges[1:] <= span[1])
    return mask
