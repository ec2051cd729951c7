"""The created count of Freshdesk Analytics beside Inflow's tickets: sums by hand, and words for each case."""

from datetime import date

from sqlalchemy import insert

from freshdesk_core.store import Store, schema
from freshdesk_core.volumes import Window, created_figures, explain_created
from tests.volumes.account import Account, at

WINDOW = Window.of_days(date(2026, 3, 2), date(2026, 3, 9), "Europe/Amsterdam")
FIGURES = {"tickets_seen": 100, "spam": 5, "deleted": 3, "without_group": 4, "merged": 2, "purged": 1}


def test_what_analytics_may_count_otherwise_is_counted_by_hand(store: Store) -> None:
    account = Account(store)
    account.ticket("2026-03-02T09:00")
    account.ticket("2026-03-02T10:00", group_id=None)
    account.ticket("2026-03-02T10:30", group_id=None, spam=True)  # spam is left out anyway
    account.ticket("2026-03-03T09:00", is_merged=True)
    account.ticket("2026-03-04T09:00", deleted=True)
    account.ticket("2026-03-05T09:00", archived=True)
    account.ticket("2026-03-01T22:30", result="before_start", group_id=None)
    account.ticket("2026-03-01T23:30", group_id=None)  # already Monday in Amsterdam
    account.ticket("2026-03-08T23:30", group_id=None)  # no longer Sunday there
    with store.write() as connection:
        connection.execute(
            insert(schema.gaps).values(
                **{"integration_id": 1, "ticket_id": 999, "state": "purged", "settled_at": 1},
                created_about=at("2026-03-05T10:00"),
            )
        )
    account.proven(("2026-02-01", "2026-04-01"))
    account.settle()

    found = created_figures(store, WINDOW)

    assert (found["tickets_seen"], found["spam"], found["deleted"], found["archived"]) == (7, 1, 1, 1)
    assert (found["without_group"], found["merged"], found["purged"]) == (2, 1, 1)


def test_counts_that_agree_need_no_reason() -> None:
    told = explain_created(FIGURES, 92)
    assert (told.comparable, told.rest, told.reasons) == (92, 0, ())
    assert told.sentence() == (
        "100 tickets seen by Inflow − 5 spam − 3 deleted = 92 that Analytics could count; it counts 92: "
        "the two "
        "agree."
    )


def test_fewer_is_explained_as_far_as_it_is_known() -> None:
    within = explain_created(FIGURES, 90)
    assert within.rest == 2
    assert "up to 2 of the difference" in within.reasons[0]
    assert "2 tickets of these days took in" in within.reasons[1]
    assert len(within.reasons) == 2
    beyond = explain_created(FIGURES, 80)
    assert "At least 6 are not explained" in beyond.reasons[-1]  # 12 less 4 without group less 2 merged
    assert beyond.sentence().endswith("it counts 80: 12 fewer.")


def test_more_is_explained_as_far_as_it_is_known() -> None:
    told = explain_created(FIGURES, 97)
    assert told.rest == -5
    assert "1 ticket of these days was purged" in told.reasons[0]
    assert "there are 3" in told.reasons[1]
    assert "At least 1 are not explained" in told.reasons[2]
    assert len(explain_created(FIGURES, 95).reasons) == 2
