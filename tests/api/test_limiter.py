"""Never more than our share of the account's budget, in any sixty seconds."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freshdesk_core.api.headers import allowance, pause_seconds
from freshdesk_core.api.limiter import Allowance, MinuteLimiter, shared_limiter
from freshdesk_core.sandbox.limits import PLANS, Limits
from tests.api.fakes import Clock

FIRST = Allowance(used=0)


def limiter(clock: Clock, total: float) -> MinuteLimiter:
    """A limiter that has heard the account's total."""
    made = MinuteLimiter(clock=clock, wall_clock=clock)
    made.settle(made.acquire(False, clock.sleep), False, Allowance(total=total, used=0))
    return made


def call(made: MinuteLimiter, clock: Clock, is_list: bool = False, took: float = 0.0, used: int = 1) -> float:
    """One call; returns when Freshdesk counted it, which is somewhere between start and end."""
    reserved = made.acquire(is_list, clock.sleep)
    started = clock.now
    clock.now += took
    made.settle(reserved, is_list, Allowance(used=used))
    return started


def worst_minute(times: list[tuple[float, int]]) -> int:
    """The most credits within any 60 s (half-open)."""
    return max(sum(credits for at, credits in times if start <= at < start + 60) for start, _ in times)


@pytest.mark.parametrize(("total", "budget"), [(50, 40), (200, 160), (400, 320), (700, 560)])
def test_a_minute_holds_four_fifths_of_the_total_and_then_pauses(total, budget):
    clock = Clock()
    made = limiter(clock, total)

    for _ in range(budget):
        call(made, clock)
    assert clock.naps == []

    call(made, clock)
    assert 59 <= sum(clock.naps) <= 61


@settings(max_examples=150, deadline=None)
@given(
    total=st.sampled_from([50.0, 200.0, 400.0]),
    calls=st.lists(
        st.tuples(
            st.booleans(),
            st.floats(0, 90, allow_nan=False),
            st.floats(0, 12, allow_nan=False),
            st.integers(1, 4),
            st.floats(0, 1),
        ),
        max_size=30,
    ),
    burst=st.integers(1, 25),
)
def test_no_sliding_minute_ever_holds_more_than_our_share(total, calls, burst):
    """Whenever between its start and its end Freshdesk counts a call, and whatever it costs."""
    clock = Clock()
    made = limiter(clock, total)
    seen, lists = [], []
    for is_list, idle, took, used, when in calls:
        clock.now += idle if idle > 45 else 0
        for _ in range(burst):
            cost = 3 if is_list else 1
            started = call(made, clock, is_list, took, used=min(used, cost))
            at = started + when * took
            seen.append((at, min(used, cost)))
            if is_list:
                lists.append((at, 1))
    if seen:
        assert worst_minute(seen) <= 0.8 * total
    if lists:
        assert worst_minute(lists) <= {50.0: 16, 200.0: 16, 400.0: 80}[total]


@pytest.mark.parametrize("plan", ["trial", "growth", "pro", "enterprise"])
def test_the_sandbox_never_has_to_refuse_us(plan):
    """Its minutes begin when they like; ours fit into any of them."""
    clock = Clock()
    account = Limits(PLANS[plan], clock)
    made = MinuteLimiter(clock=clock, wall_clock=clock)
    for number in range(2000):
        is_list = number % 3 == 0
        reserved = made.acquire(is_list, clock.sleep)
        clock.now += 0.04
        granted = account.take(3 if is_list else 1, is_list=is_list)
        assert granted.granted
        total, used = float(PLANS[plan].calls), 3 if is_list else 1
        made.settle(reserved, is_list, Allowance(total, float(granted.remaining), used))


def test_calls_in_flight_count_too():
    """Threads that have not come back hold their part of the budget."""
    clock = Clock()
    made = limiter(clock, 50)
    flying = [made.acquire(False, clock.sleep) for _ in range(40)]
    landed = threading.Event()

    def land_them(seconds: float) -> None:
        clock.sleep(seconds)
        if not landed.is_set():
            landed.set()
            for reserved in flying:
                made.settle(reserved, False, Allowance(used=1))

    made.acquire(False, land_them)

    assert landed.is_set()
    assert sum(clock.naps) >= 60


def test_calls_in_flight_count_with_what_they_will_cost():
    """Tickets that are looked up cost two credits each; twenty at once are all that a trial's share holds."""
    clock = Clock()
    made = limiter(clock, 50)
    for _ in range(20):
        made.acquire(False, clock.sleep, 2)
    assert clock.naps == []

    class Waits(Exception):
        pass

    def wait(_seconds: float) -> None:
        raise Waits

    with pytest.raises(Waits):
        made.acquire(False, wait, 1)


def test_a_call_that_costs_more_than_expected_is_a_lesson():
    clock = Clock()
    made = limiter(clock, 400)
    made.settle(made.acquire(False, clock.sleep, 2), False, Allowance(used=3))
    assert made.acquire(False, clock.sleep, 2) == 3
    assert made.acquire(True, clock.sleep) == 3


