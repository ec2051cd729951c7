"""What the running server answers, over real HTTP: its headers, and that it gives no file of the machine."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAFETY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "x3JJHMbDL1EzLkh9GBhXDw==",
}
STARTING_SECONDS = 120
TARGETS = ("app.py", ".streamlit/config.toml", "requirements.txt", "../inflow.db", "etc/passwd", "secret.key")
CLIMBS = (
    "../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "....//", "..;/", "..%00/",
    "..%c0%af", "%uff0e%uff0e/",
)  # fmt: skip
STARTS = ("/", "/static/", "/media/", "/component/", "/app/static/", "/_stcore/upload_file/")
GIVEN_AWAY = (b"st.App(", b"[server]", b"streamlit==", b"SQLite format 3", b"root:", b"root:x:0")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The app behind a server of its own, without the scheduled import: nobody asks for figures here."""
    home = tmp_path_factory.mktemp("home")
    (home / "secret.key").write_text("SQLite format 3: nobody may read this", encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "app:app", "--lifespan", "off", "--port", str(free)]
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"INFLOW_HOME": str(home)}, stdout=output, stderr=output
        )
        try:
            _wait_for(free, server)
            yield free
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if ask(port, "/_stcore/health")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def ask(
    port: int, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send one request as it is written, without cleaning its path."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    given = headers or {}
    connection.putrequest(method, path, skip_host="Host" in given, skip_accept_encoding=True)
    for name, value in given.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    body = b"" if answer.status == 101 else answer.read()
    connection.close()
    return answer.status, told, body


def script_of(port: int) -> str:
    """The address of the page's first script."""
    found = re.search(rb'src="\.(/static/js/[^"]+)"', ask(port, "/")[2])
    assert found is not None
    return found[1].decode()


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/", "GET", {}),
        ("/", "GET", {"Accept": "text/html", "Accept-Encoding": "gzip"}),
        ("/", "HEAD", {}),
        ("/", "POST", {}),
        ("/queues?range=x", "GET", {}),
        ("/index.html", "GET", {}),
        ("script", "GET", {}),
        ("/favicon.png", "GET", {}),
        ("/no/such/page", "GET", {}),
        ("/media/nothing.csv", "GET", {}),
        ("/component/none/x", "GET", {}),
        ("/../../etc/passwd", "GET", {}),
        ("/_stcore/health", "GET", {}),
        ("/_stcore/host-config", "GET", {}),
        ("/_stcore/upload_file/a/b", "PUT", {}),
        ("/_stcore/metrics", "GET", {}),
        ("/_stcore/agent/mcp", "POST", {}),
        ("/auth/login", "GET", {}),
        ("/oauth2callback", "GET", {}),
        ("/healthz", "GET", {}),
        ("/healthz", "DELETE", {}),
        ("/events", "GET", {}),
        ("/events", "POST", {}),
        ("/events", "OPTIONS", {"Origin": "https://evil.example"}),
        ("/_stcore/stream", "GET", UPGRADE | {"Origin": "https://evil.example"}),
        ("/_stcore/stream", "GET", UPGRADE | {"Host": "evil.example"}),
        ("/no/such/socket", "GET", UPGRADE),
    ],
    ids=str,
)
def test_every_answer_carries_the_headers(port, path, method, headers):
    """Pages, files, refusals, our own routes, and web sockets that are turned away."""
    status, told, _body = ask(port, script_of(port) if path == "script" else path, method, headers)

    assert {name: told.get(name) for name in SAFETY} == SAFETY, status
    policy = dict(part.strip().split(" ", 1) for part in told["content-security-policy"].split(";"))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
    assert "access-control-allow-origin" not in told or "evil" not in told["access-control-allow-origin"]


def test_a_refused_socket_is_refused(port):
    assert ask(port, "/_stcore/stream", headers=UPGRADE | {"Origin": "https://evil.example"})[0] == 403
    assert ask(port, "/_stcore/stream", headers=UPGRADE | {"Host": "evil.example"})[0] == 403
    own = f"http://127.0.0.1:{port}"
    assert ask(port, "/_stcore/stream", headers=UPGRADE | {"Origin": own})[0] == 101


def test_no_part_of_a_request_becomes_part_of_the_policy(port):
    """A Host that is none names no source to connect to."""
    for host in ("evil.example; script-src *", "a b", "x'y", "evil.example/*"):
        _status, told, _body = ask(port, "/", headers={"Host": host})
        assert "connect-src 'self';" in told["content-security-policy"]


@pytest.mark.parametrize(
    "cookie", ["", "inflow_language=xx", "inflow_language=..", 'inflow_language="><script>']
)
def test_a_page_names_its_language_and_is_kept_by_no_cache(port, cookie):
    """A page differs by the viewer's language: it may not be kept by a tag that does not know."""
    status, told, body = ask(
        port, "/", headers={"Accept": "text/html", "Cookie": cookie, "If-None-Match": "*"}
    )

    assert status == 200
    assert body.count(b'<html lang="en"') == 1
    assert int(told["content-length"]) == len(body)
    assert "etag" not in told
    assert "last-modified" not in told
    assert told["cache-control"] == "no-cache"
    assert "cookie" in told["vary"].lower()


def test_files_of_the_page_are_kept_by_the_browser(port):
    """Their names change with their content; without this a page would load 3 MB each time."""
    _status, told, _body = ask(port, script_of(port))

    assert "immutable" in told["cache-control"]
    assert "etag" in told


def test_no_file_of_the_machine_is_served(port):
    """Over 400 ways to climb out of the served folders, and names that are none of ours."""
    page = ask(port, "/")[2]
    paths = [
        f"{start}{climb * depth}{target}"
        for start in STARTS
        for climb in CLIMBS
        for target in TARGETS
        for depth in (1, 6)
        if (start, depth) in {("/", 1), ("/", 6), ("/static/", 6), ("/media/", 6), ("/app/static/", 1)}
    ]
    paths += [f"/{target}" for target in TARGETS] + [
        "//etc/passwd",
        "/static//etc/passwd",
        "/file:///etc/passwd",
    ]
    assert len(paths) > 300
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        connection.putrequest("GET", path.replace("\\", "%5C"), skip_accept_encoding=True)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        assert body == page or answer.status in (301, 308, 400, 403, 404), path
        assert not any(secret in body for secret in GIVEN_AWAY), path
    connection.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_the_event_endpoint_answers_every_method_itself(port, method):
    """Streamlit would answer the others with a page: 200 for an event that nobody took."""
    status, told, body = ask(port, "/events", method, {"Origin": "https://evil.example"})

    assert (status, told["allow"], told["content-type"]) == (405, "POST", "application/json")
    assert method == "HEAD" or b'"code": "event-method"' in body
    assert not [name for name in told if name.startswith("access-control") or name == "location"]


def test_the_app_takes_events_and_tells_its_health(port):
    """The very endpoint that ``receiver`` serves: nothing passes without a key; nothing is proven yet."""
    status, told, body = ask(port, "/events", "POST", {"Content-Length": "0"})
    assert (status, told["www-authenticate"]) == (401, "Bearer")
    assert b'"code": "event-key-unknown"' in body
    status, told, body = ask(port, "/healthz")
    assert (status, told["content-type"]) == (503, "application/json")
    assert body == b'{"status": "attention", "integrations": []}'
