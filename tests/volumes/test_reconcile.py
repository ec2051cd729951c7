"""Contacts against tickets, counted by hand."""

from datetime import date

import pytest

from freshdesk_core.errors import ConfigError
from freshdesk_core.volumes import Filters, Window, check_names, reconcile, ticket_totals
from tests.volumes.account import Account, at

NOT_COMPARED = {"freshdesk_tickets": None, "never_imported": None, "unexplained": None}


@pytest.fixture
def acme(store):
    """2 March: six tickets; four are alive in Freshdesk, of which one is outbound and one a child."""
    account = Account(store)
    account.proven(("2026-03-01", "2026-03-10"))
    first = account.ticket("2026-03-02T08:00")
    account.reply(first, "2026-03-02T09:00")
    account.reply(first, "2026-03-04T09:00")
    account.ticket("2026-03-02T10:00", source=10, result="outbound_email", group_id=12)
    account.ticket("2026-03-02T11:00", association_type=2, result="child_ticket", group_id=12)
    account.ticket("2026-03-02T12:00", group_id=12)
    spam = account.ticket("2026-03-02T13:00", spam=True)
    account.reply(spam, "2026-03-02T14:00")
    account.ticket("2026-03-02T23:30", deleted=True)
    return account.settle()


def march(first: int, end: int, zone: str = "UTC") -> Window:
    return Window.of_days(date(2026, 3, first), date(2026, 3, end), zone)


def test_the_identity_of_a_day_by_hand(store, acme):
    acme.total("2026-03-02", 4)

    line = reconcile(store, march(2, 3)).total

    assert line.figures() == {
        "freshdesk_tickets": 4,
        "never_imported": 0,
        "spam": 1,
        "deleted": 1,
        "archived": 0,
        "unexplained": 0,
        "tickets_seen": 6,
        "outbound_email": 1,
        "internal_task": 0,
        "child_ticket": 1,
        "tracker_ticket": 0,
        "new_ticket_contacts": 4,
        "replies": 2,
        "offered": 6,
        "unknown": 2,  # the spam ticket and its reply; the other was deleted after it had counted
    }


@pytest.mark.parametrize(("total", "never", "unexplained"), [(6, 2, 0), (3, 0, 1)])
def test_without_rows_the_difference_of_the_counts_is_told(store, acme, total, never, unexplained):
    acme.total("2026-03-02", total)

    line = reconcile(store, march(2, 3)).total

    assert (line.never_imported, line.unexplained) == (never, unexplained)


def test_differences_of_different_days_do_not_hide_each_other(store, acme):
    acme.ticket("2026-03-03T08:00")
    acme.settle()
    acme.total("2026-03-02", 5)
    acme.total("2026-03-03", 0)

    line = reconcile(store, march(2, 4)).total

    assert (line.freshdesk_tickets, line.never_imported, line.unexplained) == (5, 1, 1)


def test_with_rows_each_difference_is_a_ticket(store, acme):
    """One there and not here, one here and not there: the net would be nothing."""
    acme.total_rows(
        "2026-03-02",
        [
            ("2026-03-02T08:00", 11, 1),
            ("2026-03-02T10:00", 12, 10),
            ("2026-03-02T11:00", 12, 1),
            ("2026-03-02T15:00", 11, 1),
        ],
        taken="2026-03-05T02:00",
    )
    acme.difference("never_imported", 900, "2026-03-02T15:00")
    acme.difference("unexplained", 5, "2026-03-02T12:00", group_id=12)

    found = reconcile(store, march(2, 3))

    assert (found.total.freshdesk_tickets, found.total.never_imported, found.total.unexplained) == (4, 1, 1)
    assert found.never_imported_tickets == [("acme", 900)]
    assert found.unexplained_tickets == [("acme", 5)]
    by_group = {line.name: line for line in found.groups}
    assert (by_group["CustomerService"].freshdesk_tickets, by_group["CustomerService"].never_imported) == (
        2,
        1,
    )
    assert (by_group["Billing"].freshdesk_tickets, by_group["Billing"].unexplained) == (2, 1)
    assert by_group["Billing"].offered == 1
    assert {line.name: line.freshdesk_tickets for line in found.sources} == {"email": 3, "outbound email": 1}
    assert found.taken_at == at("2026-03-05T02:00")


