"""The page Integrations: the way to a saved account, and the page of one; no key stays in either."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from freshdesk_core.access import Actor, Role
from freshdesk_core.errors import Busy, NotAuthorized, Paused
from freshdesk_core.events import keys
from freshdesk_core.events.parsing import HEARTBEAT
from freshdesk_core.importing import life
from freshdesk_core.importing.log import begin, end, progress
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.event_schema import dead_letters, events
from tests.security.conftest import found, on_screen
from tests.ui import test_pages
from tests.ui.conftest import HOSTILE, iso
from tests.volumes.account import Account
from ui import activity, markdown, rereading
from ui.shown_once import SHOWN

INVISIBLE = str.maketrans("", "", "\\\u2060")  # what keeps names from being markup
PAGE = "pages/integrations.py"
ADMIN = Actor(Role.ADMIN, "this computer")
VIEWER = Actor(Role.VIEWER, "viewer@example.com")


@pytest.fixture
def account(store: Store) -> Account:
    """Forty days without a contact, complete up to midnight: such pages draw quickly."""
    account = Account(store)
    account.proven((iso(0), iso(40)))
    return account


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
    script = Script()
    script.ticket()
    with Sandbox(script, plan="unlimited") as sandbox:
        yield sandbox


@pytest.fixture
def open_account(open_app: Callable[..., AppTest]) -> Callable[[int], AppTest]:
    def open_one(integration_id: int) -> AppTest:
        app = open_app(PAGE)
        app.query_params["account"] = str(integration_id)
        return app.run()

    return open_one


def words(app: AppTest) -> str:
    """All text of a page, as a person reads it."""
    return test_pages.words(app).translate(INVISIBLE)


def field(app: AppTest, key: str) -> TextInput:
    """A field by its key, or by what it begins with: one for a key is another after each time it was sent."""
    (found,) = [one for one in app.text_input if str(one.key).startswith(key)]
    return found


def send_form(app: AppTest, **fields: str) -> AppTest:
    for name, text in fields.items():
        field(app, f"add_{name}").input(text)
    return app.button(key="save").click().run()


def account_of(connection: Connection, sandbox: Sandbox) -> integrations.Integration:
    """The integration of a sandbox; with a key that sees less, where there is none yet."""
    known = [one for one in integrations.real_ones(connection) if one.domain == sandbox.domain]
    return (
        known[0]
        if known
        else integrations.add(
            connection,
            Settings.from_environment(),
            name="Desk",
            domain=sandbox.domain,
            api_key=sandbox.agent_key,
            time_zone="UTC",
            since=None,
        )
    )


def form(app: AppTest) -> AppTest:
    app.query_params["connect"] = "freshdesk"
    return app.run()


def test_with_nothing_connected_the_catalogue_leads_to_the_form(open_app):
    """Tile Freshworks, Select model, section Freshdesk, Add integration; the app's section is locked."""
    app = open_app(PAGE)
    assert "Freshworks" in words(app)
    app.button(key="select_model").click().run()
    assert "Freshdesk" in [heading.value for heading in app.subheader]
    app.button(key="add_freshdesk").click().run()

    assert "Credentials" in [heading.value for heading in app.subheader]
    assert "Account Administrator" in words(app)
    assert "View API key" in words(app)
    assert "Locked until the integration is saved" in words(app)
    assert app.button(key="generate_locked").disabled
    assert not app.exception


def test_with_one_there_is_a_list_and_a_way_to_add(open_app, account):
    app = open_app(PAGE)
    assert "acme" in words(app)
    app.button(key="add_integration").click().run()
    assert "Freshworks" in words(app)
    app.button(key="all_accounts").click().run()
    app.button(key=f"open_{account.integration_id}").click().run()

    assert [title.value for title in app.title] == ["acme"]
    assert not app.exception


def test_the_list_marks_a_sandbox_and_names_warnings(open_app, account):
    """So that nobody takes a trial's figures for real ones, or a badge for all there is to know."""
    said = words(open_app(PAGE))
    assert "sandbox" not in said
    assert "There are warnings" not in said
    for name in ("Trial", "Trial again"):
        Account(account.store, name=name, domain="127.0.0.1:8900")
    said = words(open_app(PAGE))
    assert said.count("science: sandbox") == said.count("There are warnings") == 2


