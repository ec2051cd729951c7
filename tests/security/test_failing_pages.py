"""A page that fails tells its viewer a code and what to do; the details go into the log, and only there."""

import logging
import re

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.security.conftest import APP, PAGES, on_screen

SECRET = "kanari0Secret4711"
INSIDE = f"SELECT key_sealed FROM integrations WHERE x = '{SECRET}' in /srv/inflow/home/secret.key"
QUERY = re.compile(r"(?i)\bselect\b.{0,80}\bfrom\b|\bTraceback\b|\bsqlite3?\.|/freshdesk_core/|site-packages")


@pytest.fixture
def broken_store(monkeypatch, tmp_path):
    """A store whose every answer is an error of its driver's, with a statement, a path and a secret in it."""

    class BrokenStore:
        def __getattr__(self, name: str) -> object:
            raise RuntimeError(INSIDE)

    monkeypatch.setenv("INFLOW_HOME", str(tmp_path))
    st.cache_data.clear()
    st.cache_resource.clear()
    monkeypatch.setattr("freshdesk_core.store.Store.open", lambda *_args, **_more: BrokenStore())
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.mark.usefixtures("broken_store")
@pytest.mark.parametrize("page", PAGES)
def test_a_viewer_sees_a_code_and_the_next_step_and_nothing_of_the_inside(page, caplog):
    with caplog.at_level(logging.INFO):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.run()
        app.switch_page(page).run()
    shown = on_screen(app)

    assert not app.exception
    told = [error.value for error in app.error]
    assert told or page == "pages/how_it_works.py"
    assert all("Code: page-failed" in text and "report it" in text for text in told)
    assert SECRET not in shown
    assert "secret.key" not in shown
    assert not QUERY.search(shown.replace("Select ", ""))
    if told:
        logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
        assert INSIDE in logged
        assert "Traceback" in logged
