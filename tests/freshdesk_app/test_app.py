"""The app for Freshdesk, on Node, against the receiver as a process of its own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import select

from freshdesk_core.events import activity, key_text
from freshdesk_core.events.parsing import OF_CONVERSATIONS, OF_TICKETS
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.store.event_schema import events
from tests.events import programs

HERE = Path(__file__).parent
APP = HERE.parents[1] / "freshdesk_app"
SECONDS = 120
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(NODE is None, reason="the app runs on Node: install it (Debian: nodejs)"),
]


def test_the_app_tells_the_receiver_what_happens(
    store: Store, settings: Settings, desk: int, key: str
) -> None:
    """All of ``app.test.mjs``; afterwards the store knows each kind of event, and what the app dropped."""
    with programs.started(settings.home) as (receiver, port):
        told = _node(
            "--test",
            "--test-reporter=tap",
            str(HERE / "app.test.mjs"),
            INFLOW_PORT=str(port),
            INFLOW_KEY=key,
            INFLOW_UNKNOWN_KEY=key_text.make(),
        )
        assert programs.end(receiver) == ""
    assert told.returncode == 0, told.stdout + told.stderr
    assert "# skipped 0" in told.stdout
    assert "# pass 0" not in told.stdout
    with store.read() as connection:
        names = set(connection.execute(select(events.c.name).distinct()).scalars())
        tickets = set(connection.execute(select(events.c.ticket_id).distinct()).scalars())
    assert names == {*OF_TICKETS, *OF_CONVERSATIONS, "test", "heartbeat"}
    assert {1, 2, 3, 4} <= tickets
    found = activity.of(store, desk)
    assert found.dropped == 50 + 6 + 5 + 1
    assert found.dead_letters == 0


@pytest.mark.parametrize("file", sorted(APP.rglob("*.js")), ids=lambda file: file.name)
def test_each_file_is_javascript(file: Path) -> None:
    """Node reads each file of the app without a word."""
    checked = _node("--check", str(file))
    assert (checked.returncode, checked.stderr) == (0, "")


def _node(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    return subprocess.run(
        [NODE, *arguments],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
