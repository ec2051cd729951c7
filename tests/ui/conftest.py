"""Real stores for the pages: empty, half imported, full; and the app as a session would run it."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.volumes.account import Account

APP = Path(__file__).resolve().parents[2] / "app.py"
HOSTILE = "![x](https://evil.example/x.png) <img src=x> :red[hi] $a$ [go](https://evil.example) `b` *c*"
DAYS = 40


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty store where the app looks for it."""
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path))
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
