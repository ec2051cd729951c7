"""``reconcile``: contacts against Freshdesk's own tickets, every difference explained."""

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from freshdesk_core.commands.options import (
    add_window,
    filters_of,
    open_store,
    say_nothing_proven,
    say_whose,
    table,
    window_of,
)
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.volumes import Line

COLUMNS = ("freshdesk_tickets", "tickets_seen", "new_ticket_contacts", "replies", "offered", "unknown")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "reconcile",
        help="contacts against Freshdesk's own ticket totals",
        description="Contacts against Freshdesk's own ticket totals; – is not proven or not compared yet.",
    )
    add_window(parser)
    parser.add_argument("--group", metavar="G", help="one group only, by its name")
    parser.add_argument("--source", metavar="S", help="one source only, by its name in lower case")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the identity, in all, per day, group and source."""
    from freshdesk_core import volumes

    store = open_store()
    filters = replace(
        filters_of(store, args),
        groups=(args.group,) if args.group is not None else (),
        sources=(args.source,) if args.source is not None else (),
    )
    volumes.check_names(store, filters)
    window = window_of(store, args, filters)
    say_whose(store, filters)
    found = volumes.reconcile(store, window, filters)
    if args.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return 0
    if window.is_empty:
        say_nothing_proven()
        return 0
    print(found.sentence())
    for title, lines in (("day", found.days), ("group", found.groups), ("source", found.sources)):
        print()
        print(
            table((title, *COLUMNS), [_row(line) for line in [*lines, replace(found.total, name=_("total"))]])
        )
    return 0


def _row(line: "Line") -> list[object]:
    figures = line.figures()
    return [line.name, *(figures[name] for name in COLUMNS)]
