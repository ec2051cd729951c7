"""Saved views on the pages: the present page is given a name, and its link opens the same again."""

import ast
import html
import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from freshdesk_core import text
from freshdesk_core.access import Actor, Role
from freshdesk_core.errors import NotAllowed
from freshdesk_core.store import saved_views as kept
from freshdesk_core.store.saved_views import SavedView
from ui import address, links, login, saved_views

ROOT = Path(__file__).resolve().parents[2]
VERA = Actor(Role.VIEWER, "vera@example.com")


def view_links(app: AppTest) -> list[tuple[str, str]]:
    """The views that a page lists: address and name."""
    said = "".join(one.proto.body for one in app.get("html"))
    found = re.findall(r'<li><a href="([^"]*)">(.*?)</a></li>', said)
    return [(html.unescape(link), html.unescape(name)) for link, name in found]


def button(app: AppTest, key: str):
    return next(one for one in app.button if key in (one.key or ""))


@pytest.mark.usefixtures("account")
def test_a_view_is_saved_listed_renamed_and_deleted(open_app, store):
    """A name that is taken is refused in one sentence, and what was typed stays."""
    app = open_app(range="Last 7 days", tz="Asia/Kathmandu", anything="else")
    app.text_input(key="view_name").input(" My <b>week</b> ")
    app = button(app, "view_save").click().run()

    assert view_links(app) == [("./?range=7d&tz=Asia%2FKathmandu", "My <b>week</b>")]
    assert app.text_input(key="view_name").value == ""

    app.text_input(key="view_name").input("MY <B>WEEK</B>")
    app = button(app, "view_save").click().run()
    assert [error.value for error in app.error if "view-name-taken" in error.value]
    assert app.text_input(key="view_name").value == "MY <B>WEEK</B>"
    assert len(view_links(app)) == 1

    [view] = kept.listed(store)
    app = app.selectbox(key="view_chosen").set_value(view.view_id).run()
    app.text_input(key="view_new_name").input("Weekly")
    app = app.button(key="view_rename").click().run()
    assert [name for _link, name in view_links(app)] == ["Weekly"]
    assert not app.error

    app = app.selectbox(key="view_chosen").set_value(view.view_id).run()
    app = app.button(key="view_delete").click().run()
    assert view_links(app) == []
    assert kept.listed(store) == []
    assert not app.exception


@pytest.mark.usefixtures("account")
def test_a_viewer_opens_all_views_and_may_change_only_their_own(open_app, store, monkeypatch):
    monkeypatch.setattr(login, "actor", lambda: VERA)
    kept.save(Actor(Role.ADMIN, "ann@example.com"), store, "Ann's", "queues-and-pairs", "range=90d")
    app = open_app()
    assert [name for _link, name in view_links(app)] == ["Ann's"]
    assert not [box for box in app.selectbox if box.key == "view_chosen"]

    app.text_input(key="view_name").input("Vera's")
    app = button(app, "view_save").click().run()
    assert [name for _link, name in view_links(app)] == ["Ann's", "Vera's"]
    assert app.selectbox(key="view_chosen").options == ["Vera's"]


def test_nothing_can_be_saved_where_nothing_is_shown(open_app):
    """On an empty store there is no view to save, and none to open."""
    app = open_app()

    assert not [field for field in app.text_input if field.key == "view_name"]


def test_who_may_see_nothing_any_more_sees_no_views(monkeypatch):
    """The list draws itself anew without the page: it asks who looks, and says a refusal in words."""
    monkeypatch.setattr(saved_views.data, "store", lambda: None)
    monkeypatch.setattr(kept, "listed", lambda store: [SavedView(1, "Hidden", "", "", "ann", 0)])

    def nobody():
        raise NotAllowed("not-signed-in")

    def page():
        from ui import saved_views

        saved_views._content("", can_save=True)

    monkeypatch.setattr(login, "actor", nobody)
    app = AppTest.from_function(page, default_timeout=60).run()

    assert view_links(app) == []
    assert "not-signed-in" in app.error[0].value
    assert not app.exception


def test_a_link_means_the_same_in_each_language():
    """It holds codes, which the server writes in the words of whoever opens it."""
    query = "range=7d&interval=1h&tz=Asia%2FKathmandu&group=D%C3%ADa+%26+Tag&figure=median&queue=1-7"
    for name in text.LANGUAGES:
        assert dict(parse_qsl(links.coded(links.translated(query, name)))) == dict(parse_qsl(query))


def test_names_do_nothing_in_the_list():
    """What somebody typed stays a text, in the name as in the link."""
    said = saved_views._list([SavedView(1, "<img src=x onerror=1>\u202e\n", "", "group=%22%3E<i>", "ann", 0)])

    assert re.findall(r"<(\w+)", said) == ["ul", "li", "a"]
    assert '"./?group=%22%3E&lt;i&gt;"' in said


def test_every_choice_in_the_address_belongs_to_a_view():
    """A choice that a page gains is entered in ``saved_views.KEPT``, or views would lose it."""
    bound = set()
    for file in [*ROOT.glob("ui/*.py"), *ROOT.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(word.arg == "bind" for word in node.keywords):
                key = next(word.value for word in node.keywords if word.arg == "key")
                bound.add(key.value if isinstance(key, ast.Constant) else "")
    made_by_functions = {*saved_views.narrowing.KEYS, "opens", "closes", "week_step", "day_step"}

    assert bound - {""} <= set(saved_views.KEPT)
    assert set(saved_views.KEPT) - bound == made_by_functions | {address.QUEUE}
