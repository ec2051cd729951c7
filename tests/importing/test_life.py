"""The life of an integration: another name, key or start, pause and resume; what was imported stays."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from freshdesk_core import health
from freshdesk_core.access import COMMAND_LINE, Actor, Role
from freshdesk_core.cli import main
from freshdesk_core.errors import ConfigError
from freshdesk_core.importing import life
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.importing.worker import Worker
from freshdesk_core.sandbox import Sandbox, Script, World, codes
from freshdesk_core.store import integrations, schema, secrets
from tests.importing.inflow import NAME, Inflow, environment, epoch, inflow

pytestmark = pytest.mark.sqlite  # one database will do but where the summary is written anew

ANNE = Actor(Role.ADMIN, "anne@example.com")
NOW = "2026-03-10T12:00:00Z"


@pytest.fixture
def script() -> Script:
    script = Script(now=NOW)
    for day in range(1, 8):
        ticket = script.ticket(group="Billing", at=f"2026-03-0{day}T09:00:00Z")
        script.agent_reply(ticket, at=f"2026-03-0{day}T10:00:00Z")
        script.reply(ticket, at=f"2026-03-0{day}T11:00:00Z")
    script.ticket(source=codes.OUTBOUND_EMAIL, at="2026-03-01T09:00:00Z")
    chat = script.ticket(source=codes.WEB_CHAT, at="2026-03-02T12:00:00Z")
    for moment in ("12:01", "12:05", "18:00", "18:10"):
        script.chat(chat, at=f"2026-03-02T{moment}:00Z")
    return script


@pytest.fixture
def sandbox(script: Script) -> Iterator[Sandbox]:
    with Sandbox(script, plan="unlimited") as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as one:
        yield one


def _connect_another(here: Inflow, sandbox: Sandbox) -> None:
    life.connect(
        COMMAND_LINE, here.store, here.settings, name="Other", domain=sandbox.domain, api_key=sandbox.api_key
    )


def _restart(here: Inflow, since: date | None) -> life.Restarted:
    done = life.change_start(COMMAND_LINE, here.store, NAME, since)
    here.check()
    return done


def _raw(here: Inflow) -> list[object]:
    """All rows but what the start decides."""
    return [
        [{name: value for name, value in row.items() if name != "result"} for row in here.rows(table)]
        for table in (schema.tickets, schema.conversations)
    ]


@pytest.mark.parametrize("since", ["2026-03-02", "2026-03-05", "2026-03-10"])
def test_a_later_start_is_judged_at_once_as_if_it_had_been_so_from_the_beginning(
    tmp_path: Path, sandbox: Sandbox, here: Inflow, since: str
) -> None:
    """Every contact before it is excluded, in the transaction that moves it; no row is lost."""
    here.complete()
    rows = _raw(here)
    done = _restart(here, date.fromisoformat(since))
    assert _raw(here) == rows
    assert (done.counted, done.is_earlier) == (0, False)

    begun = epoch(since) - 3600  # midnight in Berlin
    with inflow(tmp_path / "other", sandbox, since=begun) as other:
        other.complete()
        counted = {at: count for (_queue, at), count in here.by_quarter().items()}
        assert counted == {at: count for (_queue, at), count in other.by_quarter().items()}
    assert min(counted, default=begun) >= begun
    integration = here.integration
    assert integration.since == begun
    [status] = health.status(here.store, epoch("2026-03-10T12:00:00"), here.settings)
    assert status.tickets_complete is None or status.tickets_complete[0] >= begun


def test_there_and_back_is_as_before(here: Inflow) -> None:
    """A chat's lines are one contact again, not one each."""
    here.complete()
    clean, digest = here.by_quarter(), here.digest()
    later = _restart(here, date(2026, 3, 6))
    assert later.excluded == sum(clean.values()) - sum(here.by_quarter().values()) + 3  # lines of a chat
    assert here.digest() != digest
    earlier = _restart(here, None)
    assert (earlier.counted, earlier.is_earlier) == (later.excluded, True)
    assert here.by_quarter() == clean
    assert here.digest() == digest


