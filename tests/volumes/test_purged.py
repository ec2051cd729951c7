"""Purged tickets by month: counted once, in the window's zone, of the chosen accounts."""

from datetime import date

from sqlalchemy import insert

from freshdesk_core import volumes
from freshdesk_core.store import Store, schema
from tests.volumes.account import Account, at


def gap(store: Store, account: Account, ticket_id: int, moment: str, state: str = "purged") -> None:
    with store.write() as connection:
        connection.execute(
            insert(schema.gaps).values(
                integration_id=account.integration_id,
                ticket_id=ticket_id,
                state=state,
                settled_at=at("2026-03-10"),
                created_about=at(moment),
            )
        )


def test_purged_tickets_by_month(store: Store) -> None:
    account, other = Account(store), Account(store, name="other")
    gap(store, account, 1, "2025-12-31T22:00")
    gap(store, account, 2, "2025-12-31T23:30")  # January in Amsterdam
    gap(store, account, 3, "2026-01-20")
    gap(store, account, 4, "2026-03-02")
    gap(store, account, 5, "2026-01-21", "refused")
    gap(store, other, 6, "2026-01-22")
    window = volumes.Window.of_days(date(2025, 12, 1), date(2026, 3, 1), "Europe/Amsterdam")

    found = volumes.purged_by_month(store, window, volumes.Filters(integrations=(account.integration_id,)))

    assert list(found.itertuples(index=False, name=None)) == [(date(2025, 12, 1), 1), (date(2026, 1, 1), 2)]
    assert volumes.purged_by_month(store, window)["purged"].sum() == 4


def test_nothing_purged_is_an_empty_answer(store: Store) -> None:
    Account(store)
    window = volumes.Window.of_days(date(2026, 1, 1), date(2026, 3, 1), "UTC")

    found = volumes.purged_by_month(store, window)

    assert list(found.columns) == ["month", "purged"]
    assert found["purged"].sum() == 0
