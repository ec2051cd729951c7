"""A key goes into Inflow and to Freshdesk, and is found nowhere else, whatever happens to it on the way."""

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
import streamlit as st

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.cli import main
from freshdesk_core.events import keys
from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, secrets
from tests.security.conftest import contents, found, shown_pages

pytestmark = pytest.mark.sqlite  # looks at the bytes of its files

WORLD = World(31, start_day=date(2026, 1, 1), tickets=60, days=30)
FAULTS = ("garbled", "reset=header", "redirect", "login", "5xx=100%", "401")
WRONG = "kanari9Wrong1Key2Word3"


class Told(NamedTuple):
    """What a run of the whole program left behind."""

    secrets: set[str]
    output: str
    log: str
    pages: str
    commands: list[str]
    files: bytes


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
    monkeypatch.setenv("INFLOW_PUBLIC_URL", "https://inflow.example.com")
    monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


@pytest.fixture
def told(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> Told:
    """Connect, import, fail in many ways, look at every page; with every logger at its most talkative."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)

    def run(*command: str, key: str) -> None:
        monkeypatch.setenv("INFLOW_FRESHDESK_KEY", key)
        try:
            main(command)
        except SystemExit as left:
            assert left.code == 2, command

    try:
        with Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox:
            lives(run, sandbox)
            event_key = made_event_key()
            commands = command_lines(sandbox)
            pages = shown_pages()
            pages += fails(run, sandbox)
    finally:
        logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)
    said = capsys.readouterr()
    log = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    return Told(
        {sandbox.api_key, sandbox.agent_key, WRONG, event_key, sealing_key(home)},
        said.out + said.err,
        log,
        pages,
        commands,
        contents(home),
    )


def lives(run: Callable[..., None], sandbox: Sandbox) -> None:
    """An integration's life by the command line, with right and wrong keys."""
    add = ("integrations", "add", "Desk", "--domain", sandbox.domain)
    run(*add, key=WRONG)
    run(*add, key=sandbox.agent_key)
    run("integrations", "remove", "Desk", "--purge", key=WRONG)
    run(*add, "--json", key=sandbox.api_key)
    run("integrations", "set", "Desk", "--key", key=WRONG)
    run("integrations", "check", "Desk", key=WRONG)
    for command in (
        "import --json",
        "status --json",
        "volumes --by queue",
        "reconcile --json",
        "keys list Desk",
    ):
        run(*command.split(), key=sandbox.api_key)
    run("integrations", "list", "--json", key=sandbox.api_key)


def made_event_key() -> str:
    settings = Settings.from_environment()
    store = Store.open(settings)
    with store.read() as connection:
        integration_id = integrations.named(connection, "Desk").integration_id
    text = keys.generate(COMMAND_LINE, store, integration_id).text
    store.close()
    return text


def sealing_key(home: Path) -> str:
    """The key that seals the others; its own file is where it belongs."""
    file = home / secrets.KEY_FILE
    text = file.read_text(encoding="ascii").strip()
    file.unlink()
    return text


def command_lines(sandbox: Sandbox) -> list[str]:
    """What anybody on the machine sees of an import in the list of processes."""
    child = subprocess.Popen(
        [sys.executable, "-m", "freshdesk_core", "import"],
        env=os.environ | {"INFLOW_FRESHDESK_KEY": sandbox.api_key},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen = [" ".join(one.cmdline()) for one in (psutil.Process(child.pid), psutil.Process())]
    child.wait(120)
    return seen


def fails(run: Callable[..., None], sandbox: Sandbox) -> str:
    """Everything that goes wrong with a key in hand: Freshdesk's faults, then our own store's."""
    for fault in FAULTS:
        sandbox.faults.on(fault)
        run("import", "--json", key=sandbox.api_key)
        sandbox.faults.off()
    home = Settings.from_environment().home
    with closing(sqlite3.connect(home / "inflow.db", isolation_level=None)) as connection:
        connection.execute("UPDATE integrations SET key_sealed = 'spoilt'")
        run("import", "--json", key=sandbox.api_key)
        connection.execute("DROP TABLE volumes")
    st.cache_data.clear()
    run("status", "--json", key=sandbox.api_key)
    return shown_pages(["pages/overview.py", "pages/integrations.py"])


def test_a_key_is_found_nowhere_but_where_it_belongs(told: Told) -> None:
    assert len(told.secrets) == 5
    assert "page-failed" in told.pages or "Code: " in told.pages  # the forced failures were shown
    assert '"integrations"' in told.output
    assert len(told.log) > 10_000

    for name, place in told._asdict().items():
        if name not in ("secrets", "commands"):
            assert found(told.secrets, place) == set(), name
    assert len(told.commands) == 2
    assert found(told.secrets, *told.commands) == set()


@pytest.mark.parametrize("secret", ["kanari9Key", "inflow_eXYZ0123", "a/b+c==d&e"])
def test_the_search_finds_a_key_in_every_spelling(secret):
    """Also inside other base64, wherever in it the key begins."""
    import base64
    from urllib.parse import quote

    hidden = [
        secret,
        quote(secret, safe=""),
        secret.encode().hex(),
        *(base64.b64encode(b"." * before + secret.encode() + b"." * 5).decode() for before in range(6)),
        base64.b64encode(f"{secret}:X".encode()).decode(),
    ]

    assert [text for text in hidden if not found([secret], f"log: {text} end")] == []
