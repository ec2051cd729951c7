"""A viewer in the app: whatever they press, forge or type into the address, nothing changes."""

import logging
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import insert, select
from streamlit import config
from streamlit.testing.v1 import AppTest

from freshdesk_core.access import COMMAND_LINE, THIS_COMPUTER, Actor, Role
from freshdesk_core.events import keys
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, schema
from freshdesk_core.store.event_schema import dead_letters
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
LAST = ("pause_or_resume", "remove", "purge")  # after them less is left to press
LOOKING = {"all_accounts", "key_copied", "test_again"}  # they change nothing that is stored, for nobody


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    script = Script()
    script.ticket()
    with Sandbox(script, plan="unlimited") as running:
        yield running


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> Iterator[Store]:
    """One integration with an event key and an event set aside, behind a login that knows one admin."""
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
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
        saved = integrations.add(
            connection,
            Settings.from_environment(),
            name="Desk",
            domain=sandbox.domain,
            api_key=sandbox.agent_key,
            time_zone="UTC",
            since=None,
        )
        connection.execute(
            insert(dead_letters).values(
                integration_id=saved.integration_id,
                reason="event-unknown",
                shape="{}",
                first_at=int(time.time()),
                last_at=int(time.time()),
                times=1,
                shape_digest="x",
            )
        )
    keys.generate(COMMAND_LINE, opened, saved.integration_id, label="app")
    yield opened
    opened.close()
    st.cache_resource.clear()
    begin_anew(before)


def everything(store: Store) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return [
            tuple(row) for table in schema.metadata.sorted_tables for row in connection.execute(select(table))
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


def test_a_viewer_may_look_at_every_page_and_change_nothing_by_any_button(
    store: Store, sandbox: Sandbox
) -> None:
    """Each button is pressed, also those that are greyed out: a browser can send what it likes."""
    before = everything(store)
    app = opened(VERA)
    for page in PAGES:
        app = app.switch_page(page).run()
        assert not app.exception, page
        assert "vera" in on_screen(app), page
    for name in offered(account_page(VERA)):
        press(account_page(VERA), name, sandbox)
    assert everything(store) == before


def account_page(user: dict[str, object]) -> AppTest:
    app = opened(user, "pages/integrations.py")
    app.query_params["account"] = "1"
    return app.run()


def offered(app: AppTest) -> list[str]:
    """The buttons of a page, those last that leave nothing behind; some that must be among them."""
    names = [str(button.key) for button in app.button if button.key not in HARMLESS]
    assert {"generate", "pause_or_resume", "rename", "change_start", "reread", "replace", *LAST} <= set(names)
    assert [name for name in names if name.startswith("revoke")]
    assert [name for name in names if name.startswith("retry")]
    return sorted(names, key=lambda name: LAST.index(name) if name in LAST else -1)


def press(app: AppTest, name: str, sandbox: Sandbox) -> None:
    """With every field filled in as an admin would, and nothing greyed out, as in a browser tampered with."""
    texts = {
        "new_name": f"Desk {name}",
        "purge_name": app.title[0].value,
        "new_freshdesk_key": sandbox.api_key,
    }
    for field in [one for one in app.text_input if one.key in texts]:
        field.input(texts[str(field.key)])
    for day in [one for one in app.date_input if one.key == "new_since"]:
        day.set_value(date(2020, 1, 1))
    button = app.button(key=name)
    button.proto.disabled = False
    button.click().run()
    for sure in [one for one in app.button if one.key == "revoke_sure"]:
        sure.click().run()
    assert not app.exception, name


@pytest.mark.nightly
def test_an_admin_changes_something_by_each_of_the_same_buttons(store: Store, sandbox: Sandbox) -> None:
    """Else the test above would prove nothing."""
    ann = VERA | {"email": "ann@example.com"}
    idle = []
    for name in offered(account_page(ann)):
        app = account_page(ann)
        before = everything(store)
        if name in [button.key for button in app.button]:
            press(app, name, sandbox)
            if everything(store) == before:
                idle.append(name)
    assert set(idle) <= LOOKING, idle


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
