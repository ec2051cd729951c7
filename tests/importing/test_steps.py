"""The two steps by themselves, for what a well-behaved server never sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from freshdesk_core import volumes
from freshdesk_core.api.records import ConversationRecord, TicketRecord
from freshdesk_core.importing.thread_step import Thread, save_threads
from freshdesk_core.importing.ticket_step import save_tickets
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.cells import Cells
from freshdesk_core.store.rows import load_tickets
from freshdesk_core.volumes.rebuild import kept
from tests.databases import environment

AT = 1_772_000_000
TICKET = TicketRecord(
    **{"id": 1, "created_at": AT, "updated_at": AT, "group_id": 11, "source": 1, "status": 2},
    **{"association_type": None, "spam": False, "deleted": False, "archived": False},
    **{"requester_responded_at": None, "agent_responded_at": None, "stats_digest": 0},
)
REPLY = ConversationRecord(
    **{"id": 100, "ticket_id": 1, "created_at": AT + 60, "updated_at": AT + 60, "incoming": True},
    **{"private": False, "source": 0, "category": 1, "is_automatic": False, "has_email_traits": True},
)


class Steps:
    """A store with one integration, and the steps as an import takes them."""

    def __init__(self, home: Path) -> None:
        settings = Settings.from_environment(environment(home))
        self.store = Store.open(settings)
        with self.store.write() as connection:
            self.id = integrations.add(
                connection,
                settings,
                **{"name": "Desk", "domain": "desk.freshdesk.com", "api_key": "key", "time_zone": "UTC"},
                since=None,
            ).integration_id

    def tickets(self, *records: TicketRecord, stream: str = "default") -> int:
        with self.store.write() as connection:
            cells = Cells(self.id)
            saved = save_tickets(
                connection, cells, self.id, records, stream=stream, start=None, seen_at=AT + 90
            )
            cells.flush(connection)
            assert volumes.differing(connection, self.id) == []
        return saved.new_contacts

    def threads(self, *threads: tuple[int, list[ConversationRecord] | None]) -> int:
        with self.store.write() as connection:
            held = load_tickets(connection, self.id, [ticket_id for ticket_id, _rows in threads])
            cells = Cells(self.id)
            saved = save_threads(
                connection,
                cells,
                self.id,
                [Thread(held[ticket_id], rows) for ticket_id, rows in threads],
                start=None,
                seen_at=AT + 90,
                listed_at=AT + 90,
            )
            cells.flush(connection)
            assert volumes.differing(connection, self.id) == []
        return saved.new_contacts

    def counts(self) -> dict[str, int]:
        with self.store.read() as connection:
            found = kept(connection, self.id)
        return {
            f"{key.group_id} {key.source} {key.kind}": int(counts.sum())
            for (key, _day), counts in found.items()
            if key.measure == "contacts"
        }


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    one = Steps(tmp_path)
    yield one
    one.store.close()


def test_a_row_that_comes_twice_is_one_ticket(steps: Steps) -> None:
    assert steps.tickets(TICKET, TICKET) == 1
    assert steps.tickets(TICKET, TICKET) == 0
    assert steps.counts() == {"11 1 Tickets": 1}


@pytest.mark.parametrize("newest_first", [False, True])
def test_two_states_of_a_ticket_in_one_page_are_its_newer_one(steps: Steps, newest_first: bool) -> None:
    """Its replies go where the ticket goes, also past a place where it was only for a moment."""
    steps.tickets(TICKET)
    steps.threads((1, [REPLY]))
    states = [
        TICKET._replace(group_id=12, updated_at=AT + 100),
        TICKET._replace(group_id=13, updated_at=AT + 200),
    ]

    assert steps.tickets(*(reversed(states) if newest_first else states)) == 0

    assert steps.counts() == {"13 1 Tickets": 1, "13 1 Replies": 1}


def test_an_older_snapshot_changes_nothing(steps: Steps) -> None:
    steps.tickets(TICKET._replace(updated_at=AT + 100, group_id=12))
    steps.tickets(TICKET)
    assert steps.counts() == {"12 1 Tickets": 1}


def test_a_repeated_row_of_a_thread_is_one_reply(steps: Steps) -> None:
    steps.tickets(TICKET)
    assert steps.threads((1, [REPLY, REPLY])) == 1
    assert steps.threads((1, [REPLY, REPLY])) == 0
    assert steps.counts() == {"11 1 Tickets": 1, "11 1 Replies": 1}


def test_a_thread_that_cannot_be_had_keeps_what_is_known(steps: Steps) -> None:
    steps.tickets(TICKET)
    steps.threads((1, [REPLY]))
    assert steps.threads((1, None)) == 0
    assert steps.counts() == {"11 1 Tickets": 1, "11 1 Replies": 1}


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_row_under_two_tickets_at_once_is_one_contact(steps: Steps, order: tuple[int, int]) -> None:
    """One thread read just before a merge, the other just after it: whichever comes last holds the row."""
    steps.tickets(TICKET, TICKET._replace(id=2, group_id=12))
    rows = {1: [REPLY], 2: [REPLY._replace(ticket_id=2)]}

    assert steps.threads(*((ticket_id, rows[ticket_id]) for ticket_id in order)) == 1

    assert steps.counts() == {"11 1 Tickets": 1, "12 1 Tickets": 1, f"{10 + order[1]} 1 Replies": 1}


@pytest.mark.sqlite
def test_threads_longer_than_a_statement_may_be(steps: Steps) -> None:
    """Twenty threads of four hundred rows, on a database that takes some thousand ids in one question."""
    tickets = [TICKET._replace(id=number) for number in range(1, 21)]
    steps.tickets(*tickets)
    threads = [
        (
            ticket.id,
            [REPLY._replace(id=ticket.id * 10_000 + n, ticket_id=ticket.id) for n in range(400)],
        )
        for ticket in tickets
    ]

    def of_one_statement(raw: object, _record: object) -> None:
        raw.setlimit(9, 5_100)  # type: ignore[attr-defined]  # SQLITE_LIMIT_VARIABLE_NUMBER

    event.listen(steps.store.writer, "connect", of_one_statement)
    steps.store.writer.dispose()

    assert steps.threads(*threads) == 8_000
    assert steps.threads(*threads) == 0
    with steps.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversations").scalar() == 8_000
