"""Two processes, one budget: together they keep to the share, and a 429 holds back both."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freshdesk_core.api import MinuteLimiter
from freshdesk_core.api.limiter import Allowance
from freshdesk_core.importing.budget import SharedLimiter
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.databases import on_sqlite

ACCOUNT = "example.freshdesk.com"


@dataclass
class Time:
    """A clock that the sleeper moves."""

    now: float = 1_795_000_000.0
    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


@pytest.fixture
def store_factory(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    made: list[Store] = []

    def make() -> Store:
        home = tmp_path / str(len(made))
        made.append(Store.open(Settings.from_environment(on_sqlite(home))))
        return made[-1]

    yield make
    for store in made:
        store.close()


def _process(store: Store, time: Time, total: float) -> SharedLimiter:
    own = MinuteLimiter(clock=time, wall_clock=time)
    own.settle(own.acquire(False, time.sleep), False, Allowance(total=total, used=0))
    return SharedLimiter(store, ACCOUNT, own, wall_clock=time)


def _call(limiter: SharedLimiter, time: Time, *, is_list: bool, cost: int) -> float:
    reserved = limiter.acquire(is_list, time.sleep)
    began = time.now
    limiter.settle(reserved, is_list, Allowance(used=cost))
    return began


@given(
    calls=st.lists(st.tuples(st.integers(0, 1), st.booleans(), st.floats(0, 3)), min_size=50, max_size=200),
    total=st.sampled_from([50.0, 200.0, 400.0]),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_processes_keep_to_the_share_together(store_factory: Callable[[], Store], calls, total):
    """In no 60 seconds do both together spend more than 80 % of the budget, or of the list limit."""
    store, time = store_factory(), Time()
    both = [_process(store, time, total) for _ in range(2)]
    spent = []
    for which, is_list, pause in calls:
        cost = 3 if is_list else 1
        spent.append((_call(both[which], time, is_list=is_list, cost=cost), cost, is_list))
        time.now += pause
    lists = {50.0: 16, 200.0: 16, 400.0: 80}[total]
    for at, _cost, _is_list in spent:
        window = [one for one in spent if at <= one[0] < at + 60]
        assert sum(cost for _at, cost, _is_list in window) <= 0.8 * total
        assert sum(is_list for _at, _cost, is_list in window) <= lists


@pytest.mark.parametrize("drawn", [0, 2], ids=["nothing drawn", "a block in hand"])
def test_a_429_of_one_process_holds_back_the_other(store_factory: Callable[[], Store], drawn: int):
    """Also one that has drawn its calls of this second already."""
    store, time = store_factory(), Time()
    one, other = (_process(store, time, 400.0) for _ in range(2))
    for _ in range(drawn):
        _call(other, time, is_list=False, cost=1)
    one.pause(34)
    began = _call(other, time, is_list=False, cost=1)
    assert began >= 1_795_000_000.0 + 34
    assert sum(time.naps) == pytest.approx(34)
    assert other.waiting_until is None


def test_who_waits_for_what_another_process_spent_knows_until_when(store_factory: Callable[[], Store]):
    """It looks again every second, for there may be room before; told is when there will be."""
    store, time = store_factory(), Time()
    one, other = (_process(store, time, 400.0) for _ in range(2))
    began = time.now
    for _ in range(320):
        _call(one, time, is_list=False, cost=1)
    told = []

    def look(seconds: float) -> None:
        told.append(other.waiting_until)
        time.sleep(seconds)

    other.acquire(False, look)
    assert time.now - began > 60
    assert set(told) == {began + 65}
    assert other.waiting_until is None


def test_a_large_budget_is_drawn_in_few_blocks(store_factory: Callable[[], Store]):
    """At an unlimited plan thousands of calls cost one transaction a second, not one each."""
    store, time = store_factory(), Time()
    process = _process(store, time, 1_000_000.0)
    for _ in range(2000):
        _call(process, time, is_list=False, cost=1)
    with store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM budget_draws").scalar() == 1


def test_what_a_call_cost_more_than_was_drawn_for_it_is_drawn_with_the_next(
    store_factory: Callable[[], Store],
):
    store, time = store_factory(), Time()
    process = _process(store, time, 50.0)
    for cost in (5, 1):
        _call(process, time, is_list=False, cost=cost)
        time.now += 2
    with store.read() as connection:
        drawn = connection.exec_driver_sql("SELECT sum(credits) FROM budget_draws").scalar()
    # The first call was thought to cost one; from then on every call is thought to cost five.
    assert drawn == 1 + 4 + 5


def test_a_new_process_after_a_killed_one_knows_the_plan(store_factory: Callable[[], Store]):
    """What a dead process drew counts for its minute, but against the plan that it learned."""
    store, time = store_factory(), Time()
    dead = _process(store, time, 1_000_000.0)
    _call(dead, time, is_list=False, cost=1)
    fresh = SharedLimiter(store, ACCOUNT, MinuteLimiter(clock=time, wall_clock=time), wall_clock=time)
    _call(fresh, time, is_list=True, cost=3)
    _call(fresh, time, is_list=False, cost=1)
    assert time.naps == []


def test_a_stop_while_waiting_gives_the_call_back(store_factory: Callable[[], Store]):
    store, time = store_factory(), Time()
    one, other = (_process(store, time, 400.0) for _ in range(2))
    one.pause(34)

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        other.acquire(False, stop)
    time.now += 40
    for _ in range(320):
        _call(other, time, is_list=False, cost=1)
    assert time.now <= 1_795_000_000.0 + 100
