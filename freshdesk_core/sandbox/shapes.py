"""The kinds of conversation, each with the traits that Freshdesk shows it by."""

from freshdesk_core.sandbox import codes, texts
from freshdesk_core.sandbox.records import SUPPORT_EMAIL, Conversation

HELP_DESK = f"Northwind Supplies <{SUPPORT_EMAIL}>"
WAREHOUSE = "Warehouse desk <warehouse@partner.example.org>"
CARRIER_USER_ID = 43_000_090_001


def customer_mail(row_id: int, ticket_id: int, at: int, person_id: int) -> Conversation:
    """A customer (or a person in CC) answers by e-mail."""
    return Conversation(
        row_id, ticket_id, at, at, person_id, True, False, codes.REPLY, codes.BY_CUSTOMER,
        texts.sender(person_id), (SUPPORT_EMAIL,), SUPPORT_EMAIL,
    )  # fmt: skip


def portal_reply(row_id: int, ticket_id: int, at: int, person_id: int) -> Conversation:
    """A customer answers in the portal: the code of an e-mail, without its traits."""
    return Conversation(row_id, ticket_id, at, at, person_id, True, False, codes.REPLY, codes.BY_CUSTOMER)


def line(row_id: int, ticket_id: int, at: int, person_id: int, incoming: bool, source: int) -> Conversation:
    """A line of a live channel, from either side; ``source`` is the channel's conversation code."""
    category = codes.BY_CUSTOMER if incoming else codes.BY_AGENT
    return Conversation(row_id, ticket_id, at, at, person_id, incoming, False, source, category)


def agent_mail(row_id: int, ticket_id: int, at: int, agent_id: int, to: int) -> Conversation:
    """An agent answers by e-mail."""
    return Conversation(
        row_id, ticket_id, at, at, agent_id, False, False, codes.REPLY, codes.BY_AGENT,
        HELP_DESK, (texts.email(to),), SUPPORT_EMAIL,
    )  # fmt: skip


def private_note(row_id: int, ticket_id: int, at: int, agent_id: int) -> Conversation:
    """A note for colleagues."""
    return Conversation(
        row_id, ticket_id, at, at, agent_id, False, True, codes.NOTE, codes.BY_AGENT_PRIVATELY
    )


def public_note(row_id: int, ticket_id: int, at: int, agent_id: int) -> Conversation:
    """A note that the customer can read; also how a later call is logged."""
    return Conversation(row_id, ticket_id, at, at, agent_id, False, False, codes.NOTE, codes.BY_AGENT)


def inbound_note(row_id: int, ticket_id: int, at: int, agent_id: int) -> Conversation:
    """A private note that an integration wrote with ``incoming`` set."""
    return Conversation(row_id, ticket_id, at, at, agent_id, True, True, codes.NOTE, codes.BY_AGENT_PRIVATELY)


def forward(row_id: int, ticket_id: int, at: int, agent_id: int) -> Conversation:
    """An agent forwards the ticket to a third party."""
    return Conversation(
        row_id, ticket_id, at, at, agent_id, False, True, codes.FORWARD, codes.BY_AGENT_PRIVATELY,
        HELP_DESK, (WAREHOUSE,), SUPPORT_EMAIL,
    )  # fmt: skip


def third_party_answer(row_id: int, ticket_id: int, at: int) -> Conversation:
    """The third party answers the forward."""
    return Conversation(
        row_id, ticket_id, at, at, CARRIER_USER_ID, True, True, codes.REPLY, codes.BY_THIRD_PARTY,
        WAREHOUSE, (SUPPORT_EMAIL,), SUPPORT_EMAIL,
    )  # fmt: skip


def survey_feedback(row_id: int, ticket_id: int, at: int, person_id: int) -> Conversation:
    """A satisfaction survey comes back; it is ``incoming`` and no contact."""
    return Conversation(row_id, ticket_id, at, at, person_id, True, False, codes.FROM_SURVEY, codes.BY_SURVEY)


def bot_greeting(row_id: int, ticket_id: int, at: int) -> Conversation:
    """The chat's bot says hello."""
    return Conversation(row_id, ticket_id, at, at, None, False, False, codes.FROM_BOT, codes.BY_AUTOMATION)


def acknowledgement(row_id: int, ticket_id: int, at: int, to: int) -> Conversation:
    """An automatic "we have received your request"."""
    return Conversation(
        row_id, ticket_id, at, at, None, False, False, codes.REPLY, codes.BY_AGENT,
        HELP_DESK, (texts.email(to),), SUPPORT_EMAIL, auto_response=True,
    )  # fmt: skip


def out_of_office(row_id: int, ticket_id: int, at: int, person_id: int) -> Conversation:
    """A customer's mailbox answers by itself."""
    return customer_mail(row_id, ticket_id, at, person_id)._replace(auto_response=True)


def rule_mail(row_id: int, ticket_id: int, at: int, agent_id: int, to: int) -> Conversation:
    """An automation rule writes in an agent's name."""
    return agent_mail(row_id, ticket_id, at, agent_id, to)._replace(automation_id=43_000_000_701)
