"""The world is a log: the same arguments give the same desk, everywhere and for ever."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from freshdesk_core.sandbox import World, codes, lines
from freshdesk_core.sandbox.account import OPERATIONS, Account, Event
from freshdesk_core.sandbox.records import Conversation
from freshdesk_core.sandbox.seasons import DAY, berlin_offset

DIGEST = """
import hashlib
from datetime import date
from freshdesk_core.sandbox import World
world = World(5, start_day=date(2026, 1, 5), tickets=600, days=60)
print(hashlib.sha256(repr(world.events(0, world.ends_at)).encode()).hexdigest())
"""


def test_another_process_with_another_hash_seed_sees_the_same_world() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    # A change of this digest is a change of every sample account: make it on purpose.
    assert digests == {"d97429ee9f2aaa246575410cb6f6a662d3dc3f9288351f5e60bca8524ef497b6\n"}


def test_a_world_seen_earlier_is_the_beginning_of_the_same_world_seen_later(world: World) -> None:
    """Also where the later one was written in one go, and the earlier one day by day."""
    again = World(7, start_day=date(2025, 3, 3), tickets=4_000, days=400)
    piecewise = again.empty()
    for day in range(again.first_day, again.first_day + 150):
        again.advance(piecewise, day * DAY + 43_200)

    at_once = world.at(piecewise.now)

    assert piecewise.tickets == at_once.tickets
    assert piecewise.conversations == at_once.conversations
    assert world.events(0, world.ends_at)[: at_once.version] == again.events(0, piecewise.now)


def test_another_seed_is_another_world() -> None:
    one, other = (World(seed, start_day=date(2026, 1, 5), tickets=50, days=10) for seed in (1, 2))
    assert one.events(0, one.ends_at) != other.events(0, other.ends_at)


def test_has_as_many_tickets_as_asked_for_and_goes_on_after_its_days(world: World) -> None:
    opened = [event for event in world.events(0, world.ends_at - 1) if event.act == "open"]
    later = [event for event in world.events(world.ends_at, world.ends_at + 7 * DAY) if event.act == "open"]

    assert len(opened) == 4_000
    assert later


@pytest.mark.parametrize(("tickets", "days"), [(1, 1), (1, 30), (300, 1)])
def test_small_worlds_stand_too(tickets: int, days: int) -> None:
    world = World(1, start_day=date(2026, 1, 5), tickets=tickets, days=days)
    opened = [event for event in world.events(0, world.ends_at - 1) if event.act == "open"]
    assert len(opened) == tickets
    assert world.at(world.starts_at - 1).tickets == {}


def test_ids_rise_with_time_and_leave_gaps(world: World) -> None:
    ids = [event.ticket_id for event in world.events(0, world.ends_at) if event.act == "open"]

    assert ids == sorted(ids)
    assert 1.005 < ids[-1] / len(ids) < 1.03


@pytest.fixture(scope="module")
def account(world: World) -> Account:
    return world.at(world.ends_at)


@pytest.fixture(scope="module")
def rows(account: Account) -> list[Conversation]:
    return [row for thread in account.conversations.values() for row in thread]


@pytest.fixture(scope="module")
def events(world: World) -> list[Event]:
    return world.events(0, world.ends_at)


CLASSES = {
    "survey feedback": lambda row: row.incoming and row.source == 6 and row.category == 7,
    "bot greeting": lambda row: row.source == 15 and row.category == 5 and row.user_id is None,
    "automatic answer": lambda row: row.auto_response and not row.incoming,
    "customer's out-of-office answer": lambda row: row.auto_response and row.incoming,
    "rule's answer": lambda row: row.automation_id is not None,
    "third party": lambda row: row.category == 6 and row.private,
    "forward": lambda row: row.source == 8 and row.private and not row.incoming,
    "private note": lambda row: row.source == 2 and row.private and not row.incoming,
    "private note from outside": lambda row: row.source == 2 and row.private and row.incoming,
    "public note": lambda row: row.source == 2 and not row.private,
    "agent's mail": lambda row: row.category == 3 and row.from_email,
    "customer's mail": lambda row: row.category == 1 and row.from_email and row.incoming,
    "portal answer": lambda row: row.category == 1 and row.source == 0 and not row.from_email,
    "web chat line of a customer": lambda row: row.source == 20 and row.incoming,
    "web chat line of an agent": lambda row: row.source == 20 and row.category == 3,
    "tweet": lambda row: row.source == 5 and row.incoming,
    "facebook post": lambda row: row.source == 7 and row.incoming,
    "phone": lambda row: row.source == 9 and row.incoming,
    "shop": lambda row: row.source == 11 and row.incoming,
    "edited": lambda row: row.last_edited_at is not None,
}


@pytest.mark.parametrize("name", CLASSES)
def test_every_kind_of_conversation_occurs(name: str, rows: list[Conversation]) -> None:
    assert any(CLASSES[name](row) for row in rows)


def test_mail_and_chat_meet_in_one_ticket_both_ways(account: Account) -> None:
    customers = {
        ticket_id: [row for row in thread if row.incoming and row.category == 1]
        for ticket_id, thread in account.conversations.items()
    }
    sources = {ticket_id: account.tickets[ticket_id].source for ticket_id in customers}

    assert any(sources[key] == 1 and any(row.source == 20 for row in customers[key]) for key in customers)
    assert any(sources[key] == 15 and any(row.from_email for row in customers[key]) for key in customers)


def test_web_chat_gives_its_opening_message_twice(world: World) -> None:
    account = world.at(world.starts_at + 30 * DAY)
    chat = next(ticket for ticket in account.tickets.values() if ticket.source == codes.WEB_CHAT)
    greeting, first = account.conversations[chat.id][:2]

    assert greeting.category == 5
    assert first.incoming and first.created_at - chat.created_at <= 1
    assert first.body and str(chat.id * 37 % 899_999) in first.body


def test_somebody_in_cc_answers_too(account: Account, rows: list[Conversation]) -> None:
    by_others = [
        row
        for row in rows
        if row.category == 1 and row.user_id != account.tickets[row.ticket_id].requester_id
    ]
    assert by_others


@pytest.mark.parametrize(
    "act",
    sorted(set(OPERATIONS) - {"open", "converse", "add_group"}),
)
def test_every_deed_occurs(act: str, events: list[Event]) -> None:
    assert any(event.act == act for event in events)


def test_every_state_occurs(world: World, account: Account) -> None:
    tickets = account.tickets.values()

    assert {ticket.stream for ticket in tickets} == {"default", "deleted", "spam", "archived"}
    assert {ticket.association_type for ticket in tickets} == {None, 1, 2, 3, 4}
    assert {ticket.status for ticket in tickets} >= {2, 3, 4, 5}
    born = [event for event in world.events(0, world.ends_at) if event.act == "open" and event.detail.spam]
    assert born
    months = (world.at(world.starts_at + month * 30 * DAY) for month in range(1, 13))
    assert any(ticket.spam and ticket.deleted for month in months for ticket in month.tickets.values())


def test_merged_tickets_are_closed_and_emptied_and_their_rows_move_with_their_ids(world: World) -> None:
    events = world.events(0, world.ends_at)
    merge = next(
        event
        for event in events
        if event.act == "merge" and world.at(event.at - 1).conversations.get(event.ticket_id)
    )
    before, after = world.at(merge.at - 1), world.at(merge.at)
    moved = {row.id for row in before.conversations[merge.ticket_id]}

    assert after.tickets[merge.ticket_id].status == codes.CLOSED
    assert [row.private for row in after.conversations[merge.ticket_id]] == [True]
    assert moved <= {row.id for row in after.conversations[merge.detail]}
    assert {row.ticket_id for row in after.conversations[merge.detail]} == {merge.detail}


def test_all_groups_and_sources_bring_tickets(world: World, account: Account) -> None:
    opened = [event.detail for event in world.events(0, world.ends_at) if event.act == "open"]
    without_group = sum(opening.group_id is None for opening in opened) / len(opened)

    assert {opening.source for opening in opened} == {line.source for line in lines.LINES}
    assert {opening.group_id for opening in opened} == {None, *lines.GROUP_NAMES}
    assert 0.02 < without_group < 0.06
    assert lines.DELETED_GROUP not in account.groups
    assert lines.DELETED_GROUP in {ticket.group_id for ticket in account.tickets.values()}
    assert account.groups[lines.TECHNICAL].name == "Technical Support"


def test_most_changes_are_no_contact(events: list[Event]) -> None:
    bumps = {(event.ticket_id, event.at) for event in events if event.act not in ("open", "archive", "purge")}
    contacts = {
        (event.ticket_id, event.at)
        for event in events
        if event.act == "converse"
        and event.detail.incoming
        and event.detail.category == 1
        and event.detail.source != codes.CHAT_MESSAGE
        and event.detail.from_email
    }
    assert 0.03 < len(contacts) / len(bumps) < 0.12


def test_jobs_at_full_hours_make_many_tickets_share_a_second(account: Account) -> None:
    seconds = Counter(ticket.updated_at for ticket in account.tickets.values())
    shared = sum(number for number in seconds.values() if number > 1)

    assert shared / len(account.tickets) > 0.4
    assert seconds.most_common(1)[0][1] >= 20


def test_calls_keep_office_hours_and_chats_the_evening(events: list[Event]) -> None:
    hours: dict[int, Counter[int]] = {codes.PHONE: Counter(), codes.WEB_CHAT: Counter()}
    for event in events:
        if event.act == "open" and event.detail.source in hours:
            hours[event.detail.source][(event.at + berlin_offset(event.at // DAY)) // 3600 % 24] += 1

    assert set(hours[codes.PHONE]) <= set(range(7, 18))
    assert max(hours[codes.WEB_CHAT], key=hours[codes.WEB_CHAT].__getitem__) in range(17, 22)


def test_an_outage_a_campaign_and_a_holiday_show(world: World, events: list[Event]) -> None:
    per_day = Counter(event.at // DAY for event in events if event.act == "open")
    usual = 4_000 / 400
    seasons = world._seasons
    campaign = sum(per_day[seasons.campaign_from + age] for age in range(7)) / 7
    christmas = date(2025, 12, 25).toordinal() - date(1970, 1, 1).toordinal()

    assert per_day[seasons.outage_day] <= 0.2 * usual < per_day[seasons.outage_day + 1]
    assert campaign > 1.3 * usual
    assert per_day[christmas] < 0.6 * usual


def test_stats_tell_of_every_customer_reply_outside_live_channels(account: Account) -> None:
    """A reader may skip threads by their stats; merged ones included."""
    for ticket in account.tickets.values():
        replies = [
            row.created_at
            for row in account.conversations.get(ticket.id, [])
            if row.incoming and row.category == codes.BY_CUSTOMER and not row.auto_response
        ]
        if replies and ticket.source not in lines.LIVE_SOURCES:
            assert (ticket.stats.requester_responded_at or 0) >= max(replies), ticket


def test_times_are_consistent(account: Account) -> None:
    for ticket in account.tickets.values():
        assert ticket.created_at <= ticket.updated_at <= account.now
        for row in account.conversations.get(ticket.id, []):
            assert row.ticket_id == ticket.id
            assert row.updated_at <= ticket.updated_at


def test_nothing_happens_to_a_ticket_in_spam_or_trash_but_its_end(events: list[Event]) -> None:
    hidden: set[int] = set()
    for event in events:
        if event.ticket_id in hidden and event.act in ("converse", "set_status", "merge"):
            pytest.fail(f"{event} on a hidden ticket")
        if event.act in ("trash", "mark_spam") or (event.act == "open" and event.detail.spam):
            hidden.add(event.ticket_id)
        if event.act in ("restore", "unmark_spam"):
            hidden.discard(event.ticket_id)
