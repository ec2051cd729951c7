"""Every page for everybody: what axe finds, narrow and wide screens, the keyboard alone, paper."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from freshdesk_core import text
from tests.browser import looks
from tests.browser.conftest import started

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.sqlite]

IMPORT_MILLISECONDS = 90_000
WIDTHS = (320, 390, 768, 1280, 1920, 2560)
PAPER = {"pressed": 0, "cut": 0, "ground": "rgb(255, 255, 255)", "ink": "rgb(22, 32, 44)"}
NAME = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText || ''"
FOCUS = """() => {
    const one = document.activeElement;
    const around = [one, one.parentElement, one.parentElement?.parentElement];
    const ring = around.filter(Boolean).map(at => getComputedStyle(at)).some(
        at => at.outlineStyle !== 'none' && parseFloat(at.outlineWidth) > 0 || at.boxShadow !== 'none');
    const label = one.getAttribute('aria-label') || '';
    return [one.tagName, one.innerText || '', label, ring, String(one.className)];
}"""


@pytest.fixture(scope="module")
def empty_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app on a store in which there is nothing, and to which nothing comes."""
    with started(tmp_path_factory.mktemp("empty"), INFLOW_APP_WORKER="0") as url:
        yield url


@pytest.fixture
def full_app(app: str, page: Page) -> str:
    """The app on its sample account, all of it imported."""
    page.goto(app)
    expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=IMPORT_MILLISECONDS)
    return app


def tab(page: Page, language: str, scheme: str, width: int = 1440) -> Page:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": width, "height": 900}
    )
    return context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_axe_finds_nothing_serious_on_a_full_page(
    full_app: str, page: Page, language: str, scheme: str
) -> None:
    own = tab(page, language, scheme)
    found = {}
    for place in looks.PLACES:
        looks.opened(own, f"{full_app}/{place}")
        if some := looks.findings(own):
            found[place] = some
    own.context.close()
    assert found == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", text.LANGUAGES)
def test_axe_finds_nothing_serious_on_an_empty_page(
    empty_app: str, page: Page, language: str, scheme: str
) -> None:
    own = tab(page, language, scheme)
    found = {}
    for place in (*looks.PLACES, "queues-and-pairs?queue=9-9", "account-integrations?account=9"):
        looks.opened(own, f"{empty_app}/{place}")
        if some := looks.findings(own):
            found[place] = some
    own.context.close()
    assert found == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_scrolled_sideways(full_app: str, page: Page, width: int) -> None:
    """From a page enlarged to 400 per cent to a wide screen; tables and charts may scroll inside."""
    own = tab(page, "de", "light", width)
    wide = {}
    for place in looks.PLACES:
        looks.opened(own, f"{full_app}/{place}")
        if (over := looks.sideways(own)) > 0:
            wide[place] = over
    own.context.close()
    assert wide == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440, 2560])
def test_pages_print_light_and_whole(full_app: str, page: Page, scheme: str, width: int) -> None:
    """Nothing on paper can be pressed, no chart or table is cut, whatever screen it was drawn for."""
    own = tab(page, "en", scheme, width)
    for place in ("", "queues-and-pairs", "when-contacts-come", "contacts-vs-tickets"):
        looks.opened(own, f"{full_app}/{place}")
        expect(own.locator(".main-svg").first).to_be_visible(timeout=30_000)
        told = looks.on_paper(own)
        assert told.pop("charts"), place
        assert told == PAPER, place
    assert own.pdf(format="A4").startswith(b"%PDF")
    own.context.close()


def reach(page: Page, name: str) -> None:
    """Go on by the Tab key until something of this name has the focus."""
    for _press in range(200):
        page.keyboard.press("Tab")
        if re.search(name, page.evaluate(NAME)):
            return
    raise AssertionError(f"the Tab key does not lead to {name}")


def test_the_keyboard_alone_filters_reads_saves_and_exports(full_app: str, page: Page) -> None:
    looks.opened(page, full_app)
    reach(page, "^Date range")
    page.keyboard.press("Enter")
    page.keyboard.type("Last 7")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("range=Last.7"))

    reach(page, r"^\w*\s*Saved views")
    page.keyboard.press("Enter")
    reach(page, "^Name of this view")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="By keyboard")).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")

    reach(page, "^Take the chart away")
    with page.expect_download() as picture:
        page.keyboard.press("Enter")
    assert re.fullmatch(r"inflow-.*\.png", picture.value.suggested_filename)
    tables = page.get_by_test_id("stDataFrame").count()
    reach(page, "^Show as a table")
    page.keyboard.press("Space")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(tables + 1, timeout=30_000)

    looks.opened(page, f"{full_app}/queues-and-pairs")
    reach(page, r"^\w*\s*CSV$")
    with page.expect_download(timeout=60_000) as file:
        page.keyboard.press("Enter")
    assert file.value.suggested_filename.endswith(".csv")


@pytest.mark.parametrize("place", looks.PLACES)
def test_the_tab_key_is_never_caught_and_what_it_reaches_is_seen(
    full_app: str, page: Page, place: str
) -> None:
    looks.opened(page, f"{full_app}/{place}")
    stops, unseen = [], set()
    for _press in range(200):
        page.keyboard.press("Tab")
        tag, words, label, has_ring, style = page.evaluate(FOCUS)
        stops.append((tag, words[:60], label))
        if tag not in ("BODY", "HTML") and not has_ring:
            unseen.add((tag, words[:60], label, style))
    assert unseen == set()
    assert len(set(stops)) > 10
    assert stops.count(stops[0]) > 1 or len(set(stops)) > 150  # around once, or many more to come
