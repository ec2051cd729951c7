"""A range that was left while it was read again: it is gone on with only as long as that is true."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.importing import history, life, progress
from freshdesk_core.importing.log import Run
from freshdesk_core.sandbox import Sandbox
from freshdesk_core.store import schema
from tests.importing.inflow import NAME, Inflow, inflow
from tests.importing.week import week

pytestmark = pytest.mark.sqlite  # nothing here is special to a database

FIRST, END = date(2026, 3, 1), date(2026, 3, 8)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(week(), plan="unlimited") as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as one:
        one.complete()
        yield one


class _Left(BaseException):
    """A page that was left, as Streamlit tells it."""


def _leave(here: Inflow, when: Callable[[Run], bool]) -> None:
    """Begin to read the range again, and leave it."""

    def on_progress(run: Run) -> None:
        if when(run):
            raise _Left

    with pytest.raises(_Left):
        life.reimport(COMMAND_LINE, here.store, here.settings, NAME, FIRST, END, on_progress=on_progress)


def _spoil(here: Inflow) -> None:
    with here.store.write() as connection:
        connection.execute(update(schema.conversations).values(result="agent_reply"))


def _results(here: Inflow) -> set[str]:
    return {row["result"] for row in here.rows(schema.conversations)}


def test_a_run_that_was_left_does_not_look_as_if_it_went_on(here: Inflow) -> None:
    _leave(here, lambda run: run.phase == "conversations")
    newest = history.runs(here.store, here.integration.integration_id)[0]
    assert (newest.purpose, newest.outcome) == ("reimport", "interrupted")
    assert newest.ended_at is not None
    assert not any(one.is_running for one in progress.progress(here.store))


def test_a_range_of_which_nothing_was_left_to_read_is_read_again(here: Inflow) -> None:
    _leave(here, lambda run: bool(run.threads_read))
    _spoil(here)
    done = life.reimport(COMMAND_LINE, here.store, here.settings, NAME, FIRST, END)
    assert (done.outcome, done.changes["judged_anew"]) == ("complete", 7)
    assert _results(here) == {"counted"}


@pytest.mark.parametrize("reason", ["long ago", "imported since"])
def test_a_range_left_behind_begins_anew_once_it_is_stale(here: Inflow, reason: str) -> None:
    """Its threads were to be read next; what was told of the range then is not true any more."""
    _leave(here, lambda run: run.phase == "audit")
    assert here.rows(schema.life_schema.reimport_tickets) != []
    if reason == "long ago":
        with here.store.write() as connection:
            connection.execute(update(schema.imports).values(progressed_at=int(time.time()) - 3_700))
    else:
        here.complete()
    _spoil(here)
    with here.store.write() as connection:  # as one that was read until its last thread but two
        table = schema.life_schema.reimport_tickets
        connection.execute(table.delete().where(table.c.ticket_id > 2))
        connection.execute(update(schema.life_schema.reimports).values(phase="conversations"))
    done = life.reimport(COMMAND_LINE, here.store, here.settings, NAME, FIRST, END)
    assert (done.outcome, done.changes["judged_anew"]) == ("complete", 7)
    assert (done.before["replies"], done.after["replies"]) == (0, 7)
    assert _results(here) == {"counted"}
