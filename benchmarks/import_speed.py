"""How fast an import is, against the bare wire of the same run.

The account is served without latency or rate limit, so that all the time beyond the wire is our own.
"""

import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import importer, wire
from benchmarks.account import Server, served
from benchmarks.importer import Imported
from benchmarks.report import Budget, table, verdict

# Freshdesk lists no ticket that has rested for 120 days, so the account is younger. Of its tickets some are
# purged again; about 5,000 are left, with about 16,500 conversations.
TICKETS = 5_130
DAYS = 90
START, UNTIL = "2026-01-05", "2026-04-05T00:00:00+00:00"
ROUNDS = 3

MOST_RATIO = 4.5
MOST_MEGABYTES = 150
MORE_CALLS = 10
MOST_CALLS_AGAIN = 6
MOST_SHARE_OF_CALLS = 0.6
MOST_BYTES = 250


@dataclass(frozen=True)
class Round:
    """One turn of everything: the wire over one connection and over several, three imports."""

    alone: float
    together: float
    raw: float
    first: Imported  # every thread fetched
    short: Imported  # as an import is done, without the threads in which no customer answered
    again: Imported  # the same once more, nothing changed

    @property
    def ratio(self) -> float:
        """The import's time over that of the bare wire with as many connections."""
        return self.first.wall / self.together


def main() -> bool:
    """Measure and print; True when every budget is kept."""
    threads = int(os.environ.get("INFLOW_THREADS", "4"))
    with served(tickets=TICKETS, days=DAYS, start=START, until=UNTIL) as server:
        targets = wire.questions(server)
        wire.seconds(server, targets, threads)  # the server has rendered everything once: all start alike
        rounds = [_round(server, targets, threads) for _ in range(ROUNDS)]
    return _report(rounds, len(targets), threads)


def _round(server: Server, targets: list[str], threads: int) -> Round:
    # The wire on both sides of the import: what else the machine does then hits both alike.
    before = wire.seconds(server, targets, threads)
    with tempfile.TemporaryDirectory() as home:
        first = importer.run(server, Path(home), threads, shortcut=False)
    after = wire.seconds(server, targets, threads)
    with tempfile.TemporaryDirectory() as home:
        short, again = (importer.run(server, Path(home), threads) for _ in range(2))
    return Round(
        alone=wire.seconds(server, targets, 1),
        together=(before + after) / 2,
        raw=wire.seconds(server, targets, threads, wire.RawConnection),
        first=first,
        short=short,
        again=again,
    )


def _report(rounds: list[Round], calls: int, threads: int) -> bool:
    first, short = rounds[0].first, rounds[0].short
    wall = statistics.median(one.together for one in rounds)
    print(
        f"Import of {first.tickets:,} tickets and {first.conversations:,} conversations, "
        f"{threads} connections; median of {len(rounds)} rounds\n"
    )

    def median(*path: str) -> float:
        return statistics.median(_reach(one, path) for one in rounds)

    rows = [
        ("bare wire, 1 connection", median("alone"), median("alone") / wall, calls, "", ""),
        (f"bare wire, {threads} connections", wall, 1.0, calls, "", ""),
        (f"bare wire, {threads} raw sockets", median("raw"), median("raw") / wall, calls, "", ""),
        *(
            (
                name,
                median(which, "wall"),
                median(which, "wall") / wall,
                getattr(rounds[0], which).calls,
                median(which, "cpu"),
                f"{median(which, 'peak_megabytes'):.0f}",
            )
            for name, which in (
                ("import, every thread", "first"),
                ("import with the shortcut", "short"),
                ("the same again", "again"),
            )
        ),
    ]
    table(("what", "wall, s", "× bare wire", "calls", "CPU, s", "peak, MB"), rows)
    print(
        f"The import's process from start to end: {median('first', 'process'):.2f} s. "
        f"Each round's ratio: {', '.join(f'{one.ratio:.2f}' for one in rounds)}. "
        f"Store: {first.store_megabytes:.1f} MB.\n"
    )
    return verdict(
        [
            Budget("import ÷ bare wire", statistics.median(one.ratio for one in rounds), MOST_RATIO),
            Budget("memory", max(one.first.peak_megabytes for one in rounds), MOST_MEGABYTES, " MB"),
            Budget("calls", max(one.first.calls for one in rounds), calls + MORE_CALLS),
            Budget("calls with the shortcut ÷ bare calls", short.calls / calls, MOST_SHARE_OF_CALLS),
            Budget(
                "rounds in which the shortcut counts other contacts",
                sum(one.short.contacts_digest != one.first.contacts_digest for one in rounds),
                0,
            ),
            Budget("calls of a second import", max(one.again.calls for one in rounds), MOST_CALLS_AGAIN),
            Budget(
                "store per conversation",
                first.store_megabytes * importer.MEGABYTE / first.conversations,
                MOST_BYTES,
                " bytes",
            ),
            Budget("new contacts of a second import", max(one.again.new_contacts for one in rounds), 0),
        ]
    )


def _reach(thing: object, path: tuple[str, ...]) -> float:
    for name in path:
        thing = getattr(thing, name)
    assert isinstance(thing, int | float)
    return float(thing)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
