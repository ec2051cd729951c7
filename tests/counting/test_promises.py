"""What the product promises a planner, as threads counted by hand."""

from freshdesk_core.counting.threads import judge_thread
from tests.counting.builders import (
    CHAT,
    DAY,
    EMAIL,
    HOUR,
    MINUTE,
    OUTBOUND,
    PHONE,
    WEB_CHAT,
    Row,
    Ticket,
    agent_line,
    agent_mail,
    contacts_by_queue,
    customer_line,
    customer_mail,
    greeting,
)


def test_p8_every_conversation_counts_by_itself():
    """E-mail, answer and closing, e-mail two days later: two contacts, one in each queue."""
    counts = contacts_by_queue(Ticket(EMAIL), agent_mail(1, 2 * HOUR), customer_mail(2, 2 * DAY))

    assert counts == {"CustomerService email Tickets": 1, "CustomerService email Replies": 1}


def test_p8_closing_and_reopening_add_nothing():
    """They leave at most notes behind, written by agents and rules."""
    counts = contacts_by_queue(
        Ticket(EMAIL),
        agent_mail(1, 2 * HOUR),
        Row(2, 2 * HOUR, incoming=False, private=True, source=2, category=2),
        Row(3, 3 * HOUR, incoming=False, source=0, category=5, is_automatic=True, has_email_traits=True),
        customer_mail(4, 2 * DAY),
        Row(5, 2 * DAY, incoming=False, private=True, source=2, is_automatic=True),
    )

    assert counts == {"CustomerService email Tickets": 1, "CustomerService email Replies": 1}


def test_p9_different_sources_different_queues():
    """An e-mail reply and a chat on one ticket: each in its queue, neither in both."""
    ticket = Ticket(EMAIL)
    thread = [
        agent_mail(1, HOUR),
        customer_mail(2, DAY),
        customer_line(3, DAY + MINUTE),
        agent_line(4, DAY + 2 * MINUTE),
        customer_line(5, DAY + 3 * MINUTE),
    ]

    counts = contacts_by_queue(ticket, *thread)

    assert counts == {
        "CustomerService email Tickets": 1,
        "CustomerService email Replies": 1,
        "CustomerService web chat Replies": 1,
    }
    replies = [one for one in judge_thread(ticket, thread, {}, None) if one.result == "counted"]
    assert sum(counts.values()) == 1 + len(replies)


def test_p9_an_email_in_a_chat_ticket_goes_to_the_email_queue():
    counts = contacts_by_queue(
        Ticket(CHAT), customer_line(1, MINUTE, 0), customer_mail(2, 5 * MINUTE), customer_line(3, DAY, 0)
    )

    assert counts == {
        "CustomerService chat Tickets": 1,
        "CustomerService email Replies": 1,
        "CustomerService chat Replies": 1,
    }


def test_a_web_chat_is_one_contact_and_the_survey_after_it_none():
    counts = contacts_by_queue(
        Ticket(WEB_CHAT),
        greeting(1, 0),
        customer_line(2, 1),
        agent_line(3, MINUTE),
        customer_line(4, 2 * MINUTE),
        Row(5, 10 * MINUTE, source=6, category=7),
    )

    assert counts == {"CustomerService web chat Tickets": 1}


def test_a_call_is_one_contact_and_its_notes_none():
    counts = contacts_by_queue(Ticket(PHONE), Row(1, HOUR, incoming=False, private=True, source=2))

    assert counts == {"CustomerService phone Tickets": 1}


def test_an_outbound_email_brings_only_the_customers_answer():
    assert contacts_by_queue(Ticket(OUTBOUND), customer_mail(1, HOUR)) == {"CustomerService email Replies": 1}


def test_a_forward_to_a_third_party_and_its_answer_add_nothing():
    counts = contacts_by_queue(
        Ticket(EMAIL),
        Row(1, HOUR, incoming=False, private=True, source=8, category=2, has_email_traits=True),
        Row(2, 2 * HOUR, incoming=True, private=True, source=0, category=6, has_email_traits=True),
        agent_mail(3, 3 * HOUR),
    )

    assert counts == {"CustomerService email Tickets": 1}
