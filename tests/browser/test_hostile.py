"""Hostile names, a strict policy, and no word to anybody outside: the running app in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page, expect

from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import integrations
from tests.browser.conftest import ROOT, is_settled, started
from tests.browser.identity import CLIENT, Provider
from tests.browser.test_sign_in import SECRETS, sign_in
from tests.importing.inflow import inflow
from ui.address import QUEUES_PATH

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.sqlite]

PATIENCE = 90_000
PAYLOADS = [
    "<script>window.hit=1</script>",
    "<img src=x onerror='window.hit=2'>",
    "<svg/onload=window.hit=3>",
    "![pixel](https://evil.example/pixel.png)",
    "[click](javascript:window.hit=4)",
    "[click](https://evil.example/)",
    "<a href='https://evil.example'>go</a>",
    "https://evil.example/auto www.evil.example eve@evil.example",
    "\"><iframe src='https://evil.example'></iframe>",
    ":material/home: :red[hi] $x$ :smile: `code` # head",
    "<style>@import 'https://evil.example/x.css'</style>",
    "{{7*7}} ${7*7} %(x)s {0.__class__} \u202edrow",
]
GUARD = """
import os, socket
_connect, _find = socket.socket.connect, socket.getaddrinfo
def _tell(what):
    with open(os.environ["GUARD_LOG"], "a") as log:
        log.write(f"{what!r}\\n")
def connect(self, address):
    host = address[0] if isinstance(address, tuple) else "unix"
    if isinstance(host, str) and host not in ("unix", "localhost", "::1") and not host.startswith("127."):
        _tell(address)
    return _connect(self, address)
def find(host, *args, **more):
    name = host.decode() if isinstance(host, bytes) else host
    if name not in (None, "", "localhost", "::1", "0.0.0.0", "::") and not name.startswith("127."):
        _tell(name)
    return _find(host, *args, **more)
