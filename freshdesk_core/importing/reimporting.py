"""A range of days read again in place: what is stored of it becomes what Freshdesk says now.

Tickets made in the range and conversations written in it are read and judged anew, past every shortcut; all
else stays as it is. What is still to be read stands in the store, so that a killed run goes on.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Unpack

from sqlalchemy import Connection, delete

from freshdesk_core.api import Freshdesk
from freshdesk_core.api.records import TicketRecord
from freshdesk_core.importing import fetching, forgetting, names, ranges, windows
from freshdesk_core.importing.audit import STEP_SECONDS, purged
from freshdesk_core.importing.ranges import Range
from freshdesk_core.importing.reading import THREADS_PER_STEP, ahead, portions
from freshdesk_core.importing.reimport_state import BY_ID, BY_THREAD, State
from freshdesk_core.importing.reimported import NO_LONGER_THERE, Reimported
from freshdesk_core.importing.rereading import (
    compare,
    correct_tickets,
    figures,
    places,
    reread_threads,
)
from freshdesk_core.importing.settling import Settled, settle
from freshdesk_core.importing.sight import Sight
from freshdesk_core.importing.stint import How, Stint
from freshdesk_core.importing.thread_step import Thread
from freshdesk_core.importing.ticket_step import save_tickets
from freshdesk_core.store import Store
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.rows import Ticket, load_tickets
from freshdesk_core.store.schema import gaps

IDS_PER_STEP = 50


class Reimport:
    """One run over a range of one integration, holding its lease.

    Args:
        store: Where everything goes.
        integration: Whose.
        freshdesk: The client of its account.
        span: Start and end (not included), epoch seconds. A range left behind a short while ago is gone on
            with (``reimport_state``).
        how: Threads, stop and progress, as in ``Stint``.
    """

    def __init__(
        self,
        store: Store,
        integration: Integration,
        freshdesk: Freshdesk,
        span: tuple[int, int],
        **how: Unpack[How],
    ) -> None:
        self._stint = Stint(store, integration, freshdesk, **how)
        self._span = Range(*span)
        self._state = State(integration.integration_id, self._span)
        self._sight = Sight(self._stint)

    def run(self) -> Reimported:
        """Read the range again.

        Raises:
            Busy: Another process imports this integration.
            StoreError: The store failed.
        """
        stint = self._stint
        end = stint.work("reimport", self._do)
        with stint.store.read() as connection:
            after = figures(connection, stint.id, self._span)
        return Reimported(
            end.outcome,
            self._state.before or after,
            after,
            self._state.changes,
            stint.run.calls,
            end.seconds,
            end.error,
        )

    def _do(self) -> None:
        stint = self._stint
        stint.run.window = (self._span.start, self._span.end)
        self._sight.look()
        groups = {group.id: group.name for group in stint.freshdesk.groups()}
        labels = stint.freshdesk.sources()
        with stint.step() as connection:
            names.save_groups(connection, stint.id, groups)
            names.save_sources(connection, stint.id, labels)
            phase = self._enter(connection, self._state.begin(connection, stint.run.import_id))
        if phase == "tickets":
            self._list()
            self._gather()
        self._read_ids()
        self._read_threads()
        with stint.step() as connection:
            self._state.forget(connection)

    def _enter(self, connection: Connection, phase: str) -> str:
        stint = self._stint
        self._state.enter(connection, phase)
        stint.run.phase = phase
        if phase == "audit":
            stint.run.gaps_expected = self._state.count_left(connection, BY_ID)
        elif phase == "conversations":
            stint.run.threads_expected = self._state.count_left(connection, BY_THREAD)
        return phase

    def _list(self) -> None:
        """Every living ticket that can have anything to do with the range changed since it began."""
        stint = self._stint
        with stint.store.read() as connection:
            cursor = self._state.listed_to(connection)
        for page in stint.freshdesk.ticket_pages("default", self._span.start if cursor is None else cursor):
            stint.clock.set(page.served_at)
            records = [record for record in page.rows if record.created_at < self._span.end]
            with stint.step() as connection:
                self._save(connection, records)
                self._state.put(connection, [record.id for record in records], BY_THREAD)
                if page.cursor is not None:
                    self._state.list_to(connection, page.cursor)

    def _gather(self) -> None:
        """What no ordinary list shows: the trash, spam, archived tickets, ids without a ticket."""
        stint = self._stint
        thrown = {
            record.id
            for stream in ("deleted", "spam")
            for page in stint.freshdesk.ticket_pages(stream, self._span.start)
            for record in page.rows
            if record.created_at < self._span.end
        }
        with stint.step() as connection:
            listed = self._state.put_down(connection)
            wanted = thrown | ranges.stored(connection, stint.id, self._span)
            wanted |= ranges.missing(connection, stint.id, self._span)
            self._state.put(connection, sorted(wanted - listed), BY_ID)
            self._enter(connection, "audit")

    def _read_ids(self) -> None:
        stint = self._stint

        def look(question: tuple[int, bool]) -> Settled:
            return settle(stint.freshdesk, question[0], is_old=question[1])

        with ThreadPoolExecutor(stint.threads, thread_name_prefix="reimport") as pool, stint.halting():
            while ids := self._left(BY_ID):
                for some in portions(
                    ahead(pool, look, self._questions(ids), 4 * stint.threads), IDS_PER_STEP, STEP_SECONDS
                ):
                    if any(one.state == "purged" for one in some):
                        self._sight.trusts_not_found()
                    with stint.step() as connection:
                        self._save_settled(connection, some)
                        stint.run.gaps_settled += len(some)
        with stint.step() as connection:
            self._enter(connection, "conversations")

    def _questions(self, ids: Sequence[int]) -> Iterator[tuple[int, bool]]:
        with self._stint.store.read() as connection:
            known = load_tickets(connection, self._stint.id, ids)
        archived_before = self._stint.clock.now() - windows.ARCHIVED_AFTER_SECONDS
        for id_ in ids:
            ticket = known.get(id_)
            made_at = self._span.start if ticket is None else ticket.updated_at
            yield id_, made_at < archived_before

    def _save_settled(self, connection: Connection, some: Sequence[Settled]) -> None:
        ids = [one.ticket_id for one in some]
        held = load_tickets(connection, self._stint.id, ids)
        records = [one.record for one in some if one.record is not None]
        self._save(connection, records)
        # What is nowhere any more is as good as deleted there; its contacts stay, they were work.
        lost = [one.ticket_id for one in some if one.state == "purged" and one.ticket_id in held]
        if self._sight.is_whole and lost:
            self._save(connection, [purged(held[id_]) for id_ in lost])
        self._state.add({NO_LONGER_THERE: len(lost)})
        self._state.take(connection, ids)
        span = self._span
        whole = [one.id for one in records if one.created_at < span.end and one.updated_at >= span.start]
        self._state.put(connection, whole, BY_THREAD)
        self._state.write(connection)

    def _read_threads(self) -> None:
        stint = self._stint

        def read(ticket: Ticket) -> Thread:
            thread = fetching.fetch(stint.freshdesk, ticket)
            if thread.withheld is not None:
                raise thread.withheld
            return thread

        with ThreadPoolExecutor(stint.threads, thread_name_prefix="reimport") as pool, stint.halting():
            while ids := self._left(BY_THREAD):
                with stint.store.read() as connection:
                    known = load_tickets(connection, stint.id, ids)
                due = [known[id_] for id_ in ids if id_ in known]
                for some in portions(ahead(pool, read, due, 4 * stint.threads), THREADS_PER_STEP):
                    self._save_threads(some)
                with stint.step() as connection:
                    self._state.take(connection, ids)

    def _save_threads(self, some: list[Thread]) -> None:
        stint = self._stint
        ids = [thread.ticket.ticket_id for thread in some]
        rows = [record.id for thread in some for record in thread.rows or ()]
        with stint.step() as connection:
            before = places(connection, stint.id, self._span, ids, rows)
            gone = reread_threads(
                connection,
                stint.cells,
                stint.id,
                some,
                span=self._span,
                start=stint.integration.since,
                seen_at=stint.clock.now(),
            )
            changes = compare(before, places(connection, stint.id, self._span, ids, rows))
            self._state.add(changes)
            stint.run.rows_new += changes["new_conversations"]
            stint.run.rows_changed += changes["judged_anew"] + changes["moved_queue"]
            self._state.add({NO_LONGER_THERE: gone})
            self._state.take(connection, ids)
            self._state.write(connection)
            stint.run.threads_read += len(some)

    def _save(self, connection: Connection, records: Sequence[TicketRecord]) -> None:
        """Store tickets as Freshdesk gives them now, and count what that changes in the range."""
        stint = self._stint
        ids = [record.id for record in records]
        before = places(connection, stint.id, self._span, ids)
        correct_tickets(connection, stint.cells, stint.id, records)
        saved = save_tickets(
            connection,
            stint.cells,
            stint.id,
            records,
            stream="default",
            start=stint.integration.since,
            seen_at=stint.clock.now(),
            shortcut=stint.shortcut(connection),
        )
        found = (gaps.c.integration_id == stint.id) & gaps.c.ticket_id.in_(ids)
        connection.execute(delete(gaps).where(found, gaps.c.state != forgetting.FORGOTTEN))
        stint.run.tickets_read += len(records)
        stint.run.add(saved.new_contacts, saved.new, saved.changed, saved.excluded)
        self._state.add(compare(before, places(connection, stint.id, self._span, ids)))
        self._state.write(connection)

    def _left(self, state: str) -> list[int]:
        with self._stint.store.read() as connection:
            return self._state.left(connection, state)
