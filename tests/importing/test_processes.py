"""Imports as processes: told to stop, several at once, replaced when killed."""

import os
import pty
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from freshdesk_core.commands.stopping import GRACE_SECONDS, LAST_SECONDS
from freshdesk_core.sandbox import Sandbox, World
from freshdesk_core.store import schema
from tests.importing.inflow import Inflow, inflow
from tests.importing.nursery import Nursery, nursery
from tests.importing.programs import asked, ended, only_result, start, wait_for

PATIENCE = 10  # seconds; half of them are promised, and a machine may be busy
INTERRUPTED = "Interrupted. Run the import again: it goes on from where it stopped."
WORLD = World(9, start_day=date(2025, 12, 1), tickets=260, days=80)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as running:
        yield running


@pytest.fixture(scope="module")
def clean(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory, database: str) -> str:
    """The digest of an import that nothing disturbed."""
    with inflow(tmp_path_factory.mktemp("clean"), sandbox) as here:
        calls = here.complete().calls
        assert calls > 150
        here.audit()
        return here.digest()


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("said")) as running:
        yield running


@pytest.fixture
def desk(sandbox: Sandbox, tmp_path: Path) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as here:
        yield here


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_ends_soon_and_in_order(
    sandbox: Sandbox, desk: Inflow, clean: str, number: signal.Signals
) -> None:
    process = start(desk.settings.home, "import", "--json")
    wait_for(asked(sandbox, 60))
    began = time.monotonic()
    process.send_signal(number)
    code, out, complaints = ended(process)

    assert time.monotonic() - began < PATIENCE
    assert code == 1
    assert complaints.endswith(INTERRUPTED + "\n")  # on a slow machine it has told before how far it is
    assert "Traceback" not in complaints
    result = only_result(out)
    assert (result["outcome"], result["error"]) == ("interrupted", None)
    (run,) = desk.rows(schema.imports)
    assert run["outcome"] == "interrupted"
    assert desk.rows(schema.leases) == []
    before = len([row for row in desk.rows(schema.tickets) if row["is_thread_due"]])
    assert 0 < before < 260
    outcome = desk.complete()
    assert outcome.calls < 150
    desk.audit()
    assert desk.digest() == clean


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that accepts and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener


@pytest.mark.sqlite
def test_told_to_stop_while_freshdesk_says_nothing_it_ends_all_the_same(
    desk: Inflow, silent: socket.socket
) -> None:
    with desk.store.write() as connection:
        domain = f"127.0.0.1:{silent.getsockname()[1]}"
        connection.execute(schema.integrations.update().values(domain=domain))
    assert GRACE_SECONDS + LAST_SECONDS < 5
    process = start(desk.settings.home, "import")
    silent.settimeout(20)
    called, _address = silent.accept()
    began = time.monotonic()
    process.terminate()
    code, out, complaints = ended(process)
    called.close()

    assert time.monotonic() - began < PATIENCE
    assert (code, out) == (1, "")
    assert complaints.endswith(INTERRUPTED + "\n")  # on a slow machine it has told before how far it is
    assert "Traceback" not in complaints
    (run,) = desk.rows(schema.imports)
    assert run["outcome"] == "interrupted"
    assert desk.rows(schema.leases) == []


@pytest.mark.sqlite
def test_a_closed_terminal_ends_it_in_order(
    sandbox: Sandbox, programs: Nursery, desk: Inflow, clean: str
) -> None:
    """A real one (a pseudo one): what it would still say nobody hears, and that is no error."""
    screen, terminal = pty.openpty()
    reached = asked(sandbox, 60)
    program = programs.start(desk.settings.home, "import", terminal=os.ttyname(terminal))
    os.close(terminal)
    wait_for(reached)
    began = time.monotonic()
    os.close(screen)

    assert program.ended() == 1
    assert time.monotonic() - began < PATIENCE
    (run,) = desk.rows(schema.imports)
    assert run["outcome"] == "interrupted"
    assert desk.rows(schema.leases) == []
    desk.complete()
    desk.audit()
    assert desk.digest() == clean


