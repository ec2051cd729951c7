"""Freshdesk's rows as it sends them, with personal data in every free field."""

from typing import Any

CANARY = "Zoe Canary <zoe@canary.example> +31 6 1234"


def ticket(ticket_id: Any = 1, updated_at: str = "2026-03-01T10:00:00Z", **more: Any) -> dict[str, Any]:
    return {
        "id": ticket_id,
        "created_at": "2026-03-01T09:00:00Z",
        "updated_at": updated_at,
        "subject": CANARY,
        "description_text": CANARY,
        "type": "Question",
        "status": 2,
        "priority": 1,
        "source": 1,
        "group_id": 43000012345,
        "requester_id": 43000998877,
        "to_emails": [CANARY],
        "cc_emails": None,
        "custom_fields": {"cf_name": CANARY},
        "tags": [CANARY],
        "spam": False,
        "association_type": None,
        "support_email": CANARY,
        "stats": {
            "agent_responded_at": "2026-03-01T09:30:00Z",
            "requester_responded_at": None,
            "first_responded_at": "2026-03-01T09:30:00Z",
        },
    } | more


def conversation(conversation_id: Any = 11, ticket_id: Any = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": conversation_id,
        "ticket_id": ticket_id,
        "user_id": 43000998877,
        "incoming": True,
        "private": False,
        "source": 0,
        "category": 1,
        "body": CANARY,
        "body_text": CANARY,
        "from_email": CANARY,
        "to_emails": [CANARY],
        "bcc_emails": None,
        "support_email": CANARY,
        "attachments": [{"name": CANARY}],
        "automation_id": None,
        "auto_response": False,
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-01T10:00:00Z",
    } | more