@pytest.mark.parametrize("how", ["missing", "stale"])
def test_a_day_without_a_total_is_not_yet_compared(store, acme, how):
    if how == "stale":
        acme.total("2026-03-02", 4, is_stale=True)

    found = reconcile(store, march(2, 3))

    assert NOT_COMPARED.items() <= found.total.figures().items()
    assert found.total.tickets_seen == 6
    assert found.as_json()["freshdesk"] == {"source": "search/tickets", "taken_at": None}


def test_a_total_without_rows_says_nothing_of_groups_or_of_a_zone_that_cuts_the_day(store, acme):
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        acme.total(day, 4)

    found = reconcile(store, march(2, 3))
    local = reconcile(store, march(2, 3, "Europe/Amsterdam"))

    assert [line.freshdesk_tickets for line in found.groups] == [None, None]
    assert found.total.freshdesk_tickets == 4
    assert local.total.freshdesk_tickets is None


def test_a_zone_that_cuts_days_needs_the_rows_of_both(store, acme):
    """00:30 on 3 March in Amsterdam is still 2 March in UTC."""
    rows = [(f"2026-03-02T{hour}", 11, 1) for hour in ("08:00", "10:00", "11:00", "23:15")]
    acme.total_rows("2026-03-02", rows)
    acme.total_rows("2026-03-01", [])
    window = march(2, 3, "Europe/Amsterdam")
    assert reconcile(store, window).total.freshdesk_tickets == 3

    assert reconcile(store, march(3, 4, "Europe/Amsterdam")).total.freshdesk_tickets is None
    acme.total("2026-03-03", 0)
    assert reconcile(store, march(3, 4, "Europe/Amsterdam")).total.freshdesk_tickets is None


def test_only_the_days_at_the_border_of_a_local_window_need_rows(store, acme):
    acme.total_rows("2026-03-01", [])
    acme.total("2026-03-02", 4)
    acme.total_rows("2026-03-03", [])
    acme.total_rows("2026-03-04", [])

    found = reconcile(store, march(2, 5, "Europe/Amsterdam"))

    assert found.total.freshdesk_tickets == 4
    assert [line.freshdesk_tickets for line in found.days] == [None, None, 0]


def test_a_group_or_source_alone(store, acme):
    acme.total_rows("2026-03-02", [("2026-03-02T08:00", 11, 1), ("2026-03-02T10:00", 12, 10)])

    billing = reconcile(store, march(2, 3), Filters(groups=("Billing",)))
    email = reconcile(store, march(2, 3), Filters(sources=("email",)))

    assert (billing.total.freshdesk_tickets, billing.total.tickets_seen, billing.total.offered) == (1, 3, 1)
    assert [line.name for line in billing.groups] == ["Billing"]
    assert (email.total.freshdesk_tickets, email.total.tickets_seen) == (1, 5)


def test_what_is_not_proven_has_no_figure(store, acme):
    acme.total("2026-03-02", 4)
    acme.proven(("2026-03-01", "2026-03-10"), ("2026-03-03", "2026-03-10"))

    line = reconcile(store, march(2, 3)).total

    assert (line.tickets_seen, line.replies, line.offered, line.unknown) == (6, None, None, None)
    acme.proven(("2026-03-03", "2026-03-10"))
    line = reconcile(store, march(2, 3)).total
    assert line.freshdesk_tickets == 4
    assert (line.tickets_seen, line.spam, line.never_imported, line.unexplained) == (None, None, None, None)


def test_tickets_before_the_start_are_not_seen(store, acme):
    """They are kept, but the identity speaks of what was to be counted."""
    acme.ticket("2026-03-05T08:00", result="before_start")
    acme.settle()

    assert reconcile(store, march(5, 6)).total.tickets_seen == 0