def test_an_earlier_start_brings_what_was_never_read(
    tmp_path: Path, sandbox: Sandbox, script: Script, here: Inflow
) -> None:
    """The next import lists from there on, and an audit proves it; until then nothing is called proven."""
    with inflow(tmp_path / "late", sandbox, since=epoch("2026-03-05") - 3600) as late:
        bring_up_to_date(late.store, late.settings, late.integration)
        known = len(late.rows(schema.tickets))
        proven = late.rows(schema.integrations)[0]
        done = _restart(late, date(2026, 3, 2))
        row = late.rows(schema.integrations)[0]
        assert done.is_earlier
        assert (row["tickets_from"], row["audited_at"]) == (proven["tickets_from"], None)

        assert bring_up_to_date(late.store, late.settings, late.integration).outcome.outcome == "complete"
        late.check()
        row = late.rows(schema.integrations)[0]
        assert len(late.rows(schema.tickets)) > known
        assert row["tickets_from"] == row["replies_from"] == epoch("2026-03-02") - 3600
        assert row["audited_at"] is not None

        with inflow(tmp_path / "early", sandbox, since=epoch("2026-03-02") - 3600) as early:
            early.complete()
            assert early.by_quarter() == late.by_quarter()


def test_a_start_that_lies_ahead_changes_nothing(here: Inflow) -> None:
    here.complete()
    before = here.dump()
    with pytest.raises(ConfigError) as refused:
        life.change_start(COMMAND_LINE, here.store, NAME, date(2999, 1, 1))
    assert refused.value.error_code == "start-in-future"
    assert here.dump() == before


def test_a_start_that_moves_ends_the_import_under_way(here: Inflow) -> None:
    """Or it would go on with the old one."""
    moved = []

    def move(_run: Run) -> None:
        if not moved:
            moved.append(life.change_start(COMMAND_LINE, here.store, NAME, date(2026, 3, 5)))

    outcome = here.run(on_progress=move)
    assert outcome.outcome == "interrupted"
    assert outcome.error and outcome.error.error_code == "settings-changed"
    assert here.rows(schema.imports)[-1]["outcome"] == "interrupted"  # nothing went wrong
    here.complete()
    assert min(at for _queue, at in here.by_quarter()) >= epoch("2026-03-05") - 3600


# Names and keys


def test_a_new_name_keeps_everything(here: Inflow) -> None:
    here.complete()
    before, digest = here.dump(), here.digest()
    renamed = life.rename(COMMAND_LINE, here.store, " desk ", "  Straße  9 ")
    assert renamed.name == "Straße 9"
    assert (here.dump(), here.digest()) == (before, digest)
    assert life.rename(COMMAND_LINE, here.store, "STRASSE 9", "strasse 9").name == "strasse 9"
    with pytest.raises(ConfigError) as refused:
        life.rename(COMMAND_LINE, here.store, "strasse 9", " \t")
    assert refused.value.error_code == "no-name"
    assert here.complete().new_contacts == 0


def test_another_key_is_tested_first_and_fetches_nothing_again(here: Inflow, sandbox: Sandbox) -> None:
    here.complete()
    before = here.integration
    for bad in ("wrong0key", "with blank"):
        try:
            found = life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, bad)
            assert found.has_problem
        except ConfigError as refused:
            assert refused.error_code == "bad-key"
        assert here.integration == before

    sandbox.faults.on("revoke")
    assert here.run().outcome == "failed"
    found = life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, f" {sandbox.new_key}\n")
    assert found.level == "ok"
    after = here.integration
    assert secrets.unseal(here.settings, after.key_sealed) == sandbox.new_key
    assert (after.key_hint, after.account_id) == (sandbox.new_key[-4:], 4_300_001)
    assert after.key_since is not None and before.key_since is not None
    assert after.key_since >= before.key_since
    outcome = here.complete()
    assert outcome.new_contacts == 0
    assert outcome.calls <= 6  # names, and three lists


def test_a_key_of_another_account_is_refused(here: Inflow, sandbox: Sandbox) -> None:
    """A subdomain that was given to somebody else, say."""
    with here.store.write() as connection:
        connection.execute(update(schema.integrations).values(account_id=77))
    before = here.integration
    with pytest.raises(ConfigError) as refused:
        life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.api_key)
    assert refused.value.error_code == "other-account"
    assert here.integration == before


def test_a_narrower_key_is_used_but_never_green(here: Inflow, sandbox: Sandbox) -> None:
    bring_up_to_date(here.store, here.settings, here.integration)
    found = life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.restricted_key)
    assert "scope-not-global" in found.shortcomings
    [status] = health.status(here.store, epoch("2026-03-10T12:00:00"), here.settings)
    assert (status.state, status.broken_link) == ("action_needed", "scope")
    again = life.check_again(COMMAND_LINE, here.store, here.settings, NAME)
    assert again.shortcomings == found.shortcomings
    life.replace_key(COMMAND_LINE, here.store, here.settings, NAME, sandbox.api_key)
    [status] = health.status(here.store, epoch("2026-03-10T12:00:00"), here.settings)
    assert status.broken_link != "scope"


# Pause


