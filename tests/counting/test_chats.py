"""Rule 9: a chat is one contact, not one per line."""

import pytest

from freshdesk_core.counting.threads import Known, judge_thread
from tests.counting.builders import (
    CHAT,
    DAY,
    EMAIL,
    HALF_HOUR,
    HOUR,
    LIVE_TICKET_SOURCES,
    MINUTE,
    OTHER_TICKET_SOURCES,
    WEB_CHAT,
    Row,
    Ticket,
    agent_line,
    agent_mail,
    customer_line,
    customer_mail,
    greeting,
    known_from,
    results,
)

LINE = Ticket(CHAT)
WEB = Ticket(WEB_CHAT)


# Thirty minutes


@pytest.mark.parametrize(
    ("pause", "expected"),
    [(0, "same_chat"), (HALF_HOUR - 1, "same_chat"), (HALF_HOUR, "same_chat"), (HALF_HOUR + 1, "counted")],
)
def test_a_line_exactly_thirty_minutes_after_the_last_belongs_to_the_same_chat(pause, expected):
    answers = results(LINE, customer_line(1, HOUR, 0), customer_line(2, HOUR + pause, 0))

    assert answers == {1: "counted", 2: expected}


def test_each_line_extends_the_chat_so_that_a_long_one_stays_one_contact():
    lines = [customer_line(n, n * HALF_HOUR) for n in range(1, 12)]

    assert set(results(WEB, *lines).values()) == {"same_chat"}


def test_a_customer_who_comes_back_after_a_pause_is_a_new_contact():
    answers = results(WEB, customer_line(1, MINUTE), customer_line(2, DAY), customer_line(3, DAY + MINUTE))

    assert answers == {1: "same_chat", 2: "counted", 3: "same_chat"}


# Either side


def test_the_agents_line_extends_the_chat_too():
    answers = results(WEB, agent_line(1, 25 * MINUTE), customer_line(2, 50 * MINUTE))

    assert answers == {1: "agent_reply", 2: "same_chat"}


def test_an_agent_who_begins_the_talk_makes_the_customers_answer_no_contact_of_its_own():
    """The previous live message may be the agent's alone."""
    answers = results(WEB, agent_line(1, DAY), customer_line(2, DAY + 5 * MINUTE))

    assert answers == {1: "agent_reply", 2: "same_chat"}


def test_a_line_in_the_same_second_as_the_last_belongs_to_its_chat():
    """Within a second the id tells the order."""
    assert results(LINE, customer_line(5, DAY, 0), customer_line(4, DAY, 0)) == {4: "counted", 5: "same_chat"}


# The opening


@pytest.mark.parametrize("source", LIVE_TICKET_SOURCES)
def test_the_opening_of_a_live_ticket_is_the_first_line_of_its_chat(source):
    answers = results(Ticket(source), customer_line(1, HALF_HOUR, 0), customer_line(2, 2 * HALF_HOUR + 1, 0))

    assert answers == {1: "same_chat", 2: "counted"}


@pytest.mark.parametrize("source", OTHER_TICKET_SOURCES)
def test_the_opening_of_another_ticket_is_no_line_of_a_chat(source):
    """A chat in an e-mail ticket begins with its own first line."""
    answers = results(Ticket(source), customer_line(1, MINUTE), customer_line(2, 2 * MINUTE))

    assert answers == {1: "counted", 2: "same_chat"}


@pytest.mark.parametrize("source", OTHER_TICKET_SOURCES)
def test_replies_without_a_channel_code_are_no_chat_in_another_ticket(source):
    answers = results(Ticket(source), customer_line(1, MINUTE, 0), customer_line(2, 2 * MINUTE, 0))

    assert answers == {1: "counted", 2: "counted"}


def test_the_opening_that_web_chat_gives_twice_is_counted_once():
    """The first line is the ticket's description and, after the bot's greeting, a conversation again."""
    answers = results(
        WEB,
        greeting(1, 0),
        customer_line(2, 1),
        customer_line(3, MINUTE),
        agent_line(4, 3 * MINUTE),
        customer_line(5, 5 * MINUTE),
        agent_line(6, 10 * MINUTE),
    )

    assert answers == {
        1: "automation",
        2: "same_chat",
        3: "same_chat",
        4: "agent_reply",
        5: "same_chat",
        6: "agent_reply",
    }


def test_the_repeated_opening_may_stand_in_the_second_of_the_ticket():
    assert results(WEB, customer_line(1, 0)) == {1: "same_chat"}


def test_a_row_older_than_the_ticket_is_not_in_the_chat_that_opens_later():
    """A merge can bring such rows: only a previous message makes a chat."""
    answers = results(WEB, customer_line(1, -DAY), customer_line(2, -1), customer_line(3, 1))

    assert answers == {1: "counted", 2: "counted", 3: "same_chat"}


def test_the_opening_ends_the_pause_of_an_older_chat():
    answers = results(WEB, customer_line(1, -HOUR), customer_line(2, HALF_HOUR))

    assert answers == {1: "counted", 2: "same_chat"}


# Chat and e-mail in one ticket


def test_a_chat_inside_an_email_ticket_is_one_contact():
    answers = results(
        Ticket(EMAIL),
        customer_mail(1, HOUR),
        customer_line(2, HOUR + MINUTE),
        agent_line(3, HOUR + 2 * MINUTE),
        customer_line(4, HOUR + 3 * MINUTE),
    )

    assert answers == {1: "counted", 2: "counted", 3: "agent_reply", 4: "same_chat"}


