"""The language in a real browser: asked for, chosen, kept; and room for texts that are longer than ours."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, started

pytestmark = [pytest.mark.browser, pytest.mark.nightly]

IMPORT_MILLISECONDS = 90_000
WAIT = 30_000
PHONE = {"width": 390, "height": 844}
PATHS = (
    "", "queues-and-pairs", "when-contacts-come", "contacts-vs-tickets", "account-integrations",
    "account-integrations?connect=catalogue", "account-integrations?connect=freshdesk", "how-it-works",
)  # fmt: skip
# Loaded by Python itself before the app: every text becomes four tenths longer.
LONGER = """
import sys
sys.path.insert(0, {root!r})
from gettext import NullTranslations
from freshdesk_core import text

class Longer(NullTranslations):
    def gettext(self, message):
        more = -(-len(message) * 4 // 10)
        added = " erweitert" * (more // 10 + 1) if " " in message else "n" * more
        return message + added[:more]

    def ngettext(self, singular, plural, count):
        return self.gettext(singular if count == 1 else plural)

text._catalogue = lambda _name, _folder: Longer()
"""


@pytest.fixture(scope="module")
def longer_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app, all of whose texts are forty per cent longer."""
    folder = tmp_path_factory.mktemp("longer")
    (folder / "sitecustomize.py").write_text(LONGER.format(root=str(ROOT)), encoding="utf-8")
    with started(tmp_path_factory.mktemp("home"), PYTHONPATH=str(folder)) as url:
        yield url


def test_the_browser_is_asked_and_a_choice_is_kept(app: str, page: Page) -> None:
    """German by the browser, then Dutch by a link that keeps the filters, then a colleague's Spanish link."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900})
    tab = context.new_page()
    tab.goto(app)
    metric = tab.get_by_test_id("stMetric").first
    expect(metric).to_contain_text("Angebotene Kontakte", timeout=IMPORT_MILLISECONDS)
    assert tab.locator("html").get_attribute("lang") == "de"
    tab.get_by_role("combobox", name="Zeitraum").click()
    tab.get_by_role("option", name="Letzte 7 Tage").click()
    link = tab.get_by_role("link", name="Nederlands")
    expect(link).to_have_attribute("href", re.compile("Letzte"), timeout=WAIT)
    # The week is the first of which the sample's replies are complete; its figure stays from then on.
    value = metric.get_by_test_id("stMetricValue")
    expect(value).to_have_text(re.compile(r"^\d"), timeout=IMPORT_MILLISECONDS)
    expect(tab.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=WAIT)
    figure = value.inner_text()

    link.click()
    expect(metric).to_contain_text("Aangeboden contacten", timeout=WAIT)
    expect(tab).to_have_url(re.compile("range=Laatste.7"))
    expect(value).to_have_text(figure, timeout=WAIT)
    assert tab.locator("html").get_attribute("lang") == "nl"

    tab.goto(f"{app}/?range=%C3%9Altimos+7+d%C3%ADas")
    expect(metric).to_contain_text("Aangeboden contacten", timeout=WAIT)
    expect(value).to_have_text(figure, timeout=WAIT)
    context.close()


def test_texts_two_fifths_longer_fit_a_phone(longer_app: str, page: Page, tmp_path: Path) -> None:
    """No page scrolls sideways at 390 px."""
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(locale="de-DE", viewport=PHONE)
    tab = context.new_page()
    tab.goto(longer_app)
    expect(tab.get_by_test_id("stMetric").first).to_be_visible(timeout=IMPORT_MILLISECONDS)

    wide = {}
    for path in PATHS:
        tab.goto(f"{longer_app}/{path}")
        expect(tab.get_by_role("heading", level=1)).to_be_visible(timeout=WAIT)
        expect(tab.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=WAIT)
        assert " erwei" in tab.get_by_test_id("stMain").inner_text()
        over = tab.evaluate(
            "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".map(place => place.scrollWidth - place.clientWidth)"
        )
        if max(over) > 0:
            tab.screenshot(path=tmp_path / f"{PATHS.index(path)}.png", full_page=True)
            wide[path] = over
    context.close()

    assert wide == {}
