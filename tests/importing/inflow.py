"""One Inflow on one sandbox: a real store in a folder, a saved integration, imports over real HTTP."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from freshdesk_core import volumes
from freshdesk_core.importing.accounting import accounts
from freshdesk_core.importing.audit import Audit, Audited
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.run import Import, Outcome
from freshdesk_core.importing.totals import take_totals
from freshdesk_core.sandbox import Sandbox
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema
from freshdesk_core.store.counts import decode
from freshdesk_core.store.integrations import Integration
from tests import databases

DAY = 86_400
NAME = "Desk"

# What tells of the import itself, not of the account: no part of a digest.
METADATA = {"first_seen_at", "arrival_group_id", "thread_read_at", "is_merged"}
RAW = (schema.tickets, schema.conversations, schema.groups, schema.sources)


def epoch(text: str) -> int:
    """Epoch seconds of an ISO time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def environment(home: Path, **more: str) -> dict[str, str]:
    """The settings of an Inflow on the database that the running test is about."""
    return databases.environment(home) | {"INFLOW_ALLOW_LOOPBACK": "1", "INFLOW_THREADS": "3"} | more


class Inflow:
    """A store with one integration, "Desk", of a sandbox's account."""

    def __init__(self, home: Path, sandbox: Sandbox, *, since: int | None = None) -> None:
        self.settings = Settings.from_environment(environment(home))
        self.store = Store.open(self.settings)
        with self.store.write() as connection:
            self._id = integrations.add(
                connection,
                self.settings,
                name=NAME,
                domain=sandbox.domain,
                api_key=sandbox.api_key,
                time_zone="Europe/Berlin",
                since=since,
            ).integration_id

    @property
    def integration(self) -> Integration:
        with self.store.read() as connection:
            return integrations.get(connection, self._id)

    def run(
        self,
        *,
        stop: threading.Event | None = None,
        on_progress: Callable[[Run], None] = lambda run: None,
        use_shortcut: bool = True,
    ) -> Outcome:
        """Import; whatever happened, what is stored must be in order afterwards."""
        halt = threading.Event()
        with client_of(self.settings, self.integration, stop or halt, halt, store=self.store) as freshdesk:
            run = Import(
                self.store,
                self.integration,
                freshdesk,
                threads=self.settings.threads,
                stop=stop,
                halt=halt,
                on_progress=on_progress,
                use_shortcut=use_shortcut,
            )
            outcome = run.run()
        self.check()
        return outcome

    def complete(self, *, use_shortcut: bool = True) -> Outcome:
        """Import to the end."""
        outcome = self.run(use_shortcut=use_shortcut)
        assert (outcome.outcome, outcome.error) == ("complete", None)
        return outcome

    def stop_after(self, steps: int) -> Outcome:
        """Import, but stop after some steps."""
        stop, seen = threading.Event(), iter(range(1, 1_000_000))

        def count(_run: Run) -> None:
            if next(seen) >= steps:
                stop.set()

        return self.run(stop=stop, on_progress=count)

    def audit(
        self,
        *,
        stop: threading.Event | None = None,
        on_progress: Callable[[Run], None] = lambda run: None,
        use_shortcut: bool = True,
    ) -> Audited:
        """Settle every id without a ticket."""
        halt = threading.Event()
        with client_of(self.settings, self.integration, stop or halt, halt, store=self.store) as freshdesk:
            audited = Audit(
                self.store,
                self.integration,
                freshdesk,
                threads=self.settings.threads,
                stop=stop,
                halt=halt,
                on_progress=on_progress,
                use_shortcut=use_shortcut,
            ).run()
        self.check()
        return audited

    def totals(self, days: list[int] | None = None) -> int:
        with client_of(self.settings, self.integration, store=self.store) as freshdesk:
            return take_totals(self.store, self.integration, freshdesk, days)

    def check(self) -> None:
        """The sums that must hold at any time."""
        with self.store.read() as connection:
            closed = accounts(connection, self._id)
            assert volumes.differing(connection, self._id) == []
        assert closed.is_closed
        assert sum(self.by_queue().values()) == closed.counted_tickets + closed.counted_replies

    def rows(self, table: Table) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            rows = connection.execute(select(table).order_by(*table.primary_key)).mappings()
            return [dict(row) for row in rows]

    def by_queue(self) -> Counter[str]:
        """Contacts of all time by the name of their queue, proven or not."""
        frame = volumes.queues(self.store, volumes.Window(0, DAY, "UTC"))
        names = dict(zip(frame["queue_id"], frame["queue"], strict=True))
        found: Counter[str] = Counter()
        for (queue_id, _quarter), count in self.by_quarter().items():
            found[names[queue_id]] += count
        return found

    def by_quarter(self) -> Counter[tuple[str, int]]:
        """Contacts of all time by queue id and quarter hour, read straight from the summary."""
        query = select(schema.series, schema.volumes.c.day, schema.volumes.c.counts).join_from(
            schema.series, schema.volumes, schema.series.c.series_id == schema.volumes.c.series_id
        )
        found: Counter[tuple[str, int]] = Counter()
        with self.store.read() as connection:
            for row in connection.execute(query.where(schema.series.c.measure == "contacts")).mappings():
                place = "unknown" if row["is_unknown"] else f"{row['group_id']}-{row['source']}"
                queue_id = f"{row['integration_id']}-{place}-{row['kind'].lower()}"
                for slot, count in enumerate(decode(row["counts"])):
                    if count:
                        found[queue_id, row["day"] * DAY + slot * 900] += count
        return found

    def digest(self) -> str:
        """What is known of the account and counted, in one line."""
        known = [
            sorted(
                str([(name, value) for name, value in row.items() if name not in METADATA])
                for row in self.rows(table)
            )
            for table in RAW
        ]
        return hashlib.sha256(repr([known, sorted(self.by_quarter().items())]).encode()).hexdigest()

    def dump(self) -> dict[str, list[str]]:
        """Every table, row by row, but the log of imports, the budget, and what an import says of itself."""
        dumped = {}
        for table in schema.metadata.sorted_tables:
            if table.name in ("imports", "leases", "integrations", "budgets", "budget_draws"):
                continue
            dumped[table.name] = sorted(str(list(row.values())) for row in self.rows(table))
        return dumped

    def close(self) -> None:
        self.store.close()


@contextmanager
def inflow(home: Path, sandbox: Sandbox, *, since: int | None = None) -> Iterator[Inflow]:
    one = Inflow(home, sandbox, since=since)
    try:
        yield one
    finally:
        one.close()
