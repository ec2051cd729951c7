"""``worker``: the scheduled import as a process of its own; the app starts one too."""

import argparse
import logging
import os
import signal
import sys
import threading

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
    from freshdesk_core.store import Store

    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Settings.from_environment()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if args.until_stdin_closes:
        if hasattr(os, "nice"):
            os.nice(10)  # a page that someone waits for goes before an import that nobody does
        threading.Thread(target=_watch_stdin, args=(stop,), name="stdin", daemon=True).start()
    Worker(Store.open(settings), settings, stop).run()
    return 0


def _watch_stdin(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()
