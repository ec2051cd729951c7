"""Threads in which no customer answered are not read, and no contact is lost by it."""

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from freshdesk_core import health
from freshdesk_core.api.records import TicketRecord
from freshdesk_core.importing import shortcut
from freshdesk_core.importing.shortcut import Shortcut, is_sampled, would_skip
from freshdesk_core.sandbox import Sandbox, Script, World, codes, w3
from freshdesk_core.store import schema
from freshdesk_core.store.rows import load_tickets
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.test_kills_random import check_truth

NOW = "2026-03-10T12:00:00Z"


def _threads(sandbox: Sandbox) -> list[int]:
    """The tickets whose conversations were asked for, in order."""
    return [int(one.path.split("/")[-2]) for one in sandbox.requests if one.path.endswith("/conversations")]


def _lists(sandbox: Sandbox) -> int:
    return sum(one.path == "/api/v2/tickets" for one in sandbox.requests)


@pytest.mark.sqlite  # the same statements as in the other tests, many times
def test_the_same_counts_for_fewer_calls(tmp_path: Path) -> None:
    """Every contact of every quarter hour, in a small world; at first and later."""
    world = World(5, start_day=date(2025, 9, 1), tickets=700, days=100)
    first = world.starts_at + 70 * DAY
    with (
        Sandbox(world, until=first, plan="unlimited") as sandbox,
        inflow(tmp_path / "short", sandbox) as short,
        inflow(tmp_path / "long", sandbox) as long,
    ):
        outcome = short.complete()
        plain = long.complete(use_shortcut=False)
        assert short.by_quarter() == long.by_quarter()
        closed = outcome.accounts
        assert closed.threads_read + closed.threads_not_needed == closed.tickets == plain.accounts.tickets
        assert plain.accounts.threads_not_needed < closed.tickets / 20  # refused in the trash
        assert outcome.calls <= 0.65 * plain.calls

        sandbox.move_to(world.ends_at)
        again = short.complete()
        assert again.calls <= 0.7 * long.complete(use_shortcut=False).calls
        assert short.by_quarter() == long.by_quarter()
        assert not any(row["is_off"] for row in short.rows(schema.shortcuts))


@pytest.mark.nightly
def test_the_sample_account_costs_three_fifths_of_the_calls(tmp_path: Path) -> None:
    world = World(7, start_day=date(2025, 10, 1), tickets=16_000, days=400)
    with (
        Sandbox(world, until=world.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path / "short", sandbox) as short,
        inflow(tmp_path / "long", sandbox) as long,
    ):
        outcome = short.complete()
        every_list_page = _lists(sandbox)
        long.complete(use_shortcut=False)

        assert outcome.calls <= 0.6 * (every_list_page + outcome.accounts.tickets)
        assert short.by_quarter() == long.by_quarter()


@pytest.fixture
def script() -> Script:
    return Script(now=NOW)


def _unsampled(script: Script, **fields: object) -> int:
    while is_sampled(script._last_ticket_id + 1):
        script.next_ticket_id()
    return script.ticket(at=script.now - 40 * DAY, **fields)  # type: ignore[arg-type]


def _trust(here: Inflow, *sources: int) -> None:
    """So many threads of these sources were read without a miss that more are only sampled."""
    rows = [
        {"integration_id": 1, "source": source, "sampled": shortcut.TRUSTED, "missed": 0, "is_off": False}
        for source in sources
    ]
    with here.store.write() as connection:
        connection.execute(insert(schema.shortcuts), rows)


def test_a_thread_is_read_when_the_customer_answers_and_not_when_the_ticket_is_touched(
    tmp_path: Path, script: Script
) -> None:
    ticket = _unsampled(script)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        _trust(here, codes.EMAIL)
        touches: list[Callable[[int], object]] = [script.bump, script.note, script.close, script.agent_reply]
        for touch in touches:
            here.complete()
            script.now += 3_600
            touch(ticket)
        here.complete()
        assert _threads(sandbox) == []
        assert here.run().accounts.threads_not_needed == 1

        script.now += 3_600
        script.reply(ticket)
        script.now += 60
        here.complete()
        assert _threads(sandbox) == [ticket]
        script.now += 3_600
        script.bump(ticket)
        here.complete()
        assert _threads(sandbox) == [ticket]


def test_live_messages_are_always_read(tmp_path: Path, script: Script) -> None:
    ticket = _unsampled(script, source=codes.WEB_CHAT)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 3_600
        script.chat(ticket)  # leaves the requester's time empty
        here.complete()
        assert _threads(sandbox) == [ticket, ticket]
        assert here.by_queue()["CustomerService web chat Replies"] == 1