socket.socket.connect, socket.getaddrinfo = connect, find
"""
# A link of ours may hold a name in its query; one made of a name leads elsewhere.
MADE_OF_DATA = """[
    ...[...document.links].filter(a => a.hostname.includes('evil') || !/^https?:/.test(a.protocol)),
    ...[...document.images].filter(i => !i.src.startsWith(location.origin) && !/^(data|blob):/.test(i.src)),
    ...document.querySelectorAll('iframe, svg[onload], img[onerror], img[src="x"]'),
].map(element => element.outerHTML)"""
NEEDLESS = {
    "script-src-elem inline",  # Streamlit's page tells search engines to wait
    "script-src wasm-eval",  # a library that counts faster in WebAssembly, and does without it
}
PATHS = ["", QUEUES_PATH, "when-contacts-come", "contacts-vs-tickets", "account-integrations", "how-it-works"]


class Watched:
    """A page, and what it was seen doing."""

    def __init__(self, page: Page, own: str) -> None:
        self.page, self.own = page, own
        self.foreign: list[str] = []
        self.blocked: list[str] = []
        self.dialogs: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("request", self._request)
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.add_init_script(
            "window.blocked = []; document.addEventListener('securitypolicyviolation', "
            "e => window.blocked.push(e.effectiveDirective + ' ' + e.blockedURI))"
        )

    def _request(self, request) -> None:
        if not request.url.startswith((self.own, self.own.replace("http", "ws", 1), "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, path: str) -> None:
        """Open a page, and wait until it is drawn."""
        self.page.goto(f"{self.own}/{path}")
        expect(self.page.get_by_role("heading", level=1).first).to_be_visible(timeout=PATIENCE)
        shell = self.page.get_by_test_id("stApp")
        expect(shell).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
        self.blocked += self.page.evaluate("window.blocked")

    def is_clean(self) -> None:
        """No script of a name ran, none of its links or pictures is there, nobody outside was asked."""
        assert self.page.evaluate("window.hit") is None
        assert self.dialogs == []
        assert self.foreign == []
        assert self.page.evaluate(MADE_OF_DATA) == []
        assert set(self.blocked) <= NEEDLESS


@contextmanager
def guarded(home: Path, **settings: str) -> Iterator[tuple[str, Path]]:
    """The app, each of whose processes writes down which outside address it asks for."""
    (home / "guard").mkdir()
    (home / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    asked = home / "guard" / "asked.log"
    with started(home, PYTHONPATH=f"{home / 'guard'}:{ROOT}", GUARD_LOG=str(asked), **settings) as url:
        yield url, asked


def hostile_account(home: Path) -> None:
    """A store whose groups, former groups, sources and integration all have hostile names."""
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    script = Script(now=today.isoformat())
    for number, payload in enumerate(PAYLOADS):
        script.label_source(payload, 200 + number)
        script.group(payload)
        for day in (2, 5, 9):
            at = (today - timedelta(days=day, hours=number)).isoformat()
            ticket = script.ticket(at=at, group=payload, source=200 + number)
            script.reply(ticket, at=(today - timedelta(days=day - 1, hours=number)).isoformat())
    script.rename_group(PAYLOADS[0], f"{PAYLOADS[0]} again", at=(today - timedelta(hours=1)).isoformat())
    with Sandbox(script, plan="unlimited") as sandbox, inflow(home / "inflow", sandbox) as here:
        here.complete()
        here.totals()
        with here.store.write() as connection:
            integrations.rename(connection, here.integration.integration_id, " ".join(PAYLOADS[:2]))


def test_no_name_does_anything_but_be_shown(tmp_path: Path, page: Page) -> None:
    """On every page, in every filter, in addresses, in the form and in its errors."""
    hostile_account(tmp_path)
    with started(tmp_path, INFLOW_ALLOW_LOOPBACK="1", INFLOW_POLL_SECONDS="86400") as url:
        watched = Watched(page, url)
        for path in PATHS:
            watched.open(path)
            watched.is_clean()
        watched.open("account-integrations")
        expect(page.locator("body")).to_contain_text(PAYLOADS[0], timeout=PATIENCE)  # as a text
        watched.is_clean()
        watched.open(QUEUES_PATH)
        expect(page.get_by_test_id("stDataFrame").first).to_be_visible(timeout=PATIENCE)
        watched.is_clean()
        for payload in PAYLOADS:
            query = urlencode(
                {
                    "range": payload,
                    "group": payload,
                    "source": payload,
                    "integration": payload,
                    "tz": payload,
                    "zone": payload,
                },
                quote_via=quote,
            )
            watched.open(f"{QUEUES_PATH}?{query}&queue={quote(payload)}")
            watched.is_clean()
        watched.open("account-integrations?account=1")
        watched.is_clean()
        watched.open(f"account-integrations?account={quote(PAYLOADS[1])}&connect={quote(PAYLOADS[2])}")
        watched.is_clean()
        watched.open("account-integrations?connect=freshdesk")
        for payload in PAYLOADS:
            _fill(page, payload)
            watched.is_clean()


def _fill(page: Page, text: str) -> None:
    """Type a payload into each field of the form and send it."""
    is_settled(page)
    for field in page.get_by_test_id("stTextInput").locator("input").all():
        field.fill(text)
    page.get_by_role("button", name=re.compile("Save integration")).click()
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=PATIENCE)


def test_a_session_asks_nobody_outside_and_the_policy_blocks_nothing_of_ours(
    tmp_path: Path, page: Page
) -> None:
    """From the first start with the sample account, over every page, with its charts."""
    with guarded(tmp_path) as (url, asked):
        watched = Watched(page, url)
        watched.open("")
        expect(page.get_by_test_id("stMetric").first).to_be_visible(timeout=PATIENCE)
        for path in PATHS:
            watched.open(path)
            if path in ("", "when-contacts-come", "contacts-vs-tickets"):
                chart = page.locator(".js-plotly-plot .main-svg").first
                expect(chart).to_be_visible(timeout=PATIENCE)
            watched.is_clean()
        policy = page.request.get(url).headers["content-security-policy"]
        script = re.search(r"script-src ([^;]*)", policy)
        assert script is not None
        assert script[1] == "'self'"
        assert page.get_by_role("button", name="Download as CSV").count() == 0  # Streamlit's own
    assert not asked.exists(), asked.read_text(encoding="utf-8")


def test_an_inflow_for_others_asks_nobody_outside_either(tmp_path: Path, page: Page) -> None:
    """With a login it may listen to everybody; Streamlit would then ask a server for our address."""
    with Provider() as provider:
        file = tmp_path / "secrets.toml"
        file.write_text(SECRETS.format(secret="s" * 40, client=CLIENT, url=provider.url), encoding="utf-8")
        login = {"STREAMLIT_SECRETS_FILES": str(file), "INFLOW_ADMINS": "ann@example.com"}
        with guarded(tmp_path, STREAMLIT_SERVER_ADDRESS="0.0.0.0", **login) as (url, asked):
            watched = Watched(page, url)
            watched.open("")
            told = page.request.get(f"{url}/_stcore/host-config", headers={"Origin": "https://evil.example"})
            assert told.status == 200
            assert "access-control-allow-origin" not in told.headers
            watched.own = "http://127.0.0.1"  # the provider's pages are passed through
            sign_in(page, provider, "ann@example.com")
            expect(page.get_by_text(re.compile("example.com · admin"))).to_be_visible(timeout=PATIENCE)
            watched.is_clean()
    assert not asked.exists(), asked.read_text(encoding="utf-8")
