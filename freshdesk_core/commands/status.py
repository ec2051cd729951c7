"""``status``: what is proven about each integration, and what to do."""

import argparse
import json
import time
from typing import TYPE_CHECKING

from freshdesk_core.commands.options import open_store, say
from freshdesk_core.errors import ConfigError
from freshdesk_core.health import Status, all_green, status
from freshdesk_core.text import gettext as _

if TYPE_CHECKING:
    from freshdesk_core.volumes import IntegrationInfo


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command."""
    parser = subparsers.add_parser(
        "status",
        help="what is proven about the data",
        description="What is proven about the data. Exit code 0 when all is complete, quiet or catching up.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the health of every integration; 0 only when each is proven."""
    from freshdesk_core import volumes

    store = open_store()
    states = status(store, int(time.time()))
    infos = {info.name: info for info in volumes.integrations(store)}
    if args.json:
        documents = [one.as_json() | _marks(infos[one.name]) for one in states]
        print(json.dumps({"integrations": documents}, ensure_ascii=False))
    else:
        print("\n\n".join(_told(one, infos[one.name]) for one in states), end="\n" if states else "")
    if not states:
        say(str(ConfigError("no-integration")))
    return 0 if all_green(states) else 1


def _marks(info: "IntegrationInfo") -> dict[str, bool]:
    """Whether an account is a made-up one: the sample, or a look-alike on this machine."""
    return {"is_sample": info.is_sample, "is_sandbox": info.is_sandbox}


def _told(one: Status, info: "IntegrationInfo") -> str:
    shown = one.as_json()
    name = one.name
    if info.is_sample:
        name = _("{name} (sample)").format(name=name)
    elif info.is_sandbox:
        name = _("{name} (sandbox)").format(name=name)
    broken = _(", broken link: {link}").format(link=one.broken_link) if one.broken_link else ""
    lines = [f"{name}: {one.state}{broken}", f"  {one.next_step}"]
    for title, key in (
        (_("tickets complete"), "tickets_complete"),
        (_("replies complete"), "replies_complete"),
        (_("newest contact"), "newest_contact_at"),
        (_("last event"), "last_event_at"),
        (_("last poll"), "last_poll_at"),
        (_("last audit"), "last_audit_at"),
    ):
        value = shown[key]
        text = " – ".join(value) if isinstance(value, list) else value or _("never")
        lines.append(f"  {title}: {text}")
    lines += [f"  {notice}" for notice in one.notices]
    return "\n".join(lines)
