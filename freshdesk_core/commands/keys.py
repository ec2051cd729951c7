"""``keys generate | list | revoke``: the Inflow API keys with which events are sent."""

import argparse
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.commands.options import number, open_store, say, table
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.events.keys import EventKey
    from freshdesk_core.store import Store


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser("keys", help="make, list and end the Inflow API keys that send events")
    actions = parser.add_subparsers(dest="action", required=True)
    generate = actions.add_parser("generate", help="make a key and print it, once")
    generate.add_argument("name", help="the integration")
    generate.add_argument("--label", default="", help="where the key will be used")
    generate.epilog = (
        "The key in use before stays good for 24 hours, so that it can be replaced without losing an "
        "event; end it sooner with: keys revoke NAME KEY_ID"
    )
    listing = actions.add_parser("list", help="list the keys of an integration")
    listing.add_argument("name", help="the integration")
    revoke = actions.add_parser("revoke", help="end a key at once")
    revoke.add_argument("name", help="the integration")
    revoke.add_argument("key_id", type=number, metavar="KEY_ID", help="as keys list tells it")
    for action in (generate, listing, revoke):
        action.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    from freshdesk_core.store import integrations

    store = open_store()
    with store.read() as connection:
        integration_id = integrations.named(connection, args.name).integration_id
    if args.action == "generate":
        return _generate(args, store, integration_id)
    return (_list if args.action == "list" else _revoke)(args, store, integration_id)


def _generate(args: argparse.Namespace, store: "Store", integration_id: int) -> int:
    from freshdesk_core.events import keys

    made = keys.generate(COMMAND_LINE, store, integration_id, label=args.label)
    if args.json:
        print(json.dumps({"id": made.key_id, "key": made.text}))
        return 0
    print(made.text)
    say(_("This is the only time the key is shown. Keep it as you keep a password."))
    ending = [key for key in keys.of(store, integration_id) if key.superseded_by == made.key_id]
    for key in ending:
        say(_("The key {id} stays good until {until}.").format(id=key.key_id, until=_iso(key.expires_at)))
    return 0


def _list(args: argparse.Namespace, store: "Store", integration_id: int) -> int:
    from freshdesk_core.events import keys

    found = keys.of(store, integration_id)
    if args.json:
        print(json.dumps([_as_json(key) for key in found], indent=2, ensure_ascii=False))
        return 0
    if not found:
        say(_("There is no key yet. Make one with: python -m freshdesk_core keys generate NAME"))
        return 0
    head = [_("id"), _("key"), _("state"), _("last used"), _("label")]
    rows = [[key.key_id, key.shown, _state(key), _iso(key.last_used_at), key.label or None] for key in found]
    print(table(head, rows))
    return 0


def _revoke(args: argparse.Namespace, store: "Store", integration_id: int) -> int:
    from freshdesk_core.events import keys

    ended = keys.revoke(COMMAND_LINE, store, integration_id, args.key_id)
    if args.json:
        print(json.dumps(_as_json(ended), ensure_ascii=False))
    else:
        print(_("The key {id} has ended; events sent with it are refused.").format(id=ended.key_id))
    return 0


def _state(key: "EventKey") -> str:
    if not key.is_live(time.time()):
        return _("ended")
    if key.expires_at is not None:
        return _("good until {until}").format(until=_iso(key.expires_at))
    return _("good")


def _as_json(key: "EventKey") -> dict[str, object]:
    times = ("created_at", "last_used_at", "expires_at", "revoked_at", "last_refused_at")
    return {
        "id": key.key_id,
        "key": key.shown,
        "label": key.label,
        "is_live": key.is_live(time.time()),
        **{name: _iso(getattr(key, name)) for name in times},
        "last_address": key.last_address,
        "superseded_by": key.superseded_by,
        "refused": key.refused,
    }


def _iso(epoch: int | None) -> str | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC).isoformat()
