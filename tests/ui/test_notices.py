"""Empty states and errors: always a sentence, never a traceback."""

import logging

from streamlit.testing.v1 import AppTest

from freshdesk_core.settings import Settings
from tests.ui.conftest import APP, iso
from tests.volumes.account import Account


def words(app):
    kinds = ("markdown", "caption", "error")
    return "\n".join(element.value for kind in kinds for element in getattr(app, kind))


def stopping(code):
    def script(code):
        from freshdesk_core.errors import ConfigError
        from ui import notices

        with notices.guarded():
            if code:
                raise ConfigError(code, text="<img src=x>", domain="acme.freshdesk.com")
            raise RuntimeError("/srv/secret.py SELECT key_sealed FROM integrations")

    return AppTest.from_function(script, args=(code,)).run()


def test_an_error_of_ours_says_what_means_and_next(caplog):
    app = stopping("bad-domain")

    said = app.error[0].value
    assert "is not a Freshdesk domain" in said
    assert "Enter the full domain" in said.replace("\\", "")
    assert "Code: bad-domain" in said
    assert "<img" not in said.replace("\\<", "")


def test_any_other_error_is_a_sentence_and_its_details_are_in_the_log(caplog):
    with caplog.at_level(logging.ERROR, logger="inflow.ui"):
        app = stopping(None)

    assert not app.exception
    assert "This page could not be drawn" in app.error[0].value
    assert "secret" not in words(app)
    assert "secret" in caplog.text


def test_a_store_of_a_newer_version_is_said_so(store):
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    app = AppTest.from_file(str(APP), default_timeout=30).run()

    assert not app.exception
    told = app.error[0].value.replace("\\", "")
    assert "newer Inflow" in told
    assert "point INFLOW_HOME to another folder." in told


def test_a_range_without_contacts_is_proved_zero(open_app, store):
    account = Account(store)
    account.ticket(iso(1.2))
    account.proven((iso(0), iso(40)))
    account.settle()

    for page in ("pages/overview.py", "pages/queues.py"):
        assert "No contacts, proved" in words(open_app(page, range="Last 7 days"))


def test_an_import_that_has_not_completed_a_day_shows_how_far_it_is(open_app, store):
    account = Account(store, name="acme")
    account.ticket(iso(1.2))
    account.settle()

    app = open_app()

    assert "Importing acme" in words(app)
    assert not app.metric


def test_the_sample_is_marked_on_every_page(open_app, store):
    account = Account(store, name="Sample account", domain="127.0.0.1:8900", is_sample=True)
    account.ticket(iso(1.2))
    account.proven((iso(0), iso(40)))
    account.settle()

    for page in ("pages/overview.py", "pages/queues.py", "pages/contacts_vs_tickets.py"):
        assert "Sample account" in "\n".join(str(element.value) for element in open_app(page).get("markdown"))


def test_figures_of_a_removed_account_say_so_and_are_not_the_samples(open_app, account, store):
    Account(store, name="Sample account", domain="127.0.0.1:8900", is_sample=True).proven((iso(0), iso(40)))
    account.change(removed_at=1)

    for page in ("pages/overview.py", "pages/queues.py", "pages/contacts_vs_tickets.py"):
        said = words(open_app(page))
        assert "Removed: **acme**" in said
        assert "Sample account" not in said
    said = words(open_app("pages/integrations.py"))
    assert "removed, data kept" in said
    assert "No longer imported" in said
    assert "Sample account" not in said


def test_the_settings_of_the_server_are_hardened():
    import tomllib

    config = tomllib.loads((APP.parent / ".streamlit" / "config.toml").read_text())
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["disableDataExport"]
    assert not config["browser"]["gatherUsageStats"]
    assert config["server"]["address"] == "127.0.0.1"
    assert not config["server"]["enableStaticServing"]
    assert not config["server"]["enableAgentApi"]
    assert Settings.from_environment()


def test_the_identity_is_one_sentence_beside_a_worked_example(open_app, account):
    for day in range(40):
        account.total(iso(day)[:10], 3)
    app = open_app("pages/contacts_vs_tickets.py", range="Last 90 days", tz="UTC")

    sentence = app.markdown[0].value
    assert "Freshdesk tickets" in sentence
    assert "contacts**" in sentence
    assert "An example." in words(app)
