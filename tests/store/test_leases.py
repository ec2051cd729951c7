"""One importer at a time: who holds a lease, for how long, and who may take it over."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import delete, select, update

from freshdesk_core.errors import Busy
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations, leases, schema
from freshdesk_core.store.integrations import Integration
from tests.store.programs import said, start

HOLD = """
store = Store.open(settings)
with store.read() as connection:
    (desk,) = integrations.all_of(connection)
with leases.held(store, desk):
    print("holding", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def desk(store: Store, settings: Settings) -> Integration:
    with store.write() as connection:
        return integrations.add(
            connection,
            settings,
            **{"name": "Desk", "domain": "desk.freshdesk.com", "api_key": "key", "time_zone": "UTC"},
            since=None,
        )


@pytest.fixture
def other(desk: Integration, settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lease."""
    assert desk.name == "Desk"
    process = start(settings.home, HOLD)
    assert said(process) == "holding"
    yield process
    process.kill()
    process.communicate()


def test_the_second_is_told_who_holds_it_and_since_when(
    store: Store, desk: Integration, other: subprocess.Popen[str]
) -> None:
    before = time.monotonic()
    with pytest.raises(Busy) as refused, leases.held(store, desk):
        pass
    assert time.monotonic() - before < 2
    assert refused.value.figures["name"] == "Desk"
    assert refused.value.figures["holder"] == f"process {other.pid} on {socket.gethostname()}"
    since = time.strptime(str(refused.value.figures["since"]), "%Y-%m-%d %H:%M:%S UTC")
    assert since


@pytest.mark.parametrize("buried", [True, False], ids=["reaped", "zombie"])
def test_a_killed_holder_is_replaced_at_once(
    store: Store, desk: Integration, other: subprocess.Popen[str], buried: bool
) -> None:
    """Also while it is a zombie: its parent, a container's first process say, may never ask how it ended."""
    other.send_signal(signal.SIGKILL)
    if buried:
        other.wait()
    else:
        until = time.monotonic() + 10
        while psutil.Process(other.pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < until
            time.sleep(0.01)

    with leases.held(store, desk), store.read() as connection:
        present = leases.holder(connection, desk.integration_id)
    assert present is not None
    assert present.pid == os.getpid()


def test_another_process_with_a_dead_holder_s_number_is_no_holder(store: Store, desk: Integration) -> None:
    with leases.held(store, desk):
        with store.write() as connection:
            connection.execute(update(schema.leases).values(process_started_at=1))
        with leases.held(store, desk):
            pass


def test_a_second_s_doubt_about_when_a_process_began_kills_no_holder(store: Store, desk: Integration) -> None:
    """The system works it out from its clock, which is corrected while it runs."""
    with leases.held(store, desk):
        with store.write() as connection:
            started = schema.leases.c.process_started_at
            connection.execute(update(schema.leases).values(process_started_at=started + 1))
        with pytest.raises(Busy), leases.held(store, desk):
            pass


def test_a_lease_that_could_not_be_given_back_is_taken_again_at_once(store: Store, desk: Integration) -> None:
    """The store was gone when the run ended: the row stayed, and nobody in this process holds it."""
    with leases.held(store, desk), store.read() as connection:
        (row,) = connection.execute(select(schema.leases)).mappings()
    with store.write() as connection:
        connection.execute(schema.leases.insert().values(**row))

    with leases.held(store, desk) as again:
        assert again.token != row["token"]


def test_a_holder_on_another_machine_is_believed_until_its_lease_runs_out(
    store: Store, desk: Integration
) -> None:
    with leases.held(store, desk) as mine:
        with store.write() as connection:
            connection.execute(update(schema.leases).values(host="elsewhere", pid=1))
            (expires_at,) = connection.execute(select(schema.leases.c.expires_at)).one()
        with pytest.raises(Busy) as refused, leases.held(store, desk, clock=lambda: expires_at - 1):
            pass
        assert "process 1 on elsewhere" in str(refused.value)
        with leases.held(store, desk, clock=lambda: expires_at + 1) as theirs:
            assert theirs.token != mine.token


def test_a_lease_that_was_taken_over_ends_the_next_step_of_its_former_holder(
    store: Store, desk: Integration
) -> None:
    with leases.held(store, desk) as mine:
        later = leases.held(store, desk, clock=lambda: time.time() + 31)
        with later as theirs, store.write() as connection:
            theirs.check(connection)
            with pytest.raises(Busy):
                mine.check(connection)
        with store.write() as connection, pytest.raises(Busy) as lost:
            mine.check(connection)
        assert lost.value.error_code == "lease-lost"


def test_the_end_of_a_former_holder_leaves_the_new_one_alone(store: Store, desk: Integration) -> None:
    with leases.held(store, desk, clock=lambda: time.time() + 31) as theirs:
        with store.write() as connection:
            connection.execute(update(schema.leases).values(expires_at=0))
        with leases.held(store, desk):
            pass
        with store.write() as connection, pytest.raises(Busy):
            theirs.check(connection)


def test_a_lease_is_renewed_while_its_holder_lives(
    store: Store, desk: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "RENEW_SECONDS", 0.02)
    moments = iter(range(1_000, 1_000_000, 10))
    renewed = threading.Event()

    def clock() -> float:
        moment = next(moments)
        if moment > 1_030:
            renewed.set()
        return moment

    with leases.held(store, desk, clock=clock):
        assert renewed.wait(10)
        until = time.monotonic() + 10
        while _expires_at(store) <= 1_030 + leases.LEASE_SECONDS:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert _expires_at(store) is None


def _expires_at(store: Store) -> int | None:
    with store.read() as connection:
        return connection.execute(select(schema.leases.c.expires_at)).scalar()


def test_a_lease_ends_with_its_block_whatever_happened(store: Store, desk: Integration) -> None:
    with pytest.raises(ZeroDivisionError), leases.held(store, desk):
        raise ZeroDivisionError
    assert _expires_at(store) is None
    assert not [thread for thread in threading.enumerate() if thread.name == "lease"]


def test_of_many_threads_one_gets_it(store: Store, desk: Integration) -> None:
    got, refused = [], []
    done = threading.Barrier(6)

    def attempt() -> None:
        done.wait()
        try:
            with leases.held(store, desk) as lease:
                got.append(lease)
                while len(refused) < 5:
                    time.sleep(0.005)
        except Busy as busy:
            refused.append(busy)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 5)


def test_an_integration_purged_by_another_ends_the_import_too(store: Store, desk: Integration) -> None:
    with leases.held(store, desk) as lease:
        with store.write() as connection:
            connection.execute(delete(schema.leases))
        with store.write() as connection, pytest.raises(Busy):
            lease.check(connection)


def test_settings_of_another_home_have_another_lease(store: Store, desk: Integration, tmp_path: Path) -> None:
    settings = Settings.from_environment({"INFLOW_HOME": str(tmp_path / "elsewhere")})
    elsewhere = Store.open(settings)
    with elsewhere.write() as connection:
        twin = integrations.add(
            connection,
            settings,
            **{"name": "Desk", "domain": "desk.freshdesk.com", "api_key": "key", "time_zone": "UTC"},
            since=None,
        )
    with leases.held(store, desk), leases.held(elsewhere, twin):
        pass
    elsewhere.close()
