"""Freshdesk's records in Freshdesk's words: the client, its limits, its domains."""

from freshdesk_core.api.client import Freshdesk, SearchPage, Stream
from freshdesk_core.api.domains import base_url, clean_domain
from freshdesk_core.api.drift import Drift
from freshdesk_core.api.limiter import Limiter, MinuteLimiter, budgets_of, shared_limiter
from freshdesk_core.api.pages import TicketPage
from freshdesk_core.api.records import (
    AccountRecord,
    AgentRecord,
    ConversationRecord,
    GroupRecord,
    RoleRecord,
    SearchRow,
    TicketRecord,
)
from freshdesk_core.api.zones import iana_zone

__all__ = [
    "AccountRecord",
    "AgentRecord",
    "ConversationRecord",
    "Drift",
    "Freshdesk",
    "GroupRecord",
    "Limiter",
    "MinuteLimiter",
    "RoleRecord",
    "SearchPage",
    "SearchRow",
    "Stream",
    "TicketPage",
    "TicketRecord",
    "base_url",
    "budgets_of",
    "clean_domain",
    "iana_zone",
    "shared_limiter",
]
