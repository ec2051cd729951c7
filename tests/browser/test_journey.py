"""A newcomer's way through the app, in a real browser, on the sample account that it imports by itself."""

import re

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser import looks
from tests.browser.conftest import is_settled

pytestmark = pytest.mark.browser

IMPORT_MILLISECONDS = 90_000
QUEUE = "CustomerService email Tickets"


def test_from_the_first_start_to_a_queue_and_back(app: str, page: Page) -> None:
    """Start, wait for the sample, change the range, open a queue, follow the link back.

    On the way: nothing serious for axe, a page that prints whole, and a picture of the chart.
    """
    assert _listeners(app) == {"127.0.0.1"}  # nobody but this computer is let in
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))

    page.goto(app)
    metrics = page.get_by_test_id("stMetric")
    expect(metrics.first).to_contain_text("Offered contacts", timeout=IMPORT_MILLISECONDS)
    expect(page.get_by_text("Sample account").first).to_be_visible()
    expect(page.get_by_text("AHT is not available")).to_be_visible(timeout=20_000)
    last_28_days = metrics.first.inner_text()
    is_settled(page)
    paper = looks.on_paper(page)
    assert paper == {"pressed": 0, "charts": 1, "cut": 0} | {
        "ground": "rgb(255, 255, 255)",
        "ink": "rgb(22, 32, 44)",
    }

    page.get_by_role("combobox", name="Date range").click()
    page.get_by_role("option", name="Last 7 days").click()
    expect(page).to_have_url(re.compile("range=Last.7"), timeout=20_000)
    expect(metrics.first).not_to_have_text(last_28_days, timeout=20_000)

    assert looks.findings(page) == []
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as picture:
        page.get_by_role("button", name="Take the chart away as a picture").first.click()
    assert picture.value.suggested_filename.startswith("inflow-offered-contacts-by-kind")

    is_settled(page)
    page.get_by_role("link", name="Queues").first.click()
    expect(page).to_have_url(re.compile(r"/queues.*range=Last.7"), timeout=20_000)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=20_000)
    _tick_first_row(page)
    page.get_by_role("link", name=re.compile("Open .*(Tickets|Replies)")).first.click()
    expect(page).to_have_url(re.compile("queue=1-"), timeout=20_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Tickets|Replies"))

    opened = page.url
    page.get_by_role("link", name=re.compile("All queues")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Queues", timeout=20_000)
    assert "queue=1-" not in page.url
    assert "range=Last" in page.url

    page.goto(opened)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile("Tickets|Replies"), timeout=20_000)
    assert looks.findings(page) == []
    assert [url for url in requested if not _is_own(url, app)] == []


def _listeners(app: str) -> set[str]:
    """The addresses at which the app's port is open."""
    port = int(app.rpartition(":")[2])
    return {
        found.laddr.ip
        for child in psutil.Process().children()
        for found in child.net_connections("inet")
        if found.status == psutil.CONN_LISTEN and found.laddr.port == port
    }


def _tick_first_row(page: Page) -> None:
    """Tables are drawn on a canvas: click where the first row's box is."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 50)


def _is_own(url: str, app: str) -> bool:
    return url.startswith((app, app.replace("http", "ws", 1), "data:", "blob:"))