def test_what_cannot_be_right_is_refused_before_anything_is_asked(open_app, account):
    app = form(open_app(PAGE))
    app.button(key="save").click().run()
    assert "Enter a name. Enter the domain. Enter the API key." in words(app)
    assert "acme.freshdesk.com" in words(send_form(app, name="Desk", domain="Acme", key="k" * 20))
    assert "somebody else" in words(send_form(app, domain="acme.example.com", key="k" * 20))
    taken = words(send_form(app, name=" ACME ", domain="other.freshdesk.com", key="k" * 20))
    assert "The name acme is taken by the integration of acme" in taken
    assert "Enter a name." in words(send_form(app, name="  "))


def test_a_key_with_a_problem_saves_nothing_and_one_with_warnings_keeps_them(open_app, store, sandbox):
    app = form(open_app(PAGE))
    said = words(send_form(app, name="Desk", domain=sandbox.domain, key="wrongKey000000000001"))
    assert "**Problem**" in said
    assert "rejected the API key" in said
    with store.read() as connection:
        assert integrations.real_ones(connection) == []

    said = words(send_form(app, key=sandbox.restricted_key))
    assert [title.value for title in app.title] == ["Desk"]
    assert "**Warning**" in said
    assert "does not see all tickets" in said
    assert "0003" in said  # the key's end is all that is ever shown
    assert sandbox.restricted_key not in str(app.session_state)
    assert sandbox.restricted_key not in str(app._tree)


@pytest.mark.parametrize("key", ["wrongKey000000000001", ""], ids=["wrong key", "right key"])
def test_a_key_that_was_sent_is_left_nowhere_on_the_page(open_app, open_account, store, sandbox, key):
    """Whatever the test of the key found: neither the page nor the session holds it afterwards."""
    key = key or sandbox.api_key
    app = form(open_app(PAGE))
    send_form(app, name="Desk", domain=sandbox.domain, key=key)
    assert not found({key}, on_screen(app))

    with store.write() as connection:
        saved = account_of(connection, sandbox)
    app = open_account(saved.integration_id)
    app.text_input(key="new_freshdesk_key").input(key)
    app.button(key="replace").click().run()
    assert any("key is replaced" in said.value for said in app.success) is (key == sandbox.api_key)
    assert field(app, "new_freshdesk_key").value == ""
    assert not found({key}, on_screen(app))


@pytest.mark.sqlite
def test_a_key_that_is_refused_takes_the_place_of_older_findings_until_the_next_test(
    open_account, store, sandbox
):
    """Findings are told once: those of the newest test, however often a timer draws the page anew."""
    with store.write() as connection:
        saved = account_of(connection, sandbox)
    app = open_account(saved.integration_id)
    app.button(key="test_again").click().run()
    assert "not an Account Administrator" in words(app)
    app.text_input(key="new_freshdesk_key").input("wrongKey000000000001")
    app.button(key="replace").click().run()
    for drawn in (app, app.run()):
        assert "rejected the API key" in words(drawn)
        assert "not an Account Administrator" not in words(drawn)
        assert "could not be drawn" not in words(drawn)
        assert not drawn.exception

    app.button(key="test_again").click().run()
    assert "rejected the API key" not in words(app)
    assert "not an Account Administrator" in words(app)


@pytest.mark.sqlite
def test_what_a_form_refused_stays_until_it_is_sent_again(open_account, account, store):
    """A page that is drawn anew by a timer keeps the sentence; another integration's page has none of it."""
    other = Account(store, name="Other")
    app = open_account(account.integration_id)
    app.text_input(key="new_name").input("Other")
    app.button(key="rename").click().run()
    app.text_input(key="purge_name").input("Acne")
    app.button(key="purge").click().run()
    for drawn in (app, app.run()):
        assert "Nothing was deleted" in words(drawn)
        assert "The name Other is taken" in words(drawn)
    app.text_input(key="new_name").input("Support Europe")
    app.button(key="rename").click().run()
    assert "The name Other is taken" not in words(app)
    assert "Nothing was deleted" in words(app)

    app.query_params["account"] = str(other.integration_id)
    assert "Nothing was deleted" not in words(app.run())


