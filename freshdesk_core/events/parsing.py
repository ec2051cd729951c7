"""What an event says: which ticket to read again, and by what a repeat of it is known.

An event is a hint, never a figure: nothing is taken from it but ids and the time of the object's last
change. Three forms are understood: Freshworks' product events, ``{"ticket_id": N}`` as an automation
rule would send it, and ``{"event": "test"}`` or ``{"event": "heartbeat"}``. A heartbeat may say how many
events its sender had to drop since the last one: ``{"event": "heartbeat", "at": TIME, "dropped": N}``.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from freshdesk_core.errors import BadEvent

LARGEST_ID = 2**63 - 1
MOST_DROPPED = 1_000_000  # of one heartbeat; a wild number must not hide what others say
DEEPEST = 32
HINT = "ticket"  # the name of an event that only says which ticket
TEST = "test"
HEARTBEAT = "heartbeat"
WITHOUT_OBJECT = (TEST, HEARTBEAT)  # they show that the way is open; there is nothing to read
OF_TICKETS = ("onTicketCreate", "onTicketUpdate", "onTicketDelete")
OF_CONVERSATIONS = ("onConversationCreate", "onConversationUpdate", "onConversationDelete")

_DIGITS = re.compile("[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Event:
    """An event that was understood.

    Name, object and time of change know a repeat; ``object_updated_at`` is 0 where the event does not
    say. ``ticket_id`` None: it names no ticket. A heartbeat has the number of dropped events in the place of
    an object, and when it was sent.
    """

    name: str
    object_id: int
    object_updated_at: int
    ticket_id: int | None


def json_of(body: bytes) -> Any:
    """The value that a body holds.

    Raises:
        BadEvent: ``event-not-json``: no JSON in UTF-8, or nested more than 32 deep.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadEvent("event-not-json") from error
    if _is_deep(value):
        raise BadEvent("event-not-json")
    return value


def event_of(value: Any) -> Event:
    """Read an event.

    Raises:
        BadEvent: ``event-not-an-object``, ``event-unknown`` (its name), ``event-without-id``.
    """
    if not isinstance(value, dict):
        raise BadEvent("event-not-an-object")
    name = value.get("event")
    if name == HEARTBEAT and (dropped := _id(value.get("dropped"))):
        return Event(name, min(dropped, MOST_DROPPED), _time(value.get("at")), None)
    if name in WITHOUT_OBJECT:
        return Event(name, 0, 0, None)
    if name in OF_TICKETS:
        return _of_ticket(name, _part(value, "ticket"))
    if name in OF_CONVERSATIONS:
        return _of_conversation(name, _part(value, "conversation"))
    if name is not None and "ticket_id" not in value:
        raise BadEvent("event-unknown")
    ticket_id = _id(value.get("ticket_id"))
    if ticket_id is None:
        raise BadEvent("event-without-id")
    return Event(HINT, ticket_id, _time(value.get("updated_at")), ticket_id)


def _of_ticket(name: str, ticket: dict[str, Any]) -> Event:
    ticket_id, model_id = _id(ticket.get("id")), _id(ticket.get("model_id"))
    object_id = ticket_id or model_id
    if object_id is None:
        raise BadEvent("event-without-id")
    return Event(name, object_id, _time(ticket.get("updated_at")), ticket_id)


def _of_conversation(name: str, conversation: dict[str, Any]) -> Event:
    object_id = _id(conversation.get("id"))
    if object_id is None:
        raise BadEvent("event-without-id")
    changed = _time(conversation.get("updated_at")) or _time(conversation.get("created_at"))
    return Event(name, object_id, changed, _id(conversation.get("ticket_id")))


def _part(value: dict[str, Any], name: str) -> dict[str, Any]:
    data = value.get("data")
    part = data.get(name) if isinstance(data, dict) else None
    if not isinstance(part, dict):
        raise BadEvent("event-without-id")
    return part


def _id(value: object) -> int | None:
    """An id, also where an automation rule wrote it as text (or 1.0, to JSON the same as 1); else None."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID:
        return value
    return None


def _time(value: object) -> int:
    """Epoch seconds of an ISO time; 0 for anything else."""
    if not isinstance(value, str) or not value.isascii():
        return 0
    try:
        moment = datetime.fromisoformat(value)
        return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return 0


def _is_deep(value: Any) -> bool:
    """Something is nested more than ``DEEPEST`` levels deep."""
    level = [value]
    for _depth in range(DEEPEST + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def _refuse(_name: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")
