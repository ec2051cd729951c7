"""One import from beginning to end: names, three listings, threads. It goes on where the last stopped."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from freshdesk_core.api import Freshdesk, Stream
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import log, names, windows
from freshdesk_core.importing.accounting import Accounts, accounts
from freshdesk_core.importing.fetching import fetch
from freshdesk_core.importing.stopping import Interrupted
from freshdesk_core.importing.thread_step import Thread, save_threads
from freshdesk_core.importing.ticket_step import save_tickets
from freshdesk_core.store import Store, leases
from freshdesk_core.store.cells import Cells
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.rows import TICKET_COLUMNS, Ticket
from freshdesk_core.store.schema import cursors, integrations, tickets
from freshdesk_core.store.upserts import upsert

STREAMS: tuple[Stream, ...] = ("default", "deleted", "spam")
OVERLAP_SECONDS = 15 * 60
THREADS_PER_STEP = 20
STEP_SECONDS = 0.25
DUE_PER_QUERY = 500


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


class Import:
    """One run over one integration, holding its lease.

    Args:
        store: Where everything goes.
        integration: Whose tickets are imported.
        freshdesk: The client of its account.
        threads: How many threads of the account are read at once.
        stop: Set by the caller to end the run early, resumable.
        halt: Set by the run when it fails, so that no thread of the client goes on waiting (``patience``).
        on_progress: Told after each step.
    """

    def __init__(
        self,
        store: Store,
        integration: Integration,
        freshdesk: Freshdesk,
        *,
        threads: int = 4,
        stop: threading.Event | None = None,
        halt: threading.Event | None = None,
        on_progress: Callable[[log.Run], None] = lambda run: None,
    ) -> None:
        self._store = store
        self._integration = integration
        self._id = integration.integration_id
        self._freshdesk = freshdesk
        self._threads = threads
        self._stop = stop or threading.Event()
        self._halt = halt or threading.Event()
        self._on_progress = on_progress
        self._cells = Cells(self._id)
        self._clock = _ServerClock()
        self._before = (freshdesk.calls, freshdesk.credits)

    def run(self) -> Outcome:
        """Bring the store up to date.

        Raises:
            Busy: Another process imports this integration.
            StoreError: The store failed; how the run ended could not be written down either.
        """
        began = time.monotonic()
        error: CoreError | None = None
        with leases.held(self._store, self._integration) as lease:
            self._lease = lease
            with self._store.write() as connection:
                is_first = self._integration.first_import_ended_at is None
                self._run = log.begin(connection, self._id, purpose="import", is_first=is_first)
            try:
                self._names()
                self._read_threads(self._list_tickets())
                outcome = "complete"
            except CoreError as caught:
                outcome, error = "failed", caught
            except (Interrupted, KeyboardInterrupt):
                outcome = "interrupted"
            self._count_calls()
            with self._store.write() as connection:
                log.end(connection, self._run, outcome, error)
            self._store.checkpoint()
        with self._store.read() as connection:
            closed = accounts(connection, self._id)
        return Outcome(
            self._integration,
            outcome,
            closed,
            self._run.new_contacts,
            self._run.calls,
            self._run.credits,
            time.monotonic() - began,
            error,
        )

    @contextmanager
    def _step(self) -> Iterator[Connection]:
        """One transaction: rows, contacts, summary, cursor and run record, all or nothing."""
        with self._store.write() as connection:
            self._lease.check(connection)
            yield connection
            self._cells.flush(connection)
            self._count_calls()
            log.progress(connection, self._run)
        self._on_progress(self._run)
        if self._stop.is_set():
            raise Interrupted

    def _count_calls(self) -> None:
        calls, credits_ = self._before
        self._run.calls = self._freshdesk.calls - calls
        self._run.credits = self._freshdesk.credits - credits_

    def _names(self) -> None:
        """Groups and sources first, so that every queue has its name from its first contact on."""
        groups = {group.id: group.name for group in self._freshdesk.groups()}
        labels = self._freshdesk.sources()
        with self._step() as connection:
            names.save_groups(connection, self._id, groups)
            names.save_sources(connection, self._id, labels)

    def _list_tickets(self) -> int:
        """Read the three listings; returns Freshdesk's clock at the beginning of the first."""
        if self._run.tickets_expected is None and self._integration.first_import_ended_at is None:
            self._run.tickets_expected = self._freshdesk.newest_ticket_id()
        begun = [self._list(stream) for stream in STREAMS]
        with self._step() as connection:
            windows.prove_tickets(connection, self._id, begun[0], self._integration.since)
            self._run.phase = "conversations"
            self._run.tickets_expected = self._run.tickets_read
            self._run.threads_expected = windows.count_due(connection, self._id)
            windows.prove_replies(connection, self._id, begun[0])
            self._first_import(connection, first_import_at=begun[0])
        return begun[0]

    def _list(self, stream: Stream) -> int:
        begun: int | None = None
        since, settled_until = self._listed_until(stream)
        for page in self._freshdesk.ticket_pages(stream, since):
            if begun is None:
                # Where Freshdesk does not tell its time, its newest row does: it is no later.
                begun = page.served_at or page.cursor or 0
            self._clock.set(page.served_at)
            with self._step() as connection:
                saved = save_tickets(
                    connection,
                    self._cells,
                    self._id,
                    page.rows,
                    stream=stream,
                    start=self._integration.since,
                    seen_at=self._clock.now(),
                    settled_until=settled_until,
                )
                self._run.tickets_read += saved.rows
                self._run.new_contacts += saved.new_contacts
                if page.cursor is not None:
                    cursor: dict[str, object] = {
                        "integration_id": self._id,
                        "stream": stream,
                        "updated_at": page.cursor,
                    }
                    upsert(connection, cursors, [cursor])
        if begun is None:
            raise AssertionError("a listing has at least one page")
        return begun

    def _listed_until(self, stream: Stream) -> tuple[int, int]:
        """Where a listing begins: a little before the last row seen, by Freshdesk's own times.

        And when the last complete listing began, 0 before any.
        """
        with self._store.read() as connection:
            cursor = connection.execute(
                select(cursors.c.updated_at).where(
                    cursors.c.integration_id == self._id, cursors.c.stream == stream
                )
            ).scalar()
            listed = connection.execute(
                select(integrations.c.tickets_to).where(integrations.c.integration_id == self._id)
            ).scalar()
        return (self._integration.since or 0) if cursor is None else cursor - OVERLAP_SECONDS, listed or 0

    def _read_threads(self, listed_at: int) -> None:
        """Read the threads that are due, newest first, until none is."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="threads") as pool, self._halting():
            while due := self._due():
                for some in self._portions(self._fetched(pool, due)):
                    self._save_threads(some, listed_at)
        with self._step() as connection:
            windows.prove_replies(connection, self._id, listed_at)
            self._first_import(connection, first_import_ended_at=listed_at)

    @contextmanager
    def _halting(self) -> Iterator[None]:
        """Wake the waiting threads when the run fails; the pool would wait for them else."""
        try:
            yield
        except BaseException:
            self._halt.set()
            raise

    def _save_threads(self, some: list[Thread], listed_at: int) -> None:
        with self._step() as connection:
            saved = save_threads(
                connection,
                self._cells,
                self._id,
                some,
                start=self._integration.since,
                seen_at=self._clock.now(),
            )
            self._run.threads_read += saved.rows
            self._run.new_contacts += saved.new_contacts
            windows.prove_replies(connection, self._id, listed_at)

    def _due(self) -> list[Ticket]:
        columns = [tickets.c[name] for name in TICKET_COLUMNS]
        with self._store.read() as connection:
            rows = connection.execute(
                select(*columns)
                .where(tickets.c.integration_id == self._id, tickets.c.is_thread_due)
                .order_by(tickets.c.updated_at.desc(), tickets.c.ticket_id)
                .limit(DUE_PER_QUERY)
            ).all()
        return [Ticket(*row) for row in rows]

    def _fetched(self, pool: ThreadPoolExecutor, due: list[Ticket]) -> Iterator[Thread]:
        """Fetch threads ahead of their turn, a few at a time; they come out in order."""
        waiting: deque[Future[Thread]] = deque()
        try:
            for ticket in due:
                waiting.append(pool.submit(fetch, self._freshdesk, ticket))
                if len(waiting) >= 4 * self._threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _portions(self, threads: Iterator[Thread]) -> Iterator[list[Thread]]:
        """Gather what one transaction takes: up to 20 threads, or what came within 250 ms."""
        some: list[Thread] = []
        began = time.monotonic()
        for thread in threads:
            some.append(thread)
            if len(some) >= THREADS_PER_STEP or time.monotonic() - began >= STEP_SECONDS:
                yield some
                some, began = [], time.monotonic()
        if some:
            yield some

    def _first_import(self, connection: Connection, **times: int) -> None:
        """Write down when the first import began or ended; later imports change neither."""
        for name, at in times.items():
            if at == 0:
                continue
            column = integrations.c[name]
            connection.execute(
                update(integrations)
                .where(integrations.c.integration_id == self._id, column.is_(None))
                .values({name: at})
            )


class _ServerClock:
    """Freshdesk's clock, between the answers that tell it. Ours may be wrong."""

    def __init__(self) -> None:
        self._told = (int(time.time()), time.monotonic())

    def set(self, served_at: int) -> None:
        if served_at == 0:
            return  # it did not tell
        self._told = (served_at, time.monotonic())

    def now(self) -> int:
        served_at, then = self._told
        return served_at + int(time.monotonic() - then)
