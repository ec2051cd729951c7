"""What the account holds: tickets, conversations, groups, agents. Times are epoch seconds, UTC."""

from dataclasses import dataclass, field
from typing import NamedTuple

ACCOUNT_NAME = "northwind-supplies"
SUPPORT_EMAIL = f"help@{ACCOUNT_NAME}.example.com"


class Conversation(NamedTuple):
    """One row under a ticket. Its id stays for ever, also when a merge moves it to another ticket.

    ``body`` None means that the text is made up from the id when it is shown.
    """

    id: int
    ticket_id: int
    created_at: int
    updated_at: int
    user_id: int | None = None
    incoming: bool = False
    private: bool = False
    source: int = 0
    category: int | None = None
    from_email: str | None = None
    to_emails: tuple[str, ...] = ()
    support_email: str | None = None
    auto_response: bool = False
    automation_id: int | None = None
    body: str | None = None
    last_edited_at: int | None = None
    last_edited_user_id: int | None = None


class Opening(NamedTuple):
    """How a ticket comes into being. ``subject`` and ``description`` None: made up from the id."""

    source: int
    group_id: int | None = None
    requester_id: int = 0
    responder_id: int | None = None
    priority: int = 1
    type: str | None = None
    status: int = 2
    spam: bool = False
    association_type: int | None = None
    subject: str | None = None
    description: str | None = None


@dataclass(slots=True)
class Stats:
    """What ``include=stats`` shows, with Freshdesk's flaws (see ``Account``)."""

    agent_responded_at: int | None = None
    requester_responded_at: int | None = None
    first_responded_at: int | None = None
    status_updated_at: int | None = None
    reopened_at: int | None = None
    resolved_at: int | None = None
    closed_at: int | None = None
    pending_since: int | None = None


@dataclass(slots=True)
class Ticket:
    """A ticket as it stands now.

    ``revision`` rises with every change that its JSON shows. ``hidden_at`` is when it last left the
    search (spam, trash, archive); the search forgets it only minutes later.
    """

    id: int
    created_at: int
    updated_at: int
    source: int
    group_id: int | None
    requester_id: int
    responder_id: int | None
    priority: int
    type: str | None
    status: int
    subject: str | None
    description: str | None
    spam: bool = False
    deleted: bool = False
    archived: bool = False
    association_type: int | None = None
    associated_tickets_count: int | None = None
    tags: list[str] = field(default_factory=list)
    stats: Stats = field(default_factory=Stats)
    hidden_at: int | None = None
    revision: int = 0

    @property
    def stream(self) -> str:
        """Where lists show it: ``default``, ``deleted``, ``spam``; ``archived`` in none of them."""
        if self.archived:
            return "archived"
        if self.deleted:
            return "deleted"
        return "spam" if self.spam else "default"


@dataclass(slots=True)
class Group:
    """A team. A deleted one is absent from every list, its id stays on old tickets."""

    id: int
    name: str
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Role:
    """One of the account's roles."""

    id: int
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone who answers, and owns an API key where one is given.

    ``ticket_scope``: 1 all tickets, 2 those of the agent's groups, 3 only the agent's own.
    """

    id: int
    name: str
    email: str
    role_ids: tuple[int, ...]
    group_ids: tuple[int, ...]
    ticket_scope: int = 1
    api_key: str | None = None

    @property
    def is_admin(self) -> bool:
        """Whether admin endpoints are open to the agent's key."""
        return bool({ACCOUNT_ADMINISTRATOR.id, ADMINISTRATOR.id} & set(self.role_ids))


ACCOUNT_ADMINISTRATOR = Role(
    43_000_000_201, "Account Administrator", "Everything, the account's billing and data exports included."
)
ADMINISTRATOR = Role(43_000_000_202, "Administrator", "Every setting of the help desk, without billing.")
SUPERVISOR = Role(43_000_000_203, "Supervisor", "An agent's work, and reports.")
AGENT = Role(43_000_000_204, "Agent", "Logs, answers and updates tickets.")
ROLES = (ACCOUNT_ADMINISTRATOR, ADMINISTRATOR, SUPERVISOR, AGENT)
