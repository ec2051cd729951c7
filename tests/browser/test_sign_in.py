"""Signing in, in a real browser, with an identity provider over real HTTP: who gets in, and as what."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import started
from tests.browser.identity import CLIENT, Provider
from ui.address import QUEUES_PATH

pytestmark = [pytest.mark.browser, pytest.mark.nightly]

PATIENCE = 60_000
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
cookie_secret = "{secret}"
client_id = "{client}"
client_secret = "made up"
server_metadata_url = "{url}/.well-known/openid-configuration"
"""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture
def guarded(provider: Provider, tmp_path: Path) -> Iterator[str]:
    """The app with a login: ann is an admin, everybody else at example.com a viewer."""
    file = tmp_path / "secrets.toml"
    file.write_text(SECRETS.format(secret="s" * 40, client=CLIENT, url=provider.url), encoding="utf-8")
    with started(
        tmp_path,
        STREAMLIT_SECRETS_FILES=str(file),
        INFLOW_ADMINS="ann@example.com",
        INFLOW_VIEWERS="@example.com",
        NO_PROXY="127.0.0.1",
    ) as url:
        yield url


def sign_in(page: Page, provider: Provider, email: str, *, verified: bool = True) -> None:
    provider.claims = {"email": email, "email_verified": verified}
    page.get_by_role("button", name=re.compile("^Sign in")).click()
    page.wait_for_load_state()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)


def test_who_gets_in_and_as_what(guarded: str, page: Page, provider: Provider, tmp_path: Path) -> None:
    page.goto(f"{guarded}/{QUEUES_PATH}?role=admin&actor=admin")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stSidebarNavLink").count() == 0
    assert page.get_by_test_id("stMetric").count() == 0

    sign_in(page, provider, "vera@example.com")
    expect(page.get_by_text("viewer: you may look and export")).to_be_visible(timeout=PATIENCE)
    assert "/keys" in provider.asked
    page.goto(f"{guarded}/account-integrations?role=admin")
    expect(page.get_by_text("viewer: you may look and export")).to_be_visible(timeout=PATIENCE)
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"]
    sign_out(page)

    sign_in(page, provider, "eve@example.org")
    expect(page.get_by_text("is not among the people")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stSidebarNavLink").count() == 0
    page.get_by_role("button", name="Sign in as somebody else").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible(timeout=PATIENCE)

    sign_in(page, provider, "ann@example.com", verified=False)
    expect(page.get_by_text("no verified e-mail address")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Sign in as somebody else").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible(timeout=PATIENCE)

    sign_in(page, provider, "ann@example.com")
    expect(page.get_by_text(re.compile("example.com · admin"))).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("viewer: you may")).to_have_count(0)
    log = (tmp_path / "server.log").read_text(encoding="utf-8")
    assert "Refused: eve@example.org is on no list" in log


def test_a_forged_cookie_signs_nobody_in(guarded: str, page: Page) -> None:
    """One that was signed with a guessed secret is as good as none."""
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    claims = {"email": "ann@example.com", "email_verified": True, "is_logged_in": True, "origin": guarded}
    value = create_signed_value("guessed" * 6, "_streamlit_user", json.dumps(claims)).decode()
    page.context.add_cookies([{"name": "_streamlit_user", "value": value, "url": guarded}])
    page.goto(guarded)

    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stMetric").count() == 0
