"""``volumes``: offered contacts per interval, as CSV, JSON or in injixo's form."""

import argparse
import json
import sys
from dataclasses import replace

from freshdesk_core.commands.options import (
    add_window,
    filters_of,
    open_store,
    say,
    say_nothing_proven,
    say_whose,
    window_of,
)
from freshdesk_core.terms import DIMENSIONS, INTERVALS
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext

EPILOG = """\
Without --from and --to all whole days are given, in the time zone, that are proven to be complete:
the same days for every --interval, so the sums agree. A week or month that begins before the first day
or ends after the last sums what lies inside.

Columns: interval_start (ISO 8601 with offset), those of --by in the order given (queue gives queue and
queue_id), offered. Only intervals with contacts, unless --fill adds the rest: 0 where it is proven that
there were none, empty where there is no data.

The form injixo has the columns Queue;Date;Time;Offered;Handled;Channel. It asks for Handled, which
Freshdesk does not report: Handled repeats Offered there. There is no AHT.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "volumes",
        help="offered contacts per interval",
        description="Offered contacts per interval.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_window(parser)
    parser.add_argument(
        "--interval", choices=INTERVALS, default="1d", help="1w is an ISO week, 1MS a month (1d)"
    )
    parser.add_argument(
        "--by",
        type=_dimensions,
        metavar="DIMENSIONS",
        help=f"tell apart by any of {', '.join(DIMENSIONS)}, with commas",
    )
    parser.add_argument(
        "--without-unknown", action="store_true", help="leave spam and deleted tickets' contacts out"
    )
    parser.add_argument("--fill", action="store_true", help="give the intervals without contacts, too")
    parser.add_argument(
        "--format", choices=("csv", "json", "injixo"), default="csv", help="form of the answer (csv)"
    )
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Print the volumes."""
    is_injixo = args.format == "injixo"
    if is_injixo and args.by not in (None, ("queue",)):
        args.parser.error("--format injixo is by queue; leave --by out")
    from freshdesk_core import export, volumes

    store = open_store()
    filters = replace(filters_of(store, args), without_unknown=args.without_unknown)
    window = window_of(store, args, filters)
    say_whose(store, filters)
    by = ("queue",) if is_injixo else args.by or ()
    frame = volumes.offered(store, window, args.interval, by, filters, args.fill)
    _say_unproven(frame.attrs["unproven"], frame.attrs["intervals"], fill=args.fill and not is_injixo)
    if args.format == "json":
        json.dump(export.records(frame), sys.stdout, ensure_ascii=False)
        print()
    else:
        sys.stdout.write(export.injixo_csv(frame) if is_injixo else export.csv_text(frame))
    return 0


def _say_unproven(unproven: int, intervals: int, *, fill: bool) -> None:
    if not intervals:
        say_nothing_proven()
    elif unproven:
        what = ngettext(
            "{n} of {all} intervals is not proven to be complete",
            "{n} of {all} intervals are not proven to be complete",
            unproven,
        ).format(n=unproven, all=intervals)
        say(what + (_("; it is empty where data lack.") if fill else _(" and left out, wherever data lack.")))


def _dimensions(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(","))
    if wrong := [name for name in names if name not in DIMENSIONS]:
        raise argparse.ArgumentTypeError(f"{wrong[0]!r} is not one of {', '.join(DIMENSIONS)}")
    if len(set(names)) < len(names):
        raise argparse.ArgumentTypeError("the same one twice")
    return names
