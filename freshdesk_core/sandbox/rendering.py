"""Records as JSON, in the shape of Freshdesk's answers. Rows are kept until they change."""

from datetime import UTC, datetime
from typing import Any

from freshdesk_core.sandbox import texts
from freshdesk_core.sandbox.answers import encoded
from freshdesk_core.sandbox.records import SUPPORT_EMAIL, Conversation, Ticket

KEPT_ROWS = 60_000
COMPANY_BASE = 43_000_050_000
DUE_AFTER = {1: 259_200, 2: 172_800, 3: 86_400, 4: 28_800}
_cached_days: dict[int, str] = {}


def iso(at: int | None) -> str | None:
    """``2026-11-09T08:11:02Z``."""
    if at is None:
        return None
    day, second = divmod(at, 86_400)
    date = _cached_days.get(day)
    if date is None:
        date = _cached_days[day] = datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")
    return f"{date}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"


class Renderer:
    """Turns tickets and conversations into bytes."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, str], tuple[int, bytes]] = {}
        self._threads: dict[tuple[int, int, int], tuple[int, bytes, bool]] = {}

    def ticket_rows(self, tickets: list[Ticket], includes: frozenset[str]) -> bytes:
        """A page of a list: a JSON array."""
        variant = ",".join(sorted(includes))
        return b"[" + b",".join([self._row(ticket, includes, variant) for ticket in tickets]) + b"]"

    def _row(self, ticket: Ticket, includes: frozenset[str], variant: str) -> bytes:
        key = (ticket.id, variant)
        kept = self._rows.get(key)
        if kept is not None and kept[0] == ticket.revision:
            return kept[1]
        row = encoded(ticket_fields(ticket, includes))
        _make_room(self._rows)
        self._rows[key] = (ticket.revision, row)
        return row

    def thread_page(
        self, ticket: Ticket, rows: list[Conversation], page: int, per_page: int
    ) -> tuple[bytes, bool]:
        """A page of a ticket's conversations, and whether another one follows.

        Their order is not by time in every thread: some come newest first, merged ones last.
        """
        key = (ticket.id, page, per_page)
        kept = self._threads.get(key)
        if kept is not None and kept[0] == ticket.revision:
            return kept[1], kept[2]
        ordered = rows[::-1] if ticket.id % 7 == 3 else rows
        shown = ordered[(page - 1) * per_page : page * per_page]
        body = encoded([conversation_fields(row) for row in shown])
        _make_room(self._threads)
        self._threads[key] = (ticket.revision, body, len(ordered) > page * per_page)
        return body, len(ordered) > page * per_page


def ticket_fields(ticket: Ticket, includes: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A ticket as lists and views show it."""
    # Real accounts send null in place of an empty list here and there.
    empty: list[str] | None = None if ticket.id % 9 == 4 else []
    row: dict[str, Any] = {
        "cc_emails": empty,
        "fwd_emails": [],
        "reply_cc_emails": empty,
        "ticket_cc_emails": [],
        "fr_escalated": False,
        "spam": ticket.spam,
        "email_config_id": None if ticket.id % 3 else 43_000_000_012,
        "group_id": ticket.group_id,
        "priority": ticket.priority,
        "requester_id": ticket.requester_id,
        "responder_id": ticket.responder_id,
        "source": ticket.source,
        "company_id": None if ticket.id % 4 else COMPANY_BASE + ticket.requester_id % 400,
        "status": ticket.status,
        "subject": ticket.subject if ticket.subject is not None else texts.subject(ticket.id),
        "association_type": ticket.association_type,
        "support_email": SUPPORT_EMAIL if ticket.source == 1 else None,
        "to_emails": [SUPPORT_EMAIL] if ticket.source == 1 else None,
        "product_id": None,
        "id": ticket.id,
        "type": ticket.type,
        "due_by": iso(ticket.created_at + DUE_AFTER[ticket.priority]),
        "fr_due_by": iso(ticket.created_at + DUE_AFTER[ticket.priority] // 4),
        "is_escalated": False,
        "custom_fields": {
            "cf_area": None if ticket.id % 5 else "North",
            "cf_delivery_contact": None if ticket.id % 6 else texts.sender(ticket.requester_id),
        },
        "created_at": iso(ticket.created_at),
        "updated_at": iso(ticket.updated_at),
        "associated_tickets_count": ticket.associated_tickets_count,
        "tags": list(ticket.tags),
        "source_additional_info": None,
        "sentiment_score": None,
        "nr_due_by": None,
        "nr_escalated": False,
    }
    if ticket.deleted:
        row["deleted"] = True
    _add_includes(row, ticket, includes)
    return row


def ticket_view(ticket: Ticket, includes: frozenset[str], rows: list[Conversation]) -> dict[str, Any]:
    """A ticket by its id: with its opening message, and the oldest ten conversations if asked for."""
    view = ticket_fields(ticket, includes | {"description"})
    view["attachments"] = []
    view["deleted"] = ticket.deleted
    if ticket.archived:
        view["archived"] = True
    if "conversations" in includes:
        oldest = sorted(rows, key=lambda row: (row.created_at, row.id))[:10]
        view["conversations"] = [conversation_fields(row) for row in oldest]
    return view


def _add_includes(row: dict[str, Any], ticket: Ticket, includes: frozenset[str]) -> None:
    if "description" in includes:
        text = opening_text(ticket)
        row["description"], row["description_text"] = f"<div>{text}</div>", text
    if "requester" in includes:
        person = ticket.requester_id
        row["requester"] = {
            "id": person,
            "name": texts.name(person),
            "email": texts.email(person),
            "mobile": None,
            "phone": texts.phone(person),
        }
    if "company" in includes:
        company = row["company_id"]
        row["company"] = {"id": company, "name": f"Company {company % 1000}"} if company else {}
    if "stats" in includes:
        stats = ticket.stats
        row["stats"] = {name: iso(getattr(stats, name)) for name in stats.__slots__}


def opening_text(ticket: Ticket) -> str:
    """The ticket's first message."""
    if ticket.description is not None:
        return ticket.description
    return texts.description(ticket.id, ticket.requester_id)


def conversation_fields(row: Conversation) -> dict[str, Any]:
    """A conversation as the list under a ticket shows it."""
    text = row.body if row.body is not None else texts.message(row.id, row.user_id, row.incoming)
    return {
        "body": f"<div>{text}</div>",
        "body_text": text,
        "id": row.id,
        "incoming": row.incoming,
        "private": row.private,
        "user_id": row.user_id,
        "support_email": row.support_email,
        "source": row.source,
        "category": row.category,
        "to_emails": list(row.to_emails),
        "from_email": row.from_email,
        "cc_emails": [],
        "bcc_emails": None,
        "email_failure_count": None,
        "outgoing_failures": None,
        "thread_id": None,
        "thread_message_id": None,
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "last_edited_at": iso(row.last_edited_at),
        "last_edited_user_id": row.last_edited_user_id,
        "attachments": [],
        "automation_id": row.automation_id,
        "automation_type_id": None,
        "auto_response": row.auto_response,
        "ticket_id": row.ticket_id,
        "source_additional_info": None,
    }


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= KEPT_ROWS:
        kept.clear()
