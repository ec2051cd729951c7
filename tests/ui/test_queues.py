"""The Queues page: lists, pairs, a single queue, and names that would like to be markup."""

import re

import pytest

from tests.ui.conftest import HOSTILE, iso
from tests.volumes.account import Account

PAGE = "pages/queues.py"


def captions(app):
    return "\n".join(element.value for element in app.caption)


def test_every_queue_is_listed_with_its_channel(open_app, account):
    table = open_app(PAGE).dataframe[0].value

    assert "CustomerService email Tickets" in set(table["queue"])
    assert set(table["channel"]) == {"Cases"}
    assert table["offered"].sum() > 100


def test_former_names_stay_visible(open_app, account):
    table = open_app(PAGE).dataframe[0].value.set_index("queue")

    assert table.loc["Sales email Tickets", "former"] == "Old Sales email Tickets"


def test_unknown_queues_stand_apart_with_the_reason(open_app, account):
    app = open_app(PAGE, range="Last 90 days")

    assert list(app.dataframe[1].value["queue"]) == ["Unknown group/source Tickets"]
    assert not set(app.dataframe[0].value["queue"]) & set(app.dataframe[1].value["queue"])
    assert "marked as spam" in captions(app)


def test_phone_contacts_are_explained(open_app, account):
    assert "ticket that an agent logged" in captions(open_app(PAGE))


def test_pairs_stand_side_by_side_and_summed(open_app, account):
    app = open_app(PAGE)

    app.segmented_control(key="view").set_value("Pairs").run()

    table = app.dataframe[0].value
    assert (table["tickets"] + table["replies"] == table["offered"]).all()
    assert table["freshdesk_tickets"].isna().all()
    assert "not yet compared" in captions(app)


def test_a_filter_narrows_what_is_shown(open_app, account):
    app = open_app(PAGE, kind="Replies")

    assert all(name.endswith(" Replies") for name in app.dataframe[0].value["queue"])


def test_a_filter_that_leaves_nothing_can_be_reset(open_app, account: Account):
    account.group(15, "Quiet")
    account.ticket(iso(0.5), group_id=15, source=15)
    account.settle()
    app = open_app(PAGE, group="Quiet", source="phone")
    assert "Nothing matches these filters" in "\n".join(element.value for element in app.markdown)

    app.button(key="reset_filters").click().run()

    assert app.dataframe
    assert not app.multiselect(key="group").value


def test_a_queue_opens_by_its_link(open_app, account):
    queue_id = f"{account.integration_id}-11-1-tickets"

    app = open_app(PAGE, queue=queue_id)

    assert app.title[0].value == "CustomerService email Tickets"
    assert [metric.label for metric in app.metric][:2] == ["Offered contacts", "Replies of the pair"]
    contacts = app.dataframe[-1].value
    assert contacts["ticket_url"].str.match(r"https://acme\.freshdesk\.com/a/tickets/\d+$").all()
    assert contacts["occurred_at"].is_monotonic_decreasing


def test_a_pair_can_be_seen_as_one(open_app, account):
    app = open_app(PAGE, queue=f"{account.integration_id}-11-1-replies")

    app.segmented_control(key="with_pair").set_value("The pair, summed").run()

    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(
    "queue_id", ["nonsense", "1-999-1-tickets", "'; drop table tickets; --", "9-11-1-tickets"]
)
def test_an_unknown_queue_is_said_so(open_app, account, queue_id):
    app = open_app(PAGE, queue=queue_id)

    assert not app.exception
    assert "There is no such queue here" in "\n".join(element.value for element in app.markdown)


def test_a_hostile_name_never_becomes_markup(open_app, account):
    queue_id = f"{account.integration_id}-13-1-tickets"

    app = open_app(PAGE, queue=queue_id)
    assert not re.search(r"(?<!\\)[!\[\]()<>`*$:]", app.title[0].value)
    listed = open_app(PAGE).dataframe[0].value

    assert f"{HOSTILE} email Tickets" in set(listed["queue"])


def test_a_search_finds_queues_by_words_of_their_names_now_and_before(open_app, account):
    app = open_app(PAGE, search="OLD email")
    assert set(app.dataframe[0].value["queue"]) == {"Sales email Tickets", "Sales email Replies"}

    app.text_input(key="search").set_value("nothing of the kind").run()
    assert "Nothing matches these filters" in "\n".join(element.value for element in app.markdown)
    app.button(key="reset_filters").click().run()
    assert len(app.dataframe[0].value) > 5


def test_groups_and_sources_have_totals_that_hold_every_contact(open_app, account):
    app = open_app(PAGE)
    sums = []
    for view in ("Groups", "Sources"):
        app.segmented_control(key="view").set_value(view).run()
        assert not app.exception
        table = app.dataframe[0].value
        assert (table["tickets"] + table["replies"] == table["offered"]).all()
        sums.append(int(table["offered"].sum()))
    assert sums[0] == sums[1] > 100


def _drawn(app):
    """The names in the chart's words."""
    return app.get("plotly_chart")[0].proto.alt


