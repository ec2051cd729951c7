"""Whoever calls Freshdesk draws from the one budget of the account: imports, checks of keys, comparisons."""

import inspect
import math
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.errors import RateLimited
from freshdesk_core.importing import life
from freshdesk_core.importing.budget import SharedLimiter
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.importing.stopping import Interrupted, patience
from freshdesk_core.importing.verifying import verify
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, NAME, Inflow, inflow

pytestmark = pytest.mark.sqlite  # the same statements as of the shared budget itself, tested on both

Deed = Callable[[Inflow, Sandbox], object]

DEEDS: dict[str, Deed] = {
    "import": lambda here, _: bring_up_to_date(here.store, here.settings, here.integration),
    "check of a key": lambda here, sandbox: life.check_key(
        COMMAND_LINE, here.store, here.settings, sandbox.domain, sandbox.api_key
    ),
    "connect": lambda here, sandbox: life.connect(
        *(COMMAND_LINE, here.store, here.settings),
        **{"name": "Another", "domain": sandbox.domain, "api_key": sandbox.api_key},
    ),
    "another key": lambda here, sandbox: life.replace_key(
        COMMAND_LINE, here.store, here.settings, NAME, sandbox.api_key
    ),
    "check again": lambda here, _: life.check_again(COMMAND_LINE, here.store, here.settings, NAME),
    "verify": lambda here, _: _verify(here),
}


def _verify(here: Inflow, stop: threading.Event | None = None) -> int:
    start = 1_773_000_000 // DAY * DAY
    id_ = here.integration.integration_id
    return verify(here.store, here.settings, [id_], start, start + 2 * DAY, stop=stop)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(3):
        script.reply(script.ticket(at="2026-03-09"), at="2026-03-09T03:00:00Z")
    with Sandbox(script, plan="pro") as running:
        yield running


@pytest.fixture
def here(tmp_path: Path, sandbox: Sandbox) -> Iterator[Inflow]:
    with inflow(tmp_path, sandbox) as one:
        yield one


def _drawn(here: Inflow) -> int:
    with here.store.read() as connection:
        draws = "SELECT coalesce(sum(credits), 0) FROM budget_draws"
        return int(connection.exec_driver_sql(draws).scalar_one())


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_each_call_is_drawn_from_the_budget_of_the_account(
    here: Inflow, sandbox: Sandbox, deed: Deed
) -> None:
    deed(here, sandbox)

    assert sandbox.requests
    assert _drawn(here) >= len(sandbox.requests)


@pytest.mark.parametrize("deed", [DEEDS["check of a key"], DEEDS["another key"], DEEDS["check again"]])
def test_nobody_who_waits_calls_while_another_process_is_told_to_wait(
    here: Inflow, sandbox: Sandbox, deed: Deed
) -> None:
    """Ten minutes are too long for a person; so it is said at once, and nothing is called."""
    _other_process(here).pause(600)

    found = deed(here, sandbox)

    assert isinstance(found, life.Check)
    assert isinstance(found.error, RateLimited)
    assert sandbox.requests == []


def test_a_comparison_waits_while_another_process_is_told_to_wait(here: Inflow, sandbox: Sandbox) -> None:
    _other_process(here).pause(600)
    stop = threading.Event()
    stop.set()  # a wait ends at once with this; nothing else does

    assert _verify(here, stop) == 0
    assert sandbox.requests == []


def test_a_client_cannot_be_made_without_a_budget() -> None:
    for make, name in ((Freshdesk, "limiter"), (client_of, "store")):
        assert inspect.signature(make).parameters[name].default is inspect.Parameter.empty


def test_a_client_that_nobody_can_stop_waits_to_the_end() -> None:
    patience()(0.01)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        patience(threading.Event(), stop)(600)


def _other_process(here: Inflow) -> SharedLimiter:
    return SharedLimiter(here.store, here.integration.domain, MinuteLimiter())


def test_many_short_clients_do_not_use_up_the_minute(tmp_path: Path, database: str) -> None:
    """Each draws in blocks of a second's budget; the next one spends what the one before left."""
    with Sandbox(Script(), plan="pro") as sandbox, inflow(tmp_path, sandbox) as here:
        began = time.time()
        for _client in range(30):
            with client_of(here.settings, here.integration, store=here.store) as freshdesk:
                freshdesk.me()
        seconds = math.ceil(time.time() - began) + 1
        drawn = sum(row["credits"] for row in here.rows(schema.budget_draws))

    assert drawn <= 30 + seconds * 320 / 60
