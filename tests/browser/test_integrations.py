"""An administrator connects an account, watches the import, makes keys, pauses, removes; then by keyboard."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from freshdesk_core.sandbox import Sandbox, World
from tests.browser.conftest import is_settled, started

pytestmark = pytest.mark.browser

DAYS = 30
PATIENCE = 60_000  # milliseconds
KEY = re.compile(r"inflow_e_[0-9A-Za-z]{49}")


def _desk() -> World:
    """A small one whose last day is today, so that what is imported reaches the present."""
    return World(3, start_day=datetime.now(UTC).date() - timedelta(days=DAYS), tickets=60, days=DAYS + 2)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(_desk(), live=True, plan="unlimited") as sandbox:
        yield sandbox


@pytest.fixture
def growth() -> Iterator[Sandbox]:
    with Sandbox(_desk(), live=True, plan="growth") as sandbox:
        yield sandbox


def test_an_administrator_connects_an_account_and_takes_leave_of_it(
    tmp_path: Path, page: Page, sandbox: Sandbox, growth: Sandbox
) -> None:
    """Wrong key, agent's, restricted scope, right key, Growth plan; import; event keys; pause; remove."""
    with started(tmp_path, INFLOW_ALLOW_LOOPBACK="1") as url:
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(f"{url}/account-integrations")
        _click(page, page.get_by_role("button", name="Select model"))
        _click(page, page.get_by_role("button", name="Add integration"))
        expect(page.get_by_text("Locked until the integration is saved")).to_be_visible()
        expect(page.get_by_role("button", name="Generate")).to_be_disabled()

        _send_form(page, sandbox.domain, "wrongKey000000000001")
        expect(page.get_by_text("Freshdesk rejected the API key")).to_be_visible()
        assert page.url.endswith("connect=freshdesk")
        _is_left_nowhere(page, "wrongKey000000000001")
        _send_form(page, sandbox.domain, sandbox.agent_key)
        expect(page).to_have_url(re.compile("account="))
        expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
        findings = page.locator(".st-key-findings")
        expect(findings).to_contain_text("The key's user is not an Account Administrator")

        expect(page.get_by_text("The last import was complete")).to_be_visible()
        _replace_key(page, sandbox.restricted_key)
        expect(findings).to_contain_text("does not see all tickets")
        _replace_key(page, sandbox.api_key)
        _click(page, page.get_by_role("button", name="Test again"))
        expect(page.get_by_text("sees everything that Inflow needs")).to_be_visible()

        _make_and_rotate_keys(page)
        _pause_and_resume(page)
        _connect_by_keyboard(page, growth)
        assert sandbox.api_key not in page.content()
        _purge(page)
        _remove(page)


def _send_form(page: Page, domain: str, key: str) -> None:
    page.get_by_role("textbox", name="Name", exact=True).fill("Desk")
    page.get_by_role("textbox", name="Freshdesk domain").fill(domain)
    page.get_by_role("textbox", name="API key").fill(key)
    page.keyboard.press("Tab")  # the hint below the field goes, and the button takes its place
    _click(page, page.get_by_role("button", name="Save integration"))


def _replace_key(page: Page, key: str) -> None:
    field = page.get_by_role("textbox", name="API key")
    if not field.is_visible():
        _click(page, page.get_by_text("Replace the key"))
    field.fill(key)
    page.keyboard.press("Tab")
    _click(page, page.get_by_role("button", name="Test and replace"))
    expect(page.get_by_text(f"Key ending in {key[-4:]}")).to_be_visible()
    _is_left_nowhere(page, key)


def _is_left_nowhere(page: Page, key: str) -> None:
    """The field is empty, and the page does not hold the key either."""
    field = page.locator("input[type=password], input[aria-label='API key']")
    expect(field).to_have_count(1)  # the one that was sent goes when the new page is drawn to its end
    expect(field).to_have_value("")
    assert key not in page.content()


