"""Small tickets and rows for the counting rules, and short ways to have them judged.

Times are seconds from the opening of the ticket, so that a case reads like a clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from freshdesk_core.counting import queues
from freshdesk_core.counting.facts import COUNTED, REPLIES, TICKETS
from freshdesk_core.counting.threads import Decision, Known, judge_thread
from freshdesk_core.counting.tickets import ticket_result

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
HALF_HOUR = 30 * MINUTE

EMAIL, PORTAL, PHONE, CHAT, OUTBOUND, TASK, WEB_CHAT = 1, 2, 3, 7, 10, 14, 15
LIVE_TICKET_SOURCES = (7, 13, 15, 17, 18, 19, 20, 21, 22)
OTHER_TICKET_SOURCES = (0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 16, 23, 101)


@dataclass(frozen=True)
class Ticket:
    source: int = EMAIL
    created_at: int = 0
    association_type: int | None = None


@dataclass(frozen=True)
class Row:
    id: int
    created_at: int
    incoming: bool = True
    private: bool = False
    source: int | None = 0
    category: int | None = None
    is_automatic: bool = False
    has_email_traits: bool = False


def customer_mail(id_: int, at: int) -> Row:
    return Row(id_, at, category=1, has_email_traits=True)


def agent_mail(id_: int, at: int) -> Row:
    return Row(id_, at, incoming=False, category=3, has_email_traits=True)


def customer_line(id_: int, at: int, source: int = 20) -> Row:
    """A line of a chat; source 0 is one without a channel code of its own."""
    return Row(id_, at, source=source, category=1)


def agent_line(id_: int, at: int, source: int = 20) -> Row:
    return Row(id_, at, incoming=False, source=source, category=3)


def greeting(id_: int, at: int) -> Row:
    """What the bot of Web Chat says first."""
    return Row(id_, at, incoming=False, source=15, category=5)


def results(ticket: Ticket, *rows: Row, start: int | None = None) -> dict[int, str]:
    """Result by conversation id, all rows seen for the first time."""
    return {one.conversation_id: one.result for one in judge_thread(ticket, rows, {}, start)}


def result(ticket: Ticket, row: Row, start: int | None = None) -> str:
    """The result of a thread's only row."""
    return results(ticket, row, start=start)[row.id]


def known_from(rows: Iterable[Row], decisions: Iterable[Decision]) -> dict[int, Known]:
    """What the store would hand back after these decisions."""
    times = {row.id: row.created_at for row in rows}
    return {one.conversation_id: Known(times[one.conversation_id], one.is_live) for one in decisions}


def contacts_by_queue(
    ticket: Ticket,
    *rows: Row,
    group: str = "CustomerService",
    labels: Mapping[int, str] | None = None,
    start: int | None = None,
) -> dict[str, int]:
    """Offered contacts by the name of their queue: the ticket's own and those of its thread."""
    sources = [(ticket.source, TICKETS)] if ticket_result(ticket, start) == COUNTED else []
    sources += [
        (ticket.source if one.reply_source is None else one.reply_source, REPLIES)
        for one in judge_thread(ticket, rows, {}, start)
        if one.result == COUNTED
    ]
    counts: dict[str, int] = {}
    for source, kind in sources:
        name = queues.queue_name(group, queues.source_name(source, labels or {}), kind)
        counts[name] = counts.get(name, 0) + 1
    return counts
