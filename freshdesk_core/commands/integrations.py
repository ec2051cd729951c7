"""``integrations``: connect Freshdesk accounts, and everything in their life until they are removed."""

import argparse
import getpass
import os
import sys
from datetime import date
from typing import TYPE_CHECKING

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.commands.checks import asking, print_json, say_problems, say_warnings, tell
from freshdesk_core.commands.listed import as_json, iso, show
from freshdesk_core.commands.options import as_day, number
from freshdesk_core.errors import ConfigError, CoreError
from freshdesk_core.settings import Settings
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext

if TYPE_CHECKING:
    from freshdesk_core.importing.purging import Receipt
    from freshdesk_core.store import Store

KEY_FROM = "The API key is read from INFLOW_FRESHDESK_KEY, else from standard input."
ALL = "all"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "integrations", help="connect, check, change and remove Freshdesk accounts"
    )
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="test a Freshdesk key and save the account", epilog=KEY_FROM)
    add.add_argument("name", help="says where the data come from; unique")
    add.add_argument("--domain", required=True, help="the full domain, such as example.freshdesk.com")
    add.add_argument("--since", metavar="YYYY-MM-DD", help="count contacts from this day on (default: all)")
    check = actions.add_parser("check", help="test the stored key again and say what it can see")
    change = actions.add_parser("set", help="change an account's name, start or key", epilog=KEY_FROM)
    pause = actions.add_parser("pause", help="import an account no more until it is resumed")
    resume = actions.add_parser("resume", help="import a paused account again; the gap closes by itself")
    remove = actions.add_parser("remove", help="stop importing an account and forget its key")
    purge = actions.add_parser("purge", help="delete imported data for good, and print a receipt")
    for one in (check, change, pause, resume, remove, purge):
        one.add_argument("name")
    change.add_argument("--name", dest="new_name", metavar="NEW", help="another name")
    change.add_argument("--since", metavar="YYYY-MM-DD", help=f"count from this day on; '{ALL}': everything")
    change.add_argument("--key", action="store_true", help="replace the API key; the new one is tested first")
    remove.add_argument("--purge", action="store_true", help="delete everything imported for it, too")
    what = purge.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--before", metavar="YYYY-MM-DD", help="all that is older; contacts count from this day on"
    )
    what.add_argument("--ticket", type=number, metavar="N", help="one ticket with its thread; it stays out")
    listing = actions.add_parser("list", help="list the accounts")
    reseal = actions.add_parser("reseal", help="seal the stored keys with the first key of INFLOW_SECRET_KEY")
    for one in (add, check, change, pause, resume, remove, purge, listing, reseal):
        one.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    actions = {
        "add": _add,
        "check": _check,
        "set": _set,
        "pause": _pause,
        "resume": _resume,
        "remove": _remove,
        "purge": _purge,
        "list": _list,
        "reseal": _reseal,
    }
    return actions[args.action](args)


def _add(args: argparse.Namespace) -> int:
    from freshdesk_core.api import clean_domain
    from freshdesk_core.importing import life

    settings = Settings.from_environment()
    since = as_day(args.since)
    key = _key()
    host = clean_domain(args.domain, settings.allow_loopback)  # before a store is made for it
    store = _open(settings)
    asking(host)
    done = life.connect(
        COMMAND_LINE, store, settings, name=args.name, domain=args.domain, api_key=key, since=since
    )
    saved = done.integration
    if saved is None:
        say_problems(done.check)
        return 1
    if done.twin is not None:
        text = _(
            "Warning: {domain} is connected as {name}, too: its contacts count twice. Remove one of them."
        )
        print(text.format(domain=saved.domain, name=done.twin.name), file=sys.stderr)
    if args.json:
        say_warnings(done.check)
        print_json(as_json(saved) | done.check.as_json())
    else:
        print(_("{name} is connected to {domain}.").format(name=saved.name, domain=saved.domain))
        tell(done.check)
    return 0


