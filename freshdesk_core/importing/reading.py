"""Reads the threads that are due, newest first, until none is."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from sqlalchemy import select

from freshdesk_core.importing import windows
from freshdesk_core.importing.fetching import fetch
from freshdesk_core.importing.stint import Stint
from freshdesk_core.importing.thread_step import Thread, save_threads
from freshdesk_core.store.rows import TICKET_COLUMNS, Ticket
from freshdesk_core.store.schema import tickets

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

THREADS_PER_STEP = 20
STEP_SECONDS = 0.25
OVERTAKEN_SECONDS = 0.5
DUE_PER_QUERY = 500


def read_threads(stint: Stint, listed_at: int) -> None:
    """Read and save them, a few in each transaction.

    Args:
        stint: The run.
        listed_at: Freshdesk's clock when the last listing began: what is read now is at least as young.
    """

    def read(ticket: Ticket) -> Thread:
        return fetch(stint.freshdesk, ticket)

    with ThreadPoolExecutor(stint.threads, thread_name_prefix="threads") as pool, stint.halting():
        while due := _due(stint):
            answers = hardly_waiting(pool, read, due, 4 * stint.threads)
            for some in portions(answers, THREADS_PER_STEP):
                _save(stint, some, listed_at)


def ahead(
    pool: ThreadPoolExecutor, ask: Callable[[Asked], Answer], questions: Iterable[Asked], most: int
) -> Iterator[Answer]:
    """Ask ahead of turn, a few at a time; the answers come out in order."""
    waiting: deque[Future[Answer]] = deque()
    try:
        for question in questions:
            waiting.append(pool.submit(ask, question))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def hardly_waiting(
    pool: ThreadPoolExecutor, ask: Callable[[Asked], Answer], questions: Iterable[Asked], most: int
) -> Iterator[Answer | None]:
    """As ``ahead``, but what takes long is overtaken by those behind it. None: nothing is there yet."""
    waiting: list[Future[Answer]] = []
    try:
        for question in questions:
            waiting.append(pool.submit(ask, question))
            while len(waiting) >= most:
                yield _next_of(waiting)
        while waiting:
            yield _next_of(waiting)
    finally:
        for future in waiting:
            future.cancel()


def _next_of(waiting: list[Future[Answer]]) -> Answer | None:
    """Take the first answer; when it does not come soon, it has to queue again."""
    first = waiting.pop(0)
    wait([first], OVERTAKEN_SECONDS)
    if first.done():
        return first.result()
    waiting.append(first)
    return None


def portions(answers: Iterator[Answer | None], most: int) -> Iterator[list[Answer]]:
    """Gather what one transaction takes: up to *most* answers, or what came within 250 ms (None: nothing)."""
    some: list[Answer] = []
    began = time.monotonic()
    for answer in answers:
        if answer is not None:
            some.append(answer)
        if some and (len(some) >= most or time.monotonic() - began >= STEP_SECONDS):
            yield some
            some, began = [], time.monotonic()
    if some:
        yield some


def _due(stint: Stint) -> list[Ticket]:
    columns = [tickets.c[name] for name in TICKET_COLUMNS]
    with stint.store.read() as connection:
        rows = connection.execute(
            select(*columns)
            .where(tickets.c.integration_id == stint.id, tickets.c.is_thread_due)
            .order_by(tickets.c.updated_at.desc(), tickets.c.ticket_id)
            .limit(DUE_PER_QUERY)
        ).all()
    return [Ticket(*row) for row in rows]


def _save(stint: Stint, some: list[Thread], listed_at: int) -> None:
    with stint.step() as connection:
        saved = save_threads(
            connection,
            stint.cells,
            stint.id,
            some,
            start=stint.integration.since,
            seen_at=stint.clock.now(),
            listed_at=listed_at,
        )
        stint.run.threads_read += saved.rows
        stint.run.add(saved.new_contacts, saved.new, saved.changed, saved.excluded)
        windows.prove_replies(connection, stint.id, listed_at)