def test_queues_picked_by_name_are_drawn_ticked_and_linked_while_all_stay_listed(open_app, account):
    app = open_app(PAGE)
    listed = len(app.dataframe[0].value)
    queue_id = f"{account.integration_id}-12-3-tickets"

    app.multiselect(key="queues_picked").set_value([queue_id]).run()

    assert not app.exception
    assert len(app.dataframe[0].value) == listed
    assert "Billing phone Tickets:" in _drawn(app)
    assert "CustomerService email Tickets:" not in _drawn(app)
    assert [link.proto.label for link in app.get("page_link")] == ["Open Billing phone Tickets"]


def test_ticks_in_the_table_pick_what_is_drawn_and_hidden_picks_stay(open_app, account, monkeypatch):
    """What a browser sends when rows are ticked, for a table that the search has narrowed."""
    from types import SimpleNamespace

    import streamlit as st

    from ui import queue_picks

    frame = (
        open_app(PAGE).dataframe[0].value.assign(queue_id=lambda rows: [f"q{n}" for n in range(len(rows))])
    )
    drawn = {}
    monkeypatch.setattr(queue_picks.tables, "select", lambda *_args, **how: drawn.update(how))
    state = {}
    monkeypatch.setattr(st, "session_state", state)
    queue_picks.table(frame, {}, ("q1", "elsewhere"), alt="")
    assert drawn["chosen"] == [1]

    state[drawn["key"]] = SimpleNamespace(selection=SimpleNamespace(rows=[0, 3]))
    drawn["on_select"]()
    assert state["queues_picked"] == ["elsewhere", "q0", "q3"]
    state[drawn["key"]] = SimpleNamespace(selection=SimpleNamespace(rows=list(range(9))))
    drawn["on_select"]()
    assert len(state["queues_picked"]) == queue_picks.MOST
    before = drawn["key"]
    queue_picks.table(frame, {}, tuple(state["queues_picked"]), alt="")
    assert drawn["key"] != before  # too many ticks: the table is drawn anew with those that count


def test_a_growing_unknown_share_is_told(open_app, account):
    for _n in range(30):
        account.ticket(iso(38.5), spam=True)
    account.settle()
    app = open_app(PAGE, range="Last 7 days")
    assert "The Unknown share grows" in app.warning[0].value
    assert not open_app(PAGE, range="Last 90 days").warning


def test_a_queue_says_what_it_was_called(open_app, account):
    app = open_app(PAGE, queue=f"{account.integration_id}-14-1-tickets")
    assert "Formerly Old Sales email Tickets" in captions(app)


@pytest.fixture
def two_alike(store):
    """Two accounts with the same groups; the second one is complete, too."""
    for name in ("acme", "globex"):
        account = Account(store, name=name, domain=f"{name}.freshdesk.com")
        account.ticket(iso(38.5))
        account.proven((iso(0), iso(40)))
        account.settle()
    return account


def test_queues_of_one_name_in_two_accounts_stay_two(open_app, two_alike):
    app = open_app(PAGE)

    assert not app.error
    assert list(app.dataframe[0].value.columns)[:2] == ["queue", "integration"]
    assert set(app.dataframe[0].value["integration"]) == {"acme", "globex"}
    assert "integration" not in open_app(PAGE, integration="acme").dataframe[0].value.columns
    assert {option.split(" · ")[-1] for option in app.multiselect(key="queues_picked").options} == {
        "acme",
        "globex",
    }


def test_groups_and_sources_to_choose_from_are_those_of_the_integration(open_app, two_alike):
    """And what was chosen of another one is chosen no more."""
    two_alike.group(15, "Only Globex")
    two_alike.ticket(iso(38.6), group_id=15, source=3)
    two_alike.settle()
    app = open_app(PAGE)
    app.multiselect(key="group").set_value(["Only Globex"])
    assert app.run().dataframe[0].value["queue"].tolist() == ["Only Globex phone Tickets"]

    app.selectbox(key="integration").set_value("acme").run()

    assert not app.exception
    assert app.multiselect(key="group").options == ["CustomerService"]
    assert app.multiselect(key="source").options == ["email"]
    assert app.multiselect(key="group").value == []
    assert app.dataframe[0].value["queue"].tolist() == ["CustomerService email Tickets"]


def test_an_account_that_is_connected_twice_is_told_wherever_it_is_summed_up(open_app, two_alike):
    assert not open_app(PAGE).warning
    Account(two_alike.store, name="acme again").proven((iso(0), iso(40)))

    (told,) = [text.value for text in open_app().warning]
    assert "acme again" in told
    assert "Counted more than once" in told
    assert not open_app(integration="globex").warning


def test_an_account_in_its_first_import_does_not_blank_the_others(open_app, store):
    old = Account(store, name="acme")
    old.ticket(iso(38.5))
    old.proven((iso(0), iso(40)))
    old.change(first_import_ended_at=1)
    old.settle()
    Account(store, name="globex", domain="globex.freshdesk.com")

    app = open_app(PAGE)

    assert not app.error
    assert app.dataframe[0].value["offered"].sum() == 1
    assert "Not part of these figures yet: **globex**" in captions(app)
