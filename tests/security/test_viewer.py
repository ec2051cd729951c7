"""A viewer in the app: whatever they press, forge or type into the address, nothing changes."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit import config
from streamlit.testing.v1 import AppTest

from freshdesk_core.access import THIS_COMPUTER, Actor, Role
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema
from tests.security.conftest import APP, AUTH, PAGES, begin_anew, on_screen

pytestmark = pytest.mark.sqlite  # what is asked here does not depend on the database

VERA = {"is_logged_in": True, "email": "vera@example.com", "email_verified": True}
FORGED_STATE = {
    "role": "admin",
    "actor": Actor(Role.ADMIN, "vera@example.com"),
    "_actor": THIS_COMPUTER,
    "is_admin": True,
    "is_allowed": True,
    "user": {"email": "ann@example.com"},
}
FORGED_ADDRESS = {"role": "admin", "admin": "1", "email": "ann@example.com", "account": "1"}
HARMLESS = ("sign_out",)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """One integration, behind a login that knows one admin."""
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("INFLOW_ADMINS", "ann@example.com")
    monkeypatch.setenv("INFLOW_VIEWERS", "@example.com")
    file = tmp_path / "secrets.toml"
    file.write_text(AUTH.format(secret="x" * 40), encoding="utf-8")
    before = config.get_option("secrets.files")
    begin_anew([str(file)])
    st.cache_data.clear()
    st.cache_resource.clear()
    opened = Store.open(Settings.from_environment())
    with opened.write() as connection:
        integrations.add(
            connection,
            Settings.from_environment(),
            name="Desk",
            domain="example.freshdesk.com",
            api_key="aRealFreshdeskKey001",
            time_zone="UTC",
            since=None,
        )
    yield opened
    opened.close()
    st.cache_resource.clear()
    begin_anew(before)


def everything(store: Store) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return [
            tuple(row)
            for table in (
                schema.integrations,
                *(schema.metadata.tables[name] for name in ("event_keys", "leases")),
            )
            for row in connection.execute(select(table))
        ]


def opened(user: dict[str, object], page: str = "pages/overview.py") -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.user = user
    for name, value in FORGED_STATE.items():
        app.session_state[name] = value
    for name, value in FORGED_ADDRESS.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(page).run() if page != "pages/overview.py" else app


def test_a_viewer_may_look_at_every_page_and_change_nothing_by_any_button(store: Store) -> None:
    """Each button is pressed, also those that are greyed out: a browser can send what it likes."""
    before = everything(store)
    app = opened(VERA)
    for page in PAGES:
        app = app.switch_page(page).run()
        assert not app.exception, page
        assert "vera" in on_screen(app), page
    app = app.switch_page("pages/integrations.py")
    app.query_params["account"] = "1"
    names = [button.key for button in app.run().button if button.key not in HARMLESS]
    assert names
    for name in names:
        again = [button for button in app.run().button if button.key == name]
        if again:
            again[0].click().run()
            assert not app.exception, name
    assert everything(store) == before


def test_an_admin_is_told_from_a_viewer_on_the_same_page(store: Store) -> None:
    """Else the test above would prove nothing: the page does offer something to admins."""
    admin = opened(VERA | {"email": "ann@example.com"}, "pages/integrations.py")
    viewer = opened(VERA, "pages/integrations.py")

    enabled = {button.key for button in admin.button if not button.disabled}
    assert enabled - {button.key for button in viewer.button if not button.disabled}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "user",
    [
        {},
        {"is_logged_in": False, "email": "ann@example.com"},
        VERA | {"email": "eve@example.org"},
        VERA | {"email_verified": False},
    ],
    ids=["nobody", "signed out", "stranger", "not verified"],
)
def test_whom_inflow_does_not_know_sees_no_figure(user, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        app = opened(user)

    assert [title.value for title in app.title] == ["Inflow"]
    assert not app.metric
    assert "Desk" not in on_screen(app)
    assert {button.key for button in app.button} <= {"sign_in", "sign_out"}