def test_a_name_that_is_taken_leaves_no_key_on_the_page(open_app, account):
    """And says that the key has to be entered again; nobody was asked, and none is named as asked."""
    app = send_form(form(open_app(PAGE)), name="acme", domain="other.freshdesk.com", key="k" * 20)

    assert "The name acme is taken" in words(app)
    assert "Asking" not in words(app)
    assert "enter it again" in words(app)
    assert app.text_input(key="add_name").value == "acme"
    assert not found({"k" * 20}, on_screen(app))


def test_warnings_stay_after_the_session_that_tested(open_account, account, store):
    with store.write() as connection:
        integrations.note_shortcomings(connection, account.integration_id, ["scope-not-global"])

    assert "does not see all tickets" in words(open_account(account.integration_id))


def test_a_new_key_is_shown_once_and_left_nowhere(open_account, account, store):
    app = open_account(account.integration_id)
    app.button(key="generate").click().run()
    (shown,) = [block.value for block in app.code if block.value.startswith("inflow_e_")]
    assert "shown only once" in words(app)
    app.button(key="key_copied").click().run()
    assert shown not in str(app._tree)
    assert shown not in str(app.session_state)
    assert SHOWN not in app.session_state

    app.button(key="generate").click().run()
    assert SHOWN in app.session_state
    assert "replaced, expires" in words(app)
    app.switch_page("pages/how_it_works.py").run()
    assert SHOWN not in app.session_state

    newest, older = keys.of(store, account.integration_id)
    app = open_account(account.integration_id)
    app.button(key=f"revoke_{newest.key_id}").click().run()
    assert "Revoke " in words(app)
    assert "the last key in use" not in words(app)
    app.button(key="revoke_not").click().run()
    assert "Ended: " not in words(app)
    app.button(key=f"revoke_{newest.key_id}").click().run()
    app.button(key="revoke_sure").click().run()
    assert "Ended: " in words(app)
    assert [key.is_live(time.time()) for key in keys.of(store, account.integration_id)] == [False, True]
    assert older.shown in words(app)
    app.button(key=f"revoke_{older.key_id}").click().run()
    assert "the last key in use: events stop at once" in words(app)


@pytest.mark.parametrize("url", [None, "https://inflow.example.com"])
def test_the_instructions_name_the_address_or_how_to_set_it(open_account, account, monkeypatch, url):
    if url:
        monkeypatch.setenv("INFLOW_PUBLIC_URL", url)
    app = open_account(account.integration_id)

    assert ("INFLOW_PUBLIC_URL" in words(app)) is (url is None)
    assert ("https://inflow.example.com/events" in [block.value for block in app.code]) is (url is not None)
    assert all("example.com" not in block.value for block in app.code) is (url is None)
    assert "polling suffices" in words(app)


def test_a_pause_says_who_and_lists_the_gap_until_it_is_closed(open_account, account):
    app = open_account(account.integration_id)
    app.button(key="pause_or_resume").click().run()
    assert "**Paused** since" in words(app)
    assert "by this computer" in words(app)
    assert f"**Open gap:** from {iso(40)[:10]}" in words(app)
    app.button(key="pause_or_resume").click().run()
    assert "an import starts within seconds" in "\n".join(element.value for element in app.success)
    assert "**Paused**" not in words(app)
    account.proven((iso(0), datetime.now(UTC).isoformat()))
    account.change(last_poll_at=int(time.time()), revision=int(time.time()))

    assert "Open gap" not in words(open_account(account.integration_id))


def test_a_click_does_what_its_button_said_whoever_paused_meanwhile(open_account, account):
    """Two admins who both press Pause have paused it; neither resumes it."""
    app = open_account(account.integration_id)
    life.pause(Actor(Role.ADMIN, "anne@example.com"), account.store, account.name)
    app.button(key="pause_or_resume").click().run()
    assert "by anne@example.com" in words(app)
    assert "It was paused already" in app.success[0].value

    life.resume(ADMIN, account.store, account.name)
    app.button(key="pause_or_resume").click().run()
    assert "**Paused**" not in words(app)
    assert "not paused any more" in app.success[0].value


def test_an_empty_form_for_a_new_key_asks_for_one(open_account, account):
    app = open_account(account.integration_id)
    app.button(key="replace").click().run()
    assert "Enter the new key. The present one stays until then." in [text.value for text in app.warning]
    assert not app.error


