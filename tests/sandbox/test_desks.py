"""The ready-made desks hold exactly what they promise."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from freshdesk_core.sandbox import Sandbox, codes, w1, w2, w3, w4
from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.command import DESK_NAMES
from freshdesk_core.sandbox.desks import DESKS, Desk
from freshdesk_core.sandbox.spoiling.drift import BIG
from tests.sandbox.wire import ask

DIGEST = """
import hashlib
from freshdesk_core.sandbox import w1
desk = w1(3, size=0.1)
account = desk.at(desk.present + 1800)
print(hashlib.sha256(repr((sorted(account.tickets.items()), sorted(account.conversations.items()))).encode())
.hexdigest())
"""


@pytest.fixture(scope="module")
def desk() -> Desk:
    return w1()


@pytest.fixture(scope="module")
def account(desk: Desk) -> Account:
    return desk.at(desk.present)


def test_w1_has_exactly_its_tickets_conversations_and_fates(account: Account) -> None:
    streams = Counter(ticket.stream for ticket in account.tickets.values())
    rows = [row for thread in account.conversations.values() for row in thread]
    assert (len(account.tickets), len(rows)) == (12_000, 31_000)
    assert streams == {"default": 11_400, "deleted": 360, "spam": 240}
    assert account.last_ticket_id == max(account.tickets) == 13_043
    assert len({row.id for row in rows}) == 31_000
    assert sum(row.id > BIG for row in rows) > 10_000


def test_w1_has_its_groups_and_sources(account: Account) -> None:
    tickets = account.tickets.values()
    assert {ticket.source for ticket in tickets} == {*codes.SOURCE_CHOICES.values(), 137}
    assert {ticket.group_id for ticket in tickets} == {None, *account.groups}
    assert len(account.groups) == 9
    assert max(account.groups) == BIG + 1
    assert 0.02 < sum(ticket.group_id is None for ticket in tickets) / 12_000 < 0.1


def test_w1_has_a_bulk_second_merges_and_two_changes_of_the_clock(desk: Desk, account: Account) -> None:
    seconds = Counter(ticket.updated_at for ticket in account.tickets.values())
    assert [number for _, number in seconds.most_common(2)] == [250, 9]
    merges = [event for event in desk._inner._events if event.act == "merge"]  # type: ignore[attr-defined]
    assert len(merges) == 120
    assert all(account.tickets[event.ticket_id].status == codes.CLOSED for event in merges)
    zone = ZoneInfo("Europe/Amsterdam")
    offsets = [
        datetime.fromtimestamp(at, UTC).astimezone(zone).utcoffset()
        for at in range(desk.starts_at, desk.ends_at, 86_400)
    ]
    assert sum(one != other for one, other in pairwise(offsets)) == 2


def test_w1_has_every_kind_of_conversation(account: Account) -> None:
    rows = [row for thread in account.conversations.values() for row in thread]
    assert {row.category for row in rows} == {1, 2, 3, 5, 6, 7}
    assert {row.source for row in rows} >= {0, 2, 6, 8, 13, 15, 20}
    assert any(row.auto_response for row in rows)
    assert any(row.automation_id for row in rows)
    assert any(row.incoming and row.private for row in rows)


@pytest.mark.parametrize("make", [lambda: w1(2, size=0.2), lambda: w3(2), lambda: w4(2, others=3)])
def test_times_are_consistent_and_all_before_the_end(make: Callable[[], Desk]) -> None:
    desk = make()
    account = desk.at(desk.present)
    for ticket in account.tickets.values():
        assert desk.starts_at <= ticket.created_at <= ticket.updated_at < desk.ends_at
        for row in account.conversations.get(ticket.id, ()):
            assert row.ticket_id == ticket.id
            assert row.updated_at <= ticket.updated_at


@pytest.mark.parametrize(
    ("make", "tickets", "conversations", "listed"),
    [(w2, 35_000, 7_000, 34_300), (w3, 800, 2_000, 760), (w4, 1, 5_000, 1)],
)
def test_the_other_desks_have_their_sizes(
    make: Callable[[], Desk], tickets: int, conversations: int, listed: int
) -> None:
    desk = make()
    account = desk.at(desk.present)
    assert len(account.tickets) == tickets
    assert sum(map(len, account.conversations.values())) == conversations
    assert sum(ticket.stream == "default" for ticket in account.tickets.values()) == listed


def test_smaller_with_archived_tickets_and_with_others_beside_the_long_one() -> None:
    small = w1(size=0.1, archived=0.02)
    account = small.at(small.present)
    assert Counter(ticket.stream for ticket in account.tickets.values())["archived"] == 24
    assert sum(map(len, account.conversations.values())) == 3_100
    long = w4(others=5, conversations=400)
    assert sorted(map(len, long.at(long.present).conversations.values())) == [2] * 5 + [400]


def test_another_process_with_another_hash_seed_sees_the_same_desk_and_the_same_live_edits() -> None:
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
    assert len(digests) == 1


def test_live_it_gets_600_edits_and_60_tickets_an_hour(desk: Desk, account: Account) -> None:
    later = desk.at(desk.present + 3_600)
    assert len(later.tickets) - len(account.tickets) == 60
    assert later.version - account.version == 660


def test_served_it_stands_still_and_live_it_runs_on_from_its_end() -> None:
    now = [50.0]
    desk = w3()
    with Sandbox(desk, wall=lambda: now[0]) as sandbox:
        assert sandbox.now() == desk.present
        now[0] += 3_600
        assert sandbox.now() == desk.present
    with Sandbox(desk, live=True, wall=lambda: now[0]) as sandbox:
        now[0] += 3_600
        newest = ask(sandbox, "tickets?per_page=100&updated_since=2026-11-15").json
        assert sandbox.truth().tickets == desk.at(desk.present + 3_600).tickets
    assert len(newest) == 100


def test_the_command_serves_a_desk() -> None:
    assert tuple(DESKS) == DESK_NAMES
    command = [sys.executable, "-m", "freshdesk_core.sandbox", "--world", "W3", "--until-stdin-closes"]
    said = subprocess.run(
        [*command, "--faults", "5xx=20%"], input="", capture_output=True, text=True, check=True
    )
    assert '"domain": "127.0.0.1:' in said.stdout
