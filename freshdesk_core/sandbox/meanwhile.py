"""A desk that works while it is read: any account, with edits and new tickets from a moment on."""

from bisect import bisect_right
from collections.abc import Callable
from operator import itemgetter
from threading import RLock
from weakref import WeakKeyDictionary

from freshdesk_core.sandbox.account import Account, Event
from freshdesk_core.sandbox.application import Source
from freshdesk_core.sandbox.deeds import Deeds
from freshdesk_core.sandbox.seasons import HOUR, random_for
from freshdesk_core.sandbox.spoiling.call import Rate

AT_REST = Rate()
_EDITS, _NEW, _ASKED, _BULK = 90, 91, 92, 93  # purposes of ``random_for``


class Meanwhile:
    """An account with edits.

    A seeded world's own future ends where the edits begin: from then on only they happen, so that ids stay
    dense. A script goes on, and gives the ids of new tickets.

    Args:
        inner: The account underneath.
        starts_at: The second (epoch, UTC) at which edits begin.
        rate: Edits and new tickets per hour. They are a pure function of the arguments, as long as neither
            ``set_rate`` nor ``edit`` nor ``bulk`` is called.
        seed: Another number, other edits.
        account: The inner account at ``starts_at``, if at hand; it is only read.
    """

    def __init__(
        self,
        inner: Source,
        starts_at: int,
        rate: Rate = AT_REST,
        *,
        seed: int = 1,
        account: Account | None = None,
    ) -> None:
        self.busy_from, self.seed = starts_at, seed
        self._inner = inner
        self._take_id: Callable[[], int] | None = getattr(inner, "next_ticket_id", None)
        self._deeds = None if account is None else Deeds(account)
        self._log: list[Event] = []
        self._progress: WeakKeyDictionary[Account, int] = WeakKeyDictionary()
        self._rate, self._rate_from = rate, starts_at
        self._done = AT_REST
        self._asked = self._stretches = 0
        self._lock = RLock()

    def empty(self) -> Account:
        """The account before its first ticket."""
        return self._inner.empty()

    def at(self, now: int) -> Account:
        """Everything folded up to and including a second: what there is to be found."""
        account = self.empty()
        self.advance(account, now)
        return account

    def advance(self, account: Account, now: int) -> None:
        """Fold on what happened up to a second, below and here."""
        goes_on = self._take_id is not None
        self._inner.advance(account, now if goes_on else min(now, self.busy_from))
        with self._lock:
            self._write_until(now)
            first = self._progress.get(account, 0)
            last = bisect_right(self._log, now, lo=first, key=itemgetter(0))
            self._progress[account] = last
            events = self._log[first:last]
        account.fold(events)
        account.now = max(account.now, now)

    def set_rate(self, rate: Rate, now: int) -> None:
        """From now on so many edits and new tickets per hour."""
        if rate != self._rate:
            with self._lock:
                self._write_until(now)
                self._rate, self._rate_from, self._done = rate, now, AT_REST
                self._stretches += 1

    def edit(self, number: int, now: int) -> None:
        """So many edits happen now, with a new ticket among each ten."""
        with self._lock:
            self._write_until(now)
            for _ in range(number):
                self._asked += 1
                rng = random_for(self.seed, _ASKED, self._asked)
                if self._asked % 10 == 0:
                    self._log += self._deed().new(now, rng, self._take_id and self._take_id())
                else:
                    self._log += self._deed().edit(now, rng)

    def bulk(self, number: int, now: int) -> None:
        """So many tickets are changed now, in one second."""
        with self._lock:
            self._write_until(now)
            self._asked += 1
            self._log += self._deed().bulk(now, number, random_for(self.seed, _BULK, self._asked))

    def _deed(self) -> Deeds:
        if self._deeds is None:
            account = self._inner.empty()
            self._inner.advance(account, self.busy_from)
            self._deeds = Deeds(account)
        return self._deeds

    def _write_until(self, now: int) -> None:
        """Write what the rate has brought since the last time, in the order of time."""
        elapsed = now - self._rate_from
        due = Rate(max(elapsed * self._rate.edits // HOUR, 0), max(elapsed * self._rate.new // HOUR, 0))
        if due == self._done:
            return
        moments = [
            (self._second(number, per_hour), purpose, number)
            for purpose, per_hour, done, last in (
                (_EDITS, self._rate.edits, self._done.edits, due.edits),
                (_NEW, self._rate.new, self._done.new, due.new),
            )
            for number in range(done + 1, last + 1)
        ]
        self._done = due
        for at, purpose, number in sorted(moments):
            rng = random_for(self.seed, purpose, self._stretches << 32 | number)
            if purpose == _NEW:
                self._log += self._deed().new(at, rng, self._take_id and self._take_id())
            else:
                self._log += self._deed().edit(at, rng)

    def _second(self, number: int, per_hour: int) -> int:
        """When the rate brings its next one."""
        return self._rate_from - (-number * HOUR // per_hour)