def _check(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import keeping, life

    settings = Settings.from_environment()
    store = _open(settings)
    asking(keeping.present(store, args.name).domain)
    found = life.check_again(COMMAND_LINE, store, settings, args.name)
    if args.json:
        print_json(found.as_json())
    else:
        tell(found)
    say_problems(found)
    return 1 if found.has_problem else 0


def _set(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import keeping, life
    from freshdesk_core.store import integrations

    if args.new_name is None and args.since is None and not args.key:
        raise ConfigError("nothing-to-set")
    settings = Settings.from_environment()
    since = None if args.since in (None, ALL) else as_day(args.since)
    key = _key() if args.key else ""
    store = _open(settings)
    integration = keeping.present(store, args.name)
    # Whatever can be refused is refused before anything is changed.
    keeping.start_of(since, integration.time_zone)
    if args.new_name is not None:
        with store.read() as connection:
            integrations.new_name(connection, integration.integration_id, args.new_name)
    told: list[str] = []
    try:
        if args.key:
            asking(integration.domain)
            found = life.replace_key(COMMAND_LINE, store, settings, integration.name, key)
            if found.has_problem:
                say_problems(found)
                return 1
            say_warnings(found)
            told.append(_("The key is replaced; nothing that was imported is fetched again."))
        if args.since is not None:
            told += _restart(store, integration.name, since)
        if args.new_name is not None:
            integration = life.rename(COMMAND_LINE, store, integration.name, args.new_name)
            told.append(_("It is named {name} now.").format(name=integration.name))
    except CoreError:
        for text in told:
            print(_("Done before: {what}").format(what=text), file=sys.stderr)
        raise
    return _changed(store, args, integration.name, *told)


def _restart(store: "Store", name: str, since: date | None) -> list[str]:
    from freshdesk_core.importing import life

    done = life.change_start(COMMAND_LINE, store, name, since)
    told = [
        _("{excluded} contacts lie before the new start, {counted} rows count by time again.").format(
            excluded=done.excluded, counted=done.counted
        )
    ]
    if done.is_earlier:
        told.append(_("The next import reads what lies between the new start and the old one."))
    return told


def _pause(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import keeping, life

    store = _open()
    before = keeping.present(store, args.name)
    life.pause(COMMAND_LINE, store, args.name)
    text = _("{name} is paused. What comes meanwhile is missing until it is resumed.")
    if before.paused_at is not None:
        told = _("{name} is paused already, by {by} since {since}. Nothing was changed.")
        text = told.replace("{by}", before.paused_by or "").replace("{since}", iso(before.paused_at))
    return _changed(store, args, args.name, text)


def _resume(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import keeping, life

    store = _open()
    is_running = keeping.present(store, args.name).paused_at is None
    life.resume(COMMAND_LINE, store, args.name)
    text = _("{name} is resumed. The next import closes the gap.")
    if is_running:
        text = _("{name} is not paused: it is imported already. Nothing was changed.")
    return _changed(store, args, args.name, text)


def _remove(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import life

    store = _open()
    if args.purge:
        return _print_receipt(args, life.purge(COMMAND_LINE, store, args.name))
    life.remove(COMMAND_LINE, store, args.name)
    return _changed(store, args, args.name, _("{name} is removed; what was imported stays."))


def _purge(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import life

    day = as_day(args.before)
    store = _open()
    if day is not None:
        return _print_receipt(args, life.purge_before(COMMAND_LINE, store, args.name, day))
    return _print_receipt(args, life.purge_ticket(COMMAND_LINE, store, args.name, args.ticket))


def _reseal(args: argparse.Namespace) -> int:
    from freshdesk_core.importing import life

    settings = Settings.from_environment()
    count = life.reseal(COMMAND_LINE, _open(settings), settings)
    if args.json:
        print_json({"resealed": count})
    else:
        print(ngettext("Sealed anew: {count} key.", "Sealed anew: {count} keys.", count).format(count=count))
    return 0


def _list(args: argparse.Namespace) -> int:
    from freshdesk_core.store import integrations

    with _open().read() as connection:
        found = integrations.real_ones(connection)
    show(found, is_json=args.json)
    return 0


def _key() -> str:
    """The Freshdesk key: from the environment, else typed unseen, else from a pipe."""
    key = os.environ.get("INFLOW_FRESHDESK_KEY")
    if not key:
        asking = sys.stdin.isatty()
        key = getpass.getpass(_("Freshdesk API key (not shown): ")) if asking else sys.stdin.readline()
    if not key.strip():
        raise ConfigError("no-key")
    return key.strip()


def _open(settings: Settings | None = None) -> "Store":
    """The store, with purges finished that were killed in the middle."""
    from freshdesk_core.importing import purging
    from freshdesk_core.store import Store

    store = Store.open(settings or Settings.from_environment())
    purging.finish(store)
    return store


def _changed(store: "Store", args: argparse.Namespace, name: str, *told: str) -> int:
    """Say what was done to an integration."""
    from freshdesk_core.store import integrations

    with store.read() as connection:
        integration = integrations.named(connection, name)
    if args.json:
        print_json(as_json(integration))
    else:
        for text in told:
            print(text.replace("{name}", integration.name))
    return 0


def _print_receipt(args: argparse.Namespace, receipt: "Receipt") -> int:
    if args.json:
        print_json(receipt.as_json())
    else:
        print(receipt.text)
    return 0
