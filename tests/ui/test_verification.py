"""The manager's own check: Freshdesk asked from the page, a count of Analytics typed in, both kept."""

import threading
from datetime import date

import pytest

from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.settings import Settings
from freshdesk_core.store import integrations
from tests.ui.test_pages import words

PAGE = "pages/contacts_vs_tickets.py"
WORLD = World(3, start_day=date(2026, 1, 1), tickets=60, days=30)


def _checks(app):
    return next(table.value for table in app.dataframe if "result" in table.value)


def test_asking_freshdesk_from_the_page_gives_a_dated_result(store, open_app, monkeypatch):
    """The page comes back at once; what was found stands in the list with who asked."""
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
    settings = Settings.from_environment()
    with Sandbox(WORLD, until=WORLD.starts_at + 25 * 86400, plan="unlimited") as sandbox:
        with store.write() as connection:
            integration = integrations.add(
                connection, settings, name="Desk", domain=sandbox.domain, api_key=sandbox.api_key,
                time_zone="UTC", since=None,
            )  # fmt: skip
        assert bring_up_to_date(store, settings, integration).outcome.outcome == "complete"
        app = open_app(PAGE, range="Last 7 days", tz="UTC")
        assert "Nobody has checked yet" in words(app)
        assert "about 7 calls" in words(app)

        app.button(key="verify").click().run()
        for thread in threading.enumerate():
            if thread.name.startswith("comparison"):
                thread.join(60)
        app.run()

    assert not app.exception
    [check] = _checks(app).to_dict("records")
    assert (check["by"], check["what"], check["result"]) == (
        "this computer",
        "Freshdesk's search",
        "✓ explained",
    )
    assert check["freshdesk"] is not None
    assert "Asking Freshdesk" not in words(app)


@pytest.mark.usefixtures("account")
def test_a_count_of_analytics_is_explained_in_words_and_kept(open_app):
    app = open_app(PAGE, range="Last 7 days")
    app.number_input(key="created").set_value(20)
    app.button(key="compare").click().run()

    assert not app.exception
    assert _checks(app)["result"].tolist() == ["1 apart"]
    said = words(app).replace("\\", "").replace("\u2060", "")
    assert "21 tickets seen by Inflow = 21 that Analytics could count; it counts 20: 1 fewer" in said
    app.number_input(key="created").set_value(21)
    app.button(key="compare").click().run()
    assert _checks(app)["result"].tolist() == ["✓ the two agree", "1 apart"]


@pytest.mark.usefixtures("account")
def test_where_freshdesk_cannot_be_asked_the_page_says_why(open_app):
    """The key of this account cannot be opened."""
    app = open_app(PAGE, range="Last 7 days")
    app.button(key="verify").click().run()
    for thread in threading.enumerate():
        if thread.name.startswith("comparison"):
            thread.join(60)
    app.run()

    assert _checks(app)["result"].tolist() == ["✕ failed"]
    assert app.error
