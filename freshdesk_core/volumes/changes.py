"""What changed most against the time before, and why: the largest contributions, which add up."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from freshdesk_core.store import Store
from freshdesk_core.volumes.filters import EVERYTHING, Filters
from freshdesk_core.volumes.queues import queues
from freshdesk_core.volumes.windows import Window

LARGEST = 3
PARTS = ("kind", "queue", "source")


@dataclass(frozen=True)
class Contribution:
    """What one queue, source or kind adds to the change: contacts, signed."""

    name: str
    change: int


@dataclass(frozen=True)
class Split:
    """A change, split by "kind", "queue" or "source".

    ``largest``: up to three contributions, the largest first; ``others``: how many more there are, and
    ``others_change`` what these add. All of them add up to the whole change.
    """

    by: str
    largest: tuple[Contribution, ...]
    others: int
    others_change: int


@dataclass(frozen=True)
class Changes:
    """Contacts now and before, and where the difference comes from."""

    now: int
    before: int
    splits: tuple[Split, ...]

    @property
    def change(self) -> int:
        """Contacts more (or, if negative, fewer) than before."""
        return self.now - self.before


def changes(store: Store, window: Window, before: Window, filters: Filters = EVERYTHING) -> Changes | None:
    """Split the change between two windows; None where not all of both is proven.

    Args:
        store: The store.
        window: Now, as far as it has elapsed.
        before: What it is compared with: ``Summary.before.elapsed``.
        filters: Which contacts.

    Raises:
        ConfigError: ``no-such-integration``.
    """
    sides = [queues(store, one, filters) for one in (window, before)]
    if window.is_empty or before.is_empty or any(side["offered"].isna().any() for side in sides):
        return None
    both = sides[0].assign(
        before=sides[1].set_index("queue_id")["offered"].reindex(sides[0]["queue_id"]).array
    )
    both["change"] = (both["offered"] - both["before"]).astype("int64")
    return Changes(
        now=int(both["offered"].sum()),
        before=int(both["before"].sum()),
        splits=tuple(_split(both, by) for by in PARTS),
    )


def _split(both: pd.DataFrame, by: str) -> Split:
    key: Callable[[Any], tuple[Hashable, str]] = {
        "kind": lambda row: (row.kind, row.kind),
        "queue": lambda row: (row.queue_id, row.queue),  # two queues may bear one name
        "source": lambda row: (row.source, row.source),
    }[by]
    sums: dict[tuple[Hashable, str], int] = {}
    for row, change in zip(both.itertuples(), both["change"].tolist(), strict=True):
        sums[key(row)] = sums.get(key(row), 0) + change
    found = [Contribution(name, change) for (_key, name), change in sums.items() if change]
    found.sort(key=lambda one: (-abs(one.change), one.name))
    rest = found[LARGEST:]
    return Split(by, tuple(found[:LARGEST]), len(rest), sum(one.change for one in rest))