def _make_and_rotate_keys(page: Page) -> None:
    """A key is shown once and can be tested; a second one takes its place and leaves it a day."""
    _click(page, page.get_by_role("button", name="Generate"))
    first = _shown_key(page)
    _click(page, page.get_by_role("button", name="Test", exact=True))
    expect(page.get_by_text("The test event was accepted")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Last test event: \d"))).to_be_visible()
    _click(page, page.get_by_role("button", name="Generate a new key"))
    expect(page.get_by_text("replaced, expires")).to_be_visible()
    second = _shown_key(page)
    assert first != second
    _click(page, page.get_by_role("button", name="I have copied it"))
    expect(page.locator(".st-key-new_key")).to_have_count(0)
    assert KEY.search(page.content()) is None
    _click(page, page.get_by_role("button", name="Revoke", exact=True).last)
    _click(page, page.get_by_role("button", name="Revoke this key"))
    expect(page.get_by_text("Ended: ")).to_be_visible()
    expect(page.get_by_role("button", name="Revoke", exact=True)).to_have_count(1)


def _shown_key(page: Page) -> str:
    shown = page.locator(".st-key-new_key code")
    expect(shown).to_have_text(KEY)
    return shown.inner_text()


def _pause_and_resume(page: Page) -> None:
    _click(page, page.get_by_role("button", name="Pause imports"))
    expect(page.get_by_text("Open gap:")).to_be_visible()
    expect(page.get_by_text(re.compile("Paused since .* by this computer"))).to_be_visible()
    _click(page, page.get_by_role("button", name="Resume imports"))
    expect(page.get_by_text("Open gap:")).to_have_count(0)


def _purge(page: Page) -> None:
    """Delete the first account with everything: only when its name is typed; with a receipt."""
    _click(page, page.get_by_role("button", name="All integrations"))
    _click(page, page.get_by_role("button", name="Open Desk"))
    _click(page, page.get_by_text("Remove", exact=True))
    page.get_by_role("textbox", name="To confirm").fill("Desk 2")
    _click(page, page.get_by_role("button", name="Delete everything"))
    expect(page.get_by_text("Nothing was deleted")).to_be_visible()
    page.get_by_role("textbox", name="To confirm").fill("desk")
    _click(page, page.get_by_role("button", name="Delete everything"))
    expect(page.get_by_text("Receipt", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Open Keys only")).to_be_visible()
    expect(page.get_by_role("button", name="Open Desk")).to_have_count(0)


def _remove(page: Page) -> None:
    """The last account leaves, its figures stay: they are marked as those of one that is gone."""
    _click(page, page.get_by_role("button", name="Open Keys only"))
    _click(page, page.get_by_text("Remove", exact=True))
    _click(page, page.get_by_role("button", name="Remove, keep the data"))
    expect(page.get_by_text("Keys only is removed; what was imported before stays.")).to_be_visible()
    expect(page.get_by_role("button", name="Open Keys only")).to_be_visible()


def _connect_by_keyboard(page: Page, sandbox: Sandbox) -> None:
    """A second account, on a lower plan, without a mouse: Tab, Enter and letters."""
    for name in ("All integrations", "Add integration"):
        _tab_to(page, page.get_by_role("button", name=name))
        page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("button", name="Select model"))
    page.keyboard.press("Enter")
    _tab_to(page, page.get_by_role("button", name="Add integration"))
    page.keyboard.press("Enter")
    for label, text in (
        ("Name", "Keys only"),
        ("Freshdesk domain", sandbox.domain),
        ("API key", sandbox.api_key),
    ):
        _tab_to(page, page.get_by_role("textbox", name=label, exact=True))
        page.keyboard.type(text)
    _tab_to(page, page.get_by_role("button", name="Save integration"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys only")
    expect(page.locator(".st-key-findings")).to_contain_text("fewer calls a minute than a Pro plan")
    _tab_to(page, page.get_by_role("button", name="Generate"))
    page.keyboard.press("Enter")
    _shown_key(page)
    _tab_to(page, page.get_by_role("button", name="Test", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("The test event was accepted")).to_be_visible()


def _click(page: Page, wanted: Locator) -> None:
    """Click as somebody does who waits until the page stands still."""
    expect(wanted).to_be_visible()
    is_settled(page)
    wanted.click()


def _tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted element has the focus; where it can be seen."""
    expect(wanted).to_be_visible()
    is_settled(page)
    for _press in range(120):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError("no way there by Tab")