def test_a_pause_ends_the_import_under_way_and_the_gap_closes_after_it(
    here: Inflow, script: Script, sandbox: Sandbox
) -> None:
    """Nothing of it is lost, and nobody takes the time in between for quiet."""

    def pause(_run: Run) -> None:
        life.pause(ANNE, here.store, NAME)

    stopped = here.run(on_progress=pause)
    assert (stopped.outcome, stopped.error and stopped.error.error_code) == (
        *("interrupted", "paused-meanwhile"),
    )
    life.resume(ANNE, here.store, NAME)
    here.complete()
    until = here.rows(schema.integrations)[0]["tickets_to"]

    paused = life.pause(ANNE, here.store, NAME)
    assert life.pause(COMMAND_LINE, here.store, NAME) == paused  # who did it first
    [status] = health.status(here.store, epoch("2026-03-10T12:00:00"), here.settings)
    assert (status.state, status.is_green) == ("paused", False)
    assert "anne@example.com" in status.next_step
    assert "2026-03-10T12:00:00+00:00" in status.next_step  # up to when it is complete

    script.now = epoch("2026-03-12T12:00:00")
    script.ticket(at="2026-03-11T09:00:00Z")
    asked = len(sandbox.requests)
    worker = Worker(here.store, here.settings, threading.Event())
    worker.round()
    worker.wait()
    assert len(sandbox.requests) == asked
    assert here.rows(schema.integrations)[0]["tickets_to"] == until

    life.resume(ANNE, here.store, NAME)
    worker.round()
    worker.wait()
    worker.close()
    assert here.rows(schema.integrations)[0]["tickets_to"] == epoch("2026-03-12T12:00:00")
    assert epoch("2026-03-11T09:00:00") in {at for _queue, at in here.by_quarter()}
    assert (here.integration.paused_at, here.integration.paused_by) == (None, None)


