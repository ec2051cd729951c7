"""Who may come in: nobody from outside without a login, and no page of another site ever."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from freshdesk_core.errors import NotAllowed
from freshdesk_core.loopback import is_own_address
from tests.security.conftest import AUTH, begin_anew
from ui import doors, login
from ui.doors import Doors
from ui.headers import Headers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def with_secrets(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Write the file in which Streamlit looks for a login, and begin as a new process would."""
    before = config.get_option("secrets.files")

    def write(text: str) -> Path:
        file = tmp_path / "secrets.toml"
        file.write_text(text, encoding="utf-8")
        begin_anew([str(file)])
        return file

    yield write
    begin_anew(before)


def start(tmp_path: Path, *flags: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Start the app as a user does; gives what it said when it ended by itself."""
    return subprocess.run(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", "0", *flags],
        cwd=ROOT,
        env=os.environ | {"INFLOW_HOME": str(tmp_path), "NO_PROXY": "*"} | environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("flags", "environ"),
    [
        (["--server.address", "0.0.0.0"], {}),
        ([], {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}),
    ],
    ids=["flag", "environment"],
)
def test_an_address_for_others_without_a_login_is_refused_with_the_cure(tmp_path, flags, environ):
    ended = start(tmp_path, *flags, **environ)

    assert ended.returncode == 1
    assert "no login is configured" in ended.stderr
    assert "[auth]" in ended.stderr
    assert "INFLOW_ADMINS" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("secrets", "environ", "said"),
    [
        (AUTH.format(secret="x" * 40), {}, "name nobody"),
        (AUTH.format(secret="x" * 40), {"INFLOW_ADMINS": "example.com"}, "neither an e-mail address"),
        (AUTH.format(secret="short"), {"INFLOW_ADMINS": "ann@example.com"}, "fewer than 32 characters"),
        ("[auth\nbroken", {"INFLOW_ADMINS": "ann@example.com"}, "cannot be read"),
    ],
    ids=["nobody", "bad list", "weak secret", "broken file"],
)
def test_a_login_that_would_not_hold_is_refused_even_on_this_computer(
    with_secrets, monkeypatch, secrets, environ, said
):
    """A file with a slip must not silently mean that everybody is an admin."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with_secrets(secrets)

    with pytest.raises(SystemExit) as ended:
        doors.check_at_start()

    assert said in str(ended.value.code)


def test_a_file_that_is_spoilt_while_inflow_runs_opens_nothing(with_secrets, monkeypatch):
    """The sign-in that was asked for at the start stays asked for."""
    monkeypatch.setenv("INFLOW_ADMINS", "ann@example.com")
    file = with_secrets(AUTH.format(secret="x" * 40))
    doors.check_at_start()

    file.write_text("[auth", encoding="utf-8")
    secrets_singleton._reset()

    with pytest.raises(NotAllowed):
        login.actor()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"]
)
def test_addresses_of_this_machine(address):
    assert is_own_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "0.0.0.0",
        "::",
        "192.168.1.5",
        "example.com",
        "unix:///run/inflow.sock",
        "127.0.0.1.evil",
        "128.0.0.1",
    ],
)
def test_addresses_that_others_reach(address):
    assert not is_own_address(address)


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """An app behind the doors that says which origin it was told of."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    origin = dict(scope["headers"]).get(b"origin", b"none")
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-origin", origin)]})
    await send({"type": "http.response.body", "body": b"inside"})


def ask(kind: str = "http", path: str = "/", server: str = "127.0.0.1", **headers: str) -> list[Message]:
    """Send one request through headers and doors; gives the messages of the answer."""
    scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "server": (server, 8501),
        "extensions": {"websocket.http.response": {}},
        "headers": [
            (name.encode(), value.encode()) for name, value in {"host": "localhost:8501", **headers}.items()
        ],
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    asyncio.run(Headers(Doors(inside))(scope, receive, send))
    return sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("server", ["192.168.1.5", "10.0.0.1", "2001:db8::1", ""])
def test_whatever_server_runs_the_app_others_get_no_further_than_the_door(kind, server):
    """An address may be told to another server than Streamlit's, which asks nobody at the start."""
    assert ask(kind, server=server)[0]["status"] == 403
    assert b"inside" not in ask(kind, server=server)[1]["body"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:3000",
        "http://localhost",
        "null",
        "http://localhost:8501.evil.example",
        "http://[bad",
    ],
)
def test_a_page_of_another_site_opens_no_session_and_learns_nothing(origin):
    """Not even one of another port of this machine; nor is Streamlit made to ask the internet about it."""
    assert ask("websocket", origin=origin)[0]["status"] == 403
    assert (b"x-origin", b"none") in ask(origin=origin)[0]["headers"]


def test_our_own_pages_come_through():
    assert ask("websocket", origin="http://localhost:8501")[0]["type"] == "websocket.accept"
    assert (b"x-origin", b"http://localhost:8501") in ask(origin="http://localhost:8501")[0]["headers"]
    assert ask("websocket")[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/base/_stcore/agent/mcp"]
)
def test_what_tells_of_the_inside_is_closed(path):
    assert ask(path=path)[0]["status"] == 404