def test_two_accounts_are_compared_when_both_are(store, acme):
    other = Account(store, name="globex", domain="globex.freshdesk.com")
    other.proven(("2026-03-01", "2026-03-10"))
    acme.total("2026-03-02", 4)
    assert reconcile(store, march(2, 3)).total.freshdesk_tickets is None

    other.total("2026-03-02", 1)

    line = reconcile(store, march(2, 3)).total
    assert (line.freshdesk_tickets, line.never_imported) == (5, 1)


def test_the_document_has_the_shape_of_the_contract(store, acme):
    acme.total_rows("2026-03-02", [("2026-03-02T08:00", 11, 1)])
    acme.difference("never_imported", 2**53 + 1, "2026-03-02T15:00")

    document = reconcile(store, march(2, 4)).as_json()

    figures = [
        *(
            "freshdesk_tickets",
            "never_imported",
            "spam",
            "deleted",
            "archived",
            "unexplained",
            "tickets_seen",
        ),
        *("outbound_email", "internal_task", "child_ticket", "tracker_ticket", "new_ticket_contacts"),
        *("replies", "offered", "unknown"),
    ]
    assert (document["from"], document["to"], document["tz"]) == ("2026-03-02", "2026-03-04", "UTC")
    assert document["freshdesk"]["taken_at"] == "2026-06-01T00:00:00+00:00"
    assert list(document["total"]) == figures
    assert [list(day) for day in document["days"]] == [["day", *figures]] * 2
    assert [day["day"] for day in document["days"]] == ["2026-03-02", "2026-03-03"]
    assert [group["group"] for group in document["groups"]] == ["Billing", "CustomerService"]
    assert document["never_imported_tickets"] == [{"integration": "acme", "ticket_id": 2**53 + 1}]
    assert document["unexplained_tickets"] == []


def test_the_identity_in_one_sentence(store, acme):
    acme.total("2026-03-02", 5)

    assert reconcile(store, march(2, 3)).sentence() == (
        "5 Freshdesk tickets − 1 never imported + 2 spam or deleted − 1 outbound − 1 made by agents "
        "= 4 new tickets; + 2 replies = 6 contacts (1.50 per new ticket), 2 of them Unknown."
    )


def test_the_sentence_says_what_is_not_known(store, acme):
    assert (
        reconcile(store, march(2, 3))
        .sentence()
        .startswith("6 tickets seen (not yet compared with Freshdesk)")
    )
    acme.proven(("2026-03-01", "2026-03-10"), ("2026-03-05", "2026-03-10"))
    assert reconcile(store, march(2, 3)).sentence().endswith("; the replies are not proven to be complete.")
    assert reconcile(store, march(9, 12)).sentence() == (
        "The tickets of this time are not proven to be complete, so there are no figures."
    )


def test_freshdesks_totals_per_week(store, acme):
    for day in range(2, 9):
        acme.total(f"2026-03-0{day}", day)
    window = march(2, 10)

    assert list(ticket_totals(store, window, "1w")["freshdesk_tickets"].fillna(-1)) == [35, -1]
    assert list(ticket_totals(store, window)["freshdesk_tickets"].fillna(-1)) == [2, 3, 4, 5, 6, 7, 8, -1]
    assert ticket_totals(store, window, "1h")["freshdesk_tickets"].isna().all()


def test_freshdesks_totals_per_hour_need_rows(store, acme):
    acme.total_rows("2026-03-02", [("2026-03-02T08:10", 11, 1), ("2026-03-02T08:50", 12, 1)])

    hourly = ticket_totals(store, march(2, 3), "1h")["freshdesk_tickets"]

    assert list(hourly) == [0] * 8 + [2] + [0] * 15


@pytest.mark.parametrize(
    ("filters", "code"),
    [(Filters(groups=("Nobody",)), "no-such-group"), (Filters(sources=("Email",)), "no-such-source")],
)
def test_a_name_that_does_not_exist_is_refused(store, acme, filters, code):
    check_names(store, Filters(groups=("Billing", "CustomerService"), sources=("email", "phone")))

    with pytest.raises(ConfigError) as caught:
        check_names(store, filters)

    assert caught.value.error_code == code
