"""Special days: holidays and remarks that planners set. They stand beside figures and never change one."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, delete, insert, or_, select

from freshdesk_core.access import Actor, admin_only
from freshdesk_core.errors import ConfigError
from freshdesk_core.store.engine import Store
from freshdesk_core.store.explore_schema import special_days

HOLIDAY, REMARK = "holiday", "remark"
KINDS = (HOLIDAY, REMARK)
LONGEST_NAME = 120
FIRST_YEAR, LAST_YEAR = 1970, 2200
MOST_DAYS = 20_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class SpecialDay:
    """A special day. ``day`` is the date on the wall, of no zone. ``integration_id`` None: of all."""

    special_day_id: int
    integration_id: int | None
    day: date
    name: str
    kind: str
    set_by: str
    set_at: int


@admin_only
def add(
    actor: Actor, store: Store, day: date, name: str, kind: str = HOLIDAY, integration_id: int | None = None
) -> int:
    """Set a special day; one that is there already under this name stays as it is.

    Args:
        actor: Who sets it.
        store: Where.
        day: The date on the wall.
        name: What to call it: at most 120 characters, in one line.
        kind: "holiday" or "remark".
        integration_id: For one integration only; None: for all.

    Returns:
        Its id.

    Raises:
        NotAllowed: The actor is no admin.
        ConfigError: ``bad-special-day``: no name, a longer one, another kind, a year that no help desk has
            seen, or
            more than 20,000 days.
    """
    shown = " ".join(name.split())
    if not 0 < len(shown) <= LONGEST_NAME or kind not in KINDS or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ConfigError("bad-special-day", most=LONGEST_NAME)
    with store.write() as connection:
        everyone = _all(connection)
        for one in everyone:
            if (one.integration_id, one.day, one.name) == (integration_id, day, shown):
                return one.special_day_id
        if len(everyone) >= MOST_DAYS:
            raise ConfigError("bad-special-day", most=LONGEST_NAME)
        made = insert(special_days).values(
            integration_id=integration_id,
            local_day=(day - _EPOCH).days,
            name=shown,
            kind=kind,
            set_by=actor.name,
            set_at=int(time.time()),
        )
        return int(connection.execute(made.returning(special_days.c.special_day_id)).scalar_one())


@admin_only
def remove(actor: Actor, store: Store, special_day_id: int) -> None:
    """Take a special day back.

    Raises:
        NotAllowed: The actor is no admin.
        ConfigError: ``no-such-special-day``.
    """
    with store.write() as connection:
        mine = special_days.c.special_day_id == special_day_id
        if not connection.execute(delete(special_days).where(mine)).rowcount:
            raise ConfigError("no-such-special-day", id=special_day_id)


def listed(
    store: Store, integration_ids: Iterable[int], first: date | None = None, last: date | None = None
) -> list[SpecialDay]:
    """The special days of some integrations and those of all, by date.

    Args:
        store: The store.
        integration_ids: Whose, besides those that are set for all.
        first: The first date; None: from the beginning.
        last: The last date; None: to the end.
    """
    with store.read() as connection:
        return _all(connection, list(integration_ids), first, last)


def _all(
    connection: Connection,
    integration_ids: list[int] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[SpecialDay]:
    c = special_days.c
    query = select(special_days).order_by(c.local_day, c.name, c.special_day_id)
    if integration_ids is not None:
        query = query.where(or_(c.integration_id.is_(None), c.integration_id.in_(integration_ids)))
    if first is not None:
        query = query.where(c.local_day >= (first - _EPOCH).days)
    if last is not None:
        query = query.where(c.local_day <= (last - _EPOCH).days)
    return [
        SpecialDay(
            special_day_id=row["special_day_id"],
            integration_id=row["integration_id"],
            day=_EPOCH + timedelta(days=row["local_day"]),
            name=row["name"],
            kind=row["kind"],
            set_by=row["set_by"],
            set_at=row["set_at"],
        )
        for row in connection.execute(query).mappings()
    ]
