"""A worker on a clock of the test's own."""

import threading
from pathlib import Path

from freshdesk_core.importing.worker import Worker
from freshdesk_core.sandbox import Sandbox
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema
from tests.importing.inflow import environment


class Working:
    """A worker on a clock of the test's own."""

    def __init__(self, home: Path, **more: str) -> None:
        self.settings = Settings.from_environment(environment(home, **more))
        self.store = Store.open(self.settings)
        self.stop = threading.Event()
        self.now = 1_000.0
        self.worker = Worker(self.store, self.settings, self.stop, clock=lambda: self.now)

    def add(self, name: str, sandbox: Sandbox) -> int:
        with self.store.write() as connection:
            return integrations.add(
                connection,
                self.settings,
                **{"name": name, "domain": sandbox.domain, "api_key": sandbox.api_key, "time_zone": "UTC"},
                since=None,
            ).integration_id

    def runs(self) -> list[tuple[int, str, str]]:
        with self.store.read() as connection:
            rows = connection.execute(schema.imports.select().order_by(schema.imports.c.import_id)).mappings()
            return [(row["integration_id"], row["purpose"], row["outcome"]) for row in rows]

    def sample(self) -> integrations.Integration | None:
        with self.store.read() as connection:
            return integrations.sample(connection)

    def round(self) -> None:
        """Whatever is due now, to its end."""
        self.worker.round()
        self.worker.wait()

    def close(self) -> None:
        self.worker.close()
        self.store.close()
