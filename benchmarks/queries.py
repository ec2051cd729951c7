"""How long the answers take that pages show: three years in the store, windows up to a year, any zone."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice

import numpy as np

from benchmarks import desk
from benchmarks.report import Budget, table, verdict
from freshdesk_core import volumes
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.volumes import EVERYTHING, Window

# Queues → milliseconds within which 95 of 100 answers have to come.
BUDGETS = {40: 100.0, 320: 250.0}
ASKED = 40
ZONES = ("Europe/Amsterdam", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")
YEAR, WEEK = 365, 7  # days
NOW = int(datetime(desk.END.year, desk.END.month, desk.END.day, tzinfo=UTC).timestamp())

Question = Callable[[Store, Window], object]


def _offered(interval: str, *by: str, fill: bool = False) -> Question:
    return lambda store, window: volumes.offered(store, window, interval, by, EVERYTHING, fill)


def _summary(store: Store, window: Window) -> object:
    return volumes.summary(store, window, EVERYTHING, NOW)


def _overview(store: Store, window: Window) -> None:
    """Everything that the Overview asks when nothing of it is remembered."""
    _summary(store, window)
    _offered("1d", "kind", fill=True)(store, window)
    volumes.ticket_totals(store, window)
    volumes.queues(store, window)
    volumes.queues(store, window.previous())
    _offered("1d", "queue", fill=True)(store, window)


# What is asked, over how many days.
QUESTIONS: dict[str, tuple[int, Question]] = {
    "offered, by day": (YEAR, _offered("1d")),
    "offered, by day and kind": (YEAR, _offered("1d", "kind", fill=True)),
    "offered, by day and queue": (YEAR, _offered("1d", "queue")),
    "offered, by day and queue, filled": (YEAR, _offered("1d", "queue", fill=True)),
    "offered, by quarter hour": (WEEK, _offered("15min")),
    "offered, by quarter hour and queue": (WEEK, _offered("15min", "queue")),
    "queues": (YEAR, volumes.queues),
    "pairs": (YEAR, volumes.pairs),
    "summary": (YEAR, _summary),
    "ticket_totals, by day": (YEAR, volumes.ticket_totals),
    "reconcile": (YEAR, volumes.reconcile),
}
PAGES: dict[str, tuple[int, Question]] = {"all that the Overview asks": (YEAR, _overview)}


def main() -> bool:
    """Measure and print; True when every budget is kept."""
    results = [_measure(queues, limit) for queues, limit in BUDGETS.items()]
    return all(results)


def _measure(queues: int, limit: float) -> bool:
    with _filled(queues) as (store, cells):
        print(f"{queues} queues × 3 years: {cells:,} cells; {ASKED} answers each, in five zones\n")
        found = {
            name: _milliseconds(store, days, question)
            for name, (days, question) in (QUESTIONS | PAGES).items()
        }
    rows = [
        (name, (QUESTIONS | PAGES)[name][0], float(np.percentile(took, 50)), float(np.percentile(took, 95)))
        for name, took in found.items()
    ]
    table(("answer", "days", "p50, ms", "p95, ms"), rows)
    worst = max((row for row in rows if row[0] in QUESTIONS), key=lambda row: row[3])
    return verdict([Budget(f"p95 with {queues} queues, at worst ({worst[0]})", worst[3], limit, " ms")])


@contextmanager
def _filled(queues: int) -> Iterator[tuple[Store, int]]:
    with tempfile.TemporaryDirectory() as home:
        store = Store.open(Settings.from_environment({"INFLOW_HOME": home}))
        try:
            yield store, desk.furnish(store, queues)
        finally:
            store.close()


def _milliseconds(store: Store, days: int, question: Question) -> list[float]:
    """The time of each answer. Every window is another one, so that nothing is remembered."""
    took: list[float] = []
    for back, zone in islice(enumerate(cycle(ZONES), start=1), ASKED):
        end = desk.END - timedelta(days=back)
        window = Window.of_days(end - timedelta(days=days), end, zone)
        began = time.perf_counter()
        question(store, window)
        took.append(1000 * (time.perf_counter() - began))
    return took


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
