"""What enters through the door, and what stays outside."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshdesk_core.api import records
from freshdesk_core.errors import BadAnswer
from tests.api.rows import CANARY, conversation, ticket

TEN = int(datetime(2026, 3, 1, 10, tzinfo=UTC).timestamp())


def test_a_ticket_keeps_exactly_what_counting_needs():
    record = records.ticket(ticket(7, source=3, group_id=None, association_type=2, spam=True))

    assert (record.id, record.source, record.group_id, record.status) == (7, 3, None, 2)
    assert (record.association_type, record.spam, record.deleted, record.archived) == (2, True, False, False)
    assert (record.created_at, record.updated_at) == (TEN - 3600, TEN)
    assert (record.agent_responded_at, record.requester_responded_at) == (TEN - 1800, None)


def test_a_conversation_keeps_exactly_what_counting_needs():
    record = records.conversations([conversation(12, 7, source=2, incoming=False, private=True)])[0]

    assert (record.id, record.ticket_id, record.source, record.category) == (12, 7, 2, 1)
    assert (record.incoming, record.private) == (False, True)
    assert (record.created_at, record.updated_at) == (TEN, TEN)


def test_no_personal_word_passes_the_door():
    kept = [records.ticket(ticket()), *records.conversations([conversation()])]

    assert "anary" not in repr(kept)


@pytest.mark.parametrize(
    ("traits", "has"),
    [
        ({"from_email": "a@b.c", "support_email": None}, True),
        ({"from_email": None, "support_email": "help@b.c"}, True),
        ({"from_email": 4711, "support_email": None}, True),
        ({"from_email": None, "support_email": None}, False),
        ({"from_email": "", "support_email": ""}, False),
    ],
)
def test_email_traits(traits, has):
    assert records.conversations([conversation(**traits)])[0].has_email_traits is has


@pytest.mark.parametrize(
    ("traits", "automatic"),
    [({"auto_response": True}, True), ({"automation_id": 43}, True), ({"auto_response": None}, False)],
)
def test_automatic_conversations(traits, automatic):
    assert records.conversations([conversation(**traits)])[0].is_automatic is automatic


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, 43000998877123])
@pytest.mark.parametrize("form", [int, str])
def test_ids_stay_exact(number, form):
    """Ids beyond what a float holds, and ids sent as text."""
    record = records.ticket(ticket(form(number), group_id=form(number)))

    assert (record.id, record.group_id) == (number, number)
    assert records.conversations([conversation(form(number), form(number))])[0].ticket_id == number


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T10:00:00Z",
        "2026-03-01T11:00:00+01:00",
        "2026-03-01T10:00:00.987Z",
        "2026-03-01T04:30:00.1-05:30",
        "2026-03-01T10:00:00",
    ],
)
def test_times_in_every_form(text):
    assert records.epoch(text) == TEN


@given(st.integers(631152000, 4102444800), st.integers(0, 999999), st.integers(-14 * 60, 14 * 60))
def test_times_agree_with_the_calendar(seconds, micros, minutes_east):
    zone = timezone(timedelta(minutes=minutes_east))
    moment = datetime.fromtimestamp(seconds, zone).replace(microsecond=micros)
    assert records.epoch(moment.isoformat()) == seconds


TICKET_KEYS = sorted(ticket().keys() - {"id", "created_at", "updated_at"})
CONVERSATION_KEYS = sorted(conversation().keys() - {"id", "created_at"})


@pytest.mark.parametrize("key", TICKET_KEYS)
def test_everything_else_of_a_ticket_may_be_missing_or_null(key):
    full = ticket()
    assert records.ticket({name: value for name, value in full.items() if name != key}).id == 1
    assert records.ticket(full | {key: None}).id == 1


@pytest.mark.parametrize("key", CONVERSATION_KEYS)
def test_everything_else_of_a_conversation_may_be_missing_or_null(key):
    full = conversation()
    assert records.conversations([{name: value for name, value in full.items() if name != key}])[0].id == 11
    assert records.conversations([full | {key: None}])[0].id == 11


def test_two_hundred_unknown_fields_change_nothing():
    drift: dict[str, Any] = {f"new_{number}": {"deep": [CANARY]} for number in range(200)}

    assert records.ticket(ticket() | drift) == records.ticket(ticket())


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": None},
        {"id": True},
        {"id": 1.0},
        {"id": "12a"},
        {"id": -5},
        {"id": 2**63},
        {"created_at": None},
        {"updated_at": CANARY},
        {"updated_at": 5},
        {"group_id": {"name": CANARY}},
        {"source": CANARY},
    ],
)
def test_a_spoilt_record_is_refused_without_a_word_of_it(spoilt):
    for read, row in ((records.ticket, ticket()), (records.tickets, [ticket(), ticket() | spoilt])):
        with pytest.raises(BadAnswer) as caught:
            read(row | spoilt if isinstance(row, dict) else row)
        assert "anary" not in repr(caught.value) + str(caught.value)
        assert caught.value.__context__ is None


@pytest.mark.parametrize("content", [None, {}, "text", 5, [None], [[]], {"id": 1}, [CANARY], [1]])
def test_another_shape_is_refused(content):
    for read in (records.tickets, records.conversations, records.groups, records.roles, records.search_rows):
        with pytest.raises(BadAnswer):
            read(content)


def test_the_digest_changes_with_any_figure_of_the_stats_and_with_nothing_else():
    stats = ticket()["stats"]
    digest = records.ticket(ticket()).stats_digest

    assert 0 < digest < 2**63
    assert records.ticket(ticket(subject="other", stats=dict(reversed(stats.items())))).stats_digest == digest
    assert records.ticket(ticket(stats=stats | {"a_new_key": None})).stats_digest == digest
    for key in stats:
        changed = stats | {key: "2026-03-02T00:00:00Z"}
        assert records.ticket(ticket(stats=changed)).stats_digest != digest
    assert records.ticket(ticket(stats=None)).stats_digest == 0


def test_the_digest_is_the_same_in_every_process():
    """A stored digest is compared with one from another run, so the figure itself is fixed here."""
    stats = {"closed_at": "2026-03-01T10:00:00Z", "reopened_at": None}
    assert records.ticket(ticket(stats=stats)).stats_digest == 4359704859310131875


def test_choices_of_a_field_by_number():
    fields = [
        {"type": "default_source", "choices": {"Email": 1, "Web Chat": 15, "odd": ["x"], "Partner desk": 101}}
    ]

    assert records.choices(fields, "default_source") == {1: "Email", 15: "Web Chat", 101: "Partner desk"}
    assert records.choices([], "default_source") == {}
    assert records.choices([{"type": "default_source", "choices": ["Email"]}], "default_source") == {}


def test_an_agent_without_roles_or_scope():
    assert records.agent({"id": 1, "ticket_scope": 2, "role_ids": [5, "6"]}) == (2, (5, 6))
    assert records.agent({"id": 1, "role_ids": None}) == (0, ())


def test_an_account_that_says_little():
    assert records.account({"timezone": "Berlin", "tier_type": "Estate"}) == ("Berlin", "Estate", None)
    assert records.account({"timezone": None}) == (None, None, None)
    assert records.account({"account_id": 43}).account_id == 43


def test_a_search_result_needs_its_total():
    row = {"id": 5, "created_at": "2026-03-01T10:00:00Z", "group_id": None, "source": 2, "subject": CANARY}
    assert records.search_result({"total": 1312, "results": [row]}) == (1312, [(5, TEN, None, 2)])
    for wrong in ({"results": []}, {"total": "5", "results": []}, [], {"total": 1}):
        with pytest.raises(BadAnswer):
            records.search_result(wrong)
