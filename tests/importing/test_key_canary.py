"""The Freshdesk key through the whole life of an integration: nowhere but sealed, whatever goes wrong."""

import io
import logging
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from freshdesk_core.cli import main
from freshdesk_core.sandbox import Sandbox, Script
from tests.importing.inflow import environment

pytestmark = pytest.mark.sqlite  # looks at the bytes of its files

WRONG = "kanari+Schluessel/9="  # with characters that change their shape when they are encoded


@pytest.fixture
def telling(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged, down to the last detail."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
    yield caplog
    logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)


def _shapes(key: str) -> set[str]:
    """The key as it is, in base64 at each of the three offsets, and in a URL."""
    shapes = {key, quote(key, safe="")}
    for before in ("", "x", "xx"):
        encoded = b64encode(f"{before}{key}".encode()).decode().rstrip("=")
        shapes.add(encoded[4:-2])  # what is next to it changes the edges
    return shapes


def test_a_canary_key_is_found_nowhere(
    tmp_path: Path,
    telling: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Added, refused, imported, replaced, paused, broken, removed and purged, with all logs on."""
    script = Script(now="2026-03-10T12:00:00Z")
    script.reply(script.ticket(at="2026-03-02T09:00:00Z"), at="2026-03-02T10:00:00Z")
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    told = b""
    with Sandbox(script, plan="unlimited") as sandbox:
        domain, keys = sandbox.domain, {WRONG, sandbox.api_key, sandbox.agent_key, sandbox.new_key}

        def do(*arguments: str, key: str = "") -> int:
            nonlocal told
            monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
            code = main(arguments)
            said = capsys.readouterr()
            files = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())
            told += files + said.out.encode() + said.err.encode()
            return code

        assert do("integrations", "add", "Desk", "--domain", domain, key=WRONG) == 1
        assert do("integrations", "add", "Desk", "--domain", f"{WRONG}@{domain}", key=WRONG) == 1
        assert do("integrations", "add", "Desk", "--domain", domain, key=sandbox.agent_key) == 0
        assert do("integrations", "set", "desk", "--key", key=WRONG) == 1
        assert do("integrations", "set", "desk", "--key", key=sandbox.api_key) == 0
        assert do("integrations", "check", "desk", "--json") == 0
        assert do("import", "--json") == 0
        assert do("integrations", "list", "--json") == 0
        sandbox.faults.on("revoke")
        assert do("import") == 1
        assert do("integrations", "check", "desk") == 1
        assert do("integrations", "set", "desk", "--key", key=sandbox.new_key) == 0
        assert do("integrations", "pause", "desk") == 0
        assert do("integrations", "resume", "desk") == 0
        assert do("reimport", "desk", "--from", "2026-03-01", "--to", "2026-03-05") == 0
        assert do("integrations", "remove", "desk") == 0
        assert do("integrations", "remove", "desk", "--purge") == 0
    logged = "\n".join(
        f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in telling.records
    )
    assert "SELECT" in logged and len(logged) > 10_000  # it was listened to
    everything = told + logged.encode()
    for key in keys:
        for shape in _shapes(key):
            assert shape.encode() not in everything, key[:4]
