"""``integrations`` and ``import``: what scripts depend on, and one clear sentence for whatever goes wrong."""

import io
import json
import os
import re
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, event

from freshdesk_core.cli import main
from freshdesk_core.commands import imports
from freshdesk_core.errors import RateLimited
from freshdesk_core.importing.log import Run
from freshdesk_core.sandbox import Sandbox, Script, codes
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store

KEY = "INFLOW_FRESHDESK_KEY"


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    complaints: str


Ask = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("INFLOW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
    monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)
    return tmp_path / "home"


@pytest.fixture
def ask(home: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*argv: str) -> Said:
        capsys.readouterr()
        assert home.parent.exists()
        try:
            code = main(argv)
        except SystemExit as left:
            code = int(str(left.code))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return asked


@pytest.fixture
def script() -> Script:
    script = Script(now="2026-03-10T12:00:00Z")
    ticket = script.ticket(at="2026-03-02T09:00:00Z")
    script.agent_reply(ticket, at="2026-03-02T10:00:00Z")
    script.reply(ticket, at="2026-03-04T10:00:00Z")
    script.ticket(source=codes.OUTBOUND_EMAIL, at="2026-03-03T09:00:00Z")
    return script


@pytest.fixture
def sandbox(script: Script, monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Sandbox]:
    with Sandbox(script, plan="unlimited") as running:
        monkeypatch.setenv(KEY, running.api_key)
        yield running


@pytest.fixture
def desk(ask: Ask, sandbox: Sandbox) -> Sandbox:
    """A sandbox that is connected as "Desk"."""
    assert ask("integrations", "add", "Desk", "--domain", sandbox.domain).code == 0
    return sandbox


def one_sentence(said: Said, *parts: str) -> None:
    """Failed, nothing on stdout, one line that says what to do, no trace of Python."""
    assert (said.code, said.out) == (1, ""), said
    assert said.complaints.endswith(".\n") or said.complaints.rstrip()[-1].isalnum(), said
    assert said.complaints.count("\n") == 1, said
    assert "Traceback" not in said.complaints
    for part in parts:
        assert part in said.complaints, said


# Connecting


def test_an_account_is_connected_listed_and_removed(ask: Ask, sandbox: Sandbox) -> None:
    assert ask("integrations", "list") == (0, "No Freshdesk account is connected yet.\n", "")
    said = ask("integrations", "add", "  Acme   Support ", "--domain", sandbox.domain)
    connected, *seen = said.out.splitlines()
    assert connected == f"Acme Support is connected to {sandbox.domain}."
    assert {"The key's user is an Account Administrator.", "The key's user sees all tickets."} <= set(seen)
    assert (said.code, said.complaints) == (0, "")

    said = ask("integrations", "list", "--json")
    [one] = json.loads(said.out)["integrations"]
    assert abs(time.time() - datetime.fromisoformat(one.pop("key_since")).timestamp()) < 120
    assert one == {
        **{"name": "Acme Support", "domain": sandbox.domain, "time_zone": "Europe/Berlin"},
        **{"since": None, "key_hint": sandbox.api_key[-4:], "is_removed": False, "is_sandbox": True},
        "paused": None,
    }
    listed = ask("integrations", "list").out
    assert listed.count("\n") == 1
    assert sandbox.api_key not in listed + said.out

    assert ask("integrations", "remove", "acme support").code == 0
    assert "removed, data kept" in ask("integrations", "list").out


def test_a_start_is_midnight_in_the_account_s_zone(ask: Ask, sandbox: Sandbox) -> None:
    said = ask("integrations", "add", "Desk", "--domain", sandbox.domain, "--since", "2026-03-03", "--json")
    added = json.loads(said.out)
    assert (added["since"], added["shortcomings"]) == ("2026-03-02T23:00:00+00:00", [])
    said = ask("import", "--json")
    assert json.loads(said.out)["integrations"][0]["excluded"] == {
        **{"agent_reply": 1, "before_start": 1, "outbound_email": 1}
    }


