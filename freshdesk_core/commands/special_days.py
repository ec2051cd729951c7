"""``special-days list | add | remove``: holidays and remarks, a year of them by a script."""

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING

from freshdesk_core.access import COMMAND_LINE
from freshdesk_core.commands.options import number, open_store, say, table
from freshdesk_core.errors import ConfigError
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.store import Store


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "special-days",
        help="set holidays and remarks, which charts show and no figure heeds",
        description="Holidays and remarks: seen in every chart over days, they change no figure.",
    )
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="set a special day and print its number")
    adding.add_argument("day", metavar="DATE", help="YYYY-MM-DD")
    adding.add_argument("name", metavar="NAME", help="what to call it")
    adding.add_argument("--kind", choices=("holiday", "remark"), default="holiday", help="(holiday)")
    listing = actions.add_parser("list", help="list the special days")
    removing = actions.add_parser("remove", help="take a special day back")
    removing.add_argument(
        "special_day_id", type=number, metavar="NUMBER", help="as special-days list tells it"
    )
    for action in (adding, listing):
        action.add_argument("--integration", metavar="NAME", help="of one integration only (of all)")
        action.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 when it is done."""
    store = open_store()
    if args.action == "remove":
        from freshdesk_core.store import special_days

        special_days.remove(COMMAND_LINE, store, args.special_day_id)
        return 0
    return (_add if args.action == "add" else _list)(args, store)


def _add(args: argparse.Namespace, store: "Store") -> int:
    from freshdesk_core.store import special_days

    try:
        day = date.fromisoformat(args.day)
    except ValueError as error:
        raise ConfigError("bad-date", text=args.day) from error
    id_ = special_days.add(COMMAND_LINE, store, day, args.name, args.kind, _whose(store, args))
    print(json.dumps({"id": id_}) if args.json else id_)
    return 0


def _list(args: argparse.Namespace, store: "Store") -> int:
    from freshdesk_core import volumes
    from freshdesk_core.store import special_days

    names = {info.integration_id: info.name for info in volumes.integrations(store)}
    whose = _whose(store, args)
    found = special_days.listed(store, names if whose is None else [whose])
    if args.json:
        rows = [
            {
                "id": one.special_day_id,
                "day": one.day.isoformat(),
                "name": one.name,
                "kind": one.kind,
                "integration": None if one.integration_id is None else names[one.integration_id],
                "set_by": one.set_by,
            }
            for one in found
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    if not found:
        say(
            _(
                "There is no special day yet. Set one with: python -m freshdesk_core special-days add "
                "DATE NAME"
            )
        )
        return 0
    head = [_("id"), _("day"), _("kind"), _("name"), _("integration")]
    print(
        table(
            head,
            [
                [
                    one.special_day_id,
                    one.day.isoformat(),
                    one.kind,
                    one.name,
                    names.get(one.integration_id or 0),
                ]
                for one in found
            ],
        )
    )
    return 0


def _whose(store: "Store", args: argparse.Namespace) -> int | None:
    from freshdesk_core.store import integrations

    if not args.integration:
        return None
    with store.read() as connection:
        return integrations.named(connection, args.integration).integration_id
