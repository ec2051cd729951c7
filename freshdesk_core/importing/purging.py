"""Purging: an integration with everything imported for it, what is older than a day, or one ticket.

What is to go is written down first and done in small steps, so that a purge killed in the middle is finished
by the next start, and other integrations can be imported meanwhile.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from freshdesk_core.importing import forgetting
from freshdesk_core.store import Store, budgets, integrations, leases, purges, schema
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.purges import Purge
from freshdesk_core.text import gettext as _

ROWS_PER_STEP = 20_000


@dataclass(frozen=True)
class Receipt:
    """What a purge deleted.

    Attributes:
        integration: Its name.
        scope: "integration", "before" or "ticket".
        rows: How many rows went from each table, those without any left out.
        bytes_freed: By how much the store's file shrank; None where the database does not tell.
        is_overwritten: No file holds it any more. False while a reader keeps SQLite's journal: Inflow
            empties that by itself.
        ticket_id: The ticket of the scope "ticket".
    """

    integration: str
    scope: str
    rows: dict[str, int]
    bytes_freed: int | None
    is_overwritten: bool
    ticket_id: int | None = None

    @property
    def total(self) -> int:
        """Rows in all."""
        return sum(self.rows.values())

    @property
    def text(self) -> str:
        """The receipt in words."""
        if self.ticket_id is not None and not self.rows:
            return _(
                "{name} holds nothing of a ticket {ticket}: nothing was deleted. If there is one, it stays "
                "out."
            ).format(name=self.integration, ticket=self.ticket_id)
        tables = ", ".join(f"{table} {count}" for table, count in self.rows.items()) or _("none")
        said = [_("Rows deleted for {name}: {total} ({tables}).")]
        if self.bytes_freed is not None:
            said.append(_("The store's file is {bytes} bytes smaller."))
        if not self.is_overwritten:
            said.append(_("Somebody is reading the store: its journal is emptied as soon as that ends."))
        return " ".join(said).format(
            name=self.integration, total=self.total, tables=tables, bytes=self.bytes_freed
        )

    def as_json(self) -> dict[str, object]:
        """The receipt as ``--json`` prints it."""
        return {
            "integration": self.integration,
            "scope": self.scope,
            "rows": self.rows,
            "bytes_freed": self.bytes_freed,
            "is_overwritten": self.is_overwritten,
        }


def purge(store: Store, integration: Integration, scope: str, bound: int | None = None) -> Receipt:
    """Purge, and give the receipt.

    Args:
        store: Where it is kept.
        integration: Whose.
        scope: "integration": all of it; "before": what is older than *bound* (epoch seconds), which becomes
            the start from which contacts count; "ticket": the ticket *bound*, which is not imported again.
        bound: See *scope*.

    Raises:
        ConfigError: The integration is gone by now.
        StoreError: The store failed; the next start finishes what was begun.
    """
    size = purges.size_of(store)
    id_ = integration.integration_id
    with store.write() as connection:
        integration = integrations.still(connection, integration)
        leases.take_away(connection, id_)  # an import under way ends at its next step
        purge_id = purges.begin(connection, id_, scope, bound, size)
        if scope == "integration":
            integrations.remove(connection, id_)
        elif scope == "before" and bound is not None:
            forgetting.start_no_earlier(connection, integration, bound)
    with store.read() as connection:
        mine = [one for one in purges.pending(connection) if one.purge_id == purge_id]
    [done] = _run(store, mine) or [Purge(purge_id, id_, scope, bound, {})]
    return _receipt(store, integration, done)


def finish(store: Store) -> int:
    """Finish the purges that were killed, or held up by a reader; returns how many there were."""
    with store.read() as connection:
        free = [one for one in purges.pending(connection) if one.is_free(time.time())]
    return len(_run(store, free))


def _run(store: Store, begun: list[Purge]) -> list[Purge]:
    """Do what is left of some purges; returns them with what went."""
    for one in begun:
        if not one.is_gone:
            _delete(store, one)
        if one.scope == "integration" and purges.VACUUMED not in one.kept and purges.shrink(store):
            with store.write() as connection:
                purges.note(connection, one.purge_id, {purges.VACUUMED: 1})
    if not begun:
        return []
    ids = [(one.purge_id, one.integration_id) for one in begun]
    with store.read() as connection:
        done = [one for one in purges.pending(connection) if (one.purge_id, one.integration_id) in ids]
    is_empty = store.checkpoint(truncate=True)  # until then the journal holds what was deleted
    with store.write() as connection:
        for one in done:
            if is_empty:
                purges.end(connection, one.purge_id)
            else:
                purges.let_go(connection, one.purge_id)
    return done


def _delete(store: Store, one: Purge) -> None:
    """Delete what is left, step by step; with the last step it is written down that nothing is."""
    is_over = False
    while not is_over:
        with store.write() as connection:
            if not purges.is_pending(connection, one):
                return
            purges.overwrite(connection)
            gone = _step(connection, one)
            is_over = not any(gone.values()) or schema.integrations.name in gone
            if is_over:
                gone[purges.GONE] = 1
            purges.note(connection, one.purge_id, gone)


def _step(connection: Connection, one: Purge) -> dict[str, int]:
    """One step of a purge; nothing gone means that nothing is left."""
    if one.scope == "integration":
        return _step_of_all(connection, one)
    if one.bound is None:
        return {}
    if one.scope == "before":
        return forgetting.forget_before(connection, one.integration_id, one.bound)
    return forgetting.forget_ticket(connection, one.integration_id, one.bound)


def _step_of_all(connection: Connection, one: Purge) -> dict[str, int]:
    """Rows of the first table that holds any; what others refer to goes last."""
    integration_id = one.integration_id
    of_series = select(schema.series.c.series_id).where(schema.series.c.integration_id == integration_id)
    volumes = schema.volumes
    if gone := connection.execute(delete(volumes).where(volumes.c.series_id.in_(of_series))).rowcount:
        return {volumes.name: gone}
    for table in reversed(schema.metadata.sorted_tables):
        if "integration_id" not in table.c or table.name in ("purges", "integrations"):
            continue
        if gone := purges.delete_some(connection, table, integration_id, ROWS_PER_STEP):
            return {table.name: gone}
    purges.drop_others(connection, integration_id, one.purge_id)
    return _delete_integration(connection, integration_id)


def _delete_integration(connection: Connection, integration_id: int) -> dict[str, int]:
    every = {one.integration_id: one for one in integrations.all_of(connection)}
    present = every.pop(integration_id, None)
    if present is None:
        return {}
    if not any(one.domain == present.domain for one in every.values()):
        budgets.forget(connection, present.domain)
    return {schema.integrations.name: integrations.delete(connection, integration_id)}


def _receipt(store: Store, integration: Integration, done: Purge) -> Receipt:
    with store.read() as connection:
        mine = [one for one in purges.pending(connection) if one.integration_id == done.integration_id]
    is_over = not mine if done.scope == "integration" else done.purge_id not in [one.purge_id for one in mine]
    size = done.kept.get(purges.SIZE, 0)
    freed = max(0, size - purges.size_of(store)) if size else None
    ticket_id = done.bound if done.scope == "ticket" else None
    return Receipt(integration.name, done.scope, done.rows, freed, is_over, ticket_id)
