"""A store with two accounts full of chance: for sums that must hold, and plain recounts."""

import random
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from freshdesk_core.store import Store, schema
from freshdesk_core.store.cells import Cells, freshdesk_key
from freshdesk_core.volumes import rebuild
from tests.volumes.account import DAY, Account, at

FIRST, END = at("2025-02-20"), at("2026-05-10")  # three clock changes in most zones
RESULTS = ["counted"] * 12 + ["outbound_email", "internal_task", "child_ticket", "tracker_ticket"]


@dataclass
class Contact:
    """A contact as a plain recount sees it."""

    integration_id: int
    occurred_at: int
    kind: str
    group_id: int
    source: int
    is_unknown: bool

    @property
    def queue_id(self) -> str:
        place = "unknown" if self.is_unknown else f"{self.group_id}-{self.source}"
        return f"{self.integration_id}-{place}-{self.kind.lower()}"


def furnish(store: Store, tickets: int = 2500) -> list[Contact]:
    """Fill a store; returns the contacts in it."""
    chance = random.Random(7)
    contacts: list[Contact] = []
    for name in ("acme", "globex"):
        account = Account(store, name=name, domain=f"{name}.freshdesk.com")
        account.proven(("2025-02-20", "2026-05-10"))
        contacts += _account(store, account.integration_id, tickets, chance)
    return contacts


def _account(store: Store, integration_id: int, count: int, chance: random.Random) -> list[Contact]:
    rows = [_ticket(integration_id, n, chance) for n in range(1, count + 1)]
    replies = [
        _reply(row, n, chance) for n, row in enumerate(chance.choices(rows, k=count * 3 // 2), start=1)
    ]
    with store.write() as connection:
        connection.execute(insert(schema.tickets), rows)
        connection.execute(insert(schema.conversations), replies)
        _totals(connection, integration_id, rows, chance)
        rebuild(connection, integration_id)
    by_id = {row["ticket_id"]: row for row in rows}
    return [_contact(row, "Tickets", row["source"], row) for row in rows if row["result"] == "counted"] + [
        _contact(
            row, "Replies", row["reply_source"] or by_id[row["ticket_id"]]["source"], by_id[row["ticket_id"]]
        )
        for row in replies
        if row["result"] == "counted"
    ]


def _ticket(integration_id: int, ticket_id: int, chance: random.Random) -> dict[str, Any]:
    created_at = chance.randrange(FIRST, END)
    fate = chance.choices(["live", "spam", "deleted", "archived"], [90, 4, 4, 2])[0]
    return {
        **{"integration_id": integration_id, "ticket_id": ticket_id, "created_at": created_at},
        **{"updated_at": created_at, "group_id": chance.choice([None, 11, 11, 11, 12, 99])},
        **{"source": chance.choice([1, 1, 1, 3, 7, 15, 137]), "status": 2, "association_type": None},
        **{"spam": fate == "spam", "deleted": fate == "deleted", "archived": fate == "archived"},
        **{"seen_deleted": fate == "deleted" and chance.random() < 0.5, "result": chance.choice(RESULTS)},
        **{"requester_responded_at": None, "agent_responded_at": None, "stats_digest": 0},
        **{"first_seen_at": created_at, "arrival_group_id": None, "is_thread_due": False},
    }


def _reply(ticket: dict[str, Any], conversation_id: int, chance: random.Random) -> dict[str, Any]:
    created_at = min(ticket["created_at"] + int(chance.expovariate(1 / (3 * DAY))), END - 1)
    return {
        **{"integration_id": ticket["integration_id"], "conversation_id": conversation_id},
        **{"ticket_id": ticket["ticket_id"], "created_at": created_at, "first_seen_at": created_at},
        **{"result": chance.choice(["counted", "counted", "agent_reply"]), "is_live": False},
        **{"reply_source": chance.choice([None, 1, 1, 15]), "source": 0, "arrival_group_id": None},
        **{"seen_deleted": ticket["deleted"] and chance.random() < 0.5},
    }


def _totals(connection: Any, integration_id: int, rows: list[dict[str, Any]], chance: random.Random) -> None:
    """Freshdesk's side of each day: mostly right, sometimes not taken, stale, without rows or with
    tickets missing on one side."""
    cells = Cells(integration_id)
    for day in range(FIRST // DAY, END // DAY):
        kind = chance.choices(["rows", "total", "stale", "none"], [80, 10, 5, 5])[0]
        if kind == "none":
            continue
        alive = [row for row in rows if row["created_at"] // DAY == day and not _gone(row)]
        there = [row for row in alive if chance.random() > 0.02]
        missing = [row for row in there if chance.random() < 0.02]  # a twin of it was never imported
        if kind != "total":
            for row in there + missing:
                cells.add(freshdesk_key(row["group_id"], row["source"]), row["created_at"])
            for side, some in (
                ("unexplained", [row for row in alive if row not in there]),
                ("never_imported", missing),
            ):
                _differences(connection, integration_id, day, side, some)
        connection.execute(
            insert(schema.freshdesk_totals).values(
                integration_id=integration_id,
                day=day,
                total=len(there) + len(missing),
                taken_at=END,
                has_rows=kind != "total",
                is_stale=kind == "stale",
            )
        )
    cells.flush(connection)


def _differences(
    connection: Any, integration_id: int, day: int, side: str, rows: list[dict[str, Any]]
) -> None:
    for row in rows:
        connection.execute(
            insert(schema.total_differences).values(
                integration_id=integration_id,
                ticket_id=row["ticket_id"] + (10**6 if side == "never_imported" else 0),
                day=day,
                side=side,
                group_id=row["group_id"] or 0,
                source=row["source"],
                created_at=row["created_at"],
            )
        )


def _gone(row: dict[str, Any]) -> bool:
    return bool(row["spam"] or row["deleted"] or row["archived"])


def _contact(row: dict[str, Any], kind: str, source: int, ticket: dict[str, Any]) -> Contact:
    is_unknown = ticket["spam"] or (ticket["deleted"] and row["seen_deleted"])
    return Contact(
        row["integration_id"], row["created_at"], kind, ticket["group_id"] or 0, source, is_unknown
    )