@pytest.mark.sqlite
def test_a_pause_in_the_middle_of_an_import_shows_no_import_going_on(open_account, store, listing):
    """Neither how far it is nor how long it takes: it ends with the step in hand."""
    with store.read() as connection:
        (desk,) = integrations.real_ones(connection)
    app = open_account(desk.integration_id)
    assert "Importing Desk" in words(app)
    app.button(key="pause_or_resume").click().run()

    assert "ends with the step in hand" in words(app)
    assert "Importing Desk" not in words(app)


def test_renamed_it_keeps_its_figures_and_its_page(open_account, account, store):
    app = open_account(account.integration_id)
    app.text_input(key="new_name").input("Support Europe")
    app.button(key="rename").click().run()

    assert [title.value for title in app.title] == ["Support Europe"]
    assert "Renamed to Support Europe" in "\n".join(element.value for element in app.success)


def test_only_its_typed_name_purges_an_integration(open_account, account, store):
    app = open_account(account.integration_id)
    app.text_input(key="purge_name").input("Acne")
    app.button(key="purge").click().run()
    assert "Nothing was deleted" in words(app)
    app.text_input(key="purge_name").input(" ACME")
    app.button(key="purge").click().run()

    assert "Receipt" in words(app)
    assert "Freshworks" in words(app)  # nothing is connected any more
    (table,) = app.table
    assert table.value.loc["integrations"].item() == 1
    with store.read() as connection:
        assert integrations.all_of(connection) == []
    app.button(key="receipt_away").click().run()
    assert "Receipt" not in words(app)


def test_removed_with_its_data_it_can_still_be_purged_but_not_changed(open_account, account):
    app = open_account(account.integration_id)
    app.button(key="remove").click().run()
    assert "removed, data kept" in words(app)
    app = open_account(account.integration_id)

    assert "its key is forgotten" in words(app)
    present = {button.key for button in app.button}
    assert "purge" in present
    assert not present & {"remove", "rename", "generate", "replace", "pause_or_resume"}


def test_a_viewer_may_look_and_change_nothing(open_account, account, monkeypatch):
    monkeypatch.setattr("ui.login.actor", lambda: VIEWER)
    app = open_account(account.integration_id)

    assert "only an admin can change them" in words(app)
    may_press = {button.key for button in app.button if not button.disabled}
    assert may_press <= {"all_accounts"}


def test_names_are_shown_as_they_are_everywhere(open_account, open_app, store):
    here = Account(store, name=HOSTILE)
    here.change(paused_at=1, paused_by=HOSTILE)
    key = keys.generate(ADMIN, store, here.integration_id, label=HOSTILE)
    for app in (open_app(PAGE), open_account(here.integration_id)):
        assert not app.exception
        assert HOSTILE not in test_pages.words(app)
        assert all(HOSTILE not in str(button.label) for button in app.button)
        assert markdown.escape(HOSTILE) in test_pages.words(app)
    assert key.text not in str(app._tree)


def test_an_address_that_names_no_integration_says_so(open_account, open_app):
    assert "no such integration" in words(open_account(99))
    app = open_app(PAGE)
    app.query_params["account"] = "1; DROP"
    assert not app.run().exception
    assert "Freshworks" in words(app)


def test_activity_tells_each_run_and_each_error_once(open_account, account, store):
    fill_log(store, account.integration_id, failures=22)
    app = open_account(account.integration_id)

    table = app.dataframe[0].value
    assert len(table) == activity.RUNS_PER_PAGE
    assert set(table["outcome"]) == {"✕ failed"}
    assert all("rejected the API key" in why for why in table["why"])
    (told,) = [text.value for text in app.markdown if "20 times" in text.value]
    assert "rejected the API key" in told
    assert "23 runs in all" in words(app)


def test_activity_calls_failed_only_what_went_wrong(account, store):
    """What somebody ended on purpose is named as that, in a store of an older Inflow, too."""
    errors = [Busy("settings-changed", name="A"), Paused(name="A"), NotAuthorized(domain="a.freshdesk.com")]
    with store.write() as connection:
        for error in errors:
            end(connection, begin(connection, 1, purpose="import", is_first=False), "failed", error)
        begin(connection, 1, purpose="import", is_first=False)
        begin(connection, 1, purpose="import", is_first=False)
    told = [activity.outcome(run, is_running=True) for run in activity.history.runs(store, 1)]
    assert told == ["… running", "‖ interrupted", "✕ failed", "‖ paused", "‖ settings changed"]
    [newest] = activity.history.runs(store, 1, limit=1)
    assert activity.outcome(newest, is_running=False) == "‖ broken off"