@pytest.mark.parametrize("date", ["yesterday", "2026-13-01", "20260301", "2026-W10-1", "01.03.2026"])
def test_a_start_that_is_no_date(ask: Ask, sandbox: Sandbox, date: str) -> None:
    said = ask("integrations", "add", "Desk", "--domain", sandbox.domain, "--since", date)
    one_sentence(said, f"'{date}' is not a date", "YYYY-MM-DD")
    assert sandbox.requests == []


def test_a_start_in_the_future_would_blank_every_figure(ask: Ask, sandbox: Sandbox) -> None:
    said = ask("integrations", "add", "Desk", "--domain", sandbox.domain, "--since", "9999-12-30")
    one_sentence(said, "9999-12-30 lies in the future")
    assert ask("integrations", "list").out.startswith("No Freshdesk account")


def test_bytes_that_are_no_text_are_wrong_usage(ask: Ask) -> None:
    said = ask("import", "\udcff")
    assert said.code == 2
    assert "not valid UTF-8" in said.complaints


def test_what_the_key_cannot_see_is_said_once_each_and_no_reason_to_refuse(
    ask: Ask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, sandbox.restricted_key)
    said = ask("integrations", "add", "Desk", "--domain", sandbox.domain, "--json")
    assert said.code == 0
    assert json.loads(said.out)["shortcomings"] == ["not-account-administrator", "scope-not-global"]
    warnings = said.complaints.splitlines()
    assert len(warnings) == 2
    assert all(line.startswith("Warning: ") for line in warnings)


def test_the_key_is_read_from_stdin_too(ask: Ask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"  {sandbox.api_key}\n"))
    assert ask("integrations", "add", "Desk", "--domain", sandbox.domain).code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    one_sentence(ask("integrations", "add", "Other", "--domain", sandbox.domain), "No API key was given")


@pytest.mark.parametrize("name", ["Desk", " DESK ", "desk"])
def test_a_taken_name_is_refused_and_its_holder_named(ask: Ask, desk: Sandbox, name: str) -> None:
    said = ask("integrations", "add", name, "--domain", desk.domain)
    one_sentence(said, "The name Desk is taken by the integration of", desk.domain)
    assert len(json.loads(ask("integrations", "list", "--json").out)["integrations"]) == 1


@pytest.mark.parametrize(
    ("domain", "part"),
    [
        ("example", "Enter the full domain: example.freshdesk.com"),
        ("help.example.com", "not a domain of Freshdesk's"),
        ("example.freshdesk.com.evil.com", "not a domain of Freshdesk's"),
        ("", "not a Freshdesk domain"),
        ("192.168.1.1", "not a"),
    ],
)
def test_domains_are_refused_with_the_cure(
    ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch, domain: str, part: str
) -> None:
    monkeypatch.setenv(KEY, "abcdefgh1234")
    one_sentence(ask("integrations", "add", "Desk", "--domain", domain), part)
    assert not (home / "inflow.db").exists()


def test_loopback_needs_its_flag(ask: Ask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INFLOW_ALLOW_LOOPBACK")
    one_sentence(ask("integrations", "add", "Desk", "--domain", sandbox.domain), "INFLOW_ALLOW_LOOPBACK=1")
    assert sandbox.requests == []


def test_loopback_needs_its_flag_to_import_too(
    ask: Ask, desk: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INFLOW_ALLOW_LOOPBACK")
    asked = len(desk.requests)
    said = ask("import", "--json")
    assert said.code == 1
    assert said.complaints.count("\n") == 1
    assert "INFLOW_ALLOW_LOOPBACK=1" in said.complaints
    result = json.loads(said.out)["integrations"][0]
    assert (result["outcome"], result["error"]["code"]) == ("failed", "loopback-not-allowed")
    assert len(desk.requests) == asked


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("not0the0right0key", "Freshdesk rejected the API key for 127.0.0.1"),
        ("with blank", "That is not a Freshdesk API key"),
        ("ключ", "That is not a Freshdesk API key"),
    ],
)
def test_a_wrong_key(
    ask: Ask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, key: str, part: str
) -> None:
    monkeypatch.setenv(KEY, key)
    said = ask("integrations", "add", "Desk", "--domain", sandbox.domain)
    one_sentence(said, part)
    assert key not in said.complaints