def test_the_command_line_says_so_and_does_nothing(
    here: Inflow,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    life.pause(ANNE, here.store, NAME)
    asked = len(sandbox.requests)
    days = ("--from", "2026-03-01", "--to", "2026-03-02")
    for arguments in (("import", "desk"), ("import",), ("import", "--json"), ("reimport", NAME, *days)):
        assert main(arguments) == 1
        said = capsys.readouterr()
        if arguments[-1] == "--json":
            (result,) = json.loads(said.out)["integrations"]
            assert (result["name"], result["outcome"], result["calls"]) == (NAME, "interrupted", 0)
            assert result["error"]["code"] == "integration-paused"
        else:
            assert "complete" not in said.out
        assert "Desk was paused by anne@example.com at" in said.err
        assert "integrations resume" in said.err
    assert len(sandbox.requests) == asked
    _connect_another(here, sandbox)
    assert main(("import", "--json")) == 1  # one of two is not complete
    results = json.loads(capsys.readouterr().out)["integrations"]
    assert [(one["name"], one["outcome"]) for one in results] == [
        *((NAME, "interrupted"), ("Other", "complete")),
    ]
    assert main(("integrations", "resume", "DESK", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["paused"] is None
    assert main(("import",)) == 0
    capsys.readouterr()
    assert main(("reimport", NAME, *days, "--json")) == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["name"], done["outcome"], done["before"]) == (NAME, "complete", done["after"])
    assert main(("reimport", NAME, "--from", "2026-03-02", "--to", "2026-03-02")) == 1
    assert "No day lies from 2026-03-02" in capsys.readouterr().err


def test_the_command_line_changes_and_purges(
    here: Inflow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What scripts depend on: exit codes, one JSON document, one sentence where it fails."""
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    here.complete()

    def ask(*arguments: str, code: int = 0) -> str:
        assert main(("integrations", *arguments)) == code
        said = capsys.readouterr()
        assert bool(said.err) == bool(code)
        return said.err if code else said.out

    changed = json.loads(ask("set", "desk", "--name", " Help  desk ", "--since", "2026-03-04", "--json"))
    assert (changed["name"], changed["since"]) == ("Help desk", "2026-03-03T23:00:00+00:00")
    assert "contacts lie before the new start" in ask("set", "help desk", "--since", "2026-03-05")
    assert "The next import reads" in ask("set", "help desk", "--since", "all")
    assert "Nothing was named that should change." in ask("set", "help desk", code=1)
    assert "is not a date" in ask("set", "help desk", "--since", "soon", code=1)
    assert "lies before 2010-01-01" in ask("set", "help desk", "--since", "0001-01-01", code=1)
    assert "There is no integration named Desk" in ask("pause", "Desk", code=1)

    assert ask("resume", "help desk").startswith("Help desk is not paused")
    assert ask("pause", "help desk").startswith("Help desk is paused. ")
    assert ask("pause", "help desk").startswith("Help desk is paused already, by the command line since 20")
    assert ask("resume", "help desk").startswith("Help desk is resumed. ")
    unknown = ask("purge", "help desk", "--ticket", "999999")
    assert unknown.startswith("Help desk holds nothing of a ticket 999999: nothing was deleted.")

    receipt = json.loads(ask("purge", "help desk", "--ticket", "2", "--json"))
    assert (receipt["scope"], receipt["rows"]["tickets"]) == ("ticket", 1)
    assert ask("purge", "help desk", "--before", "2026-03-03").startswith("Rows deleted for Help desk: ")
    assert json.loads(ask("list", "--json"))["integrations"][0]["since"] == "2026-03-02T23:00:00+00:00"
    assert json.loads(ask("reseal", "--json")) == {"resealed": 1}
    receipt = json.loads(ask("remove", "help desk", "--purge", "--json"))
    assert (receipt["scope"], receipt["is_overwritten"]) == ("integration", True)
    assert receipt["bytes_freed"] >= 0
    assert json.loads(ask("list", "--json")) == {"integrations": []}


def test_what_is_refused_is_refused_before_anything_is_changed(
    here: Inflow, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new key, a new name and a start, of which one cannot be: none of them is taken."""
    for name, value in environment(tmp_path, INFLOW_FRESHDESK_KEY=sandbox.agent_key).items():
        monkeypatch.setenv(name, value)
    _connect_another(here, sandbox)
    before, asked = here.integration, len(sandbox.requests)
    command = ("integrations", "set", NAME, "--key")

    for start in ("2999-01-01", "9999-12-31", "2009-12-31", "0001-01-01", "soon"):
        assert main((*command, "--name", "New", "--since", start)) == 1
    for new_name in (" ", "x" * 101, " other "):
        assert main((*command, "--since", "2026-03-04", "--name", new_name)) == 1
    assert here.integration == before
    assert len(sandbox.requests) == asked


def test_what_was_done_before_something_failed_is_said(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody takes the name while the key is being tested."""
    taken: list[Inflow] = []

    def take(_method: str, _path: str) -> None:
        if taken:
            one = taken.pop()
            with one.store.write() as connection:
                key, zone = "someOtherKey00000001", "UTC"
                integrations.add(
                    connection,
                    one.settings,
                    name="New",
                    domain="new.freshdesk.com",
                    api_key=key,
                    time_zone=zone,
                    since=None,
                )

    with Sandbox(script, plan="unlimited", on_request=take) as sandbox, inflow(tmp_path, sandbox) as here:
        for name, value in environment(tmp_path, INFLOW_FRESHDESK_KEY=sandbox.agent_key).items():
            monkeypatch.setenv(name, value)
        taken.append(here)
        assert main(("integrations", "set", NAME, "--key", "--since", "2026-03-04", "--name", "New")) == 1
        assert here.integration.key_hint == sandbox.agent_key[-4:]
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if line.startswith("Done before: The key is replaced")]
    assert [line for line in said if line.startswith("Done before: ") and "before the new start" in line]
    assert "The name New is taken" in said[-1]


def test_a_removed_one_has_no_life_but_can_be_purged(here: Inflow) -> None:
    life.remove(COMMAND_LINE, here.store, NAME)
    for action in (
        lambda: life.pause(COMMAND_LINE, here.store, NAME),
        lambda: life.change_start(COMMAND_LINE, here.store, NAME, None),
        lambda: life.check_again(COMMAND_LINE, here.store, here.settings, NAME),
    ):
        with pytest.raises(ConfigError) as refused:
            action()
        assert refused.value.error_code == "integration-removed"
    assert life.purge(COMMAND_LINE, here.store, NAME).rows["integrations"] == 1


def test_a_whole_world_with_another_start_is_as_if_it_had_been_so_from_the_beginning(tmp_path: Path) -> None:
    """By numbers: a seeded desk with chats, merges, the trash; later, and back to the beginning."""
    world = World(9, start_day=date(2025, 12, 1), tickets=150, days=60)
    since = date(2026, 1, 3)
    with (
        Sandbox(world, until=world.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path / "one", sandbox) as here,
        inflow(tmp_path / "two", sandbox, since=epoch("2026-01-03") - 3600) as other,
    ):
        here.complete()
        clean = here.digest()
        other.complete()
        _restart(here, since)
        assert here.by_quarter() == other.by_quarter()
        _restart(here, None)
        assert here.digest() == clean
