"""Keys and names of queues."""

from itertools import product

import pytest

from freshdesk_core.counting.queues import (
    CHANNEL,
    KINDS,
    STANDARD_SOURCES,
    QueueKey,
    group_name,
    queue_name,
    source_name,
    unknown_queue_name,
)

BILLING = 43000000007


def test_a_queue_is_named_after_group_source_and_kind():
    assert queue_name("CustomerService", "chat", "Tickets") == "CustomerService chat Tickets"
    assert queue_name("CustomerService", "email", "Replies") == "CustomerService email Replies"


def test_the_unknown_queues_bear_the_names_of_the_promise():
    assert [unknown_queue_name(kind) for kind in KINDS] == [
        "Unknown group/source Tickets",
        "Unknown group/source Replies",
    ]


def test_every_queue_belongs_to_cases():
    assert CHANNEL == "Cases"


@pytest.mark.parametrize(
    ("source", "labels", "expected"),
    [
        (15, {15: "Web Chat"}, "web chat"),
        (1, {1: "Correo Electrónico"}, "correo electrónico"),
        (101, {101: "Partner Desk"}, "partner desk"),
        (1, {2: "Portal"}, "email"),
        (9, {}, "feedback widget"),
        (1, {1: ""}, "email"),
        (137, {}, "source 137"),
        (0, {}, "source 0"),
        (137, {137: ""}, "source 137"),
    ],
)
def test_a_source_bears_the_accounts_label_else_the_standard_one_else_its_number(source, labels, expected):
    assert source_name(source, labels) == expected


def test_every_standard_source_has_the_name_that_its_queues_bear_for_ever():
    """A queue's name is read by other programs: it may not change unseen."""
    assert [source_name(code, {}) for code in range(1, 24)] == [
        *("email", "portal", "phone", "forum", "twitter", "facebook", "chat", "mobihelp", "feedback widget"),
        *("outbound email", "ecommerce", "bot", "whatsapp", "internal task", "web chat", "web form"),
        *("instagram message", "instagram comment", "facebook message", "facebook comment"),
        *("mobile chat sdk", "sms", "source 23"),
    ]


def test_the_standard_list_names_the_sources_that_freshdesk_documents():
    assert set(STANDARD_SOURCES) == set(range(1, 23))
    assert len(set(STANDARD_SOURCES.values())) == 22


@pytest.mark.parametrize(
    ("group_id", "names", "expected"),
    [
        (BILLING, {BILLING: "Billing & Refunds  ÄÖ"}, "Billing & Refunds  ÄÖ"),
        (0, {}, "No group"),
        (0, {0: "none"}, "No group"),
        (BILLING, {}, "group 43000000007"),
        (BILLING, {43000000008: "Sales"}, "group 43000000007"),
    ],
)
def test_a_group_bears_its_name_verbatim_or_its_number(group_id, names, expected):
    assert group_name(group_id, names) == expected


def test_queue_ids_are_stable_text():
    """Links and exports depend on them."""
    assert QueueKey(1, BILLING, 1, "Tickets").queue_id == "1-43000000007-1-tickets"
    assert QueueKey(1, 0, 101, "Replies").queue_id == "1-0-101-replies"
    assert QueueKey(2, 0, 0, "Tickets", is_unknown=True).queue_id == "2-unknown-tickets"
    assert QueueKey(2, 0, 0, "Replies", is_unknown=True).queue_id == "2-unknown-replies"


def test_no_group_and_the_unknown_queue_are_two_queues():
    assert QueueKey(1, 0, 0, "Tickets").queue_id != QueueKey(1, 0, 0, "Tickets", is_unknown=True).queue_id


def test_no_two_keys_share_an_id():
    keys = [QueueKey(*key) for key in product((1, 11, 111), (0, 1, 11, 111), (0, 1, 11, 111), KINDS)]
    keys += [QueueKey(n, 0, 0, kind, is_unknown=True) for n in (1, 11, 111) for kind in KINDS]

    assert len({key.queue_id for key in keys}) == len(keys)


def test_a_rename_renames_the_queue_and_splits_nothing():
    """The id is made of the key; names are looked up when shown."""
    key = QueueKey(1, BILLING, 15, "Replies")

    def name(group: str, source: str) -> str:
        return queue_name(group_name(BILLING, {BILLING: group}), source_name(15, {15: source}), key.kind)

    assert (name("Billing", "Web Chat"), name("Invoices", "Live")) == (
        "Billing web chat Replies",
        "Invoices live Replies",
    )
    assert key.queue_id == "1-43000000007-15-replies"


def test_two_groups_of_one_name_stay_two_queues():
    names = {BILLING: "Billing", 43000000008: "Billing"}
    keys = [QueueKey(1, group_id, 1, "Tickets") for group_id in names]

    assert len({group_name(key.group_id, names) for key in keys}) == 1
    assert len({key.queue_id for key in keys}) == 2