@pytest.mark.parametrize("others", [1, 4])
def test_of_several_imports_one_works_and_the_others_say_who(
    programs: Nursery, tmp_path: Path, clean: str, others: int
) -> None:
    """Freshdesk holds its first answer back until the others have ended; these wait for nobody."""
    gate = threading.Event()
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited", on_request=lambda *_: gate.wait(60)) as slow,
        inflow(tmp_path, slow) as desk,
    ):
        working = programs.start(tmp_path, "import", "--json")
        wait_for(lambda: desk.rows(schema.leases))
        (lease,) = desk.rows(schema.leases)
        since = datetime.fromtimestamp(lease["since"], UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        late = [programs.start(tmp_path, "import", "--json") for _ in range(others)]
        codes, took = zip(*((one.ended(), time.monotonic() - one.began_at) for one in late), strict=True)
        assert codes == (1,) * others
        assert min(took) < 2  # a machine at rest takes less for each
        assert max(took) < PATIENCE
        gate.set()
        for one in late:
            error = one.result()["error"]
            assert (one.result()["outcome"], error["code"]) == ("busy", "busy")
            assert one.complained() == error["message"] + "\n"
            holder = f"process {working.pid} on {socket.gethostname()}"
            assert f"Desk is being imported by {holder} since {since}." in one.complained()
        assert working.ended() == 0
        assert desk.digest() == clean


@pytest.mark.sqlite
def test_five_imports_begun_at_once_count_nothing_twice(
    sandbox: Sandbox, programs: Nursery, desk: Inflow, clean: str
) -> None:
    running = [programs.start(desk.settings.home, "import", "--json") for _ in range(5)]
    codes = [one.ended() for one in running]
    outcomes = [one.result()["outcome"] for one in running]

    assert set(outcomes) <= {"complete", "busy"}
    assert outcomes.count("complete") >= 1
    assert codes == [int(outcome != "complete") for outcome in outcomes]
    desk.check()
    assert desk.digest() == clean


def test_a_killed_importer_is_replaced_at_once(
    sandbox: Sandbox, programs: Nursery, desk: Inflow, clean: str
) -> None:
    reached = asked(sandbox, 40)
    killed = programs.start(desk.settings.home, "import")
    wait_for(reached)
    killed.kill()  # and nobody asks how it ended: it stays a zombie
    wait_for(killed.is_gone)
    assert desk.rows(schema.leases)

    begun = asked(sandbox, 1)
    other = programs.start(desk.settings.home, "import", "--json")
    wait_for(begun)
    assert time.monotonic() - other.began_at < 2
    assert (other.ended(), other.result()["outcome"]) == (0, "complete")
    assert desk.digest() == clean
    assert [row["outcome"] for row in desk.rows(schema.imports) if row["purpose"] == "import"] == [
        "interrupted",
        "complete",
    ]
    assert killed.ended() == -9


@pytest.mark.parametrize("more", [[], ["--purge"]], ids=["data kept", "data removed"])
def test_an_import_whose_integration_is_removed_says_so(
    programs: Nursery, tmp_path: Path, database: str, more: list[str]
) -> None:
    """Not that another process took over."""
    gate = threading.Event()
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited", on_request=lambda *_: gate.wait(60)) as slow,
        inflow(tmp_path, slow) as desk,
    ):
        working = programs.start(tmp_path, "import", "--json")
        wait_for(lambda: desk.rows(schema.leases))
        removed = programs.start(tmp_path, "integrations", "remove", "Desk", *more)
        assert removed.ended() == 0, removed.complained()
        gate.set()
        assert working.ended() == 1
        error = working.result()["error"]
        assert error["code"] == "integration-removed"
        assert error["message"].startswith("The integration Desk was removed.")
