"""Which conversations of a ticket are offered contacts?

A thread is judged as a whole, because a chat is one contact and not one per line. A decision is made
once, when a row is first seen, and stands: ``known`` brings the earlier ones.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from freshdesk_core.counting.facts import (
    COUNTED,
    E_COMMERCE,
    EMAIL,
    FACEBOOK,
    LIVE_SOURCES,
    PHONE,
    TWITTER,
    WEB_CHAT,
    ConversationFacts,
    TicketFacts,
)

SAME_CHAT_SECONDS = 30 * 60

# The opening message has no id; within its second it comes before every conversation.
OPENING = 0

# The conversations' own number space.
REPLY, NOTE, SURVEY, FORWARD, BOT, WEB_CHAT_MESSAGE = 0, 2, 6, 8, 15, 20
AUTOMATION, THIRD_PARTY, SURVEY_FEEDBACK = 5, 6, 7

# A conversation's channel code → the ticket source under whose label its contact is counted.
CHANNELS = {5: TWITTER, 7: FACEBOOK, 9: PHONE, 11: E_COMMERCE, WEB_CHAT_MESSAGE: WEB_CHAT}

CONVERSATION_REASONS = (
    "survey_feedback",
    "automation",
    "third_party",
    "forward",
    "private_note",
    "public_note",
    "agent_reply",
    "before_start",
    "same_chat",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a conversation is. ``reply_source`` None: it takes its ticket's present source."""

    conversation_id: int
    result: str
    reply_source: int | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A row decided earlier, still in the API or not: its decision stands, its time still counts."""

    created_at: int
    is_live: bool


def judge_thread(
    ticket: TicketFacts,
    conversations: Iterable[ConversationFacts],
    known: Mapping[int, Known],
    start: int | None,
) -> list[Decision]:
    """Decide the new rows of a thread.

    Args:
        ticket: The ticket that holds the thread, in its present state.
        conversations: All rows that Freshdesk gives, in any order, repeated or not.
        known: The rows decided earlier, by id; they are not decided again.
        start: Contacts count from this time on (epoch seconds); None: from ever.

    Returns:
        One decision for each row that is not known, ordered by time and id.
    """
    fresh = {row.id: row for row in conversations if row.id not in known}
    decisions: list[Decision] = []
    earlier = _live_before(ticket, known)
    previous: int | None = None
    position = 0
    for row in sorted(fresh.values(), key=lambda row: (row.created_at, row.id)):
        while position < len(earlier) and earlier[position] <= (row.created_at, row.id):
            previous = earlier[position][0]
            position += 1
        decision = _decide(ticket, row, previous, start)
        if decision.is_live:
            previous = row.created_at
        decisions.append(decision)
    return decisions


def judge_start(
    ticket: TicketFacts, known: Mapping[int, Known], ids: Iterable[int], start: int | None
) -> dict[int, str]:
    """Decide customers' messages again because the start from which contacts count has moved.

    Args:
        ticket: The ticket that holds the thread, in its present state.
        known: All rows of the thread, by id.
        ids: Those of them to decide: customers' messages, which only rules 8 to 10 concern.
        start: Contacts count from this time on (epoch seconds); None: from ever.

    Returns:
        The result of each, by id.
    """
    live = _live_before(ticket, known)
    results = {}
    for id_ in ids:
        before = bisect_left(live, (known[id_].created_at, id_))
        results[id_] = _by_time(known[id_], live[before - 1][0] if before else None, start)
    return results


def _live_before(ticket: TicketFacts, known: Mapping[int, Known]) -> list[tuple[int, int]]:
    """Time and id of the live messages that need no decision, in order: the opening and known rows.

    The opening takes its place in time like any other: a merge can bring rows older than the ticket.
    """
    live = [(row.created_at, id_) for id_, row in known.items() if row.is_live]
    if ticket.source in LIVE_SOURCES:
        live.append((ticket.created_at, OPENING))
    return sorted(live)


def _decide(
    ticket: TicketFacts, row: ConversationFacts, previous_live: int | None, start: int | None
) -> Decision:
    reply_source = _reply_source(row)
    if reason := _never_a_contact(row):
        return Decision(row.id, reason, reply_source, is_live=False)
    is_live = _is_live(ticket, row)
    result = _by_time(Known(row.created_at, is_live), previous_live, start) if row.incoming else "agent_reply"
    return Decision(row.id, result, reply_source, is_live)


def _by_time(row: Known, previous_live: int | None, start: int | None) -> str:
    """Rules 8 to 10: what a customer's message is, by its time."""
    if start is not None and row.created_at < start:
        return "before_start"
    if row.is_live and previous_live is not None and row.created_at - previous_live <= SAME_CHAT_SECONDS:
        return "same_chat"
    return COUNTED


def _never_a_contact(row: ConversationFacts) -> str | None:
    """Rules 1 to 6: the first that fits, whatever thread the row stands in."""
    if row.source == SURVEY or row.category == SURVEY_FEEDBACK:
        return "survey_feedback"
    if row.category == AUTOMATION or row.source == BOT or row.is_automatic:
        return "automation"
    if row.category == THIRD_PARTY:
        return "third_party"
    if row.source == FORWARD and not row.incoming:
        return "forward"
    if row.private:
        return "private_note"
    if row.source == NOTE and not row.incoming:
        return "public_note"
    return None


def _is_live(ticket: TicketFacts, row: ConversationFacts) -> bool:
    """A line of a chat, from either side. Rows of rules 1 to 6 never get here."""
    if row.source == NOTE:
        return False
    return row.source == WEB_CHAT_MESSAGE or (ticket.source in LIVE_SOURCES and not row.has_email_traits)


def _reply_source(row: ConversationFacts) -> int | None:
    """The ticket source that the row itself tells: by channel code, else by e-mail traits."""
    if row.source in CHANNELS:
        return CHANNELS[row.source]
    if row.source == REPLY and row.has_email_traits:
        return EMAIL
    return None
