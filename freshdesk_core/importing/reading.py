"""Reads the threads that are due, newest first, until none is."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from sqlalchemy import select

from freshdesk_core.importing import windows
from freshdesk_core.importing.fetching import fetch
from freshdesk_core.importing.sight import Sight
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
MOST_WITHHELD = 100  # more are not read around: then the key lacks something, or Freshdesk does


def read_threads(stint: Stint, sight: Sight, listed_at: int) -> None:
    """Read and save them, a few in each transaction. Threads that are withheld stay due; the run names them.

    Args:
        stint: The run.
        sight: What its key sees.
        listed_at: Freshdesk's clock when the last listing began: what is read now is at least as young.

    Raises:
        ApiError: Freshdesk did not answer, or withholds so many threads that they are no exception.
    """

    def read(ticket: Ticket) -> Thread:
        return fetch(stint.freshdesk, ticket)

    with ThreadPoolExecutor(stint.threads, thread_name_prefix="threads") as pool, stint.halting():
        while due := _due(stint):
            answers = hardly_waiting(pool, read, due, 4 * stint.threads)
            for some in portions(answers, THREADS_PER_STEP):
                _save(stint, [thread for thread in some if thread.rows is not None], listed_at)
                _do_without(stint, sight, [thread for thread in some if thread.rows is None], listed_at)


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


def portions(
    answers: Iterator[Answer | None], most: int, seconds: float = STEP_SECONDS
) -> Iterator[list[Answer]]:
    """Gather what one transaction takes: up to *most* answers, or what came in a while (None: nothing)."""
    some: list[Answer] = []
    began = time.monotonic()
    for answer in answers:
        if answer is not None:
            some.append(answer)
        if some and (len(some) >= most or time.monotonic() - began >= seconds):
            yield some
            some, began = [], time.monotonic()
    if some:
        yield some


def _due(stint: Stint) -> list[Ticket]:
    columns = [tickets.c[name] for name in TICKET_COLUMNS]
    with stint.store.read() as connection:
        rows = connection.execute(
            select(*columns)
            .where(
                tickets.c.integration_id == stint.id,
                tickets.c.is_thread_due,
                tickets.c.ticket_id.not_in(stint.run.withheld),
            )
            .order_by(tickets.c.updated_at.desc(), tickets.c.ticket_id)
            .limit(DUE_PER_QUERY)
        ).all()
    return [Ticket(*row) for row in rows]


def _do_without(stint: Stint, sight: Sight, some: list[Thread], listed_at: int) -> None:
    """Go on without threads that Freshdesk does not give.

    Those of the trash, and of tickets that are gone, are done with. What is not found by a key that does not
    see all is hidden: it is set aside until the key sees all again.
    """
    if any(thread.is_gone for thread in some):
        sight.trusts_not_found()
    withheld = [thread for thread in some if thread.withheld is not None]
    if withheld and not sight.look():
        withheld = []
    kept = {thread.ticket.ticket_id for thread in withheld}
    _save(stint, [thread for thread in some if thread.ticket.ticket_id not in kept], listed_at)
    if not withheld:
        return
    with stint.step() as connection:
        for thread in withheld:
            ticket = thread.ticket
            read_to = ticket.created_at if ticket.thread_read_at is None else ticket.thread_read_at
            windows.leave_unread(connection, stint.id, read_to, ticket.updated_at)
        stint.run.withheld += kept
    error = withheld[-1].withheld
    if error is not None and len(stint.run.withheld) > MOST_WITHHELD:
        raise error


def _save(stint: Stint, some: list[Thread], listed_at: int) -> None:
    if not some:
        return
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