def test_a_ticket_merged_away_leads_to_the_one_that_holds_its_replies(tmp_path: Path, script: Script) -> None:
    """Nothing in the stats of the primary changes: its own last answer is younger."""
    primary, secondary = _unsampled(script, group="Billing"), _unsampled(script)
    script.reply(secondary, at=script.now - 3 * DAY)
    script.reply(primary, at=script.now - 2 * DAY)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        script.now += 3_600
        script.close(secondary)
        here.complete()
        script.now += 3_600
        script.merge(secondary, into=primary)
        script.now += 60
        script.bump(primary)
        here.complete()
        assert here.by_queue()["Billing email Replies"] == 2
        rows = {row["ticket_id"]: row["is_merged"] for row in here.rows(schema.tickets)}
        assert rows == {primary: True, secondary: False}

        script.now += 3_600
        asked = len(_threads(sandbox))
        script.bump(primary)
        here.complete()
        assert _threads(sandbox)[asked:] == [primary]  # may hold more of them by now


def test_what_was_refused_in_the_trash_is_read_when_it_is_restored(tmp_path: Path, script: Script) -> None:
    while (ticket := _unsampled(script)) % 3:
        pass
    script.reply(ticket, at=script.now - DAY)
    script.trash(ticket, at=script.now - 3_600)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        assert here.rows(schema.conversations) == []
        script.now += 3_600
        script.restore(ticket)
        here.complete()
        assert here.by_queue()["CustomerService email Replies"] == 1


def _forget_answers(script: Script, sources: set[int]) -> None:
    """From now on the stats of these sources know of no customer's answer."""
    advance = script.advance

    def forgetful(account: object, now: int) -> None:
        advance(account, now)  # type: ignore[arg-type]
        for ticket in account.tickets.values():  # type: ignore[attr-defined]
            if ticket.source in sources and ticket.stats.requester_responded_at is not None:
                ticket.stats.requester_responded_at = None
                ticket.revision += 1

    script.advance = forgetful  # type: ignore[method-assign]


def _portal_and_mail(script: Script, number: int) -> list[int]:
    """So many tickets of each by turns, with a reply each."""
    tickets = [
        script.ticket(source=source, at=script.now - 40 * DAY + n)
        for n, source in enumerate([codes.PORTAL, codes.EMAIL] * number)
    ]
    for ticket in tickets:
        script.reply(ticket, at=script.now - 30 * DAY)
    return tickets


def test_a_reply_that_the_stats_hide_ends_the_shortcut_for_its_source(tmp_path: Path, script: Script) -> None:
    """Sampled threads show it; then every thread of that source is read, and nothing is missing."""
    tickets = _portal_and_mail(script, 60)
    _forget_answers(script, {codes.PORTAL})

    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        _trust(here, codes.EMAIL)
        here.complete()
        is_off = {row["source"]: row["is_off"] for row in here.rows(schema.shortcuts)}
        assert is_off == {codes.PORTAL: True, codes.EMAIL: False}
        assert here.by_queue()["CustomerService email Replies"] == 120
        (spans,) = here.rows(schema.integrations)
        assert spans["replies_from"] == spans["tickets_from"]

        told = _told(here)
        assert " of source portal, read as a sample, held a customer's reply" in told
        script.now += 3_600
        asked = len(_threads(sandbox))
        script.bump(tickets[0])
        here.complete()
        assert _threads(sandbox)[asked:] == [tickets[0]]
        assert _told(here).partition("first found:")[2] == told.partition("first found:")[2]


def _told(here: Inflow) -> str:
    """What the status says of sources whose threads are all read; it gives the time of a first miss."""
    (one,) = health.status(here.store, int(time.time()), here.settings)
    told = [str(notice["message"]) for notice in one.as_json()["notices"] if notice["code"] == "shortcut-off"]
    rows = [row for row in here.rows(schema.shortcuts) if row["is_off"]]
    assert len(told) == len(rows)
    for text, row in zip(told, rows, strict=True):
        assert 0 <= time.time() - row["off_at"] <= 600
        moment = datetime.fromtimestamp(row["off_at"], ZoneInfo("Europe/Berlin"))
        assert f"(first found: {moment:%Y-%m-%d %H:%M} (Europe/Berlin))" in text
        assert f"{row['missed']} of {row['sampled']} conversations" in text
    return "".join(told)


def _skipped(here: Inflow) -> set[int]:
    return {row["ticket_id"] for row in here.rows(schema.tickets) if row["thread_read_at"] is None}


