"""``reconcile``: contacts against Freshdesk's own tickets, every difference explained."""

import argparse
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from freshdesk_core.commands.options import (
    add_window,
    filters_of,
    open_store,
    say,
    say_nothing_proven,
    say_whose,
    table,
    window_of,
)
from freshdesk_core.commands.stopping import told_by_signals
from freshdesk_core.store import leases
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.store import Store
    from freshdesk_core.volumes import Filters, Line, Reconciliation, Window

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
    parser.add_argument(
        "--verify", action="store_true", help="ask Freshdesk now, and name every ticket that differs"
    )
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
    if args.verify and not window.is_empty and not _verify(store, window, filters):
        say(_("Interrupted. The days asked for so far are kept; ask again for the rest."))
        return 1
    found = volumes.reconcile(store, window, filters)
    if args.json:
        print(json.dumps(found.as_json(), ensure_ascii=False))
        return 0
    if window.is_empty:
        say_nothing_proven()
        return 0
    print(found.sentence())
    if args.verify:
        _name(found)
    for title, lines in (("day", found.days), ("group", found.groups), ("source", found.sources)):
        print()
        print(
            table((title, *COLUMNS), [_row(line) for line in [*lines, replace(found.total, name=_("total"))]])
        )
    return 0


def _verify(store: "Store", window: "Window", filters: "Filters") -> bool:
    """Ask Freshdesk; False when told to stop meanwhile."""
    from freshdesk_core import volumes
    from freshdesk_core.importing.verifying import verify
    from freshdesk_core.settings import Settings

    shown = volumes.shown_accounts(volumes.integrations(store))
    chosen = filters.integrations or [info.integration_id for info in shown]
    stop = threading.Event()
    with told_by_signals(stop, lambda: leases.abandon(store)):
        verify(store, Settings.from_environment(), chosen, window.start, window.end, stop=stop)
    return not stop.is_set()


def _name(found: "Reconciliation") -> None:
    """Every ticket that only one side has; the next audit reads them one by one."""
    for title, tickets in (
        (_("In Freshdesk, never imported"), found.never_imported_tickets),
        (_("Imported, not found by Freshdesk's search"), found.unexplained_tickets),
    ):
        named = ", ".join(f"{name} #{ticket_id}" for name, ticket_id in tickets)
        print(_("{title}: {tickets}").format(title=title, tickets=named or _("none")))


def _row(line: "Line") -> list[object]:
    figures = line.figures()
    return [line.name, *(figures[name] for name in COLUMNS)]
