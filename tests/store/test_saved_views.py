"""Saved views: for everybody to open, for their authors and admins to change."""

import logging

import pytest

from freshdesk_core.access import COMMAND_LINE, MEMBER_ACTIONS, THIS_COMPUTER, Actor, Role
from freshdesk_core.errors import ConfigError, NotAllowed
from freshdesk_core.store import Store, saved_views

ANN = Actor(Role.ADMIN, "ann@example.com")
VERA, BOB = Actor(Role.VIEWER, "vera@example.com"), Actor(Role.VIEWER, "bob@example.com")


def names(store: Store) -> list[str]:
    return [view.name for view in saved_views.listed(store)]


def test_views_are_kept_by_name_with_their_page_and_filters(store: Store) -> None:
    query = "range=28d&group=D%C3%ADa+%26+Tag&group=Sales"
    first = saved_views.save(THIS_COMPUTER, store, "  Sales \n by hour ", "when-contacts-come", query)
    second = saved_views.save(THIS_COMPUTER, store, "all", "", "")

    everything, sales = saved_views.listed(store)
    assert (everything.view_id, everything.name, everything.page, everything.query) == (second, "all", "", "")
    assert (sales.view_id, sales.name, sales.page, sales.query, sales.saved_by) == (
        *(first, "Sales by hour", "when-contacts-come", query, "this computer"),
    )
    saved_views.rename(THIS_COMPUTER, store, first, "SALES BY HOUR")  # its own name in other capitals
    saved_views.remove(THIS_COMPUTER, store, second)
    assert names(store) == ["SALES BY HOUR"]


@pytest.mark.parametrize(
    ("name", "page", "query", "code"),
    [
        (" \n ", "", "", "view-without-name"),
        ("x" * 61, "", "", "name-too-long"),
        ("straße", "", "", "view-name-taken"),
        (" STRASSE ", "", "", "view-name-taken"),
        ("x", "//evil.example", "", "view-too-long"),
        ("x", "a/b", "", "view-too-long"),
        ("x", "", "q" * 2001, "view-too-long"),
    ],
)
def test_what_is_no_view_is_refused(store: Store, name: str, page: str, query: str, code: str) -> None:
    saved_views.save(ANN, store, "Straße", "", "")
    with pytest.raises(ConfigError) as refused:
        saved_views.save(ANN, store, name, page, query)
    assert refused.value.error_code == code
    assert names(store) == ["Straße"]


def test_a_view_is_not_renamed_to_anothers_name(store: Store) -> None:
    saved_views.save(ANN, store, "One", "", "")
    two = saved_views.save(ANN, store, "Two", "", "")
    with pytest.raises(ConfigError) as refused:
        saved_views.rename(ANN, store, two, "one")
    assert (refused.value.error_code, refused.value.figures) == ("view-name-taken", {"name": "One"})
    assert names(store) == ["One", "Two"]


def test_viewers_change_their_own_views_and_admins_all(store: Store) -> None:
    own = saved_views.save(VERA, store, "Vera's", "", "")
    theirs = saved_views.save(ANN, store, "Ann's", "", "")
    for deed in (
        lambda: saved_views.rename(VERA, store, theirs, "Mine"),
        lambda: saved_views.remove(VERA, store, theirs),
        lambda: saved_views.remove(BOB, store, own),
    ):
        with pytest.raises(NotAllowed) as refused:
            deed()
        assert refused.value.error_code == "not-your-view"
    by_id = {view.view_id: view for view in saved_views.listed(store)}
    assert [by_id[own].may_change(actor) for actor in (VERA, BOB, ANN, COMMAND_LINE)] == [
        *(True, False, True, True),
    ]
    saved_views.rename(VERA, store, own, "Mine")
    saved_views.remove(ANN, store, own)
    assert names(store) == ["Ann's"]
    with pytest.raises(ConfigError) as gone:
        saved_views.remove(VERA, store, own)
    assert gone.value.error_code == "no-such-view"


@pytest.mark.sqlite
def test_there_is_an_end_to_views(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 2)
    for name in ("a", "b"):
        saved_views.save(VERA, store, name, "", "")
    with pytest.raises(ConfigError) as refused:
        saved_views.save(VERA, store, "c", "", "")
    assert refused.value.error_code == "views-full"


@pytest.mark.sqlite
@pytest.mark.parametrize("action", ["save", "rename", "remove"])
@pytest.mark.parametrize("actor", [None, "ann@example.com", {"role": "admin"}])
def test_nobody_but_a_member_gets_through(
    action: str, actor: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Refused before anything is looked at, and said in the log."""
    with caplog.at_level(logging.WARNING), pytest.raises(NotAllowed) as refused:
        MEMBER_ACTIONS[f"store.saved_views.{action}"](actor)
    assert refused.value.error_code == "not-signed-in"
    assert f"store.saved_views.{action}" in caplog.text
