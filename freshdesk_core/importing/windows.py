"""What is proven to be complete, written down in the same transaction as the rows that prove it.

Freshdesk archives a ticket only after 120 days without activity, and an archived ticket may be missing
from every list. So a listing proves the tickets of the 120 days before it, and no more. The audit settles
the ids that no list showed, newest first, and the window of tickets grows backwards with it. What is proven
stays proven: a ticket seen once is kept.
"""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from freshdesk_core.store.schema import integrations, tickets

ARCHIVED_AFTER_SECONDS = 120 * 86400

# Built once, not with every step of an import.
_OF_INTEGRATION = integrations.c.integration_id == bindparam("integration")
_SPANS = {
    kind: select(integrations.c[f"{kind}_from"], integrations.c[f"{kind}_to"]).where(_OF_INTEGRATION)
    for kind in ("tickets", "replies")
}
_LISTED = select(integrations.c.listed_from, integrations.c.audited_at).where(_OF_INTEGRATION)
_IS_NARROW = select(integrations.c.is_narrow).where(_OF_INTEGRATION)
_NEWEST_DUE = select(func.max(tickets.c.updated_at)).where(
    tickets.c.integration_id == bindparam("integration"), tickets.c.is_thread_due
)
_REPLIES = ("replies_from", "replies_to")
_INTEGRATION = update(integrations).where(_OF_INTEGRATION)


class Span(NamedTuple):
    """Half-open, epoch seconds."""

    start: int
    end: int


def prove_tickets(
    connection: Connection,
    integration_id: int,
    listed_at: int,
    since: int | None,
    cut_off_at: int | None = None,
) -> None:
    """All three listings, begun at *listed_at* by Freshdesk's clock (0: unknown), were read to their end.

    After more than 120 days without an import tickets may have come and been archived unseen. The window
    then begins anew: it must not span a hole. So it does when Freshdesk did not list all tickets that changed
    in the second *cut_off_at*: those made later are complete, until the audit has found the others.

    It always ends at this listing: where an earlier one ended later, Freshdesk's clock was ahead then.
    """
    if listed_at == 0 or (cut_off_at is not None and cut_off_at >= listed_at):
        return
    if is_narrow(connection, integration_id):
        _save(connection, integration_id, last_poll_at=listed_at)
        return
    present = _span(connection, integration_id, "tickets")
    start = listed_at - ARCHIVED_AFTER_SECONDS
    if cut_off_at is not None:
        present, start = None, max(start, cut_off_at + 1)
    if present is None or present.end < start or present.start >= listed_at:
        present = Span(start if since is None else max(start, since), listed_at)
        nothing = dict.fromkeys(("tickets_from", "tickets_to", "replies_from", "replies_to", "audited_at"))
        _save(connection, integration_id, listed_from=present.start, **nothing)
    if present.start < listed_at:  # a start that lies ahead proves nothing yet
        _save(connection, integration_id, tickets_from=present.start, tickets_to=listed_at)
    _end_replies(connection, integration_id, listed_at)
    _save(connection, integration_id, last_poll_at=listed_at)


def _end_replies(connection: Connection, integration_id: int, end: int) -> None:
    """No reply is proven where tickets are not."""
    present = _span(connection, integration_id, "replies")
    if present is not None and present.end > end:
        kept = present.start < end
        times = {"replies_from": present.start, "replies_to": end} if kept else dict.fromkeys(_REPLIES)
        _save(connection, integration_id, **times)


def prove_replies(connection: Connection, integration_id: int, listed_at: int) -> None:
    """Some threads were read, newest first: write down from when on no reply can be missing.

    An unread reply is not younger than the last change of its ticket. So replies are complete after
    the last change among the tickets whose threads are still due.
    """
    listed = _span(connection, integration_id, "tickets")
    if listed is None or is_narrow(connection, integration_id):
        return
    newest_due = connection.execute(_NEWEST_DUE, {"integration": integration_id}).scalar()
    earliest = _earliest_reply(connection, integration_id, listed)
    start = earliest if newest_due is None else max(earliest, newest_due + 1)
    proven = Span(start, listed_at)
    present = _span(connection, integration_id, "replies")
    if present is not None:
        if proven.start > present.end:
            return  # what was proven stays proven; the two windows meet when more threads are read
        proven = Span(min(proven.start, present.start), max(proven.end, present.end))
    if proven.start < proven.end:
        _save(connection, integration_id, replies_from=proven.start, replies_to=proven.end)


