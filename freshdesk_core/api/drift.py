"""What has changed in the shape of Freshdesk's answers: names of fields, never what stands in them."""

import re
import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

Parsed = TypeVar("Parsed")

MOST_NAMES = 500
OTHER = "…"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


class _Shape(NamedTuple):
    """The fields of a record: those that any account may show, those that must be there, and hold a value."""

    known: frozenset[str]
    needed: frozenset[str]
    filled: tuple[str, ...]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TICKET = _names(
    "archived associated_tickets_count association_type attachments cc_emails company company_id "
    "conversations created_at custom_fields deleted description description_text due_by email "
    "email_config_id facebook_id form_id fr_due_by fr_escalated fwd_emails group_id id "
    "initial_sentiment_score internal_agent_id internal_group_id is_escalated name nr_due_by nr_escalated "
    "phone priority product_id reply_cc_emails requester requester_id responder_id sentiment_score source "
    "source_additional_info spam stats status structured_description subject support_email tags "
    "ticket_bcc_emails ticket_cc_emails to_emails twitter_id type unique_external_id updated_at"
)
_CONVERSATION = _names(
    "attachments auto_response automation_id automation_type_id bcc_emails body body_text category "
    "cc_emails created_at email_failure_count from_email id incoming last_edited_at last_edited_user_id "
    "outgoing_failures private source source_additional_info structured_body support_email thread_id "
    "thread_message_id ticket_id to_emails updated_at user_id"
)
SHAPES: Mapping[str, _Shape] = MappingProxyType(
    {
        "ticket": _Shape(
            _TICKET,
            frozenset({"group_id", "source", "spam", "stats", "status"}),
            ("source", "spam", "stats", "status"),
        ),
        "conversation": _Shape(
            _CONVERSATION, frozenset({"incoming", "private", "source"}), ("incoming", "private", "source")
        ),
    }
)


class Drift(NamedTuple):
    """Fields as ``record.field``, sorted. ``looked_at``: the records of which some came."""

    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    looked_at: frozenset[str]


class Watch:
    """Looks at the records of a client. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unknown: set[str] = set()
        self._missing: set[str] = set()
        self._looked_at: set[str] = set()

    def watching(self, record: str, read: Callable[[object], Parsed]) -> Callable[[object], Parsed]:
        """Look at the records of every answer that can be read."""
        shape = SHAPES[record]

        def watched(answer: object) -> Parsed:
            parsed = read(answer)
            rows: list[Any] = answer if isinstance(answer, list) else [answer]
            if rows:
                self._look(record, shape, rows)
            return parsed

        return watched

    def drift(self) -> Drift:
        """What was noticed so far."""
        with self._lock:
            return Drift(
                tuple(sorted(self._unknown)), tuple(sorted(self._missing)), frozenset(self._looked_at)
            )

    def _look(self, record: str, shape: _Shape, rows: list[Any]) -> None:
        unknown: set[str] = set()
        missing: set[str] = set()
        usual = None
        for row in rows:
            keys = row.keys()
            if keys != usual:  # rows of an answer have the same fields, as a rule
                unknown |= keys - shape.known
                missing |= shape.needed - keys
                usual = keys
            for name in shape.filled:
                if row.get(name) is None:
                    missing.add(name)
        with self._lock:
            self._looked_at.add(record)
            if unknown:
                self._unknown |= {f"{record}.{_shown(name)}" for name in unknown}
                self._unknown = set(sorted(self._unknown)[:MOST_NAMES])
            self._missing |= {f"{record}.{name}" for name in missing}


def _shown(name: str) -> str:
    """A field's name as programmers give it; anything else might be a person's word."""
    return name if _NAME.fullmatch(name) else OTHER
