"""Every page opens on an empty, a half-imported and a full store, and says the right thing."""

import time

import pytest
from sqlalchemy import select

from freshdesk_core.store import leases, schema

PAGES = [
    "pages/overview.py",
    "pages/queues.py",
    "pages/patterns.py",
    "pages/contacts_vs_tickets.py",
    "pages/integrations.py",
    "pages/how_it_works.py",
]
VOLUMES = PAGES[:4]


def words(app) -> str:
    """All text of a page."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "metric")
    return "\n".join(
        f"{element.label if kind == 'metric' else ''} {element.value}"
        for kind in kinds
        for element in app.get(kind)
    )


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_an_empty_store(open_app, page):
    app = open_app(page)

    assert not app.exception
    assert not app.error
    assert app.title


@pytest.mark.parametrize("page", VOLUMES)
def test_says_that_nothing_is_connected(open_app, page):
    assert "No account is connected yet" in words(open_app(page))


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_a_half_imported_store(open_app, half_imported, page):
    app = open_app(page)

    assert not app.exception
    assert not app.error


@pytest.mark.usefixtures("listing")
def test_every_page_opens_while_the_tickets_are_listed(open_app, store):
    """Nothing is proven, not even from when on tickets are known; the run is open and its lease held."""
    with store.read() as connection:
        account = connection.execute(select(schema.integrations)).one()
        run = connection.execute(select(schema.imports)).one()
        assert (account.tickets_from, account.replies_from, run.outcome) == (None, None, None)
        assert leases.holder(connection, account.integration_id).is_alive(time.time())

    for page in PAGES:
        app = open_app(page)
        assert not app.exception, page
        assert not app.error, page
        if page in VOLUMES:
            assert "Importing Desk" in words(app)
            assert "listing all tickets" in words(app)
            assert not app.metric


@pytest.mark.parametrize("page", PAGES)
def test_opens_on_a_full_store(open_app, account, page):
    app = open_app(page)

    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", [*VOLUMES, "pages/how_it_works.py"])
def test_says_that_there_is_no_aht(open_app, account, page):
    assert "AHT is not available" in words(open_app(page))
