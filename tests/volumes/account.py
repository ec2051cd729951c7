"""A store with one hand-written account: tickets and conversations by the dozen, figures through SQL."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from freshdesk_core.store import Store, schema
from freshdesk_core.store.cells import Cells, freshdesk_key
from freshdesk_core.volumes import rebuild

DAY = 86400
GROUPS = {11: "CustomerService", 12: "Billing"}
SOURCES = {1: "Email", 3: "Phone", 7: "Chat", 15: "Web Chat"}


def at(text: str) -> int:
    """Epoch seconds of an ISO time; UTC unless it has an offset."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else datetime.fromisoformat(text + "+00:00")).timestamp())


@dataclass
class Account:
    """Builds one integration in a store. Every method writes at once; ``settle`` makes the figures."""

    store: Store
    name: str = "acme"
    domain: str = "acme.freshdesk.com"
    zone: str = "Europe/Amsterdam"
    is_sample: bool = False
    integration_id: int = 0
    _next: int = 1

    def __post_init__(self) -> None:
        with self.store.write() as connection:
            self.integration_id = connection.execute(
                insert(schema.integrations)
                .values(
                    name=self.name,
                    name_key=self.name.casefold(),
                    domain=self.domain,
                    key_sealed="",
                    key_hint="",
                    time_zone=self.zone,
                    is_sample=self.is_sample,
                    created_at=0,
                    revision=1,
                )
                .returning(schema.integrations.c.integration_id)
            ).scalar_one()
        for group_id, name in GROUPS.items():
            self.group(group_id, name)
        for source, label in SOURCES.items():
            self._insert(schema.sources, source=source, label=label, former_labels="[]")

    def group(self, group_id: int, name: str, former_names: str = "[]") -> None:
        self._insert(schema.groups, group_id=group_id, name=name, former_names=former_names, deleted=False)

    def proven(self, tickets: tuple[str, str] | None, replies: tuple[str, str] | None = None) -> None:
        """Set the proven windows; replies as tickets unless given."""
        spans = {"tickets": tickets, "replies": replies or tickets}
        values = {
            f"{kind}_{end}": span and at(span[n])
            for kind, span in spans.items()
            for n, end in enumerate(("from", "to"))
        }
        self.change(**values)

    def change(self, **values: Any) -> None:
        """Change columns of the integration."""
        with self.store.write() as connection:
            connection.execute(
                update(schema.integrations)
                .where(schema.integrations.c.integration_id == self.integration_id)
                .values(**values)
            )

    def ticket(self, when: str, **columns: Any) -> int:
        """Add a ticket, by default a live, counted e-mail to CustomerService; returns its id."""
        created_at = at(when)
        ticket_id = columns.pop("ticket_id", self._new_id())
        values: dict[str, Any] = {
            **{"group_id": 11, "source": 1, "status": 2, "association_type": None},
            **{"spam": False, "deleted": False, "archived": False, "seen_deleted": False},
            **{"requester_responded_at": None, "agent_responded_at": None, "stats_digest": 0},
            **{"result": "counted", "first_seen_at": created_at, "arrival_group_id": None},
            **{"is_thread_due": False, "updated_at": created_at},
        }
        self._insert(schema.tickets, ticket_id=ticket_id, created_at=created_at, **values | columns)
        return int(ticket_id)

    def reply(self, ticket_id: int, when: str, **columns: Any) -> int:
        """Add a conversation, by default a counted reply by e-mail; returns its id."""
        created_at, conversation_id = at(when), self._new_id()
        values: dict[str, Any] = {
            **{"result": "counted", "reply_source": 1, "source": 0, "is_live": False},
            **{"first_seen_at": created_at, "arrival_group_id": None, "seen_deleted": False},
        }
        self._insert(
            schema.conversations,
            conversation_id=conversation_id,
            ticket_id=ticket_id,
            created_at=created_at,
            **values | columns,
        )
        return conversation_id

    def edit(self, ticket_id: int, **columns: Any) -> None:
        """Change a ticket."""
        with self.store.write() as connection:
            connection.execute(
                update(schema.tickets)
                .where(
                    schema.tickets.c.integration_id == self.integration_id,
                    schema.tickets.c.ticket_id == ticket_id,
                )
                .values(**columns)
            )

    def total(self, day: str, total: int, *, is_stale: bool = False, taken: str = "2026-06-01") -> None:
        """Freshdesk's total of a UTC day, without its rows."""
        self._total(day, total, taken, has_rows=False, is_stale=is_stale)

    def total_rows(
        self, day: str, rows: list[tuple[str, int, int]], *, is_stale: bool = False, taken: str = "2026-06-01"
    ) -> None:
        """Freshdesk's total of a UTC day with its rows: (time, group, source)."""
        self._total(day, len(rows), taken, has_rows=True, is_stale=is_stale)
        cells = Cells(self.integration_id)
        for when, group_id, source in rows:
            cells.add(freshdesk_key(group_id, source), at(when))
        with self.store.write() as connection:
            cells.flush(connection)

    def difference(self, side: str, ticket_id: int, when: str, group_id: int = 11, source: int = 1) -> None:
        """A ticket that only one side has."""
        self._insert(
            schema.total_differences,
            ticket_id=ticket_id,
            day=at(when) // DAY,
            side=side,
            group_id=group_id,
            source=source,
            created_at=at(when),
        )

    def settle(self) -> "Account":
        """Make the figures from the rows."""
        with self.store.write() as connection:
            rebuild(connection, self.integration_id)
        return self

    def _total(self, day: str, total: int, taken: str, *, has_rows: bool, is_stale: bool) -> None:
        self._insert(
            schema.freshdesk_totals,
            day=at(day) // DAY,
            total=total,
            taken_at=at(taken),
            has_rows=has_rows,
            is_stale=is_stale,
        )

    def _new_id(self) -> int:
        self._next += 1
        return self._next

    def _insert(self, table: Any, **values: Any) -> None:
        with self.store.write() as connection:
            connection.execute(insert(table).values(integration_id=self.integration_id, **values))
