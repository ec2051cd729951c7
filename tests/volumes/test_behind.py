"""Every figure of the identity opens the rows it counts."""

from dataclasses import replace

import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.volumes import EVERYTHING, Filters, Line, reconcile, rows_behind
from freshdesk_core.volumes.behind import FIGURES
from tests.volumes.account import Account
from tests.volumes.desk import furnish
from tests.volumes.test_reconcile import march


@pytest.fixture
def acme(store):
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-10"))
    first = account.ticket("2026-03-02T08:00", ticket_id=101)
    account.reply(first, "2026-03-02T09:00")
    account.ticket("2026-03-02T10:00", ticket_id=102, source=10, result="outbound_email", group_id=12)
    account.ticket("2026-03-02T12:00", ticket_id=103, archived=True)
    spam = account.ticket("2026-03-02T13:00", ticket_id=104, spam=True, deleted=True)
    account.reply(spam, "2026-03-02T14:00", reply_source=15)
    account.ticket("2026-03-02T07:00", ticket_id=105, result="before_start", deleted=True)
    return account.settle()


@pytest.mark.parametrize(
    ("figure", "tickets"),
    [
        ("tickets_seen", [104, 103, 102, 101]),
        ("new_ticket_contacts", [104, 103, 101]),
        ("outbound_email", [102]),
        ("spam", [104]),
        ("deleted", []),
        ("archived", [103]),
        ("replies", [104, 101]),
        ("unknown", [104, 104]),
        ("offered", [104, 104, 103, 101, 101]),
    ],
)
def test_the_rows_of_a_figure_by_hand(store, acme, figure, tickets):
    frame = rows_behind(store, march(2, 3), figure)

    assert frame["ticket_id"].tolist() == tickets
    assert frame.attrs["count"] == len(tickets)


def test_a_row_says_what_it_is_and_where(store, acme):
    row = rows_behind(store, march(2, 3, "Asia/Kathmandu"), "unknown").iloc[0]

    assert row["occurred_at"].isoformat() == "2026-03-02T19:45:00+05:45"
    assert (row["integration"], row["group"], row["source"]) == ("acme", "CustomerService", "web chat")
    assert (row["fate"], row["result"]) == ("spam", "counted")
    assert row["ticket_url"] == "https://acme.freshdesk.com/a/tickets/104"
    assert row["conversation_id"] > 0


def test_only_so_many_rows_are_listed_and_all_are_counted(store, acme):
    frame = rows_behind(store, march(2, 3), "offered", limit=2)

    assert frame["ticket_id"].tolist() == [104, 104]
    assert frame.attrs["count"] == 5


def test_what_only_one_side_has_is_named(store, acme):
    acme.total_rows("2026-03-02", [("2026-03-02T08:00", 11, 1)])
    acme.difference("never_imported", 900, "2026-03-02T20:00", group_id=12)
    acme.difference("unexplained", 101, "2026-03-02T08:00")

    never = rows_behind(store, march(2, 3), "never_imported")
    unexplained = rows_behind(store, march(2, 3), "unexplained", Filters(groups=("CustomerService",)))

    assert (never["ticket_id"].tolist(), never["group"].tolist()) == ([900], ["Billing"])
    assert unexplained["ticket_id"].tolist() == [101]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "filters",
    [
        EVERYTHING,
        Filters(groups=("Billing", "No group")),
        Filters(sources=("chat",)),
        Filters(integrations=(2,)),
    ],
    ids=["all", "groups", "source", "account"],
)
def test_as_many_rows_as_the_figure_says(store, filters):
    furnish(store, tickets=600)
    window = march(2, 28, "America/New_York")
    line: Line = reconcile(store, window, filters).total

    for figure, value in replace(line).figures().items():
        if figure not in ("freshdesk_tickets", "never_imported", "unexplained"):
            assert rows_behind(store, window, figure, filters, limit=5).attrs["count"] == value, figure


def test_a_figure_that_is_none_is_refused(store):
    with pytest.raises(ConfigError) as caught:
        rows_behind(store, march(2, 3), "freshdesk_tickets")

    assert caught.value.error_code == "no-such-figure"
    assert "freshdesk_tickets" not in FIGURES
