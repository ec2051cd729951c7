"""The ten rules of a conversation, in their order. Rule 9 has its own file: test_chats.py."""

import pytest

from freshdesk_core.counting.threads import CONVERSATION_REASONS, Decision, Known, judge_thread
from tests.counting.builders import (
    DAY,
    EMAIL,
    HOUR,
    MINUTE,
    OUTBOUND,
    PHONE,
    Row,
    Ticket,
    agent_mail,
    customer_mail,
    known_from,
    result,
    results,
)

MAIL = Ticket(EMAIL)


def row(**facts) -> Row:
    """An e-mail of the customer, but for what is said."""
    return Row(**{"id": 1, "created_at": HOUR, "category": 1, "has_email_traits": True, **facts})


# Rule 1


@pytest.mark.parametrize("facts", [{"source": 6}, {"category": 7}, {"source": 6, "category": 7}])
@pytest.mark.parametrize("incoming", [True, False])
def test_1_a_survey_answer_is_no_contact_although_it_comes_as_incoming(facts, incoming):
    assert result(MAIL, row(incoming=incoming, **facts)) == "survey_feedback"


# Rule 2


@pytest.mark.parametrize("facts", [{"category": 5}, {"source": 15}, {"is_automatic": True}])
@pytest.mark.parametrize("incoming", [True, False])
def test_2_what_a_machine_wrote_is_no_contact(facts, incoming):
    assert result(MAIL, row(incoming=incoming, **facts)) == "automation"


# Rule 3


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("incoming", [True, False])
def test_3_a_third_partys_answer_to_a_forward_is_no_contact(private, incoming):
    assert result(MAIL, row(category=6, private=private, incoming=incoming)) == "third_party"


# Rule 4


@pytest.mark.parametrize("private", [True, False])
def test_4_what_an_agent_forwards_is_no_contact(private):
    assert result(MAIL, row(source=8, category=2, incoming=False, private=private)) == "forward"


def test_4_an_incoming_forward_is_a_customers_message():
    assert result(MAIL, row(source=8)) == "counted"


# Rule 5


@pytest.mark.parametrize("source", [0, 2, 5, 7, 9, 20])
def test_5_a_private_note_is_no_contact_whatever_its_source(source):
    assert result(MAIL, row(source=source, category=2, incoming=False, private=True)) == "private_note"


@pytest.mark.parametrize("source", [0, 2, 8, 20])
def test_5_private_decides_before_incoming(source):
    """An integration can write private notes as incoming."""
    assert result(MAIL, row(source=source, private=True)) == "private_note"


# Rule 6


def test_6_a_public_note_of_an_agent_is_no_contact():
    assert result(MAIL, row(source=2, category=3, incoming=False)) == "public_note"


def test_6_an_incoming_note_is_a_customers_message():
    assert result(MAIL, row(source=2)) == "counted"


# Rule 7


@pytest.mark.parametrize("source", [0, 5, 7, 9, 10, 11, 20, 37, None])
def test_7_an_agents_reply_is_no_contact(source):
    assert result(MAIL, row(source=source, category=3, incoming=False)) == "agent_reply"


def test_7_an_agents_reply_before_the_start_is_an_agents_reply():
    assert result(MAIL, row(incoming=False), start=DAY) == "agent_reply"


# Rule 8


@pytest.mark.parametrize(
    ("created_at", "expected"),
    [(DAY - 1, "before_start"), (DAY, "counted"), (DAY + 1, "counted")],
)
def test_8_the_start_itself_counts(created_at, expected):
    assert result(MAIL, row(created_at=created_at), start=DAY) == expected


def test_8_a_reply_after_the_start_counts_in_a_ticket_from_before_it():
    """The start bounds contacts, not tickets."""
    answers = results(MAIL, customer_mail(1, HOUR), customer_mail(2, 2 * DAY), start=DAY)

    assert answers == {1: "before_start", 2: "counted"}


def test_8_a_start_at_the_epoch_is_a_start():
    """0 is a time like any other, not "none given"."""
    assert result(Ticket(created_at=-DAY), row(created_at=-1), start=0) == "before_start"


# Rule 10


def test_10_every_email_of_a_customer_is_a_contact_however_soon_it_follows():
    """Only chats are one contact for many lines."""
    answers = results(MAIL, customer_mail(1, MINUTE), customer_mail(2, MINUTE), customer_mail(3, 2 * MINUTE))

    assert answers == {1: "counted", 2: "counted", 3: "counted"}


@pytest.mark.parametrize("category", [None, 1, 2, 3, 4, 8, 99])
def test_10_an_incoming_public_row_is_a_contact_whatever_its_category_is_called(category):
    """``category`` is undocumented: only the values that the rules name may exclude."""
    assert result(MAIL, row(category=category)) == "counted"


