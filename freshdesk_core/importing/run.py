"""One import from beginning to end: names, three listings, threads. It goes on where the last stopped."""

from dataclasses import dataclass
from typing import Unpack

from sqlalchemy import Connection, update

from freshdesk_core.api import Freshdesk
from freshdesk_core.errors import CoreError, ListingTruncated
from freshdesk_core.importing import names, shortcut, windows
from freshdesk_core.importing.accounting import Accounts, accounts
from freshdesk_core.importing.estimate import Estimate, estimate
from freshdesk_core.importing.listing import LONG_SECONDS, list_tickets
from freshdesk_core.importing.reading import read_threads
from freshdesk_core.importing.sight import Sight
from freshdesk_core.importing.stint import How, Stint
from freshdesk_core.store import Store, notices
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.schema import integrations


@dataclass(frozen=True)
class Outcome:
    """How a run ended: "complete", "interrupted" or "failed", with the accounts of the whole store."""

    integration: Integration
    outcome: str
    accounts: Accounts
    new_contacts: int
    calls: int
    credits: int
    seconds: float
    error: CoreError | None = None
    waited_seconds: float = 0
    expected: Estimate | None = None


class Import:
    """One run over one integration, holding its lease.

    Args:
        store: Where everything goes.
        integration: Whose tickets are imported.
        freshdesk: The client of its account.
        how: Threads, stop, progress and shortcut, as in ``Stint``.
    """

    def __init__(
        self,
        store: Store,
        integration: Integration,
        freshdesk: Freshdesk,
        **how: Unpack[How],
    ) -> None:
        self._expected: Estimate | None = None  # what was told before the first call of the listing
        self._stint = Stint(store, integration, freshdesk, **how)
        self._sight = Sight(self._stint)

    def run(self) -> Outcome:
        """Bring the store up to date.

        Raises:
            Busy: Another process imports this integration.
            StoreError: The store failed; how the run ended could not be written down either.
        """
        stint = self._stint
        end = stint.work("import", self._do)
        if end.outcome == "complete" and stint.run.withheld:
            with stint.store.write() as connection:
                notices.add_withheld(connection, stint.run.import_id, stint.run.withheld)
        with stint.store.read() as connection:
            closed = accounts(connection, stint.id)
        return Outcome(
            stint.integration,
            end.outcome,
            closed,
            stint.run.new_contacts,
            stint.run.calls,
            stint.run.credits,
            end.seconds,
            end.error,
            stint.freshdesk.waited,
            self._expected,
        )

    def _do(self) -> None:
        self._sight.begin()
        self._names()
        listed_at, cut_off = self._tickets()
        read_threads(self._stint, self._sight, listed_at)
        if cut_off is not None:
            raise cut_off
        with self._stint.step() as connection:
            windows.prove_replies(connection, self._stint.id, listed_at)
            self._first_import(connection, first_import_ended_at=listed_at)

    def _names(self) -> None:
        """Groups and sources first, so that every queue has its name from its first contact on."""
        groups = {group.id: group.name for group in self._stint.freshdesk.groups()}
        labels = self._stint.freshdesk.sources()
        with self._stint.step() as connection:
            names.save_groups(connection, self._stint.id, groups)
            names.save_sources(connection, self._stint.id, labels)

    def _tickets(self) -> tuple[int, ListingTruncated | None]:
        """Read the listings, and write down what they prove."""
        stint = self._stint
        expected = self._expect()
        listed_at, cut_off, took = list_tickets(stint)
        if took >= LONG_SECONDS:
            self._sight.look()  # before anything is proven; after short listings the next import asks
        with stint.step() as connection:
            since, cut_off_at = stint.integration.since, None if cut_off is None else cut_off.second
            windows.prove_tickets(connection, stint.id, listed_at, since, cut_off_at)
            stint.run.phase = "conversations"
            stint.run.tickets_expected = stint.run.tickets_read
            shortcut.sample_first(connection, stint.id)
            stint.run.threads_expected = windows.count_due(connection, stint.id)
            if expected is not None:
                self._tell(expected.after_listing(stint.run.tickets_read, stint.run.threads_expected))
            windows.prove_replies(connection, stint.id, listed_at)
            self._first_import(connection, first_import_at=listed_at)
        return listed_at, cut_off

    def _expect(self) -> Estimate | None:
        """Tell how much there is to do; of a first import that begins, on request, what it will cost."""
        stint = self._stint
        if stint.integration.first_import_ended_at is not None:
            return None
        if not stint.with_estimate or stint.integration.first_import_at is not None:
            stint.run.tickets_expected = stint.freshdesk.newest_ticket_id()
            return None
        expected = estimate(stint.freshdesk, stint.integration.since, threads=stint.threads)
        with stint.step():
            stint.run.tickets_expected = expected.tickets
            self._tell(expected)
        self._expected = expected
        return expected

    def _tell(self, expected: Estimate) -> None:
        self._stint.run.calls_expected = expected.calls
        self._stint.run.seconds_expected = round(expected.minutes * 60)

    def _first_import(self, connection: Connection, **times: int) -> None:
        """Write down when the first import began or ended; later imports change neither."""
        for name, at in times.items():
            if at == 0:
                continue
            column = integrations.c[name]
            connection.execute(
                update(integrations)
                .where(integrations.c.integration_id == self._stint.id, column.is_(None))
                .values({name: at})
            )
