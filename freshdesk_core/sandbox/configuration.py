"""The account's own settings: groups, fields, roles, agents, plan, calendar. Without ticket data."""

from typing import Any

from freshdesk_core.sandbox import codes
from freshdesk_core.sandbox.account import Account
from freshdesk_core.sandbox.records import ACCOUNT_NAME, ROLES, Agent, Group
from freshdesk_core.sandbox.rendering import iso

TIME_ZONE = "Berlin"
CALENDAR_ID = 43_000_000_301


def group_fields(group: Group) -> dict[str, Any]:
    """A group, old form."""
    return {
        "id": group.id,
        "name": group.name,
        "description": None,
        "escalate_to": None,
        "unassigned_for": "30m",
        "business_hour_id": CALENDAR_ID,
        "group_type": "support_agent_group",
        "created_at": iso(group.created_at),
        "updated_at": iso(group.updated_at),
        "auto_ticket_assign": 0,
    }


def admin_group_fields(group: Group) -> dict[str, Any]:
    """A group, the administrator's form."""
    return {
        "id": group.id,
        "name": group.name,
        "description": None,
        "type": "support_agent_group",
        "business_calendar_id": CALENDAR_ID,
        "automatic_agent_assignment": {"enabled": False},
        "created_at": iso(group.created_at),
        "updated_at": iso(group.updated_at),
    }


def roles(account: Account) -> list[dict[str, Any]]:
    """All roles, the four default ones."""
    made_at = iso(_made_at(account))
    return [
        {
            "id": role.id,
            "name": role.name,
            "description": role.description,
            "default": True,
            "agent_type": 1,
            "created_at": made_at,
            "updated_at": made_at,
        }
        for role in ROLES
    ]


def agent_fields(account: Account, agent: Agent) -> dict[str, Any]:
    """An agent with the contact behind."""
    made_at = iso(_made_at(account))
    return {
        "available": False,
        "occasional": False,
        "id": agent.id,
        "ticket_scope": agent.ticket_scope,
        "signature": None,
        "group_ids": [group_id for group_id in agent.group_ids if group_id in account.groups],
        "role_ids": list(agent.role_ids),
        "skill_ids": [],
        "available_since": None,
        "type": "support_agent",
        "focus_mode": True,
        "contact": {
            "active": True,
            "email": agent.email,
            "name": agent.name,
            "job_title": None,
            "language": "en",
            "mobile": None,
            "phone": None,
            "time_zone": TIME_ZONE,
            "created_at": made_at,
            "updated_at": made_at,
        },
        "created_at": made_at,
        "updated_at": made_at,
    }


def account_fields(account: Account, tier_type: str) -> dict[str, Any]:
    """The account itself."""
    return {
        "organisation_id": 43_000_000_401,
        "organisation_name": "Northwind Supplies",
        "account_id": 4_300_001,
        "account_name": "Northwind Supplies",
        "account_domain": f"{ACCOUNT_NAME}.example.com",
        "bundle_id": None,
        "hipaa_compliant": False,
        "total_agents": {"full_time": len(account.agents), "occasional": 0},
        "timezone": TIME_ZONE,
        "data_center": "EUC",
        "tier_type": tier_type,
    }


def helpdesk_settings() -> dict[str, Any]:
    """Languages; no time zone."""
    return {
        "primary_language": "en",
        "supported_languages": ["de", "nl", "es"],
        "portal_languages": ["en", "de"],
    }


def calendars(account: Account) -> list[dict[str, Any]]:
    """The one calendar."""
    hours = {"start_time": "7:00 am", "end_time": "8:00 pm"}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    return [
        {
            "id": CALENDAR_ID,
            "name": "Default",
            "description": "Default business hours",
            "time_zone": TIME_ZONE,
            "is_default": True,
            "business_hours": dict.fromkeys(days, hours),
            "created_at": iso(_made_at(account)),
            "updated_at": iso(_made_at(account)),
        }
    ]


def ticket_fields(account: Account) -> list[dict[str, Any]]:
    """The ticket form's fields; ``choices`` has three shapes."""
    agents = {agent.name: agent.id for agent in account.agents}
    groups = {group.name: group.id for group in account.groups.values()}
    fields: list[tuple[str, str, Any]] = [
        ("subject", "default_subject", None),
        ("requester", "default_requester", None),
        ("ticket_type", "default_ticket_type", codes.TYPE_CHOICES),
        ("source", "default_source", _sources(account)),
        ("status", "default_status", codes.STATUS_CHOICES),
        ("priority", "default_priority", codes.PRIORITY_CHOICES),
        ("group", "default_group", groups),
        ("agent", "default_agent", agents),
        ("cf_area", "custom_text", None),
        ("cf_delivery_contact", "custom_text", None),
    ]
    return [
        _field(account, position, name, kind, choices)
        for position, (name, kind, choices) in enumerate(fields, 1)
    ]


def _field(account: Account, position: int, name: str, kind: str, choices: Any) -> dict[str, Any]:
    field = {
        "id": 43_000_000_500 + position,
        "name": name,
        "label": name.removeprefix("cf_").replace("_", " ").capitalize(),
        "description": "",
        "position": position,
        "required_for_closure": False,
        "required_for_agents": kind == "default_subject",
        "type": kind,
        "default": kind.startswith("default_"),
        "customers_can_edit": False,
        "displayed_to_customers": True,
        "created_at": iso(_made_at(account)),
        "updated_at": iso(_made_at(account)),
    }
    return field if choices is None else {**field, "choices": choices}


def _sources(account: Account) -> dict[str, int]:
    return {**codes.SOURCE_CHOICES, **account.sources}


def _made_at(account: Account) -> int:
    return min((group.created_at for group in account.groups.values()), default=0)