def test_an_email_soon_after_a_chat_is_a_contact_of_its_own():
    answers = results(LINE, customer_line(1, MINUTE, 0), customer_mail(2, 2 * MINUTE))

    assert answers == {1: "same_chat", 2: "counted"}


def test_an_email_does_not_extend_a_chat():
    """Neither the customer's nor the agent's."""
    answers = results(
        LINE, customer_mail(1, 25 * MINUTE), agent_mail(2, 26 * MINUTE), customer_line(3, 50 * MINUTE, 0)
    )

    assert answers == {1: "counted", 2: "agent_reply", 3: "counted"}


def test_a_line_of_web_chat_stays_a_line_when_freshdesk_gives_it_an_address():
    """Recorded: agents' lines with source 20 and a from_email."""
    line = Row(1, 25 * MINUTE, incoming=False, source=20, category=3, has_email_traits=True)

    assert results(Ticket(EMAIL), line, customer_line(2, 50 * MINUTE)) == {1: "agent_reply", 2: "same_chat"}


# What is no line of a chat


@pytest.mark.parametrize(
    "between",
    [
        Row(1, 25 * MINUTE, source=6),
        Row(1, 25 * MINUTE, category=5, source=20),
        greeting(1, 25 * MINUTE),
        Row(1, 25 * MINUTE, source=20, is_automatic=True),
        Row(1, 25 * MINUTE, source=20, incoming=False, is_automatic=True),
        Row(1, 25 * MINUTE, source=20, category=6),
        Row(1, 25 * MINUTE, source=8, incoming=False),
        Row(1, 25 * MINUTE, source=20, private=True),
        Row(1, 25 * MINUTE, source=2, incoming=False),
        Row(1, 25 * MINUTE, source=2, incoming=True),
    ],
    ids=lambda row: f"source {row.source} category {row.category}",
)
def test_notes_machines_and_third_parties_do_not_extend_a_chat(between):
    assert results(WEB, between, customer_line(2, 50 * MINUTE))[2] == "counted"


def test_an_incoming_note_in_a_chat_is_a_contact_of_its_own():
    """Source 2 is no live message, on either side."""
    assert results(WEB, Row(1, MINUTE, source=2)) == {1: "counted"}


# The start


def test_lines_before_the_start_still_carry_the_chat_on():
    answers = results(
        WEB, customer_line(1, DAY), customer_line(2, DAY + 20 * MINUTE), start=DAY + 10 * MINUTE
    )

    assert answers == {1: "before_start", 2: "same_chat"}


def test_an_opening_before_the_start_still_carries_the_chat_on():
    assert results(WEB, customer_line(1, 20 * MINUTE), start=10 * MINUTE) == {1: "same_chat"}


def test_a_line_before_the_start_is_before_start_rather_than_same_chat():
    assert results(WEB, customer_line(1, MINUTE), start=HOUR) == {1: "before_start"}


# Known rows


def test_a_line_deleted_in_freshdesk_still_counts_as_the_previous_one():
    known = {1: Known(25 * MINUTE, is_live=True)}

    [decision] = judge_thread(WEB, [customer_line(2, 50 * MINUTE)], known, None)

    assert decision.result == "same_chat"


def test_a_known_row_that_was_no_line_of_a_chat_carries_nothing_on():
    known = {1: Known(25 * MINUTE, is_live=False)}

    [decision] = judge_thread(WEB, [customer_line(2, 50 * MINUTE)], known, None)

    assert decision.result == "counted"


def test_a_known_line_that_comes_later_in_the_thread_does_not_reach_back():
    known = {9: Known(DAY + MINUTE, is_live=True)}

    [decision] = judge_thread(WEB, [customer_line(2, DAY)], known, None)

    assert decision.result == "counted"


def test_a_known_line_in_the_same_second_precedes_by_its_id():
    known = {1: Known(DAY, is_live=True), 9: Known(2 * DAY, is_live=True)}
    after, before = customer_line(2, DAY), customer_line(8, 2 * DAY)

    decided = judge_thread(WEB, [before, after], known, None)

    assert [one.result for one in decided] == ["same_chat", "counted"]


def test_a_line_that_arrives_late_moves_no_earlier_decision():
    """Line 3 was counted before line 2 came: it stays counted, and line 2 is judged by what precedes it."""
    seen = [customer_line(1, DAY), customer_line(3, DAY + 40 * MINUTE)]
    first = judge_thread(WEB, seen, {}, None)
    late = customer_line(2, DAY + 20 * MINUTE)

    second = judge_thread(WEB, [*seen, late], known_from(seen, first), None)

    assert {one.conversation_id: one.result for one in first} == {1: "counted", 3: "counted"}
    assert {one.conversation_id: one.result for one in second} == {2: "same_chat"}


def test_rows_in_any_order_are_judged_by_their_times():
    rows = [customer_line(3, DAY + 50 * MINUTE), agent_line(2, DAY + 25 * MINUTE), customer_line(1, DAY)]

    assert results(WEB, *rows) == {1: "counted", 2: "agent_reply", 3: "same_chat"}


def test_a_decision_tells_whether_its_row_is_a_line_of_a_chat():
    """So that the row, once known, can carry the chat on."""
    rows = [
        greeting(1, 0),
        customer_line(2, 1),
        agent_line(3, 2),
        customer_mail(4, 3),
        agent_mail(5, 4),
        Row(6, 5, source=2),
    ]

    live = [one.conversation_id for one in judge_thread(WEB, rows, {}, None) if one.is_live]

    assert live == [2, 3]
