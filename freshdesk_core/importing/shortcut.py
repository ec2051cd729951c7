"""The conversation shortcut: threads in which no customer answered need not be read.

Freshdesk's ``stats`` tell when the customer answered last, in the very listing that tells of the ticket; nine
of ten changes of a ticket are no answer. A thread is read when that time is new. It is always read for live
messaging (whose stats are known to be incomplete), for tickets that hold conversations of another one, and
where the ticket came without stats.

That the stats tell all is not documented. So one in fifty of the threads that need not be read is read all
the same, chosen by the ticket's id, and a few of every source in any case; a reply found there that the
shortcut would have missed ends it for that source, and all threads skipped so far are read. Of the source
that tells least, the audits read whatever imports skipped (docs/decisions/0011-conversation-shortcut.md).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select, update

from freshdesk_core.api.records import TicketRecord
from freshdesk_core.counting.facts import LIVE_SOURCES
from freshdesk_core.store.rows import Ticket
from freshdesk_core.store.schema import integrations, shortcuts, tickets
from freshdesk_core.store.upserts import upsert

ONE_IN = 50
# What Freshdesk writes where the maker of a ticket names no source: chats of other programs stand there too,
# and what agents put there by hand.
MIXED_SOURCE = 2
# Threads of each source that are read before any may be skipped for good: by the first import, by the audits.
FIRST_SAMPLE, MIXED_FIRST_SAMPLE = 3, 40
SAMPLE = 30
MIXED_PER_AUDIT = 500  # in each, until none is left
TRUSTED = (
    10_000  # read without a miss: at 95 % fewer than 3 in 10,000 of a source's skipped threads hold a reply
)
CLOSED = 5  # a status of Freshdesk's own, in every account
_SPREAD = 2_654_435_761  # Knuth's multiplier: neighbouring ids fall far apart

_COLUMNS = tuple(shortcuts.c[name] for name in ("source", "sampled", "missed", "is_off", "off_at"))
_OF_INTEGRATION = select(*_COLUMNS).where(shortcuts.c.integration_id == bindparam("integration"))
# Tickets in whose threads no customer seems to have answered. Those in the trash are left out: Freshdesk
# refuses some of them, again and again.
_IS_SILENT = (
    (tickets.c.integration_id == bindparam("integration"))
    & tickets.c.requester_responded_at.is_(None)
    & (tickets.c.stats_digest != 0)
    & tickets.c.deleted.is_(False)
    & tickets.c.source.not_in(LIVE_SOURCES)
)
_IS_READ = tickets.c.is_thread_due | tickets.c.thread_read_at.is_not(None)
_SILENT = (
    select(tickets.c.source, _IS_READ.label("is_read"), func.count())
    .where(_IS_SILENT)
    .group_by(tickets.c.source, "is_read")
)
_SAMPLE_OF = (
    update(tickets)
    .where(
        tickets.c.integration_id == bindparam("integration"),
        tickets.c.ticket_id.in_(
            select(tickets.c.ticket_id)
            .where(_IS_SILENT, ~_IS_READ, tickets.c.source == bindparam("one_source"))
            .order_by(tickets.c.ticket_id % 65_521 * 40_503 % 65_521, tickets.c.ticket_id)
            .limit(bindparam("most"))
        ),
    )
    .values(is_thread_due=True)
)


@dataclass(frozen=True)
class Shortcut:
    """What may be skipped: everything but these sources, or nothing at all."""

    off: frozenset[int] = frozenset()
    is_used: bool = True

    def is_due(self, record: TicketRecord) -> bool:
        """A ticket seen for the first time: its thread must be read."""
        return self._is_always_read(record) or record.requester_responded_at is not None

    def is_due_again(self, old: Ticket, record: TicketRecord) -> bool:
        """A ticket that is known: its thread must be read, again or at last."""
        if old.is_thread_due:
            return True
        # Two changes within one second leave updated_at equal: then the stats tell.
        was_touched = (record.updated_at, record.stats_digest) != (old.updated_at, old.stats_digest)
        was_live = old.source in LIVE_SOURCES  # and somebody gave it another source since
        if old.is_merged or was_live or self._is_always_read(record):
            return was_touched or _is_since(record.updated_at, old)
        answered_at = record.requester_responded_at
        if answered_at is None:
            return False
        # A thread hidden in the trash was refused, and may be open again. A closed ticket may have been
        # merged into another one: that its conversations are gone is the only trace of it.
        may_differ = old.thread_read_at is None or record.status == CLOSED
        is_new = answered_at != old.requester_responded_at or _is_since(answered_at, old)
        return is_new or (was_touched and may_differ)

    def _is_always_read(self, record: TicketRecord) -> bool:
        return (
            not self.is_used
            or record.source in LIVE_SOURCES
            or record.source in self.off
            or record.stats_digest == 0
            or is_sampled(record.id)
        )


def _is_since(moment: int, old: Ticket) -> bool:
    """It happened after the listing began that led to the last reading, or within the same second."""
    return old.thread_read_at is not None and moment >= old.thread_read_at


def is_sampled(ticket_id: int) -> bool:
    """The ticket is one of those whose thread is read though it seems not needed."""
    return ticket_id * _SPREAD % 2**32 < 2**32 // ONE_IN


def load(connection: Connection, integration_id: int, *, is_used: bool = True) -> Shortcut:
    """What may be skipped for an integration now."""
    rows = connection.execute(_OF_INTEGRATION, {"integration": integration_id})
    return Shortcut(frozenset(row.source for row in rows if row.is_off), is_used)


def would_skip(ticket: Ticket) -> bool:
    """The shortcut by itself would not have read the thread of this ticket, as it was listed."""
    if ticket.source in LIVE_SOURCES or ticket.stats_digest == 0 or ticket.is_merged:
        return False
    answered_at = ticket.requester_responded_at
    return answered_at is None or (ticket.thread_read_at is not None and answered_at < ticket.thread_read_at)


def has_missed(ticket: Ticket, counted_at: Iterable[int], listed_at: int) -> bool:
    """A new reply, made before the ticket was listed, of which its stats knew nothing.

    Args:
        ticket: One that ``would_skip``.
        counted_at: When the replies were made that are new to the store.
        listed_at: When the listing began; a reply made since then could not be in the stats.
    """
    return any(moment <= ticket.updated_at and moment < listed_at for moment in counted_at)


def learn(connection: Connection, integration_id: int, samples: Sequence[tuple[int, bool]]) -> None:
    """Write down what skipped threads held that were read all the same.

    Args:
        connection: The step's transaction.
        integration_id: Whose.
        samples: Per thread the ticket's source, and whether it held a reply that was missed.
    """
    if not samples:
        return
    kept = {row[0]: row for row in connection.execute(_OF_INTEGRATION, {"integration": integration_id})}
    rows: list[dict[str, object]] = []
    for source in sorted({source for source, _missed in samples}):
        _source, sampled, missed, was_off, off_at = kept.get(source, (source, 0, 0, False, None))
        found = [is_missed for its, is_missed in samples if its == source]
        rows.append(
            {
                "integration_id": integration_id,
                "source": source,
                "sampled": sampled + len(found),
                "missed": missed + sum(found),
                "is_off": bool(was_off) or any(found),
                "off_at": off_at if was_off or not any(found) else int(time.time()),
            }
        )
        if any(found) and not was_off:
            _read_skipped(connection, integration_id, source)
    upsert(connection, shortcuts, rows)


def sample_first(connection: Connection, integration_id: int) -> None:
    """Have some threads read of every source of which too few were, once an import has listed them."""
    _sample(
        connection,
        integration_id,
        lambda source, read: (MIXED_FIRST_SAMPLE if source == MIXED_SOURCE else FIRST_SAMPLE) - read,
    )


def sample_on(connection: Connection, integration_id: int) -> None:
    """Have more of them read, when an audit proves what was imported: of the mixed source, all there are."""
    _sample(
        connection,
        integration_id,
        lambda source, read: MIXED_PER_AUDIT if source == MIXED_SOURCE else SAMPLE - read,
    )


def _sample(connection: Connection, integration_id: int, lacking: Callable[[int, int], int]) -> None:
    """Make threads due that the shortcut skips, spread over all of each source.

    Args:
        connection: The step's transaction.
        integration_id: Whose.
        lacking: How many more of a source, of which so many were read, or will be, though they need not be.
    """
    rows = connection.execute(_OF_INTEGRATION, {"integration": integration_id})
    trusted = {row.source for row in rows if row.sampled >= TRUSTED and not row.missed}
    read, skipped = Counter[int](), Counter[int]()
    for source, is_read, number in connection.execute(_SILENT, {"integration": integration_id}):
        (read if is_read else skipped)[source] += number
    for source in sorted(skipped.keys() - trusted):
        number = lacking(source, read[source])
        if number > 0:
            connection.execute(
                _SAMPLE_OF, {"integration": integration_id, "one_source": source, "most": number}
            )


def follow_merges(
    connection: Connection, integration_id: int, emptied: Sequence[Ticket], listed_at: int
) -> None:
    """Conversations are gone from closed tickets: read all that changed since, for they may stand there.

    Nothing tells which ticket another one was merged into, but that the merge changed it.
    """
    if not emptied:
        return
    connection.execute(
        update(tickets)
        .where(
            tickets.c.integration_id == integration_id,
            tickets.c.updated_at >= min(ticket.updated_at for ticket in emptied),
            tickets.c.is_thread_due.is_(False),
            func.coalesce(tickets.c.thread_read_at, -1) < listed_at,  # not read in this run
        )
        .values(is_thread_due=True)
    )


def _read_skipped(connection: Connection, integration_id: int, source: int) -> None:
    """Everything skipped so far becomes due; what was called proven rested on it."""
    read_at = func.coalesce(tickets.c.thread_read_at, 0)
    due = connection.execute(
        update(tickets)
        .where(
            tickets.c.integration_id == integration_id,
            tickets.c.source == source,
            tickets.c.is_thread_due.is_(False),
            tickets.c.updated_at >= read_at,
        )
        .values(is_thread_due=True)
    )
    if due.rowcount:
        connection.execute(
            update(integrations)
            .where(integrations.c.integration_id == integration_id)
            .values(replies_from=None, replies_to=None)
        )
