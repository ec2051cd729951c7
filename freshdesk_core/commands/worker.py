"""``worker``: the scheduled import as a process of its own; the app starts one too."""

import argparse
import os
import sys
import threading

from freshdesk_core import logs
from freshdesk_core.commands.stopping import leaving, told_by_signals
from freshdesk_core.settings import Settings


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser("worker", help="import every integration on schedule until stopped")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end when the process that started it does"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until SIGINT, SIGTERM or, on request, until standard input closes."""
    from freshdesk_core.importing.worker import Worker
    from freshdesk_core.store import Store, leases

    logs.to_stderr()
    settings = Settings.from_environment()
    stop = threading.Event()
    store = Store.open(settings)
    with told_by_signals(stop, lambda: leases.abandon(store)):
        if args.until_stdin_closes:
            if hasattr(os, "nice"):
                os.nice(10)  # a page that someone waits for goes before an import that nobody does
            late = leaving(lambda: leases.abandon(store))
            threading.Thread(target=_watch_stdin, args=(stop, late), name="stdin", daemon=True).start()
        Worker(store, settings, stop).run()
    return 0


def _watch_stdin(stop: threading.Event, late: threading.Timer) -> None:
    # Not through sys.stdin: the interpreter, ending while this thread waits in it, would abort.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()
    late.start()
