"""How the command line shows connected accounts."""

from datetime import UTC, datetime

from freshdesk_core.commands.checks import print_json
from freshdesk_core.loopback import is_loopback
from freshdesk_core.store.integrations import Integration
from freshdesk_core.text import gettext as _


def show(found: list[Integration], *, is_json: bool) -> None:
    """List accounts, as text or as one JSON document."""
    if is_json:
        print_json({"integrations": [as_json(one) for one in found]})
        return
    if not found:
        print(_("No Freshdesk account is connected yet."))
    for one in found:
        mark = _("sandbox, ") if is_loopback(one.domain) else ""
        print(f"{one.name}\t{one.domain}\t{one.time_zone}\t{mark}{_state(one)}")


def _state(one: Integration) -> str:
    if one.removed_at:
        return _("removed, data kept")
    state = _("key ends in {hint}").format(hint=one.key_hint)
    if one.key_since is not None:
        state += _(", in use since {day}").format(day=iso(one.key_since)[:10])
    return state + (_(", paused by {by}").format(by=one.paused_by) if one.paused_at else "")


def as_json(integration: Integration) -> dict[str, object]:
    """An account as ``--json`` prints it."""
    paused = {"by": integration.paused_by, "since": iso(integration.paused_at)}
    return {
        "name": integration.name,
        "domain": integration.domain,
        "time_zone": integration.time_zone,
        "since": iso(integration.since) or None,
        "key_hint": integration.key_hint,
        "key_since": iso(integration.key_since) or None,
        "is_sandbox": is_loopback(integration.domain),
        "is_removed": integration.removed_at is not None,
        "paused": None if integration.paused_at is None else paused,
    }


def iso(moment: int | None) -> str:
    """A moment in ISO 8601, UTC; empty where there is none."""
    return "" if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()
