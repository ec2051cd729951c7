"""Forecasts of desks that nobody tuned on, against what came: days and quarter hours."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command does; a second one spins, for nothing

import numpy as np

from benchmarks.report import Budget, table, verdict
from freshdesk_core.forecast import Forecast, History, Slots, forecast
from freshdesk_core.sandbox import World

SEEDS = (101, 102, 103)
START, DAYS = date(2024, 2, 5), 900
TICKETS = 60_000
QUEUES = 6  # of each desk, the largest; its largest group, and all of it
ENOUGH = 50
AHEAD = 28
ENDS = (840, 790, 724, 660, 500)  # days of history; what came in the 28 after each is compared
ZONE = "Europe/Berlin"
SLOTS = 96
RATIO_DAYS, RATIO_SLOTS, RATIO_WORST, CPU_SECONDS = 0.75, 0.80, 0.90, 6.0
COVERED = (0.75, 0.87)


@dataclass(frozen=True)
class Judged:
    """WAPE by that of seasonal naive, and the share of what came within the band."""

    ratio: float
    wape: float
    coverage: float


def main() -> bool:
    """Measure and print; True when the budgets are kept."""
    rows: list[tuple[object, ...]] = []
    days, slots, seconds = [], [], []
    for name, counts in _series():
        of_days, of_slots, took = zip(*(_judge(counts, end) for end in ENDS), strict=True)
        by_day, by_slot = _together(of_days), _together(of_slots)
        days.append(by_day)
        seconds.append(max(took))
        volume = float(counts.sum() / len(counts))
        if volume >= ENOUGH:
            slots.append(by_slot)
        shown = (by_day.ratio, by_day.wape, by_day.coverage, by_slot.ratio, by_slot.coverage)
        rows.append((name, volume, *shown, seconds[-1]))
    print(f"{AHEAD} days ahead from {len(ENDS)} ends of history; seeds {', '.join(map(str, SEEDS))}\n")
    heads = ("days ÷ naive", "WAPE", "in band", "¼ h ÷ naive", "in band")
    table(("series", "a day", *heads, "CPU, s"), rows)
    print(f"Quarter hours are judged from {ENOUGH} contacts a day on: with fewer, chance alone is more.\n")
    return verdict(
        [
            *_budgets("days", days, RATIO_DAYS),
            *_budgets("quarter hours", slots, RATIO_SLOTS),
            Budget("CPU per forecast with its back-test, worst", max(seconds), CPU_SECONDS, " s"),
        ]
    )


def _budgets(what: str, judged: list[Judged], ratio: float) -> list[Budget]:
    ratios = [one.ratio for one in judged]
    covered = float(np.mean([one.coverage for one in judged]))
    return [
        Budget(
            f"{what}: WAPE ÷ seasonal naive, geometric mean", float(np.exp(np.mean(np.log(ratios)))), ratio
        ),
        Budget(f"{what}: the same, worst series", max(ratios), RATIO_WORST),
        Budget(f"{what}: in the 80 % band, mean", covered, COVERED[1]),
        Budget(f"{what}: outside the 80 % band, mean", 1 - covered, 1 - COVERED[0]),
    ]


def _series() -> Iterator[tuple[str, np.ndarray]]:
    """Contacts per local day and quarter hour: of each desk, and of its largest queues."""
    for seed in SEEDS:
        world = World(seed, start_day=START, tickets=TICKETS, days=DAYS)
        queues = _queues(world)
        yield f"desk {seed}", _counts([at for times in queues.values() for at in times])
        group = Counter(key[0] for key, times in queues.items() for _at in times).most_common(1)[0][0]
        largest = [at for key, times in queues.items() if key[0] == group for at in times]
        yield f"{seed}: group {group}", _counts(largest)
        for key, times in sorted(queues.items(), key=lambda item: -len(item[1]))[:QUEUES]:
            yield f"{seed}: {' '.join(map(str, key))}", _counts(times)


def _queues(world: World) -> dict[tuple[int, int, str], list[int]]:
    account = world.at(world.ends_at)
    found: dict[tuple[int, int, str], list[int]] = {}
    for ticket in account.tickets.values():
        key = (ticket.group_id or 0, ticket.source)
        found.setdefault((*key, "Tickets"), []).append(ticket.created_at)
        for conversation in account.conversations.get(ticket.id, []):
            if conversation.incoming and not conversation.private:
                found.setdefault((*key, "Replies"), []).append(conversation.created_at)
    return found


def _counts(times: list[int]) -> np.ndarray:
    """One row per whole local day, one column per quarter hour of the clock."""
    zone, cells = ZoneInfo(ZONE), Counter[tuple[int, int]]()
    for at in times:
        local = datetime.fromtimestamp(at, zone)
        cells[(local.date() - START).days, (local.hour * 60 + local.minute) // 15] += 1
    counts = np.zeros((DAYS, SLOTS))
    for (day, slot), n in cells.items():
        if 0 <= day < DAYS:
            counts[day, slot] = n
    return counts[1:-1]


def _judge(counts: np.ndarray, end: int) -> tuple[Judged, Judged, float]:
    """Forecast from the first *end* days, and compare."""
    known = counts[:end]
    history = History(START + timedelta(days=1), known.sum(axis=1), slots=Slots(15, known), zone=ZONE)
    began = time.process_time()
    said = forecast(history, AHEAD)
    took = time.process_time() - began
    came = counts[end : end + AHEAD]
    naive = np.resize(known[-7:], came.shape)
    return (*_compare(said, came, naive), took)


def _compare(said: Forecast, came: np.ndarray, naive: np.ndarray) -> tuple[Judged, Judged]:
    assert said.steps is not None and said.intervals is not None
    steps = _judged(said.steps.values, said.steps.low, said.steps.high, came.sum(axis=1), naive.sum(axis=1))
    if len(said.intervals.values) != came.size:  # the clock changes: leave the comparison to the other ends
        return steps, Judged(np.nan, np.nan, np.nan)
    parts = said.intervals
    return steps, _judged(parts.values, parts.low, parts.high, came.ravel(), naive.ravel())


def _judged(
    said: np.ndarray, low: np.ndarray, high: np.ndarray, came: np.ndarray, naive: np.ndarray
) -> Judged:
    error, naively = np.abs(said - came).sum(), np.abs(naive - came).sum()
    covered = (came >= low) & (came <= high)
    return Judged(float(error / naively), float(error / came.sum()), float(covered.mean()))


def _together(judged: tuple[Judged, ...]) -> Judged:
    """Geometric mean of the ratios, means of the rest, over the ends of a series."""
    return Judged(
        float(np.exp(np.nanmean(np.log([one.ratio for one in judged])))),
        float(np.nanmean([one.wape for one in judged])),
        float(np.nanmean([one.coverage for one in judged])),
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