@pytest.mark.parametrize("source", [None, 0, 1, 3, 4, 5, 7, 9, 10, 11, 12, 13, 14, 16, 20, 21, 99])
def test_10_an_unknown_source_code_never_excludes(source):
    assert result(MAIL, row(source=source)) == "counted"


def test_10_the_customers_answer_to_an_outbound_email_is_a_contact():
    assert result(Ticket(OUTBOUND), customer_mail(1, HOUR)) == "counted"


def test_10_a_customers_email_in_the_ticket_of_a_call_is_a_contact():
    assert result(Ticket(PHONE), customer_mail(1, HOUR)) == "counted"


# The order of the rules


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # 1 before all others
        ({"source": 6, "category": 5, "is_automatic": True}, "survey_feedback"),
        ({"source": 15, "category": 7}, "survey_feedback"),
        ({"source": 6, "category": 6, "private": True}, "survey_feedback"),
        ({"source": 8, "category": 7, "incoming": False}, "survey_feedback"),
        ({"source": 6, "private": True, "incoming": False}, "survey_feedback"),
        ({"source": 6, "created_at": 0}, "survey_feedback"),
        # 2 before 3 to 10
        ({"source": 15, "category": 6}, "automation"),
        ({"category": 6, "is_automatic": True}, "automation"),
        ({"source": 8, "category": 5, "incoming": False}, "automation"),
        ({"source": 2, "is_automatic": True, "incoming": False, "private": True}, "automation"),
        ({"source": 2, "is_automatic": True, "incoming": False}, "automation"),
        ({"is_automatic": True, "incoming": False}, "automation"),
        ({"is_automatic": True, "created_at": 0}, "automation"),
        # 3 before 4 to 10
        ({"source": 8, "category": 6, "incoming": False}, "third_party"),
        ({"category": 6, "private": True, "incoming": False}, "third_party"),
        ({"source": 2, "category": 6, "incoming": False}, "third_party"),
        ({"category": 6, "incoming": False}, "third_party"),
        ({"category": 6, "created_at": 0}, "third_party"),
        # 4 before 5 to 8
        ({"source": 8, "private": True, "incoming": False}, "forward"),
        ({"source": 8, "incoming": False, "created_at": 0}, "forward"),
        # 5 before 6 to 8
        ({"source": 2, "private": True, "incoming": False}, "private_note"),
        ({"private": True, "incoming": False}, "private_note"),
        ({"private": True, "created_at": 0}, "private_note"),
        # 6 before 8, 7 before 8
        ({"source": 2, "incoming": False, "created_at": 0}, "public_note"),
        ({"incoming": False, "created_at": 0}, "agent_reply"),
    ],
)
def test_of_two_rules_that_fit_the_first_decides(facts, expected):
    assert result(MAIL, row(**facts), start=MINUTE) == expected


def test_the_reasons_are_listed_in_the_order_of_the_rules():
    assert CONVERSATION_REASONS == (
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


# Once, when first seen


def test_a_known_row_is_not_decided_again_even_when_it_was_edited():
    edited = row(private=True)

    assert judge_thread(MAIL, [edited], {1: Known(HOUR, is_live=False)}, None) == []


def test_a_decision_stands_when_its_row_is_gone_from_freshdesk():
    """Nothing is said of known rows that Freshdesk no longer gives."""
    known = {7: Known(MINUTE, is_live=False)}

    assert [one.conversation_id for one in judge_thread(MAIL, [customer_mail(8, HOUR)], known, None)] == [8]


def test_a_row_given_twice_is_decided_once():
    """Pages of a thread can overlap."""
    first, second = customer_mail(1, MINUTE), customer_mail(2, HOUR)

    decided = judge_thread(MAIL, [first, second, first], {}, None)

    assert [one.conversation_id for one in decided] == [1, 2]


def test_rows_are_decided_in_order_of_time_then_id():
    rows = [customer_mail(5, HOUR), customer_mail(9, MINUTE), agent_mail(4, HOUR)]

    assert [one.conversation_id for one in judge_thread(MAIL, rows, {}, None)] == [9, 4, 5]


def test_an_empty_thread_brings_nothing():
    assert judge_thread(MAIL, [], {}, None) == []


def test_a_thread_moved_by_a_merge_is_not_counted_again():
    """The rows keep their ids, the decisions made under the other ticket are known."""
    moved = [customer_mail(1, MINUTE), agent_mail(2, HOUR)]
    known = known_from(moved, judge_thread(Ticket(PHONE), moved, {}, None))
    own = customer_mail(3, 2 * HOUR)

    assert judge_thread(MAIL, [*moved, own], known, None) == [Decision(3, "counted", EMAIL, is_live=False)]
