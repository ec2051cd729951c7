"""What axe finds on a page, whether it has to be scrolled sideways, and how it lies on paper."""

import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import is_settled

# Streamlit's own (docs/decisions/0032-for-everybody.md): the menu's titles stand between its items.
UPSTREAM = {"list", "listitem"}
MENU = "stSidebarNavItems"
PLACES = (
    "", "queues-and-pairs", "when-contacts-come", "contacts-vs-tickets", "account-integrations",
    "account-integrations?connect=catalogue", "account-integrations?connect=freshworks",
    "account-integrations?connect=freshdesk", "how-it-works",
)  # fmt: skip
PATIENCE = 30  # seconds until a finding counts that was only there while the page was drawn
# Its own scrollbars may be inside of tables and charts, which are wider than a phone.
SIDEWAYS = """[document.documentElement, document.querySelector('[data-testid=stMain]')]
    .map(place => place.scrollWidth - place.clientWidth)"""
# Measured at once: told of another width, the charts would draw themselves anew, which they do not for paper.
ON_PAPER = """() => {
    const seen = name => [...document.querySelectorAll(name)].filter(one => one.getClientRects().length);
    const sheet = document.querySelector('[data-testid=stMainBlockContainer]');
    sheet.style.width = '700px';
    const end = sheet.getBoundingClientRect().right;
    const told = {
        pressed: seen('[data-testid=stSidebar], [data-testid=stMain] button, .modebar').length,
        charts: seen('.main-svg:first-child').length,
        cut: seen('.main-svg, [data-testid=stDataFrame] canvas')
            .filter(one => one.getBoundingClientRect().right > end + 2).length,
        ground: getComputedStyle(document.querySelector('.stApp')).backgroundColor,
        ink: getComputedStyle(document.querySelector('h1')).color,
    };
    sheet.style.width = '';
    return told;
}"""


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical and stays on the page, Streamlit's own left out."""
    until = time.monotonic() + PATIENCE
    while (found := _found(page)) and time.monotonic() < until:
        page.wait_for_timeout(1000)
    return found


def _found(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for one in violations
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
        if one["id"] not in UPSTREAM or not _is_of_menu(page, node)
    ]


def _is_of_menu(page: Page, node: dict[str, object]) -> bool:
    [selector] = node["target"]  # type: ignore[misc]
    return bool(page.locator(str(selector)).first.evaluate(f"one => !!one.closest('[data-testid={MENU}]')"))


def sideways(page: Page) -> int:
    """By how many pixels the page has to be scrolled sideways."""
    return max(page.evaluate(SIDEWAYS))


def on_paper(page: Page) -> dict[str, object]:
    """How the page lies on paper: what could be pressed there, its charts, how many are cut, its colours."""
    page.emulate_media(media="print")
    try:
        return page.evaluate(ON_PAPER)
    finally:
        page.emulate_media(media="screen")


def opened(page: Page, url: str) -> None:
    """Open a page, and wait until it is drawn."""
    page.goto(url)
    page.get_by_role("heading", level=1).first.wait_for(timeout=PATIENCE * 1000)
    page.locator(".inflow-languages").wait_for(state="attached", timeout=PATIENCE * 1000)
    is_settled(page)
