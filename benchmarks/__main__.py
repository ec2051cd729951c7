"""Runs every benchmark, or those named: ``python -m benchmarks [import_speed] [queries] …``."""

import argparse
import os
import platform
import sys
from importlib import import_module

ALL = ("import_speed", "queries", "replies", "pages", "calls", "events", "edits", "forecast")
ON_REQUEST = ("mutants",)  # it says what the tests are worth, not how fast anything is, and takes long


def main() -> int:
    """Measure; exit code 1 when a budget is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure against the budgets.")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"which (default: all but the last): {', '.join(ALL + ON_REQUEST)}",
    )
    names = parser.parse_args().names or ALL
    if unknown := set(names) - {*ALL, *ON_REQUEST}:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the start\n")
    results = []
    for name in names:
        print(f"## {name}\n", flush=True)
        results.append(import_module(f"benchmarks.{name}").main())
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
