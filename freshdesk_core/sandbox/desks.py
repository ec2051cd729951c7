"""Ready-made desks of known content, for trials and tests: W1 to W4.

Each is quick to build and the same in every process. Unless it is served live it stands still at its end.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from operator import itemgetter

from freshdesk_core.sandbox.account import Account, Event
from freshdesk_core.sandbox.deskwork import GROUPS, Shares, written
from freshdesk_core.sandbox.meanwhile import Meanwhile
from freshdesk_core.sandbox.people import staff
from freshdesk_core.sandbox.records import Group
from freshdesk_core.sandbox.seasons import DAY, EPOCH_ORDINAL
from freshdesk_core.sandbox.spoiling.call import Rate

LAST_DAY = date(2026, 11, 15)
LIVE = Rate(600, 60)


class Log:
    """An account whose whole history is written beforehand."""

    def __init__(self, events: list[Event], starts_at: int) -> None:
        self._events, self._starts_at = events, starts_at

    def empty(self) -> Account:
        """The account before its first ticket."""
        groups = [
            Group(group_id, name, self._starts_at, self._starts_at) for group_id, name in GROUPS.items()
        ]
        return Account(groups, staff())

    def advance(self, account: Account, now: int) -> None:
        """Fold on what happened since the account's own time."""
        if now > account.now:
            at = itemgetter(0)
            first = bisect_right(self._events, account.now, key=at)
            account.fold(self._events[first : bisect_right(self._events, now, key=at)])
            account.now = now


class Desk(Meanwhile):
    """A ready-made desk; after ``ends_at`` only what its live rate brings happens.

    Attributes:
        starts_at, ends_at: Its first second, and the one after its last.
        present: The second it is shown at, unless asked otherwise; served live, its time runs on from here.
    """

    def __init__(self, events: list[Event], days: int, rate: Rate, seed: int) -> None:
        self.ends_at = self.present = _end()
        self.starts_at = self.ends_at - days * DAY
        super().__init__(Log(events, self.starts_at), self.ends_at, rate, seed=seed)


def w1(seed: int = 1, *, size: float = 1.0, archived: float = 0.0) -> Desk:
    """The usual desk, with every trait that an import may stumble over.

    12,000 tickets and 31,000 conversations over 350 days with two changes of the clock; 9 groups and none,
    all sources and 137, 3 % trashed, 2 % spam, 1 % merged, 8 % of the ids gone for ever, 250 tickets changed
    in one second, ids of conversations and of one group above 2^53. Served live: 600 edits and 60 new
    tickets an hour.

    Args:
        seed: Another number, another desk.
        size: Share of tickets, conversations and the bulk second; 0.1 for quick tests.
        archived: Share of the tickets that are archived (in no list, by id only).
    """
    shares = Shares(trashed=0.03, spam=0.02, merged=0.01, gone=0.08, archived=archived)
    tickets = int(12_000 * size)
    events = written(seed, _end(), 350, tickets, int(31_000 * size), shares, bulk=int(250 * size))
    return Desk(events, 350, LIVE, seed)


def w2(seed: int = 1) -> Desk:
    """35,000 tickets over three years, 7,000 conversations: more than 300 pages list."""
    shares = Shares(trashed=0.01, spam=0.01, gone=0.02)
    return Desk(written(seed, _end(), 1_096, 35_000, 7_000, shares, bulk=0), 1_096, LIVE, seed)


def w3(seed: int = 1) -> Desk:
    """800 tickets and 2,000 conversations over 60 days, otherwise as W1: small enough to be killed often."""
    shares = Shares(trashed=0.03, spam=0.02, merged=0.01, gone=0.08)
    return Desk(written(seed, _end(), 60, 800, 2_000, shares, bulk=16), 60, LIVE, seed)


def w4(seed: int = 1, *, others: int = 0, conversations: int = 5_000) -> Desk:
    """One ticket with 5,000 conversations.

    Args:
        seed: Another number, another desk.
        others: Further tickets beside it, with two conversations each.
        conversations: Of the long one, whose id is 1.
    """
    events = written(
        seed, _end(), 90, others + 1, conversations + 2 * others, Shares(), bulk=0, longest=conversations
    )
    return Desk(events, 90, LIVE, seed)


DESKS: dict[str, Callable[[int], Desk]] = {"W1": w1, "W2": w2, "W3": w3, "W4": w4}


def _end() -> int:
    return (LAST_DAY.toordinal() - EPOCH_ORDINAL) * DAY
