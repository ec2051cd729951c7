"""A made-up support desk as a log of events: the same arguments give the same world, for ever."""

from bisect import bisect_right
from datetime import date
from itertools import accumulate
from operator import itemgetter
from random import Random
from threading import Lock

from freshdesk_core.sandbox import codes, lines
from freshdesk_core.sandbox.account import Account, Event
from freshdesk_core.sandbox.fates import Fates
from freshdesk_core.sandbox.people import staff
from freshdesk_core.sandbox.records import Group, Opening
from freshdesk_core.sandbox.seasons import (
    DAY,
    EPOCH_ORDINAL,
    Seasons,
    berlin_offset,
    random_for,
    second_of_day,
)
from freshdesk_core.sandbox.stories import tell
from freshdesk_core.sandbox.story import Story

TYPES = ("Question", "Question", "Incident", "Problem", "Refund", None)
PRIORITIES = (1, 1, 1, 2, 2, 3, 4)


class World:
    """A support desk whose history is a pure function of its arguments.

    Args:
        seed: Any number; another seed is another desk.
        start_day: The day (UTC) of the first ticket.
        tickets: How many tickets come in over ``days``, the later spam and trash among them.
        days: Over how many days; the world goes on after them at the same pace.

    Its log is written day by day, only as far as someone looks. Ids rise by one, with a gap where a
    ticket was purged or never seen.
    """

    def __init__(self, seed: int = 1, *, start_day: date, tickets: int = 5_000, days: int = 180) -> None:
        self.seed, self.start_day, self.tickets, self.days = seed, start_day, tickets, days
        self.first_day = start_day.toordinal() - EPOCH_ORDINAL
        self._seasons = Seasons(seed, self.first_day, days)
        in_days = sum(sum(self._seasons.weights(self.first_day + age)) for age in range(days))
        self._tickets_per_weight = tickets / in_days
        self._weight = 0.0
        self._opened = 0
        self._next_id = 1
        self._next_day = self.first_day
        self._fates = Fates()
        self._log: list[Event] = self._news()
        self._lock = Lock()

    @property
    def starts_at(self) -> int:
        """The first second of the world."""
        return self.first_day * DAY

    @property
    def ends_at(self) -> int:
        """The first second after ``days``."""
        return (self.first_day + self.days) * DAY

    def empty(self) -> Account:
        """The account before its first ticket."""
        groups = [
            Group(group_id, name, self.starts_at, self.starts_at)
            for group_id, name in lines.GROUP_NAMES.items()
        ]
        return Account(groups, staff())

    def at(self, now: int) -> Account:
        """Everything folded up to and including a second (epoch, UTC)."""
        account = self.empty()
        self.advance(account, now)
        return account

    def advance(self, account: Account, now: int) -> None:
        """Fold on what happened since the account's own time; time never runs back."""
        if now > account.now:
            account.fold(self.events(account.now, now))
            account.now = now

    def events(self, after: int, until: int) -> list[Event]:
        """The log's events with ``after < at <= until``, in order."""
        with self._lock:
            self._write_through(until // DAY)
            first = bisect_right(self._log, after, key=itemgetter(0))
            return self._log[first : bisect_right(self._log, until, key=itemgetter(0))]

    def _write_through(self, day: int) -> None:
        if self._next_day > day:
            return
        while self._next_day <= day:
            self._write_day(self._next_day)
            self._next_day += 1
        self._log.sort(key=itemgetter(0, 1, 2))

    def _write_day(self, day: int) -> None:
        """Draw the day's tickets, sort them by time, tell each one's whole life."""
        weights = self._seasons.weights(day)
        steps = list(accumulate(weights))
        self._weight += steps[-1]
        number = int(self._weight * self._tickets_per_weight + 1e-6) - self._opened
        rng, offset = random_for(self.seed, 2, day), berlin_offset(day)
        arrivals = []
        for _ in range(number):
            line = lines.LINES[min(bisect_right(steps, rng.random() * steps[-1]), len(steps) - 1)]
            arrivals.append((day * DAY + second_of_day(rng, line.hours, offset), line))
        arrivals.sort(key=itemgetter(0))
        for at, line in arrivals:
            self._write_ticket(at, line)
        self._opened += number

    def _write_ticket(self, at: int, line: lines.Line) -> None:
        rng = random_for(self.seed, 3, self._next_id)
        story = Story(self._next_id, line.group_id, line.source, at, rng)
        association_type = _association(story)
        born_spam = association_type is None and self._fates.is_born_spam(story)
        story.do("open", _opening(story, born_spam, association_type, rng))
        tell(story)
        self._log += self._fates.settle(story, born_spam=born_spam, association_type=association_type)
        # Some ids are never seen: blocked senders, tickets purged by hand at once.
        self._next_id += 2 if rng.random() < 0.013 else 1

    def _news(self) -> list[Event]:
        """What happens to the groups: one is renamed, one deleted."""
        renamed_at = (self.first_day + self.days * 45 // 100) * DAY + 32_400
        deleted_at = (self.first_day + self.days * 55 // 100) * DAY + 32_400
        group_id, name = lines.RENAMED_GROUP
        return [
            Event(renamed_at, group_id, 0, "rename_group", name),
            Event(deleted_at, lines.DELETED_GROUP, 0, "delete_group"),
        ]


def _association(story: Story) -> int | None:
    """Agents split off child tickets and gather incidents under trackers."""
    share = story.rng.random()
    if story.group_id is None or story.source not in (codes.EMAIL, codes.PORTAL, codes.PHONE):
        return None
    return codes.CHILD if share < 0.018 else codes.TRACKER if share < 0.022 else None


def _opening(story: Story, born_spam: bool, association_type: int | None, rng: Random) -> Opening:
    return Opening(
        story.source,
        story.group_id,
        story.requester_id,
        story.agent_id if rng.random() < 0.3 else None,
        PRIORITIES[int(rng.random() * len(PRIORITIES))],
        TYPES[int(rng.random() * len(TYPES))],
        spam=born_spam,
        association_type=association_type,
    )
