"""What the reading commands have in common: the store, dates, zones, integrations."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from freshdesk_core.errors import ConfigError
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.store import Store
    from freshdesk_core.volumes import Filters, Window

LARGEST = 2**63 - 1


def add_window(parser: argparse.ArgumentParser) -> None:
    """Add ``--from``, ``--to``, ``--tz`` and ``--integration``."""
    parser.add_argument(
        "--from", dest="first", metavar="D", help="first day, YYYY-MM-DD (the first whole day that is proven)"
    )
    parser.add_argument(
        "--to", dest="end", metavar="D", help="the day after the last, YYYY-MM-DD (of those that are proven)"
    )
    parser.add_argument(
        "--tz", dest="zone", metavar="ZONE", help="IANA time zone (the account's own, else UTC)"
    )
    parser.add_argument("--integration", metavar="NAME", help="one integration only")


def open_store() -> "Store":
    """Open the store that the environment names."""
    from freshdesk_core.store import Store

    return Store.open(Settings.from_environment())


def filters_of(store: "Store", args: argparse.Namespace) -> "Filters":
    """The filters of a command line.

    Raises:
        ConfigError: ``no-integration``: there is none yet; ``no-such-integration``.
    """
    from freshdesk_core import volumes
    from freshdesk_core.store import integrations

    if not volumes.integrations(store):
        raise ConfigError("no-integration")
    if not args.integration:
        return volumes.EVERYTHING
    with store.read() as connection:
        found = integrations.named(connection, args.integration)
    return replace(volumes.EVERYTHING, integrations=(found.integration_id,))


def window_of(store: "Store", args: argparse.Namespace, filters: "Filters") -> "Window":
    """The window of a command line; what is not said is taken from the whole days that are proven.

    Raises:
        ConfigError: ``bad-date``, ``bad-zone``, ``bad-range``.
    """
    from freshdesk_core.volumes import Window, default_window
    from freshdesk_core.volumes.windows import day_start, iso

    first, end = as_day(args.first), as_day(args.end)
    proven = default_window(store, filters, args.zone)
    if first is not None and end is not None:
        return Window.of_days(first, end, proven.zone)
    if proven.is_empty or (first is None and end is None):
        return proven
    start = proven.start if first is None else day_start(first, proven.zone)
    stop = proven.end if end is None else day_start(end, proven.zone)
    if start >= stop:
        raise ConfigError("bad-range", first=iso(start, proven.zone)[:10], end=iso(stop, proven.zone)[:10])
    return Window(start, stop, proven.zone)


def say_whose(store: "Store", filters: "Filters") -> None:
    """Say beside the results whose figures they are, unless they are those of a real, present account."""
    from freshdesk_core import volumes

    everyone = volumes.integrations(store)
    named = [info for info in everyone if info.integration_id in filters.integrations]
    shown = named or volumes.shown_accounts(everyone)
    if any(info.is_sample for info in shown):
        say(_("These are figures of the built-in sample account."))
    elif sandboxes := [info.name for info in shown if info.is_sandbox]:
        say(
            _("These are figures of a sandbox, not of a real Freshdesk: {names}.").format(
                names=", ".join(sandboxes)
            )
        )
    if removed := [info.name for info in shown if info.is_removed]:
        say(_("No longer imported, because it was removed: {names}.").format(names=", ".join(removed)))


def say_nothing_proven() -> None:
    """Tell why there are no figures."""
    say(_("Nothing is proven to be complete yet, so there are no figures. Run the import, then ask again."))


def say(text: str) -> None:
    """Tell something beside the results."""
    print(text, file=sys.stderr)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay rows out for reading: the first column to the left, the others to the right; "–" is no data."""
    cells = [list(head), *[["–" if value is None else str(value) for value in row] for row in rows]]
    widths = [max(len(row[n]) for row in cells) for n in range(len(head))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if n else text.ljust(width)
            for n, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def number(text: str) -> int:
    """An id on a command line: from 1 to the largest that a database keeps. Else wrong usage."""
    try:
        found = int(text)
    except ValueError:
        found = 0
    if not 1 <= found <= LARGEST:
        raise argparse.ArgumentTypeError(_("not a number from 1 to {most}").format(most=LARGEST))
    return found


def as_day(text: str | None) -> date | None:
    """A day of a command line; None where none was given.

    Raises:
        ConfigError: ``bad-date``.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError("bad-date", text=text) from error
    if day.isoformat() != text:  # 20260301 and 2026-W10-1 are dates to Python, not to this contract
        raise ConfigError("bad-date", text=text)
    return day
