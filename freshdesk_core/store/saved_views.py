"""Saved views: a page and its filters under a name.

They belong to everybody who uses this Inflow, and hold no figure: a view is a link that was given a name.
Whoever has signed in saves views; admins change all of them, others only their own.
"""

import re
import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from freshdesk_core.access import Actor, member_only
from freshdesk_core.errors import ConfigError, NotAllowed
from freshdesk_core.store.engine import Store
from freshdesk_core.store.view_schema import saved_views

LONGEST_NAME = 60
LONGEST_QUERY = 2000
MOST_VIEWS = 200
_PAGE = re.compile(r"[a-z0-9-]{0,60}")


@dataclass(frozen=True)
class SavedView:
    """A view. ``query`` names choices by their codes, so that it means the same in every language."""

    view_id: int
    name: str
    page: str
    query: str
    saved_by: str
    saved_at: int

    def may_change(self, actor: Actor) -> bool:
        """Whether this actor may rename and delete it."""
        return actor.is_admin or actor.name == self.saved_by


@member_only
def save(actor: Actor, store: Store, name: str, page: str, query: str) -> int:
    """Save a view.

    Args:
        actor: Who saves it.
        store: Where.
        name: What to call it: at most 60 characters, in one line; no other view's, whatever the capitals.
        page: The page's path in the address, "" for the first one.
        query: The filters as in the address, without "?", at most 2,000 characters; no choice is labelled.

    Returns:
        Its id.

    Raises:
        NotAllowed: Nobody has signed in.
        ConfigError: ``view-without-name``, ``name-too-long``, ``view-name-taken``, ``view-too-long`` (no
            page, or too many filters), ``views-full`` (there are 200).
    """
    if not _PAGE.fullmatch(page) or len(query) > LONGEST_QUERY:
        raise ConfigError("view-too-long", most=LONGEST_QUERY)
    shown = _shown(name)
    with store.write() as connection:
        _free(connection, shown)
        if (connection.execute(select(func.count()).select_from(saved_views)).scalar() or 0) >= MOST_VIEWS:
            raise ConfigError("views-full", most=MOST_VIEWS)
        made = insert(saved_views).values(
            name=shown,
            name_key=shown.casefold(),
            page=page,
            query=query,
            saved_by=actor.name,
            saved_at=int(time.time()),
        )
        return int(connection.execute(made.returning(saved_views.c.view_id)).scalar_one())


@member_only
def rename(actor: Actor, store: Store, view_id: int, name: str) -> None:
    """Give a view another name.

    Raises:
        NotAllowed: ``not-your-view``: somebody else saved it, and the actor is no admin.
        ConfigError: ``no-such-view``, or as for ``save``.
    """
    shown = _shown(name)
    with store.write() as connection:
        _changeable(connection, actor, view_id)
        _free(connection, shown, but=view_id)
        mine = saved_views.c.view_id == view_id
        connection.execute(update(saved_views).where(mine).values(name=shown, name_key=shown.casefold()))


@member_only
def remove(actor: Actor, store: Store, view_id: int) -> None:
    """Delete a view.

    Raises:
        NotAllowed: ``not-your-view``: somebody else saved it, and the actor is no admin.
        ConfigError: ``no-such-view``.
    """
    with store.write() as connection:
        _changeable(connection, actor, view_id)
        connection.execute(delete(saved_views).where(saved_views.c.view_id == view_id))


def listed(store: Store) -> list[SavedView]:
    """All views, by name."""
    with store.read() as connection:
        rows = connection.execute(select(saved_views).order_by(saved_views.c.name_key)).mappings()
        return [
            SavedView(
                view_id=row["view_id"],
                name=row["name"],
                page=row["page"],
                query=row["query"],
                saved_by=row["saved_by"],
                saved_at=row["saved_at"],
            )
            for row in rows
        ]


def _shown(name: str) -> str:
    shown = " ".join(name.split())
    if not shown:
        raise ConfigError("view-without-name")
    if len(shown) > LONGEST_NAME:
        raise ConfigError("name-too-long", length=len(shown), most=LONGEST_NAME)
    return shown


def _free(connection: Connection, shown: str, but: int | None = None) -> None:
    """No other view bears the name."""
    c = saved_views.c
    holder = connection.execute(select(c.view_id, c.name).where(c.name_key == shown.casefold())).first()
    if holder is not None and holder.view_id != but:
        raise ConfigError("view-name-taken", name=holder.name)


def _changeable(connection: Connection, actor: Actor, view_id: int) -> None:
    """The view is there, and the actor may change it."""
    c = saved_views.c
    owner = connection.execute(select(c.saved_by).where(c.view_id == view_id)).scalar()
    if owner is None:
        raise ConfigError("no-such-view")
    if not actor.is_admin and actor.name != owner:
        raise NotAllowed("not-your-view", name=owner)
