"""Under which source a reply is counted: its channel code, else e-mail traits, else the ticket's."""

import pytest

from freshdesk_core.counting.queues import source_name
from freshdesk_core.counting.threads import judge_thread
from tests.counting.builders import CHAT, EMAIL, PHONE, PORTAL, WEB_CHAT, Row, Ticket, contacts_by_queue

CHANNELS = [
    (5, 5, "twitter"),
    (7, 6, "facebook"),
    (9, 3, "phone"),
    (11, 11, "ecommerce"),
    (20, 15, "web chat"),
]


def reply_source(row: Row, ticket_source: int = PORTAL) -> int | None:
    [decision] = judge_thread(Ticket(ticket_source), [row], {}, None)
    return decision.reply_source


@pytest.mark.parametrize(("code", "source", "name"), CHANNELS)
@pytest.mark.parametrize("has_email_traits", [True, False])
def test_a_channel_code_decides_whatever_the_traits(code, source, name, has_email_traits):
    """Conversations and tickets number their sources differently."""
    assert reply_source(Row(1, 60, source=code, has_email_traits=has_email_traits)) == source
    assert source_name(source, {}) == name


def test_a_channel_bears_the_accounts_own_label():
    counts = contacts_by_queue(Ticket(EMAIL), Row(1, 60, source=9), labels={1: "Correo", 3: "Teléfono"})

    assert counts == {"CustomerService correo Tickets": 1, "CustomerService teléfono Replies": 1}


@pytest.mark.parametrize("ticket_source", [EMAIL, PORTAL, PHONE, CHAT, WEB_CHAT, 101])
def test_a_reply_with_email_traits_is_email_in_any_ticket(ticket_source):
    assert reply_source(Row(1, 60, source=0, has_email_traits=True), ticket_source) == EMAIL


@pytest.mark.parametrize("ticket_source", [0, EMAIL, PORTAL, PHONE, CHAT, WEB_CHAT, 101])
def test_a_reply_without_email_traits_takes_its_tickets_present_source(ticket_source):
    """None: whatever the ticket's source is now, and later."""
    assert reply_source(Row(1, 60, source=0), ticket_source) is None


@pytest.mark.parametrize("code", [None, 1, 2, 3, 4, 8, 10, 12, 13, 14, 16, 17, 18, 19, 21, 22, 37, 101])
@pytest.mark.parametrize("has_email_traits", [True, False])
def test_an_unknown_code_takes_its_tickets_source_even_with_email_traits(code, has_email_traits):
    """Never lumped into e-mail: the traits speak for code 0 alone."""
    assert reply_source(Row(1, 60, source=code, has_email_traits=has_email_traits)) is None


def test_a_facebook_comment_and_a_line_of_web_chat_are_not_mixed_up():
    """20 is a comment on Facebook among tickets, and Web Chat among conversations."""
    counts = contacts_by_queue(Ticket(20), Row(1, 2 * 3600, source=20))

    assert counts == {
        "CustomerService facebook comment Tickets": 1,
        "CustomerService web chat Replies": 1,
    }


def test_an_excluded_row_keeps_its_source_too():
    assert reply_source(Row(1, 60, source=20, private=True)) == WEB_CHAT
