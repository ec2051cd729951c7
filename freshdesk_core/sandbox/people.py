"""Who works at the desk, and the three keys that a visitor may use."""

from functools import lru_cache

from freshdesk_core.sandbox import lines, texts
from freshdesk_core.sandbox.records import (
    ACCOUNT_ADMINISTRATOR,
    ACCOUNT_NAME,
    AGENT,
    SUPERVISOR,
    Agent,
    Role,
)

API_KEY = "sandboxAdminKey00001"
AGENT_KEY = "sandboxAgentKey00002"
RESTRICTED_KEY = "sandboxGroupKey00003"
# Takes the place of the first once a switch revokes that; unknown until then.
NEW_KEY = "sandboxNewKey000004"

AGENT_BASE = 43_000_100_000
AGENTS_PER_GROUP = 4


@lru_cache(maxsize=64)
def agents_of(group_id: int | None) -> tuple[int, ...]:
    """Ids of the agents who answer for a group; for no group the service desk does."""
    number = (group_id or lines.CUSTOMER_SERVICE) - lines.GROUP_BASE
    first = AGENT_BASE + number * 10
    return tuple(range(first, first + AGENTS_PER_GROUP))


def staff() -> tuple[Agent, ...]:
    """All agents: the holders of the three keys first."""
    everywhere = tuple(lines.GROUP_NAMES)
    holders = (
        _agent(AGENT_BASE + 1, ACCOUNT_ADMINISTRATOR, everywhere, 1, API_KEY),
        _agent(AGENT_BASE + 2, AGENT, (lines.CUSTOMER_SERVICE,), 1, AGENT_KEY),
        _agent(AGENT_BASE + 3, AGENT, (lines.CUSTOMER_SERVICE, lines.BILLING), 2, RESTRICTED_KEY),
    )
    teams = tuple(
        _agent(agent_id, SUPERVISOR if agent_id == agents_of(group_id)[0] else AGENT, (group_id,))
        for group_id in lines.GROUP_NAMES
        for agent_id in agents_of(group_id)
    )
    return holders + teams


def _agent(
    agent_id: int, role: Role, group_ids: tuple[int, ...], ticket_scope: int = 1, api_key: str | None = None
) -> Agent:
    address = f"agent.{agent_id - AGENT_BASE}@{ACCOUNT_NAME}.example.com"
    return Agent(agent_id, texts.name(agent_id), address, (role.id,), group_ids, ticket_scope, api_key)
