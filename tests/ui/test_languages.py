"""Every page speaks the viewer's language, all of it, and a link means the same in each."""

import ast
import asyncio
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from freshdesk_core import export, text
from freshdesk_core.volumes import Filters
from tests.ui import pseudo
from tests.ui.conftest import HOSTILE
from tests.ui.test_pages import PAGES, words
from ui import data, filters, language, links, markdown
from ui.headers import Headers

ROOT = Path(__file__).resolve().parents[2]
# Names and codes: they are the same in every language.
NAMES = {
    "Inflow", "Freshdesk", "CSV", "XLSX", "UTC", "AHT", "Analytics", "JSON", "Deutsch", "English", "Español",
    "Nederlands", "Mo", "Di", "Mi", "Do", "Fr", "Sa", "So", "freshdesk", "com", "Freshworks",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]{2,}")
NO_WORDS = re.compile(r":material/\w+:|:[a-z]+-badge|https?://\S+|\b[0-9a-f]{32}\b|^\{.*\}$", re.DOTALL)
# Choices whose options are names or dates, in the address as they are.
NAMED = {"integration", "days", "tz", "against_day", "opens", "closes", "search", "key"}


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All that comes from a catalogue is marked; dates and numbers are German."""
    monkeypatch.setattr(text, "_catalogue", lambda _name, _folder: pseudo.Marked())
    monkeypatch.setenv("INFLOW_LANGUAGE", "de")
    with text.speaking("de"):  # what AppTest asks of the widgets by itself
        yield


@pytest.fixture
def plain(account):
    """The full account without its hostile name, which the readers below would take for words."""
    with account.store.write() as connection:
        connection.exec_driver_sql("UPDATE groups SET name = 'Billing' WHERE name = :name", {"name": HOSTILE})
    return account.settle()


def unnamed(app) -> set[str]:
    """The texts of a page that stand outside the catalogue and are no names."""
    found = set()
    names = sorted(_names(), key=len, reverse=True)
    for said in set(pseudo.shown(app)) - set(filters.zones()):
        left = pseudo.unmarked(said)
        for name in names:
            left = left.replace(markdown.escape(name), " ").replace(name, " ")
        if some := [word for word in WORD.findall(NO_WORDS.sub(" ", left)) if word not in NAMES]:
            found.add(f"{' '.join(some)[:80]}  <- {said[:100]!r}")
    return found


def _names() -> set[str]:
    infos = {info.name for info in data.ask("integrations")} | {"Europe/Amsterdam"}
    if (days := filters.whole_days()) is None:
        return infos
    queues = data.ask("queues", days, Filters())
    return infos | {str(name) for column in ("queue", "group", "source", "kind") for name in queues[column]}


@pytest.mark.usefixtures("plain")
def test_no_page_says_a_word_past_the_catalogues(open_app, request):
    """Charts, tables, helps and options too; nor is one remembered from another language."""
    open_app("pages/contacts_vs_tickets.py")
    request.getfixturevalue("marked")

    for page in PAGES:
        app = open_app(page)
        assert not app.exception
        assert pseudo.OPEN in words(app)
        assert unnamed(app) == set(), page


@pytest.mark.nightly
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("store", "marked")
def test_no_empty_page_says_a_word_past_the_catalogues(open_app, page):
    app = open_app(page)

    assert not app.exception
    assert unnamed(app) == set()


@pytest.mark.nightly
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("half_imported", "plain", "marked")
def test_no_half_imported_page_says_a_word_past_the_catalogues(open_app, page):
    app = open_app(page, range=pseudo.marked("Last 90 days"))

    assert not app.exception
    assert unnamed(app) == set()


@pytest.mark.nightly
@pytest.mark.parametrize("place", [{"account": "1"}, {"connect": "catalogue"}, {"connect": "freshworks"}])
@pytest.mark.usefixtures("plain", "marked")
def test_no_step_of_an_integration_says_a_word_past_the_catalogues(open_app, place):
    app = open_app("pages/integrations.py")
    for key, value in place.items():
        app.query_params[key] = value
    app.run()

    assert not app.exception
    assert unnamed(app) == set()


@pytest.mark.nightly
@pytest.mark.usefixtures("plain", "marked")
def test_no_queue_says_a_word_past_the_catalogues(open_app):
    queues = data.ask("queues", filters.whole_days(), Filters())
    app = open_app("pages/queues.py")
    app.query_params["queue"] = str(queues["queue_id"].iloc[0])
    app.run()

    assert not app.exception
    assert unnamed(app) == set()


@pytest.mark.usefixtures("account")
def test_queues_are_named_alike_in_every_language():
    """Byte by byte, the Unknown ones too, on pages as in files."""
    told = set()
    for name in text.LANGUAGES:
        with text.speaking(name):
            st.cache_data.clear()
            queues = data.ask("queues", filters.whole_days(), Filters())
            told.add(export.csv_text(queues[["queue", "queue_id", "group", "source", "kind"]]))

    [said] = told
    assert "Unknown group/source Tickets" in said
    assert HOSTILE in said


def test_every_translated_choice_in_the_address_is_known_to_links():
    """A choice that a page gains is entered in ``links.LABELS``, or its links hold in one language only."""
    bound = set()
    for file in [*ROOT.glob("ui/*.py"), *ROOT.glob("pages/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and any(word.arg == "bind" for word in node.keywords):
                key = next(word.value for word in node.keywords if word.arg == "key")
                bound.add(key.value if isinstance(key, ast.Constant) else ast.unparse(key))

    assert bound - set(links.LABELS) <= NAMED
    assert set(links.LABELS) - bound == {"week_step", "day_step"}  # made by one function, whose key is "key"


def test_no_label_means_two_things():
    for key, (codes, label) in links.LABELS.items():
        meant: dict[str, set[str]] = {}
        for name in text.LANGUAGES:
            with text.speaking(name):
                for code in codes:
                    meant.setdefault(label(code), set()).add(code)
        assert all(len(found) == 1 for found in meant.values()), (key, meant)


def states(count: int) -> Iterator[dict[str, str]]:
    """Random states of the filters, as codes."""
    chance = random.Random(5)
    for _state in range(count):
        keys = chance.sample(sorted(links.LABELS), chance.randint(1, len(links.LABELS)))
        yield {key: chance.choice(links.LABELS[key][0]) for key in keys}


def address(state: dict[str, str], name: str) -> str:
    with text.speaking(name):
        labelled = {key: links.LABELS[key][1](code) for key, code in state.items()}
    return urlencode(labelled | {"queue": "7", "group": "Día & Tag", "tz": "Europe/Madrid"})


def test_a_link_made_in_one_language_is_the_same_link_in_another():
    """Fifty states, between all languages, and from the codes themselves; names of queues are left alone."""
    for state in states(50):
        for made in text.LANGUAGES:
            for opened in text.LANGUAGES:
                assert links.translated(address(state, made), opened) == address(state, opened)
        assert dict(parse_qsl(links.translated(urlencode(state), "nl"))) == {
            key: value for key, value in parse_qsl(address(state, "nl")) if key in state
        }


@pytest.mark.parametrize(
    "query", ["", "range", "range=", "range=x&range=%", "&&=", "a=%E0%A4", "range=Last+7+days"]
)
def test_what_needs_no_translation_is_left_as_it_is(query):
    assert links.translated(query, "en") == query


def figures(app) -> str:
    """What the charts of a page draw, without a word of it."""
    charts = [json.loads(chart.proto.spec)["data"] for chart in app.get("plotly_chart")]
    return json.dumps([[trace.get(axis) for axis in ("y", "z")] for traces in charts for trace in traces])


@pytest.mark.nightly
@pytest.mark.usefixtures("account")
def test_pages_show_the_same_figures_in_each_language(open_app, monkeypatch):
    """Fifty states, made in English, opened in each of the languages in turn."""
    for number, state in enumerate(states(50)):
        shown: set[str] = set()
        name = [*text.LANGUAGES][number % len(text.LANGUAGES)]
        for opened in ("en", name):
            monkeypatch.setenv("INFLOW_LANGUAGE", opened)
            query = links.translated(address(state, "en"), opened)
            own = {key: value for key, value in parse_qsl(query) if key in state}
            with text.speaking(opened):
                app = open_app("pages/patterns.py", **own)
                assert not app.exception
                shown.add(figures(app))
        assert len(shown) == 1, state


def visit(*asked: tuple[str, dict[str, str], dict[str, str]]) -> list[httpx.Response]:
    """Ask for these addresses (path, query, headers) one after another, as one browser does."""
    page = Route("/{page:path}", lambda _request: HTMLResponse('<!doctype html><html lang="en"></html>'))
    routes = [Route(f"/{language.PATH}", language.choose), page]
    app = Headers(links.Links(Starlette(routes=routes)))

    async def browse() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            browser.headers["accept"] = "text/html"
            return [await browser.get(path, params=query, headers=more) for path, query, more in asked]

    return asyncio.run(browse())


@pytest.mark.parametrize("name", text.LANGUAGES)
def test_the_page_names_its_language_from_the_first_answer_on(name):
    """Asked for by the browser, and chosen against it."""
    asked, _choice, chosen = visit(
        ("/", {}, {"accept-language": f"fr, {name};q=0.8, xx;q=0.9"}),
        (f"/{language.PATH}", {"to": name}, {}),
        ("/", {}, {"accept-language": "fr, en;q=0.1, de;q=0.5"}),
    )

    for answer in (asked, chosen):
        assert f'<html lang="{name}"' in answer.text
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["vary"].split(", "))


def test_the_region_of_the_browser_is_kept_with_the_language():
    assert language.of_request("", "de-CH,de;q=0.9") == "de_CH"
    assert language.of_request("inflow_language=de", "en-US, de-CH;q=0.5") == "de_CH"
    assert language.of_request("inflow_language=nl", "de-CH") == "nl"
    assert language.of_request("inflow_language=xx", "es;q=0, *;q=0.5") == "en"


def test_a_choice_leads_back_to_the_page_with_its_filters():
    query = "range=Last+7+days&tz=Europe%2FMadrid"
    choice, led = visit(
        (f"/{language.PATH}", {"to": "es", "back": f"when-contacts-come?{query}"}, {}),
        ("/when-contacts-come", dict(parse_qsl(query)), {}),
    )

    assert (choice.status_code, choice.headers["location"]) == (303, f"./when-contacts-come?{query}")
    assert "HttpOnly" in choice.headers["set-cookie"]
    assert "samesite=lax" in choice.headers["set-cookie"].lower()
    assert led.status_code == 307
    assert dict(parse_qsl(led.headers["location"].lstrip("?"))) == {
        "range": "Últimos 7 días",
        "tz": "Europe/Madrid",
    }


@pytest.mark.parametrize(
    "back",
    ["//evil.example", "https://evil.example", "/\\evil.example", "a/b", "..", "x?y\r\nSet-Cookie: z", "\\"],
)
def test_a_choice_leads_nowhere_else(back):
    [answer] = visit((f"/{language.PATH}", {"to": "de", "back": back}, {}))

    assert answer.headers["location"] == "./"


def test_a_language_that_there_is_not_is_not_kept():
    [answer] = visit((f"/{language.PATH}", {"to": "xx; Secure"}, {}))

    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("account")
def test_every_language_can_be_chosen_on_a_page(open_app, monkeypatch):
    """Each by its own name, the present one marked; the link brings back the filters."""
    monkeypatch.setenv("INFLOW_LANGUAGE", "es")
    with text.speaking("es"):
        app = open_app(range="Últimos 7 días")
    said = next(element.proto.body for element in app.get("html") if "inflow-languages" in element.proto.body)

    assert re.findall(r'lang="(\w\w)" hreflang="\w\w"( aria-current="true")?>(\w+)<', said) == [
        (name, ' aria-current="true"' if name == "es" else "", called)
        for name, called in text.LANGUAGES.items()
    ]
    assert "%25C3%259Altimos" in said
    assert app.title[0].value == "Resumen"
