"""What the rules need to know of a ticket and a conversation; nothing else reaches them."""

from typing import Protocol

COUNTED = "counted"
TICKETS = "Tickets"
REPLIES = "Replies"

EMAIL = 1
PHONE = 3
TWITTER = 5
FACEBOOK = 6
E_COMMERCE = 11
OUTBOUND_EMAIL = 10
INTERNAL_TASK = 14
WEB_CHAT = 15

# Ticket sources whose messages come as a chat: chat, WhatsApp, web chat to SMS.
LIVE_SOURCES = frozenset({7, 13, 15, 17, 18, 19, 20, 21, 22})


class TicketFacts(Protocol):
    """A ticket as the rules see it. Times are epoch seconds."""

    @property
    def created_at(self) -> int:
        """When the customer, or an agent, opened it."""

    @property
    def source(self) -> int:
        """Its present source, in the tickets' number space; 0 when Freshdesk gives none."""

    @property
    def association_type(self) -> int | None:
        """1 parent, 2 child, 3 tracker, 4 related."""


class ConversationFacts(Protocol):
    """A conversation as the rules see it. Times are epoch seconds."""

    @property
    def id(self) -> int:
        """Its id, unique in the account."""

    @property
    def created_at(self) -> int:
        """When it was written."""

    @property
    def incoming(self) -> bool:
        """Made from outside, as Freshdesk words it."""

    @property
    def private(self) -> bool:
        """Seen by agents alone."""

    @property
    def source(self) -> int | None:
        """Its code, in the conversations' own number space."""

    @property
    def category(self) -> int | None:
        """1 customer, 2 agent private, 3 agent public, 5 automation, 6 third party, 7 survey."""

    @property
    def is_automatic(self) -> bool:
        """``auto_response`` is true or ``automation_id`` is set."""

    @property
    def has_email_traits(self) -> bool:
        """``from_email`` or ``support_email`` is not empty."""