@pytest.mark.parametrize(
    ("total", "lists"), [(50, 16), (200, 16), (400, 80), (700, 160), (1000, 240), (2000, 320), (1e6, 160000)]
)
def test_the_list_has_a_limit_of_its_own(total, lists):
    clock = Clock()
    made = limiter(clock, total)
    made.settle(
        made.acquire(True, clock.sleep), True, Allowance(used=1)
    )  # a list call costs one, says the server
    for _ in range(lists - 1):
        call(made, clock, is_list=True)
    assert clock.naps == []

    call(made, clock, is_list=True)
    assert clock.naps != []


def test_other_calls_go_on_while_the_list_is_exhausted():
    clock = Clock()
    made = limiter(clock, 200)
    for _ in range(16):
        call(made, clock, is_list=True)

    call(made, clock)

    assert clock.naps == []


def test_the_list_on_growth_never_passes_twenty_calls_a_minute():
    clock = Clock()
    made = limiter(clock, 200)
    times = [(call(made, clock, is_list=True, took=0.3, used=3), 1) for _ in range(200)]

    assert worst_minute(times) <= 20


def test_the_total_may_change_in_flight():
    clock = Clock()
    made = limiter(clock, 400)
    for _ in range(100):
        call(made, clock)
    made.settle(made.acquire(False, clock.sleep), False, Allowance(total=50, used=1))

    call(made, clock)

    assert sum(clock.naps) >= 59


@pytest.mark.parametrize("total", [0.0, 1.0, 2.0])
def test_a_tiny_total_lets_single_calls_through(total):
    """A Free account has a budget of 0; its refusal comes from Freshdesk, not from waiting for ever."""
    clock = Clock()
    made = limiter(clock, total)

    for _ in range(3):
        call(made, clock, is_list=True, used=3)

    assert sum(clock.naps) < 200


def test_a_pause_holds_everybody():
    clock = Clock()
    made = limiter(clock, 400)
    made.pause(34)
    made.pause(5)

    call(made, clock)

    assert clock.naps == [34]


def test_somebody_elses_use_of_the_budget_slows_us_down():
    clock = Clock()
    made = limiter(clock, 400)
    reserved = made.acquire(False, clock.sleep)
    made.settle(reserved, False, Allowance(total=400, remaining=12, used=1))

    call(made, clock)

    assert clock.naps == [5]


def test_who_waits_can_be_told_until_when():
    clock = Clock()
    made = limiter(clock, 400)
    assert made.waiting_until is None
    made.pause(30)
    seen = []

    def nap(seconds: float) -> None:
        seen.append(made.waiting_until)
        clock.sleep(seconds)

    made.settle(made.acquire(False, nap), False, Allowance(used=1))

    assert seen == [1030]
    assert made.waiting_until is None


def test_work_that_ends_while_it_waits_leaves_nothing_behind():
    clock = Clock()
    made = limiter(clock, 400)
    made.pause(30)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made.acquire(False, stop)

    assert made.waiting_until is None
    clock.now += 30
    for _ in range(320):
        call(made, clock)
    assert clock.naps == []


def test_a_nap_that_is_trusted_ends_even_when_no_time_passes():
    """A caller may hand in a sleep of its own; the limiter does not spin when its clock stands still."""
    clock, naps = Clock(), []
    made = limiter(clock, 400)
    made.pause(7)

    made.acquire(False, naps.append)

    assert naps == [7]


def test_memory_does_not_grow_with_the_calls():
    clock = Clock()
    made = limiter(clock, 1_000_000)
    for _ in range(5000):
        call(made, clock, took=0.05)

    assert len(made._seconds) <= 62


def test_one_account_has_one_limiter_in_a_process():
    assert shared_limiter("acme.freshdesk.com") is shared_limiter("acme.freshdesk.com")
    assert shared_limiter("acme.freshdesk.com") is not shared_limiter("other.freshdesk.com")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("400.0", 400),
        ("1000000.0", 1e6),
        ("50", 50),
        ("", None),
        ("many", None),
        ("nan", None),
        ("-1", None),
        ("inf", None),
    ],
)
def test_the_budget_is_decimal_text_or_ignored(text, number):
    assert allowance({"X-RateLimit-Total": text}).total == number


def test_what_a_call_cost():
    assert allowance({"X-RateLimit-Used-CurrentRequest": "3"}).used == 3
    assert allowance({}).used is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("34", 34),
        ("7.5", 7.5),
        (None, 60),
        ("", 60),
        ("soon", 60),
        ("-3", 60),
        ("nan", 60),
        ("999999999", 60),
        ("0", 1),
    ],
)
def test_retry_after_or_a_minute(text, seconds):
    assert pause_seconds({"Retry-After": text} if text is not None else {}) == seconds


def test_retry_after_may_be_a_date():
    headers = {"Date": "Sun, 01 Mar 2026 10:00:00 GMT", "Retry-After": "Sun, 01 Mar 2026 10:00:20 GMT"}
    assert pause_seconds(headers) == 20
    assert pause_seconds(headers | {"Retry-After": "Sun, 01 Mar 2026 09:00:00 GMT"}) == 60