def test_the_log_as_a_file_has_times_with_offset_and_a_column_per_reason(account, store):
    fill_log(store, account.integration_id, failures=1)
    frame = activity.for_file(activity.history.runs(store, account.integration_id), "Europe/Berlin")

    failed, first = frame.to_dict("records")
    assert failed["error_code"] == "key-rejected"
    assert "rejected the API key" in failed["error"]
    assert (first["new_rows"], first["excluded_agent_reply"], first["new_contacts"]) == (5, 2, 3)
    assert datetime.fromisoformat(first["started_at"]).utcoffset() in (timedelta(hours=1), timedelta(hours=2))


def test_a_range_is_read_again_and_compared(open_app, store, sandbox):
    app = form(open_app(PAGE))
    send_form(app, name="Desk", domain=sandbox.domain, key=sandbox.api_key)
    app.date_input(key="reread_days").set_value((date(2026, 3, 1), date(2026, 3, 31)))
    app.button(key="reread").click().run()

    assert not app.exception
    (table,) = app.table
    assert table.value.loc["Tickets"].to_dict() == {"Before": "0", "After": "1", "Difference": "+1"}
    assert "new tickets 1" in words(app)


def test_events_that_nobody_understood_are_listed_and_tried_again(open_account, account, store):
    with store.write() as connection:
        connection.execute(
            insert(dead_letters).values(
                integration_id=account.integration_id,
                reason="event-not-an-object",
                shape='["number"]',
                shape_digest="0" * 64,
                times=3,
                first_at=1,
                last_at=2,
            )
        )
    app = open_account(account.integration_id)
    assert "3 times, last 1970-01-01" in words(app)
    (button,) = [button for button in app.button if button.label == "Try again"]
    button.click().run()

    assert "tried again 20" in words(app)


def test_what_the_app_in_freshdesk_dropped_is_named(open_account, account, store):
    with store.write() as connection:
        connection.execute(
            insert(events).values(
                integration_id=account.integration_id,
                name=HEARTBEAT,
                object_id=1234,
                object_updated_at=1,
                received_at=1,
            )
        )
    app = open_account(account.integration_id)

    assert "at least 1,234 events were dropped in Freshdesk in the last 7 days" in words(app)


def test_before_and_after_are_compared_measure_by_measure():
    frame = rereading.comparison(
        {"replies": 4, "tickets": 10}, {"excluded_agent_reply": 2, "tickets": 9, "replies": 4}
    )

    assert frame.to_dict("index") == {
        "Tickets": {"Before": "10", "After": "9", "Difference": "−1"},
        "Replies": {"Before": "4", "After": "4", "Difference": "0"},
        markdown.escape("Not counted: agents' replies"): {"Before": "0", "After": "2", "Difference": "+2"},
    }


@pytest.mark.parametrize(("drawn_with", "runs"), [("1", 3), ("", 1)])
def test_a_part_that_draws_itself_anew_never_leads_back_to_what_was_left(drawn_with, runs):
    """The browser's clock may ask for the list anew when an integration was opened a moment before."""

    def script() -> None:
        import streamlit as st

        from ui import address

        st.session_state[address.SEEN] = ("account-integrations", "1")
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        if st.session_state["runs"] < 3:
            address.redraw(("account-integrations", st.session_state["drawn_with"]))

    app = AppTest.from_function(script)
    app.session_state["drawn_with"] = drawn_with

    assert app.run().session_state["runs"] == runs


def fill_log(store: Store, integration_id: int, failures: int) -> None:
    """A first import, and runs after it that failed."""
    with store.write() as connection:
        run = begin(connection, integration_id, purpose="import", is_first=True)
        run.add(3, 5, 0, {"agent_reply": 2})
        progress(connection, run)
        end(connection, run, "complete")
        for _count in range(failures):
            run = begin(connection, integration_id, purpose="import", is_first=False)
            end(connection, run, "failed", NotAuthorized(domain="acme.freshdesk.com"))