@pytest.mark.parametrize("seed", [9, *(pytest.param(n, marks=pytest.mark.nightly) for n in (5, 7, 11))])
@pytest.mark.sqlite
def test_a_chat_to_which_somebody_gave_another_source_is_no_contact_less(tmp_path: Path, seed: int) -> None:
    """Its stats are empty, and nothing in the list tells that it was one: the sample finds it."""
    desk = w3(seed)
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        assert any(row["is_off"] for row in here.rows(schema.shortcuts))
        here.audit()
        check_truth(here, desk)


def test_a_few_threads_of_every_source_are_read_before_any_is_skipped(tmp_path: Path, script: Script) -> None:
    sources = {codes.PHONE: 5, codes.FACEBOOK: 2, codes.PORTAL: 50}
    tickets = {source: {_unsampled(script, source=source) for _ in range(n)} for source, n in sources.items()}
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        for _ in range(2):
            here.complete()
            skipped = _skipped(here)
            left = {source: len(ids & skipped) for source, ids in tickets.items()}
            assert left == {codes.PHONE: 2, codes.FACEBOOK: 0, codes.PORTAL: 10}
        here.audit()
        assert _skipped(here) == set()
        asked = len(_threads(sandbox))
        here.audit()
        assert len(_threads(sandbox)) == asked


@pytest.mark.sqlite
def test_an_audit_finds_what_an_import_s_sample_passed_over(tmp_path: Path, script: Script) -> None:
    """One thread of 150: a reply of which the stats knew nothing."""
    tickets = [_unsampled(script, source=codes.PORTAL) for _ in range(150)]
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        with here.store.read() as connection:
            assert shortcut.load(connection, 1).off == frozenset()
        hidden = sorted(tickets, key=lambda id_: (id_ % 65_521 * 40_503 % 65_521, id_))[-1]
        script.reply(hidden, at=script.now - 30 * DAY)
        _forget_answers(script, {codes.PORTAL})
        here.complete()
        assert hidden in _skipped(here)
        assert _told(here) == ""
        assert here.audit().new_contacts == 1
        with here.store.read() as connection:
            assert shortcut.load(connection, 1).off == {codes.PORTAL}
        assert "source portal" in _told(here)
        assert _skipped(here) == set()
        (spans,) = here.rows(schema.integrations)
        assert spans["replies_from"] == spans["tickets_from"]


def test_threads_hidden_in_the_trash_are_not_asked_for_again_and_again(
    tmp_path: Path, script: Script
) -> None:
    for _ in range(9):
        script.trash(_unsampled(script, source=codes.PORTAL), at=script.now - DAY)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        for _ in range(2):
            here.complete()
            here.audit()
        assert _threads(sandbox) == []


def test_a_chat_that_is_given_another_source_later_is_read_once_more(tmp_path: Path, script: Script) -> None:
    ticket = _unsampled(script, source=codes.WEB_CHAT)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        _trust(here, codes.PORTAL)
        here.complete()
        script.now += 3_600
        script.chat(ticket)
        script.now += 60
        script.change_source(ticket, codes.PORTAL)
        here.complete()
        assert _threads(sandbox)[:2] == [ticket, ticket]
        assert sum(here.by_queue().values()) == 2


def test_a_ticket_without_stats_is_read() -> None:
    record = TicketRecord(
        **{"id": 2, "created_at": 1, "updated_at": 1, "group_id": None, "source": 1, "status": 2},
        **{"association_type": None, "spam": False, "deleted": False, "archived": False},
        **{"requester_responded_at": None, "agent_responded_at": None, "stats_digest": 0},
    )
    assert Shortcut().is_due(record)
    assert not Shortcut().is_due(record._replace(stats_digest=7))
    assert Shortcut(frozenset({1})).is_due(record._replace(stats_digest=7))
    assert Shortcut().is_due(record._replace(stats_digest=7, requester_responded_at=1))


def test_about_one_in_fifty_is_sampled() -> None:
    for first in (1, 10**6, 2**53):
        assert 150 <= sum(is_sampled(id_) for id_ in range(first, first + 10_000)) <= 250


def test_what_would_be_skipped_is_told_from_the_ticket_alone(tmp_path: Path, script: Script) -> None:
    answered, silent = _unsampled(script), _unsampled(script)
    script.reply(answered, at=script.now - DAY)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        _trust(here, codes.EMAIL)
        here.complete()
        with here.store.read() as connection:
            found = load_tickets(connection, 1, [answered, silent])
    assert would_skip(found[silent])
    assert would_skip(found[answered])  # read since, and no answer after that
