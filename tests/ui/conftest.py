"""Real stores for the pages: empty, half imported, full; and the app as a session would run it."""

import random
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.run import Import
from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from tests.databases import on_sqlite
from tests.volumes.account import Account

APP = Path(__file__).resolve().parents[2] / "app.py"
HOSTILE = "![x](https://evil.example/x.png) <img src=x> :red[hi] $a$ [go](https://evil.example) `b` *c*"
DAYS = 40
WORLD = World(3, start_day=date(2026, 1, 1), tickets=400, days=60)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store where the app looks for it."""
    monkeypatch.setenv("INFLOW_HOME", on_sqlite(tmp_path)["INFLOW_HOME"])
    monkeypatch.delenv("INFLOW_DATABASE_URL", raising=False)
    st.cache_data.clear()
    st.cache_resource.clear()
    opened = Store.open(Settings.from_environment())
    yield opened
    opened.close()
    st.cache_resource.clear()


@pytest.fixture
def account(store: Store) -> Account:
    """Forty days of tickets and replies, complete up to midnight; one group has a hostile name."""
    account = Account(store)
    account.group(13, HOSTILE)
    account.group(14, "Sales", former_names='["Old Sales"]')
    chance = random.Random(1)
    for day in range(DAYS):
        for _ticket in range(3):
            when = iso(day + chance.random() * 0.9)
            ticket_id = account.ticket(
                when, group_id=chance.choice([11, 12, 13, 14]), source=chance.choice([1, 3, 7])
            )
            if chance.random() < 0.6:
                account.reply(ticket_id, iso(day + 0.95), reply_source=None)
    account.ticket(iso(5.2), spam=True)
    account.ticket(iso(6.2), source=10, result="outbound_email")
    account.proven((iso(0), iso(DAYS)))
    return account.settle()


@pytest.fixture
def half_imported(account: Account) -> Account:
    """Tickets are complete, replies only for the last ten days."""
    account.proven((iso(0), iso(DAYS)), (iso(DAYS - 10), iso(DAYS)))
    return account


@pytest.fixture
def listing(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A first import that has read a page of the tickets, and gets no further while the test lasts."""
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
    settings = Settings.from_environment()
    stop, has_read, may_go_on = threading.Event(), threading.Event(), threading.Event()

    def hold(run: Run) -> None:
        if run.tickets_read:
            has_read.set()
            may_go_on.wait(60)

    with Sandbox(WORLD, until=WORLD.starts_at + 59 * 86400, plan="unlimited") as sandbox:
        with store.write() as connection:
            integration = integrations.add(
                connection,
                settings,
                name="Desk",
                domain=sandbox.domain,
                api_key=sandbox.api_key,
                time_zone="Europe/Berlin",
                since=None,
            )
        with client_of(settings, integration, stop, store=store) as freshdesk:
            held = Import(store, integration, freshdesk, threads=1, stop=stop, on_progress=hold)
            thread = threading.Thread(target=held.run)
            thread.start()
            try:
                assert has_read.wait(30)
                yield
            finally:
                stop.set()
                may_go_on.set()
                thread.join(30)


@pytest.fixture
def open_app(store: Store) -> Callable[..., AppTest]:
    """Open a page of the app as a link would: ``open_app("pages/queues.py", range="Last 7 days")``."""

    def open_page(page: str = "pages/overview.py", **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=30)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        return app if page == "pages/overview.py" else app.switch_page(page).run()

    return open_page


def iso(day: float) -> str:
    """The moment *day* days after the account's first one, which lies forty days before last midnight."""
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - timedelta(days=DAYS) + timedelta(days=day)).replace(microsecond=0).isoformat()