def test_no_network(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setenv(KEY, "abcdefgh1234")
    said = ask("integrations", "add", "Desk", "--domain", "example.freshdesk.com")
    one_sentence(
        said, "example.freshdesk.com cannot be reached (name not found)", "Check the domain and the network"
    )


def test_nobody_listens_there(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "abcdefgh1234")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        domain = f"127.0.0.1:{listener.getsockname()[1]}"
    one_sentence(ask("integrations", "add", "Desk", "--domain", domain), domain, "connection refused")


def test_a_domain_at_which_freshdesk_has_nothing(
    ask: Ask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subdomain that nobody has answers 404."""
    monkeypatch.setattr(sandbox.application._routes, "find", lambda _path: None)
    said = ask("integrations", "add", "Desk", "--domain", sandbox.domain)
    one_sentence(said, f"Freshdesk has no account at {sandbox.domain}", "Copy the domain from the address")


# Importing


def test_the_document_of_an_import(ask: Ask, desk: Sandbox) -> None:
    said = ask("import", "--json")
    assert (said.code, said.complaints) == (0, "")
    (result,) = json.loads(said.out)["integrations"]
    seconds, calls, credits_ = (result.pop(name) for name in ("seconds", "calls", "credits"))
    waited, expected = result.pop("waited_seconds"), result.pop("estimate")
    assert result == {
        "name": "Desk",
        "outcome": "complete",
        "fetched": {"tickets": 2, "conversations": 2},
        "counted": {"tickets": 1, "replies": 1},
        "excluded": {"agent_reply": 1, "outbound_email": 1},
        "threads": {"read": 2, "not_needed": 0},
        "new_contacts": 2,
        "error": None,
    }
    assert 0 < seconds < 10
    assert 0 <= waited < seconds
    assert calls / 2 < expected["calls"] < 2 * calls
    assert 0 <= expected["minutes"] < 1
    assert 8 <= calls <= credits_
    assert sum(result["fetched"].values()) == sum(result["counted"].values()) + sum(
        result["excluded"].values()
    )

    (second,) = json.loads(ask("import", "--json").out)["integrations"]
    assert (second["new_contacts"], second["fetched"]) == (0, result["fetched"])
    assert second["estimate"] is None
    assert second["calls"] <= 6


def test_an_import_in_words(ask: Ask, desk: Sandbox) -> None:
    """All of its accounting: what was fetched, counted and excluded, and what it cost."""
    said = ask("import")
    assert said.code == 0
    assert re.fullmatch(
        r"Desk: complete\. 2 tickets and 2 conversations in the store = 2 offered contacts \(2 new\) \+ "
        r"2 excluded \(agent_reply 1, outbound_email 1\); conversations of 2 tickets read, of 0 not needed; "
        r"\d+ calls \(\d+ credits\), [\d.]+ s, of these [\d.]+ s waiting\.\n",
        said.out,
    )


def test_a_first_import_that_takes_a_while_says_before_how_long(capsys: pytest.CaptureFixture[str]) -> None:
    tell = imports.teller("Desk")
    for seconds in (59, 480, 480):
        tell(Run(1, 1, calls_expected=2_437, seconds_expected=seconds))
    said = capsys.readouterr().err.splitlines()
    assert said == ["Desk: the first import takes about 2,400 calls, about 8 minutes at this plan"]


def test_an_import_that_begins_to_wait_for_the_limit_says_so_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, whenever it said something last; and that it goes on."""
    monkeypatch.setattr(imports, "SAY_EVERY_SECONDS", 1e9)
    tell = imports.teller("Desk")
    run = Run(1, 1, phase="conversations", threads_read=7, threads_expected=9)
    limit = RateLimited("limit-reached", domain="desk.freshdesk.com", until="14:05 UTC", until_at=1)
    for reason in (None, limit, limit, None):
        run.waits_for = reason
        tell(run)
    assert capsys.readouterr().err.splitlines() == [
        "Desk: waits for Freshdesk's limit of calls until about 14:05 UTC",
        "Desk: conversations of 7 of 9 tickets",
    ]


def test_by_name_each_once(ask: Ask, desk: Sandbox) -> None:
    assert ask("integrations", "add", "Other", "--domain", desk.domain).code == 0
    results = json.loads(ask("import", " DESK ", "desk", "--json").out)["integrations"]
    assert [result["name"] for result in results] == ["Desk"]
    results = json.loads(ask("import", "--json").out)["integrations"]
    assert [(result["name"], result["new_contacts"]) for result in results] == [("Desk", 0), ("Other", 2)]


def test_nothing_to_import(ask: Ask, desk: Sandbox) -> None:
    one_sentence(ask("import", "Dsek"), "There is no integration named Dsek (there are: Desk)")
    assert ask("integrations", "remove", "Desk").code == 0
    one_sentence(ask("import"), "No Freshdesk account is connected")
    one_sentence(ask("import", "Desk"), "The integration Desk was removed")


def test_one_that_fails_does_not_stop_the_others(ask: Ask, desk: Sandbox, script: Script) -> None:
    with Sandbox(script, plan="unlimited") as gone:
        assert ask("integrations", "add", "Gone", "--domain", gone.domain).code == 0
    assert ask("integrations", "add", "Zebra", "--domain", desk.domain).code == 0

    said = ask("import", "--json")

    results = json.loads(said.out)["integrations"]
    assert said.code == 1
    assert [(result["name"], result["outcome"]) for result in results] == [
        *(("Desk", "complete"), ("Gone", "failed"), ("Zebra", "complete")),
    ]
    assert results[1]["error"]["code"] == "unreachable"
    assert set(results[1]["error"]) == {"code", "message", "next_step"}
    assert said.complaints == results[1]["error"]["message"] + "\n"


def test_a_key_that_was_revoked(ask: Ask, desk: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("import").code == 0
    monkeypatch.setattr(desk.application, "_agent", _nobody)
    said = ask("import", "--json")
    result = json.loads(said.out)["integrations"][0]
    assert (said.code, result["outcome"], result["error"]["code"]) == (1, "failed", "key-rejected")
    assert result["fetched"] == {"tickets": 2, "conversations": 2}
    assert said.complaints.count("\n") == 1


def _nobody(_authorization: bytes) -> None:
    from freshdesk_core.sandbox.answers import refusal

    raise refusal(401, "invalid_credentials", "You have to be logged in to perform this action.")


def test_others_can_read_the_key_file(ask: Ask, desk: Sandbox, home: Path) -> None:
    (home / "secret.key").chmod(0o644)
    said = ask("import")
    assert said.code == 1
    assert said.complaints.count("\n") == 1
    assert f"chmod 600 {home / 'secret.key'}" in said.complaints


# The store


COMMANDS = [
    ("import",),
    ("integrations", "list"),
    ("integrations", "remove", "Desk"),
    ("volumes",),
    ("status",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_store_of_a_newer_version(ask: Ask, desk: Sandbox, home: Path, command: tuple[str, ...]) -> None:
    store = Store.open(Settings.from_environment())
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    one_sentence(ask(*command), "was written by a newer Inflow (version 9999)", "Update Inflow")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_is_no_store(ask: Ask, home: Path, command: tuple[str, ...]) -> None:
    home.mkdir()
    (home / "inflow.db").write_text("no database " * 500)
    one_sentence(ask(*command), "is not an Inflow store")


def test_a_full_disk_in_the_middle_of_an_import(ask: Ask, desk: Sandbox, script: Script, home: Path) -> None:
    """One sentence, nothing lost; with room again the import goes on and is complete."""
    for number in range(3_000):
        script.ticket(at=script.now - number * 300)
    with sqlite3.connect(home / "inflow.db") as raw:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
    raw.close()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + 25}")

    event.listen(Engine, "connect", limit)
    try:
        said = ask("import", "--json")
    finally:
        event.remove(Engine, "connect", limit)

    assert said.code == 1
    assert said.complaints.count("\n") == 1
    assert "No space is left on the disk" in said.complaints
    (result,) = json.loads(said.out)["integrations"]
    assert (result["outcome"], result["error"]["code"]) == ("failed", "store-full")
    kept = result["fetched"]["tickets"]
    assert 0 < kept < 3_002
    assert _adds_up(result)
    said = ask("import", "--json")
    (result,) = json.loads(said.out)["integrations"]
    assert (said.code, result["outcome"], result["fetched"]["tickets"]) == (0, "complete", 3_002)
    assert _adds_up(result)


def _adds_up(result: dict[str, Any]) -> bool:
    fetched, counted, excluded = (sum(result[name].values()) for name in ("fetched", "counted", "excluded"))
    return bool(fetched == counted + excluded)


def test_no_room_even_to_connect(ask: Ask, sandbox: Sandbox) -> None:
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count=3")

    event.listen(Engine, "connect", limit)
    try:
        one_sentence(ask("integrations", "add", "Desk", "--domain", sandbox.domain), "No space is left")
    finally:
        event.remove(Engine, "connect", limit)


def test_a_database_url_that_leads_nowhere(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFLOW_DATABASE_URL", "mysql://inflow:hunter2@db/inflow")
    said = ask("import")
    one_sentence(said, "INFLOW_DATABASE_URL")
    assert "hunter2" not in said.complaints


@pytest.mark.parametrize(("name", "value"), [("INFLOW_THREADS", "many"), ("INFLOW_POLL_SECONDS", "-1")])
def test_a_setting_that_is_no_number(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    one_sentence(ask("import"), f"{name} must be a number")


# Removing


def test_a_purge_gives_a_receipt_and_leaves_no_byte(
    ask: Ask, sandbox: Sandbox, script: Script, home: Path
) -> None:
    """Names of groups and the domain are gone from the files too, not only from the tables."""
    script.ticket(group="Canary department")
    ask("integrations", "add", "Canary desk", "--domain", sandbox.domain)
    assert ask("import").code == 0
    assert _bytes(home).count(b"Canary department") > 0

    said = ask("integrations", "remove", "Canary desk", "--purge")

    assert said.code == 0
    assert "tickets 3" in said.out
    assert "conversations 2" in said.out
    assert json.loads(ask("integrations", "list", "--json").out) == {"integrations": []}
    left = _bytes(home)
    for canary in (b"Canary", sandbox.domain.encode()):
        assert canary not in left


def _bytes(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.iterdir())


def test_removing_keeps_what_was_imported_and_adding_goes_on(ask: Ask, desk: Sandbox) -> None:
    ask("import")
    assert ask("integrations", "remove", "Desk").out == "Desk is removed; what was imported stays.\n"
    assert ask("integrations", "add", "Desk", "--domain", desk.domain).code == 0
    (result,) = json.loads(ask("import", "--json").out)["integrations"]
    assert (result["new_contacts"], result["fetched"]["tickets"]) == (0, 2)
    assert result["calls"] <= 6


def test_removing_what_is_not_there(ask: Ask) -> None:
    one_sentence(
        ask("integrations", "remove", "Desk"), "There is no integration named Desk (there are: none yet)"
    )


def test_the_sample_is_no_integration_to_remove_or_import(ask: Ask, sandbox: Sandbox) -> None:
    from freshdesk_core.store import integrations

    settings = Settings.from_environment()
    store = Store.open(settings)
    with store.write() as connection:
        integrations.add(
            connection,
            settings,
            **{
                "name": integrations.SAMPLE_NAME,
                "domain": sandbox.domain,
                "api_key": "k",
                "time_zone": "UTC",
            },
            since=None,
            is_sample=True,
        )
    store.close()
    for command in (("integrations", "remove"), ("import",)):
        one_sentence(ask(*command, "Sample account"), "There is no integration named Sample account")


# Usage


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("imports",),
        ("import", "--jsn"),
        ("integrations",),
        ("integrations", "add"),
        ("integrations", "add", "Desk"),
        ("integrations", "remove"),
        ("integrations", "show", "Desk"),
        ("worker", "now"),
        ("sandbox", "--port", "many"),
        ("sandbox", "--plan", "golden"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(ask: Ask, home: Path, argv: tuple[str, ...]) -> None:
    said = ask(*argv)
    assert (said.code, said.out) == (2, "")
    assert said.complaints.startswith("usage: python -m freshdesk_core")
    assert not home.exists()


@pytest.mark.parametrize("command", ["integrations", "import", "worker", "sandbox"])
def test_help_names_every_option(ask: Ask, command: str) -> None:
    said = ask(command, "--help")
    assert (said.code, said.complaints) == (0, "")
    assert said.out.startswith(f"usage: python -m freshdesk_core {command}")
