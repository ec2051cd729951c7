"""``integrations add | list | remove``: which Freshdesk accounts are imported."""

import argparse
import getpass
import json
import os
import sys
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from freshdesk_core.errors import ConfigError
from freshdesk_core.loopback import is_loopback
from freshdesk_core.messages import MESSAGES
from freshdesk_core.settings import Settings
from freshdesk_core.store.integrations import Integration
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.importing.connect import Findings

TRIES = 2  # somebody waits for the answer


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser("integrations", help="connect, list and remove Freshdesk accounts")
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="test a Freshdesk key and save the account")
    add.add_argument("name", help="says where the data come from; unique")
    add.add_argument("--domain", required=True, help="the full domain, such as example.freshdesk.com")
    add.add_argument("--since", metavar="YYYY-MM-DD", help="count contacts from this day on (default: all)")
    add.add_argument("--json", action="store_true", help="print one JSON document")
    add.epilog = "The API key is read from INFLOW_FRESHDESK_KEY, else from standard input."
    listing = actions.add_parser("list", help="list the accounts")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    remove = actions.add_parser("remove", help="stop importing an account and forget its key")
    remove.add_argument("name")
    remove.add_argument("--purge", action="store_true", help="delete everything imported for it, too")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    return {"add": _add, "list": _list, "remove": _remove}[args.action](args)


def _add(args: argparse.Namespace) -> int:
    from freshdesk_core.api import Freshdesk
    from freshdesk_core.importing.connect import check
    from freshdesk_core.store import Store, integrations

    settings = Settings.from_environment()
    since = _date(args.since) if args.since else None
    key = _key()
    with Freshdesk(args.domain, key, tries=TRIES, allow_loopback=settings.allow_loopback) as freshdesk:
        found = check(freshdesk)
    store = Store.open(settings)
    with store.write() as connection:
        saved = integrations.add(
            connection,
            settings,
            name=args.name,
            domain=found.domain,
            api_key=key,
            time_zone=found.time_zone,
            since=_start(since, found.time_zone),
            shortcomings=found.shortcomings,
        )
        twin = integrations.same_account(connection, saved)
    if twin is not None:
        text = _(
            "Warning: {domain} is connected as {name}, too: its contacts count twice. Remove one of them."
        )
        print(text.format(domain=saved.domain, name=twin.name), file=sys.stderr)
    for code in found.shortcomings:
        print(_("Warning: {text}").format(text=_shortcoming(code)), file=sys.stderr)
    if args.json:
        print(json.dumps(_as_json(saved) | _findings(found), ensure_ascii=False))
    else:
        print(_("{name} is connected to {domain}.").format(name=saved.name, domain=saved.domain))
        print(_seen(found))
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


def _seen(found: "Findings") -> str:
    """What the key can see, in a line."""
    is_admin = "not-account-administrator" not in found.shortcomings
    is_global = "scope-not-global" not in found.shortcomings
    return _(
        "The key is {role} and sees {scope}: {groups} groups, {sources} sources, {calls} calls a minute."
    ).format(
        role=_("an Account Administrator's") if is_admin else _("no Account Administrator's"),
        scope=_("all tickets") if is_global else _("only a part of the tickets"),
        groups=found.groups,
        sources=found.sources,
        calls=_("an unknown number of") if found.plan_total is None else found.plan_total,
    )


def _findings(found: "Findings") -> dict[str, object]:
    return {
        "groups": found.groups,
        "sources": found.sources,
        "calls_per_minute": found.plan_total,
        "shortcomings": list(found.shortcomings),
    }


def _list(args: argparse.Namespace) -> int:
    from freshdesk_core.store import Store, integrations

    with Store.open(Settings.from_environment()).read() as connection:
        found = integrations.real_ones(connection)
    if args.json:
        print(json.dumps({"integrations": [_as_json(one) for one in found]}, ensure_ascii=False))
        return 0
    if not found:
        print(_("No Freshdesk account is connected yet."))
    for one in found:
        state = (
            _("removed, data kept") if one.removed_at else _("key ends in {hint}").format(hint=one.key_hint)
        )
        mark = _("sandbox, ") if is_loopback(one.domain) else ""
        print(f"{one.name}\t{one.domain}\t{one.time_zone}\t{mark}{state}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    from freshdesk_core.store import Store, integrations, leases

    store = Store.open(Settings.from_environment())
    with store.read() as connection:
        integration = integrations.named(connection, args.name)
    receipt = None
    with store.write() as connection:
        leases.take_away(connection, integration.integration_id)  # an import under way ends at its next step
        if args.purge:
            receipt = integrations.purge(connection, integration.integration_id)
        else:
            integrations.remove(connection, integration.integration_id)
    if receipt is None:
        print(_("{name} is removed; what was imported stays.").format(name=integration.name))
        return 0
    store.checkpoint(truncate=True)  # the journal still holds what was deleted
    rows = ", ".join(f"{table} {count}" for table, count in receipt.items() if count)
    print(
        _("{name} is removed with everything imported for it ({rows}).").format(
            name=integration.name, rows=rows
        )
    )
    return 0


def _shortcoming(code: str) -> str:
    message = MESSAGES[code]
    return " ".join(_(part) for part in (message.what, message.figures, message.next_step) if part)


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError("bad-date", text=text) from error
    if day.isoformat() != text:  # 20260301 and 2026-W10-1 are dates to Python, not to this contract
        raise ConfigError("bad-date", text=text)
    return day


def _start(since: date | None, zone: str) -> int | None:
    """Midnight of a day in the account's zone, as epoch seconds."""
    if since is None:
        return None
    start = datetime.combine(since, time(), ZoneInfo(zone))
    if start > datetime.now(UTC):
        raise ConfigError("start-in-future", text=since.isoformat())
    return int(start.timestamp())


def _as_json(integration: Integration) -> dict[str, object]:
    since = integration.since
    return {
        "name": integration.name,
        "domain": integration.domain,
        "time_zone": integration.time_zone,
        "since": None if since is None else datetime.fromtimestamp(since, UTC).isoformat(),
        "key_hint": integration.key_hint,
        "is_sandbox": is_loopback(integration.domain),
        "is_removed": integration.removed_at is not None,
    }