def _earliest_reply(connection: Connection, integration_id: int, listed: Span) -> int:
    """Replies older than what the lists prove may stand in any archived ticket, however old it is itself."""
    listed_from, audited_at = connection.execute(_LISTED, {"integration": integration_id}).one()
    return listed.start if audited_at is not None or listed_from is None else max(listed.start, listed_from)


def count_due(connection: Connection, integration_id: int) -> int:
    """How many threads are still to be read."""
    due = select(func.count()).where(tickets.c.integration_id == integration_id, tickets.c.is_thread_due)
    return connection.execute(due.select_from(tickets)).scalar_one()


def prove_settled(connection: Connection, integration_id: int, start: int, audited_at: int | None) -> None:
    """Every id of a ticket created at *start* or later is settled: the window of tickets reaches back to it.

    Args:
        connection: The step's transaction.
        integration_id: Whose.
        start: Epoch seconds.
        audited_at: Freshdesk's clock at the last listing, when no id is left at all; else None.
    """
    if is_narrow(connection, integration_id):
        return
    present = _span(connection, integration_id, "tickets")
    if present is not None and start < present.start:
        _save(connection, integration_id, tickets_from=start)
    if audited_at is not None:
        _save(connection, integration_id, audited_at=audited_at)


def is_narrow(connection: Connection, integration_id: int) -> bool:
    """The key sees only a part of the tickets: whatever is read proves nothing."""
    return bool(connection.execute(_IS_NARROW, {"integration": integration_id}).scalar_one())


def end_at(connection: Connection, integration_id: int, end: int | None) -> None:
    """Nothing after *end* (epoch seconds) is proven any more; None: nothing at all."""
    for kind in ("tickets", "replies"):
        span = _span(connection, integration_id, kind)
        if span is None or (end is not None and span.end <= end):
            continue
        kept = Span(span.start, end) if end is not None and end > span.start else None
        _save_span(connection, integration_id, kind, kept)


def leave_unread(connection: Connection, integration_id: int, start: int, end: int) -> None:
    """Replies between *start* and *end* (included) may be missing: the window of replies stops before them.

    Where it begins among them, it begins behind them.
    """
    span = _span(connection, integration_id, "replies")
    if span is None or end < span.start or start >= span.end:
        return
    kept = Span(span.start, start) if start > span.start else Span(end + 1, span.end)
    _save_span(connection, integration_id, "replies", kept if kept.start < kept.end else None)


def follow_start(connection: Connection, integration_id: int, start: int | None, *, is_earlier: bool) -> None:
    """Contacts count from another time on: nothing before it is said to be proven.

    Behind an earlier start nothing was audited or compared: the next import makes up for that.
    """
    for kind in ("tickets", "replies"):
        span = _span(connection, integration_id, kind)
        if span is not None and start is not None and span.start < start:
            later = Span(start, span.end) if start < span.end else None
            _save_span(connection, integration_id, kind, later)
    listed_from = connection.execute(_LISTED, {"integration": integration_id}).one()[0]
    if start is not None and listed_from is not None and listed_from < start:
        _save(connection, integration_id, listed_from=start)
    if is_earlier:
        _save(connection, integration_id, audited_at=None, last_totals_at=None)


def _span(connection: Connection, integration_id: int, kind: str) -> Span | None:
    start, end = connection.execute(_SPANS[kind], {"integration": integration_id}).one()
    return None if start is None or end is None else Span(start, end)


def _save_span(connection: Connection, integration_id: int, kind: str, span: Span | None) -> None:
    start, end = (None, None) if span is None else span
    _save(connection, integration_id, **{f"{kind}_from": start, f"{kind}_to": end})


def _save(connection: Connection, integration_id: int, **values: int | None) -> None:
    connection.execute(_INTEGRATION, {"integration": integration_id, **values})
