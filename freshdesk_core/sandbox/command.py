"""The ``sandbox`` command: serve a made-up account until told to stop."""

import argparse
import json
import os
import signal
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from freshdesk_core.sandbox.limits import PLANS

if TYPE_CHECKING:
    from freshdesk_core.sandbox.application import Source
    from freshdesk_core.sandbox.server import Sandbox

YEARS = range(1990, 2101)
DESK_NAMES = ("W1", "W2", "W3", "W4")
_SWITCHES = "(the fault switches)"


class _Help(argparse.RawDescriptionHelpFormatter):
    """Adds the switches only when help is asked for: each command of the core comes by here."""

    def add_text(self, text: str | None) -> None:
        """Add a paragraph."""
        if text == _SWITCHES:
            from freshdesk_core.sandbox.spoiling.table import as_help

            text = as_help()
        super().add_text(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.formatter_class = _Help
    parser.epilog = _SWITCHES
    parser.add_argument(
        "--world",
        choices=DESK_NAMES,
        help="a ready-made desk in place of the seeded one (--tickets, --days and --start do not apply)",
    )
    parser.add_argument(
        "--faults", type=_faults, metavar="LIST", help="what goes wrong, as in 5xx=20%%,reset=5%%; see below"
    )
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument(
        "--tickets", type=_tickets, default=5_000, metavar="N", help="how many tickets (5000)"
    )
    parser.add_argument("--days", type=_days, default=180, metavar="D", help="over how many days (180)")
    parser.add_argument("--seed", type=_seed, default=1, metavar="S", help="another number, another desk (1)")
    parser.add_argument(
        "--plan", choices=tuple(PLANS), default="pro", help="plan that sets the rate limit (pro)"
    )
    parser.add_argument("--live", action="store_true", help="let time run on: new tickets keep coming")
    parser.add_argument(
        "--start",
        type=_day,
        metavar="YYYY-MM-DD",
        help="day of the first ticket (today − days)",
    )
    parser.add_argument(
        "--until",
        type=_moment,
        metavar="TIME",
        help="show the world at this ISO 8601 time (UTC); default: now",
    )
    parser.add_argument(
        "--events",
        metavar="URL",
        help="tell Inflow there of what happens, as the app for Freshdesk does; as in http://127.0.0.1:8502/events",
    )
    parser.add_argument(
        "--events-key",
        default=os.environ.get("INFLOW_EVENTS_KEY"),
        metavar="KEY",
        help="the Inflow API key for --events (INFLOW_EVENTS_KEY)",
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end when standard input closes, with its parent"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM (or the end of stdin, if asked); prints one line when ready.

    Returns:
        The exit code: 0; 1 where the port is taken; 2 where the options do not go together.
    """
    from freshdesk_core.sandbox import Faults, Sandbox

    faults = Faults(*filter(None, [args.faults]), seed=args.seed)
    if faults.need_time and not args.live:
        print("Edits by the hour need time that runs: add --live, or pace=3s to the faults.", file=sys.stderr)
        return 2
    if args.events and not args.events_key:
        print("--events needs an Inflow API key: --events-key or INFLOW_EVENTS_KEY.", file=sys.stderr)
        return 2
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    if args.until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(stopped,), daemon=True).start()
    try:
        sandbox = Sandbox(
            _source(args), until=args.until, live=args.live, plan=args.plan, port=args.port, faults=faults
        )
    except OSError as error:
        print(f"Port {args.port} on 127.0.0.1 cannot be used: {error.strerror}.", file=sys.stderr)
        return 1
    with sandbox:
        keys = {name: getattr(sandbox, name) for name in ("api_key", "agent_key", "restricted_key")}
        print(json.dumps({"domain": sandbox.domain, **keys}), flush=True)
        with _telling(sandbox, args):
            stopped.wait()
    return 0


def _telling(sandbox: "Sandbox", args: argparse.Namespace) -> AbstractContextManager[object]:
    if not args.events:
        return nullcontext()
    from freshdesk_core.sandbox.telling import Teller

    return Teller(sandbox, args.events, args.events_key)


def _source(args: argparse.Namespace) -> "Source":
    from freshdesk_core.sandbox import World
    from freshdesk_core.sandbox.desks import DESKS

    if args.world:
        return DESKS[args.world](args.seed)
    return World(args.seed, start_day=_start(args), tickets=args.tickets, days=args.days)


def _start(args: argparse.Namespace) -> date:
    if args.start is not None:
        start: date = args.start
        return start
    today = datetime.now(UTC) if args.until is None else datetime.fromtimestamp(args.until, UTC)
    return today.date() - timedelta(days=args.days)


def _watch_stdin(stopped: threading.Event) -> None:
    descriptor = sys.stdin.fileno()
    while os.read(descriptor, 4096):
        pass
    stopped.set()


def _faults(text: str) -> str:
    from freshdesk_core.sandbox import Faults, UnknownFaultError

    try:
        Faults(text)
    except UnknownFaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _whole(text: str, low: int, high: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"not a whole number from {low} to {high}")
    return number


def _port(text: str) -> int:
    return _whole(text, 0, 65_535)


def _tickets(text: str) -> int:
    return _whole(text, 1, 1_000_000)


def _days(text: str) -> int:
    return _whole(text, 1, 3_650)


def _seed(text: str) -> int:
    return _whole(text, 0, 2**63 - 1)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise argparse.ArgumentTypeError(f"not a day of the years {YEARS[0]} to {YEARS[-1]}: {text!r}")
    return day


def _moment(text: str) -> int:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        when = datetime.min.replace(tzinfo=UTC)
    if when.year not in YEARS:
        raise argparse.ArgumentTypeError(
            f"not an ISO 8601 time of the years {YEARS[0]} to {YEARS[-1]}: {text!r}"
        )
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
