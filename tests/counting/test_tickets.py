"""Which new tickets are contacts, what became of a ticket, and when a contact is Unknown."""

from itertools import product

import pytest

from freshdesk_core.counting.tickets import TICKET_REASONS, fate, is_unknown, ticket_result
from tests.counting.builders import CHAT, EMAIL, OUTBOUND, PHONE, TASK, Ticket

PARENT, CHILD, TRACKER, RELATED = 1, 2, 3, 4
START = 1_000


@pytest.mark.parametrize("source", [0, EMAIL, 2, PHONE, 4, 5, 6, CHAT, 8, 9, 11, 12, 13, 15, 16, 22, 101])
def test_a_ticket_is_one_contact_whatever_way_it_came(source):
    """Calls, web forms, social messages and custom sources count as e-mail does."""
    assert ticket_result(Ticket(source), None) == "counted"


def test_an_outbound_email_is_no_contact_because_an_agent_began_it():
    assert ticket_result(Ticket(OUTBOUND), None) == "outbound_email"


def test_an_internal_task_is_no_contact():
    assert ticket_result(Ticket(TASK), None) == "internal_task"


@pytest.mark.parametrize(
    ("association", "expected"),
    [(None, "counted"), (PARENT, "counted"), (CHILD, "child_ticket"), (TRACKER, "tracker_ticket"),
     (RELATED, "counted")],
)  # fmt: skip
def test_child_and_tracker_tickets_are_made_by_agents_parents_and_related_ones_are_not(association, expected):
    assert ticket_result(Ticket(association_type=association), None) == expected


@pytest.mark.parametrize(
    ("source", "association", "created_at", "expected"),
    [
        (OUTBOUND, CHILD, START - 1, "outbound_email"),
        (OUTBOUND, TRACKER, START, "outbound_email"),
        (OUTBOUND, None, START - 1, "outbound_email"),
        (TASK, CHILD, START - 1, "internal_task"),
        (TASK, TRACKER, START, "internal_task"),
        (TASK, None, START - 1, "internal_task"),
        (EMAIL, CHILD, START - 1, "child_ticket"),
        (EMAIL, TRACKER, START - 1, "tracker_ticket"),
        (EMAIL, PARENT, START - 1, "before_start"),
    ],
)
def test_of_several_reasons_the_first_is_given(source, association, created_at, expected):
    assert ticket_result(Ticket(source, created_at, association), START) == expected


@pytest.mark.parametrize(
    ("created_at", "expected"),
    [(START - 1, "before_start"), (START, "counted"), (START + 1, "counted")],
)
def test_the_start_itself_counts(created_at, expected):
    assert ticket_result(Ticket(created_at=created_at), START) == expected


def test_without_a_start_everything_counts():
    assert ticket_result(Ticket(created_at=-1), None) == "counted"


def test_a_start_at_the_epoch_is_a_start():
    """0 is a time like any other, not "none given"."""
    assert ticket_result(Ticket(created_at=-1), 0) == "before_start"


def test_every_ticket_is_counted_or_has_one_of_the_listed_reasons():
    for source, association, created_at, start in product(range(24), range(6), (0, 9), (None, 5)):
        answer = ticket_result(Ticket(source, created_at, association), start)
        assert answer == "counted" or answer in TICKET_REASONS


@pytest.mark.parametrize(
    ("spam", "deleted", "archived", "expected"),
    [
        (True, True, True, "spam"),
        (True, True, False, "spam"),
        (True, False, True, "spam"),
        (True, False, False, "spam"),
        (False, True, True, "deleted"),
        (False, True, False, "deleted"),
        (False, False, True, "archived"),
        (False, False, False, "live"),
    ],
)
def test_a_ticket_has_the_first_of_the_states_that_fit(spam, deleted, archived, expected):
    assert fate(spam=spam, deleted=deleted, archived=archived) == expected


def test_a_contact_is_unknown_while_its_ticket_is_spam_deleted_or_not():
    for deleted, seen_deleted in product((False, True), repeat=2):
        assert is_unknown(spam=True, deleted=deleted, seen_deleted=seen_deleted)


def test_a_contact_is_known_again_when_its_ticket_turns_out_to_be_no_spam():
    assert not is_unknown(spam=False, deleted=False, seen_deleted=False)


def test_a_contact_first_seen_in_a_deleted_ticket_is_unknown():
    assert is_unknown(spam=False, deleted=True, seen_deleted=True)


def test_a_contact_first_seen_in_a_deleted_ticket_is_known_once_the_ticket_is_restored():
    assert not is_unknown(spam=False, deleted=False, seen_deleted=True)


def test_a_contact_counted_before_the_deletion_stays_where_it_was():
    """It was work; a clean-up of old tickets must not empty the past."""
    assert not is_unknown(spam=False, deleted=True, seen_deleted=False)
