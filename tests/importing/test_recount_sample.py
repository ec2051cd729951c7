"""The sample account itself: what a newcomer sees is what an independent, plain recount gets."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from freshdesk_core import volumes
from freshdesk_core.importing import sample
from freshdesk_core.sandbox import Sandbox, World
from tests.importing.inflow import DAY, inflow
from tests.importing.plain_recount import recount

START = date(2025, 10, 16)


@pytest.mark.sqlite
@pytest.mark.nightly
def test_every_queue_and_quarter_hour_of_the_sample_equals_the_recount(tmp_path: Path) -> None:
    """Imported as the app does it: with the shortcut, and with the audit that brings the archived tickets."""
    world = World(sample.SEED, start_day=START, tickets=sample.TICKETS, days=sample.DAYS)
    assert world.ends_at == world.starts_at + timedelta(days=sample.DAYS).total_seconds()
    with Sandbox(world, until=world.ends_at, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here.complete()
        here.audit()
        frame = volumes.queues(here.store, volumes.Window(0, DAY, "UTC"))
        names = dict(zip(frame["queue_id"], frame["queue"], strict=True))
        found: Counter[tuple[str, int]] = Counter()
        for (queue_id, quarter), count in here.by_quarter().items():
            found[names[queue_id], quarter] += count

    contacts, _reasons, _rows = recount(world.at(world.ends_at), audited=True)
    assert found == contacts
    assert sum(contacts.values()) > 20_000
