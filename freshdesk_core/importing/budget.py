"""One budget of calls per account, over all threads, processes and machines that share a store.

Each process keeps its own limiter, which learns the plan from the answers and paces its threads. On top, it
draws its calls from the store in blocks of at most a second's budget, so that the processes together
stay within the share as well, and a 429 that one of them meets holds back all.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from freshdesk_core.api import MinuteLimiter, shared_limiter
from freshdesk_core.api.limiter import WINDOW, Allowance
from freshdesk_core.store import Store, budgets

BLOCK_SECONDS = 1.0
# A block may be spent until it is this old, and the call may be counted when its answer comes.
SLACK_SECONDS = 5.0


@dataclass
class Block:
    """Credits that were drawn and not spent yet, and until when (epoch seconds) they may be."""

    left: int = 0
    good_until: float = -math.inf
    lock: threading.Lock = field(default_factory=threading.Lock)


class SharedLimiter:
    """A limiter whose budget all processes on a store share.

    Args:
        store: Where the draws are booked.
        account: The account's domain.
        own: The limiter of this process for that account.
        wall_clock: Epoch seconds; the machines' clocks are taken to agree within a second or so.
        block: What this process has in hand; by default nothing, and nobody else's.
    """

    def __init__(
        self,
        store: Store,
        account: str,
        own: MinuteLimiter,
        wall_clock: Callable[[], float] = time.time,
        block: Block | None = None,
    ) -> None:
        self._store, self._account, self._own, self._wall_clock = store, account, own, wall_clock
        self._block = block or Block()
        self._waits_until: float | None = None

    def acquire(self, is_list: bool, sleep: Callable[[float], None], cost: int | None = None) -> int:
        """Wait until a call may go; return the credits set aside for it."""
        reserved = self._own.acquire(is_list, sleep, cost)
        try:
            while (seconds := self._take(reserved, is_list)) > 0:
                sleep(seconds)
        except BaseException:
            self._own.settle(reserved, is_list, Allowance(used=0))
            raise
        return reserved

    def settle(self, reserved: int, is_list: bool, allowance: Allowance) -> None:
        """Report a call as over, whatever came of it."""
        self._own.settle(reserved, is_list, allowance)
        if allowance.used is not None:
            with self._block.lock:
                # What it did not cost may be spent from the block in hand; what it cost more is owed.
                self._block.left += reserved - allowance.used

    def pause(self, seconds: float) -> None:
        """Let nobody call for so long, in any process: Freshdesk said 429."""
        self._own.pause(seconds)
        with self._block.lock:
            self._block.left = min(self._block.left, 0)
        until = self._wall_clock() + seconds
        with self._store.write() as connection:
            present = budgets.budget(connection, self._account)
            if present.paused_until < until:
                budgets.keep(connection, self._account, replace(present, paused_until=until))

    @property
    def waiting_until(self) -> int | None:
        """When the calls that wait now may go (epoch seconds); None when none waits."""
        with self._block.lock:
            shared = self._waits_until
        if shared is not None and shared > self._wall_clock():
            return math.ceil(shared)
        return self._own.waiting_until

    def _take(self, credits_: int, is_list: bool) -> float:
        """Take a call from the block in hand or from a new one; else the seconds to wait."""
        with self._block.lock:
            now = self._wall_clock()
            if (seconds := self._paused_for(now)) > 0:
                self._block.left = min(self._block.left, 0)
                self._waits_until = now + seconds
                return seconds
            if not is_list and self._block.left >= credits_ and now < self._block.good_until:
                self._block.left -= credits_
                return 0.0
            self._waits_until = None
            return self._draw(now, credits_, is_list)

    def _paused_for(self, now: float) -> float:
        """For how long nobody may call, whatever he has in hand: some process met a 429."""
        with self._store.read() as connection:
            return budgets.paused_until(connection, self._account) - now

    def _draw(self, now: float, credits_: int, is_list: bool) -> float:
        with self._store.write() as connection:
            budget = self._budget(connection)
            if budget.paused_until > now:  # since it was looked at
                self._waits_until = budget.paused_until
                return budget.paused_until - now
            # A list call is drawn by itself; its limit is small.
            second = math.floor(budget.credits * BLOCK_SECONDS / WINDOW)
            if not is_list:
                credits_ += max(0, -self._block.left)  # calls that cost more than was drawn for them
            block = credits_ if is_list else max(credits_, second)
            present = budgets.drawn(connection, self._account, now - WINDOW - SLACK_SECONDS)
            room = budget.credits - present.credits
            # One call alone always may, or a tiny budget would end all.
            if not present.is_first and (room < credits_ or (is_list and present.lists >= budget.lists)):
                lacking = credits_ - room, int(is_list) * (present.lists + 1 - budget.lists)
                freed_at = budgets.freed_from(connection, self._account, *lacking)
                self._waits_until = freed_at + WINDOW + SLACK_SECONDS
                return BLOCK_SECONDS  # another process may give back what it drew
            taken = max(credits_, min(block, room))
            budgets.book(connection, self._account, now, credits_=taken, lists=int(is_list))
        if not is_list:
            self._block.left, self._block.good_until = taken - credits_, now + BLOCK_SECONDS
        return 0.0

    def _budget(self, connection: Connection) -> budgets.Budget:
        """The budget as this process knows it, else as another one learned it before."""
        kept = budgets.budget(connection, self._account)
        credits_, lists = self._own.budgets
        if not self._own.is_told and kept.credits:
            return kept
        known = replace(kept, credits=credits_, lists=lists)
        if self._own.is_told and known != kept:
            budgets.keep(connection, self._account, known)
        return known


def limiter_of(store: Store, account: str) -> SharedLimiter:
    """The limiter of an account for this process, on the budget that all processes on the store share."""
    with _in_hand_lock:
        block = _in_hand.setdefault((store.url, account), Block())
    return SharedLimiter(store, account, shared_limiter(account), block=block)


# A client that ends leaves its block to the next one of the process: thrown away, a second's budget would go
# with each of many short imports.
_in_hand: dict[tuple[str, str], Block] = {}
_in_hand_lock = threading.Lock()
