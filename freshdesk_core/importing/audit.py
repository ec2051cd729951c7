"""The completeness audit: no id between the tickets stays unexplained.

Ids rise by one in an account. An id without a ticket was archived, thrown away, purged, is hidden from the
key, or was lost. Each is read by itself, newest first; what is found is imported like any other ticket, what
is not is written down. When none is left, tickets are proven back to the account's first, and replies too
once the threads found are read (docs/decisions/0012-completeness-audit.md).
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Unpack

from sqlalchemy import Connection, delete, func, select, update

from freshdesk_core.api import Freshdesk
from freshdesk_core.api.records import TicketRecord
from freshdesk_core.errors import CoreError
from freshdesk_core.importing import gaps, shortcut, windows
from freshdesk_core.importing.forgetting import forgotten
from freshdesk_core.importing.reading import ahead, portions, read_threads
from freshdesk_core.importing.settling import Settled, settle
from freshdesk_core.importing.sight import Sight, as_record, note_seen, set_aside
from freshdesk_core.importing.stint import How, Stint
from freshdesk_core.importing.ticket_step import save_tickets
from freshdesk_core.importing.walking import Question, Walk, questions
from freshdesk_core.store import Store, schema
from freshdesk_core.store.integrations import Integration
from freshdesk_core.store.rows import Ticket, load_tickets
from freshdesk_core.store.schema import integrations, tickets
from freshdesk_core.store.upserts import upsert

IDS_PER_STEP = 50
STEP_SECONDS = 10  # longer than of threads: what is not found is checked once in a step
LIST_LAG_SECONDS = 900  # so late may the list show a new ticket; until then its id proves nothing
MOST_NAMED = 1_000  # of the tickets that the totals named; the rest waits for the next audit


@dataclass(frozen=True)
class Audited:
    """How an audit ended, and what it found: ids settled, tickets that were missing, purged, refused."""

    outcome: str
    settled: int
    found: int
    purged: int
    refused: int
    new_contacts: int
    calls: int
    seconds: float
    error: CoreError | None = None


_Answer = tuple[Question, Settled]


class Audit:
    """One audit of one integration, holding its lease.

    Args:
        store: Where everything goes.
        integration: Whose tickets are looked for.
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
        self._stint = Stint(store, integration, freshdesk, **how)
        self._counts = dict.fromkeys(("found", "purged", "refused"), 0)
        self._sight = Sight(self._stint)

    def run(self) -> Audited:
        """Settle every id, and read the threads of what is found.

        Raises:
            Busy: Another process imports this integration.
            StoreError: The store failed.
        """
        end = self._stint.work("audit", self._do)
        run = self._stint.run
        return Audited(
            end.outcome,
            run.gaps_settled,
            **self._counts,
            new_contacts=run.new_contacts,
            calls=run.calls,
            seconds=end.seconds,
            error=end.error,
        )

    def _do(self) -> None:
        stint = self._stint
        with stint.store.read() as connection:
            # For a key that sees only a part nothing is proven; it is audited for what it may not see.
            column = func.coalesce(integrations.c.tickets_to, integrations.c.last_poll_at)
            listed_at = connection.execute(
                select(column).where(integrations.c.integration_id == stint.id)
            ).scalar()
        if listed_at is None:
            return  # before the first complete listing nearly every id is missing
        stint.clock.set(listed_at)
        if self._sight.look():
            with stint.step() as connection:
                note_seen(connection, stint.id)
        self._check_unexplained()
        self._settle_gaps(listed_at)
        with stint.step() as connection:
            stint.run.phase = "conversations"
            shortcut.sample_on(connection, stint.id)
            stint.run.threads_expected = windows.count_due(connection, stint.id)
        read_threads(stint, self._sight, listed_at)
        with stint.step() as connection:
            windows.prove_replies(connection, stint.id, listed_at)

    def _settle_gaps(self, listed_at: int) -> None:
        """Look up every id that is unaccounted for, newest first."""
        stint = self._stint
        newest_id = stint.freshdesk.newest_ticket_id()
        since = stint.integration.since
        with stint.store.read() as connection:
            holes = gaps.find_holes(
                connection, stint.id, since=since, listed_at=listed_at, newest_id=newest_id
            )
            named = gaps.named_by_totals(connection, stint.id, "never_imported", MOST_NAMED)
            named += gaps.refused(connection, stint.id) if self._sight.is_whole else []
            known = load_tickets(connection, stint.id, named).keys() | forgotten(connection, stint.id, named)
        wide = next((n for n, hole in enumerate(holes) if hole.size > gaps.WIDEST), len(holes))
        walks = [
            Walk(hole, lower, hole.created_about)
            for hole, lower in zip(holes[:wide], [*holes[1:], None], strict=False)
        ]
        alone = [
            id_
            for id_ in dict.fromkeys(named)
            if id_ not in known and not any(walk.hole.first <= id_ <= walk.hole.last for walk in walks)
        ]
        with stint.step():
            stint.run.gaps_expected = len(alone) + sum(walk.hole.size for walk in walks)
        self._ask(questions(alone, walks, listed_at - windows.ARCHIVED_AFTER_SECONDS), listed_at)
        if wide == len(holes):
            with stint.step() as connection:
                self._prove(connection, None, listed_at)

    def _ask(self, wanted: Iterator[Question], listed_at: int) -> None:
        stint = self._stint

        def look(question: Question) -> _Answer:
            return question, settle(stint.freshdesk, question.ticket_id, is_old=question.is_old)

        with ThreadPoolExecutor(stint.threads, thread_name_prefix="audit") as pool, stint.halting():
            for some in portions(ahead(pool, look, wanted, 4 * stint.threads), IDS_PER_STEP, STEP_SECONDS):
                self._save(some, listed_at)

    def _save(self, some: list[_Answer], listed_at: int) -> None:
        stint = self._stint
        if any(answer.state == "purged" for _question, answer in some):
            self._sight.trusts_not_found()
        with stint.step() as connection:
            self._save_tickets(connection, [answer.record for _question, answer in some if answer.record])
            self._save_settled(connection, some, listed_at)
            stint.run.gaps_settled += len(some)
            question, _answer = some[-1]
            if question.walk is not None:
                start = question.walk.proven_from(question.ticket_id)
                if start is not None:
                    self._prove(connection, start, None)

    def _save_tickets(self, connection: Connection, records: Sequence[TicketRecord]) -> None:
        stint = self._stint
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
        stint.run.tickets_read += saved.rows
        stint.run.add(saved.new_contacts, saved.new, saved.changed, saved.excluded)

    def _save_settled(self, connection: Connection, some: list[_Answer], listed_at: int) -> None:
        """Write down the ids without a ticket; one too young to tell is left to the next audit."""
        rows: list[dict[str, object]] = []
        again: dict[str, list[int]] = {"found": [], "purged": [], "refused": []}
        for question, answer in some:
            state = answer.state
            if state == "purged" and not self._sight.is_whole:
                state = "refused"
            self._counts[state] += 1
            if question.walk is None:
                again[state].append(question.ticket_id)
                continue
            if answer.record is not None:
                question.walk.about = answer.record.created_at
                continue
            if question.walk.about <= listed_at - LIST_LAG_SECONDS:
                rows.append(
                    {
                        "integration_id": self._stint.id,
                        "ticket_id": question.ticket_id,
                        "state": state,
                        "settled_at": listed_at,
                        "created_about": question.walk.about,
                    }
                )
        upsert(connection, schema.gaps, rows)
        mine = schema.gaps.c.integration_id == self._stint.id
        if again["found"]:
            connection.execute(delete(schema.gaps).where(mine, schema.gaps.c.ticket_id.in_(again["found"])))
        for state in ("purged", "refused"):
            if again[state]:
                of_state = mine & schema.gaps.c.ticket_id.in_(again[state])
                connection.execute(
                    update(schema.gaps).where(of_state).values(state=state, settled_at=listed_at)
                )

    def _prove(self, connection: Connection, start: int | None, audited_at: int | None) -> None:
        """Let the window of tickets reach back to *start*; None: to the first ticket, or the chosen start."""
        stint = self._stint
        since = stint.integration.since
        if start is None:
            first = connection.execute(
                select(func.min(tickets.c.created_at)).where(tickets.c.integration_id == stint.id)
            ).scalar()
            start = since if since is not None else first
        if start is not None:
            windows.prove_settled(
                connection, stint.id, start if since is None else max(start, since), audited_at
            )

    def _check_unexplained(self) -> None:
        """Tickets that Freshdesk's search no longer names, or names again: thrown away or restored since.

        And those that were not found when their thread was to be read: what is there again is read now.
        """
        stint = self._stint
        with stint.store.read() as connection:
            named = gaps.named_by_totals(connection, stint.id, "unexplained", MOST_NAMED)
            named += gaps.named_by_totals(connection, stint.id, "restored", MOST_NAMED)
            if self._sight.is_whole:
                aside = select(tickets.c.ticket_id).where(set_aside(stint.id)).limit(MOST_NAMED)
                named += connection.execute(aside).scalars()
            known = load_tickets(connection, stint.id, named)

        def look(ticket: Ticket) -> Settled:
            return settle(stint.freshdesk, ticket.ticket_id, is_old=ticket.archived)

        with ThreadPoolExecutor(stint.threads, thread_name_prefix="audit") as pool, stint.halting():
            present = ahead(pool, look, list(known.values()), 4 * stint.threads)
            for some in portions(present, IDS_PER_STEP, STEP_SECONDS):
                records = [one.record for one in some if one.record is not None]
                lost = [known[one.ticket_id] for one in some if one.state == "purged"]
                if lost and self._sight.trusts_not_found():
                    records += [purged(ticket) for ticket in lost]
                found = [one.ticket_id for one in some if one.record is not None]
                with stint.step() as connection:
                    self._save_tickets(connection, records)
                    again = set_aside(stint.id) & tickets.c.ticket_id.in_(found)
                    connection.execute(update(tickets).where(again).values(is_thread_due=True))


def purged(ticket: Ticket) -> TicketRecord:
    """A ticket that is nowhere any more, as its last row would show it."""
    return as_record(ticket)._replace(deleted=True)
