"""``reimport``: read a range of days again in place, and print what changed."""

import argparse
import json
import sys
import threading

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.commands.imports import interrupted, teller
from freshdesk_core.commands.options import as_day
from freshdesk_core.commands.stopping import told_by_signals
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "reimport",
        help="read a range of days again in place and print what changed",
        description="Reads the tickets made, and the conversations written, in a range of days again and "
        "prints what is different: before, after, rows by what changed. An interrupted one goes on.",
    )
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--from", dest="first", metavar="D", required=True, help="first day, YYYY-MM-DD")
    parser.add_argument("--to", dest="end", metavar="D", required=True, help="the day after the last")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read it again; 0 when all of it was read."""
    from freshdesk_core.importing import life
    from freshdesk_core.store import Store, integrations, leases

    first, end = as_day(args.first), as_day(args.end)
    if first is None or end is None:
        raise AssertionError("both are required")
    settings = Settings.from_environment()
    store = Store.open(settings)
    with store.read() as connection:
        name = integrations.named(connection, args.name).name
    stop = threading.Event()

    def leave() -> None:
        print(interrupted(), file=sys.stderr, flush=True)
        leases.abandon(store)

    with told_by_signals(stop, leave):
        done = life.reimport(
            COMMAND_LINE, store, settings, name, first, end, stop=stop, on_progress=teller(name)
        )
    if done.outcome == "interrupted":
        print(
            _("Interrupted. Run the same reimport again: it goes on from where it stopped."), file=sys.stderr
        )
    if done.error is not None:
        print(done.error, file=sys.stderr)
    if args.json:
        print(json.dumps({"name": name, **done.as_json()}, ensure_ascii=False))
    else:
        print(done.text)
    return 0 if done.outcome == "complete" else 1
