"""How long a client waited."""

import threading

import pytest

from freshdesk_core.api.waiting import Waiting


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_waits_add_up_one_after_the_other():
    clock = Clock()
    waiting = Waiting(clock.sleep, clock)

    waiting(3)
    clock.now += 50
    waiting(4)

    assert waiting.seconds == 7


def test_threads_that_wait_at_once_count_once_also_while_they_wait():
    """Two threads wait for the same limit: what is told is how long the import stood still."""
    clock = Clock()
    both, may_go = threading.Barrier(3), threading.Event()

    def sleep(_seconds: float) -> None:
        both.wait(20)
        may_go.wait(20)

    waiting = Waiting(sleep, clock)
    threads = [threading.Thread(target=waiting, args=(1,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    both.wait(20)
    clock.now += 5
    assert waiting.seconds == 5
    clock.now += 1
    may_go.set()
    for thread in threads:
        thread.join(20)

    assert waiting.seconds == 6


def test_a_wait_that_is_broken_off_counts_as_far_as_it_went():
    clock = Clock()

    def sleep(_seconds: float) -> None:
        clock.now += 2
        raise InterruptedError

    waiting = Waiting(sleep, clock)
    with pytest.raises(InterruptedError):
        waiting(60)

    assert waiting.seconds == 2
