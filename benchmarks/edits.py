"""What is lost while agents edit and an importer pages: page numbers against our way, on the same desk.

The sandbox's clock goes on by what a list call takes at the Growth plan's pace, without anybody waiting; by
that clock agents edit. What each method has seen after one pass is held against the tickets that were there
all the time.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from statistics import mean

from sqlalchemy import select

from benchmarks.account import Server
from benchmarks.report import Budget, table, verdict
from benchmarks.wire import PlainConnection
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.run import Import
from freshdesk_core.sandbox import Faults, Sandbox
from freshdesk_core.sandbox.account import Event
from freshdesk_core.sandbox.desks import Desk, w4
from freshdesk_core.sandbox.deskwork import Shares, written
from freshdesk_core.sandbox.meanwhile import AT_REST
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, integrations
from freshdesk_core.store.schema import tickets

TICKETS = 5_000
DAYS = 350
RATES = (60, 600, 3_600)
SEEDS = range(1, 21)
SECONDS_A_LIST = 3  # Growth: 20 ticket lists a minute
PER_PAGE = 100
# What page numbers were found to lose elsewhere, on average, at these rates.
ELSEWHERE = {60: 0.95, 600: 11.6, 3_600: 72.7}

Way = Callable[[Sandbox, Store, Settings], set[int]]


@dataclass(frozen=True)
class Pass:
    """One pass over one desk."""

    lost: int
    lists: int


def by_page_numbers(sandbox: Sandbox, _store: Store, _settings: Settings) -> set[int]:
    """As importers commonly do it: pages 1, 2, 3 … in the order of ``updated_at``, until one is not full."""
    seen: set[int] = set()
    with closing(PlainConnection(Server(sandbox.domain, sandbox.api_key))) as connection:
        for page in range(1, 301):
            rows = json.loads(
                connection.get(
                    "/api/v2/tickets?updated_since=2000-01-01T00:00:00Z&order_by=updated_at&order_type=asc"
                    f"&include=stats&per_page={PER_PAGE}&page={page}"
                )
            )
            seen.update(row["id"] for row in rows)
            if len(rows) < PER_PAGE:
                return seen
    raise AssertionError("a list has an end")


def by_inflow(sandbox: Sandbox, store: Store, settings: Settings) -> set[int]:
    """One whole import into a store."""
    with store.write() as connection:
        integration = integrations.add(
            connection,
            settings,
            name=f"Desk {len(integrations.all_of(connection)) + 1}",  # a port may come again
            domain=sandbox.domain,
            api_key=sandbox.api_key,
            time_zone="Europe/Berlin",
            since=None,
        )
    with client_of(settings, integration, store=store) as freshdesk:
        outcome = Import(store, integration, freshdesk, threads=settings.threads).run()
    if outcome.error is not None:
        raise outcome.error
    with store.read() as connection:
        mine = tickets.c.integration_id == integration.integration_id
        return set(connection.execute(select(tickets.c.ticket_id).where(mine)).scalars())


def main() -> bool:
    """Measure and print; True when our way loses nothing."""
    found: dict[tuple[int, Way], list[Pass]] = {}
    with tempfile.TemporaryDirectory() as home:
        settings = Settings.from_environment({"INFLOW_HOME": home, "INFLOW_ALLOW_LOOPBACK": "1"})
        with closing(Store.open(settings)) as store:
            for seed in SEEDS:
                events = _events(seed)
                for rate in RATES:
                    for way in (by_page_numbers, by_inflow):
                        done = once(way, events, seed, rate, store, settings)
                        found.setdefault((rate, way), []).append(done)
    return _report(found)


def once(way: Way, events: list[Event], seed: int, rate: int, store: Store, settings: Settings) -> Pass:
    """Read a desk once while it is edited.

    Args:
        way: How it is read.
        events: The desk's past.
        seed: Of the edits: the same edits for each way, as far as both last equally long.
        rate: Edits an hour.
        store: For a way that needs one.
        settings: Likewise.
    """
    desk = Desk(events, DAYS, AT_REST, seed)
    faults = Faults(f"edits={rate}/h", f"pace={SECONDS_A_LIST}s~tickets\\?.*per_page={PER_PAGE}", seed=seed)
    with Sandbox(desk, plan="unlimited", faults=faults) as sandbox:
        before = _listed(sandbox)
        seen = way(sandbox, store, settings)
        there = before & _listed(sandbox)
        queries = [one.query for one in sandbox.requests if one.path == "/api/v2/tickets"]
    lists = sum(f"per_page={PER_PAGE}" in query and "filter" not in query for query in queries)
    return Pass(len(there - seen), lists)


def _report(found: dict[tuple[int, Way], list[Pass]]) -> bool:
    print(
        f"{TICKETS:,} tickets, {len(SEEDS)} desks, list calls at the Growth plan's pace.\n"
        "Tickets lost and list calls made in one pass, on average:\n"
    )
    rows = []
    for rate in RATES:
        theirs, ours = found[rate, by_page_numbers], found[rate, by_inflow]
        lost, calls, our_lost, our_calls = (
            float(mean(getattr(one, what) for one in passes))
            for passes in (theirs, ours)
            for what in ("lost", "lists")
        )
        rows.append((rate, lost, ELSEWHERE[rate], calls, our_lost, our_calls))
    heads = ("edits an hour", "page numbers lose", "found elsewhere", "calls", "we lose", "our calls")
    table(heads, rows)
    lost = sum(one.lost for (_rate, way), passes in found.items() if way is by_inflow for one in passes)
    return verdict([Budget(f"tickets lost by us in {len(SEEDS) * len(RATES)} passes", lost, 0)])


def _events(seed: int) -> list[Event]:
    shares = Shares(trashed=0.03, spam=0.02, gone=0.02)
    return written(seed, w4(conversations=1).ends_at, DAYS, TICKETS, TICKETS // 10, shares, bulk=0)


def _listed(sandbox: Sandbox) -> set[int]:
    """The tickets that the ordinary list shows now."""
    return {ticket.id for ticket in sandbox.truth().tickets.values() if ticket.stream == "default"}


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
