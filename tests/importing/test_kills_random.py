"""Killed with SIGKILL at any moment, again and again: nothing is lost, nothing counted twice.

``INFLOW_KILLS=1000 python -m pytest -m nightly tests/importing/test_kills_random.py`` kills as often, on each
database; n kills without a loss prove, at 95 %, that fewer than 3/n lose anything.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core import volumes
from freshdesk_core.sandbox import Sandbox, w3
from freshdesk_core.sandbox.desks import Desk
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.nursery import Nursery, nursery
from tests.importing.plain_recount import recount
from tests.importing.programs import asked, wait_for
from tests.importing.test_kills import check_file, read, settled

OFTEN = int(os.environ.get("INFLOW_KILLS", "200"))
SEEDS = (2, 5, 7, 9, 11)
MOST_CALLS = 80  # that an importer may make before it is killed
MOST_SECONDS = 0.02  # and how long it may go on then


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("said")) as running:
        yield running


class Killing:
    """One store whose importers are killed until it is complete all the same."""

    def __init__(self, programs: Nursery, sandbox: Sandbox, here: Inflow, chance: random.Random) -> None:
        self._programs, self._sandbox, self._here, self._chance = programs, sandbox, here, chance
        self.kills = 0

    def go_on(self, most: int) -> None:
        """Kill so often, unless an importer comes to its end before."""
        while self.kills < most and not self._is_one_complete():
            self.kills += 1
            self._here.check()
        self._complete()

    def _is_one_complete(self) -> bool:
        """Start one, kill it; it may have been quicker."""
        before, done = len(self._sandbox.requests), settled(self._here)
        reached = asked(self._sandbox, self._chance.randrange(MOST_CALLS))
        program = self._programs.start(self._here.settings.home, "import")
        wait_for(lambda: reached() or program.is_gone())
        time.sleep(self._chance.random() * MOST_SECONDS)
        program.kill()
        code = program.ended()
        assert code in (0, -9), program.complained()
        again = read(self._sandbox.requests[before:])
        assert not done["threads"] & set(again["threads"])
        assert not done["ids"] & set(again["ids"])
        return code == 0

    def _complete(self) -> None:
        program = self._programs.start(self._here.settings.home, "import")
        assert program.ended() == 0, program.complained()
        self._here.check()
        check_file(self._here.settings.home)
        outcomes = [row["outcome"] for row in self._here.rows(schema.imports)]
        assert outcomes[-1] == "complete"
        assert set(outcomes) <= {"complete", "interrupted"}


def check_truth(here: Inflow, desk: Desk) -> None:
    """Each contact of the account once, in its quarter hour and queue; no ticket too few or too many."""
    contacts, _reasons, rows = recount(desk.at(desk.present), audited=True)
    frame = volumes.queues(here.store, volumes.Window(0, DAY, "UTC"))
    names = dict(zip(frame["queue_id"], frame["queue"], strict=True))
    found: Counter[tuple[str, int]] = Counter()
    for (queue_id, quarter), count in here.by_quarter().items():
        found[names[queue_id], quarter] += count
    assert found == contacts
    assert len(here.rows(schema.tickets)) == rows["tickets"]


def kill(programs: Nursery, home: Path, seed: int, times: int) -> None:
    """So many kills, on as many stores as it takes, of the desk with this seed."""
    desk, chance, kills = w3(seed), random.Random(seed), 0
    with Sandbox(desk, plan="unlimited") as sandbox:
        with inflow(home / "clean", sandbox) as here:
            assert programs.start(here.settings.home, "import").ended() == 0
            check_truth(here, desk)
            clean = here.digest()
        while kills < times:
            with inflow(home / str(kills), sandbox) as here:
                killing = Killing(programs, sandbox, here, chance)
                killing.go_on(times - kills)
                kills += killing.kills
                assert here.digest() == clean


@pytest.mark.sqlite
def test_killed_twenty_times_it_comes_to_the_same(programs: Nursery, tmp_path: Path, database: str) -> None:
    """In the listings, between threads, in a transaction, in the audit and the totals."""
    kill(programs, tmp_path, 7, 20)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_all_night(programs: Nursery, tmp_path: Path, database: str, seed: int) -> None:
    kill(programs, tmp_path, seed, -(-OFTEN // len(SEEDS)))
