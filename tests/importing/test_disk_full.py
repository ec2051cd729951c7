"""A disk that is full: the store stays whole, error and status name the disk, and the work goes on."""

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from freshdesk_core.sandbox import Sandbox
from tests.importing.inflow import Inflow
from tests.importing.nursery import Nursery, nursery
from tests.importing.test_kills import check_file, small_desk, small_inflow

pytestmark = pytest.mark.sqlite  # a server has a disk of its own
LIMITS = 20


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(small_desk(3, 500, 1_400), plan="unlimited") as running:
        yield running


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("said")) as running:
        yield running


def pages(home: Path) -> int:
    with closing(sqlite3.connect(home / "inflow.db")) as raw:
        return int(raw.execute("PRAGMA page_count").fetchone()[0])


@pytest.fixture(scope="module")
def clean(
    sandbox: Sandbox, programs: Nursery, tmp_path_factory: pytest.TempPathFactory, database: str
) -> tuple[int, int, str]:
    """Pages of an empty store and of a full one, and the digest of an import that had room enough."""
    home = tmp_path_factory.mktemp("clean")
    with small_inflow(home, sandbox) as here:
        empty = pages(home)
        assert programs.start(home, "import").ended() == 0
        return empty, pages(home), here.digest()


def check_told(programs: Nursery, here: Inflow, code: int, complaint: str) -> None:
    """The program says that the disk is full, and so does the status from then on."""
    home = here.settings.home
    assert code == 1
    assert f"No space is left on the disk that holds {home / 'inflow.db'}." in complaint
    assert "Traceback" not in complaint
    asked = programs.start(home, "status", "--json")
    assert asked.ended() == 1
    (shown,) = json.loads(asked.said())["integrations"]
    assert (shown["state"], shown["broken_link"]) == ("action_needed", None)
    assert shown["next_step"].startswith("Free some space")


def test_at_twenty_growing_limits_nothing_breaks_and_all_is_made_up_for(
    sandbox: Sandbox, programs: Nursery, tmp_path: Path, clean: tuple[int, int, str]
) -> None:
    """SQLite's file may have so many pages and no more: it fails as on a disk without space."""
    empty, full, digest = clean
    with small_inflow(tmp_path, sandbox) as here:
        most = empty + (full - empty) * 4 // 5  # what is written in other portions may lie a bit denser
        limits = [empty + (most - empty) * step // LIMITS for step in range(LIMITS)]
        assert len(set(limits)) == LIMITS
        for limit in limits:
            program = programs.start(tmp_path, "import", at={"point": "pages", "number": limit})
            code = program.ended()
            here.check()
            check_file(tmp_path)
            check_told(programs, here, code, program.complained())
        assert programs.start(tmp_path, "import").ended() == 0
        here.check()
        assert here.digest() == digest


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, in memory; only root may have one."""
    where = tmp_path / "disk"
    where.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(where)], capture_output=True
    )
    if made.returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield where
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)


@pytest.mark.nightly
def test_a_real_disk_that_grows_too_slowly(
    sandbox: Sandbox, programs: Nursery, disk: Path, clean: tuple[int, int, str]
) -> None:
    """Journal and all: where nothing can be written, not even how the run ended, the status still knows."""

    def grow(kilobytes: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", str(disk)], check=True)

    grow(2_048)
    with small_inflow(disk, sandbox) as here:
        here.store.checkpoint(truncate=True)
        first = int(subprocess.check_output(["du", "-sk", str(disk)]).split()[0])
        failed = 0
        for step in range(LIMITS):
            grow(first + 8 * step)
            program = programs.start(disk, "import")
            code = program.ended()
            here.check()
            check_file(disk)
            if code:
                failed += 1
                check_told(programs, here, code, program.complained())
        assert failed >= LIMITS // 2
        grow(64 * 1_024)
        assert programs.start(disk, "import").ended() == 0
        here.check()
        assert here.digest() == clean[2]
