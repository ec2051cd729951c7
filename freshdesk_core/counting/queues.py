"""Queues: their keys, which never change, and their names, which follow Freshdesk."""

from collections.abc import Mapping
from dataclasses import dataclass

from freshdesk_core.counting.facts import REPLIES, TICKETS

CHANNEL = "Cases"
NO_GROUP = "No group"
KINDS = (TICKETS, REPLIES)

# Used where the account's own list of sources has no label for a code.
STANDARD_SOURCES = {
    1: "Email",
    2: "Portal",
    3: "Phone",
    4: "Forum",
    5: "Twitter",
    6: "Facebook",
    7: "Chat",
    8: "MobiHelp",
    9: "Feedback Widget",
    10: "Outbound Email",
    11: "Ecommerce",
    12: "Bot",
    13: "WhatsApp",
    14: "Internal Task",
    15: "Web Chat",
    16: "Web Form",
    17: "Instagram Message",
    18: "Instagram Comment",
    19: "Facebook Message",
    20: "Facebook Comment",
    21: "Mobile Chat SDK",
    22: "SMS",
}


@dataclass(frozen=True, slots=True)
class QueueKey:
    """What a queue is, whatever it is called. ``group_id`` 0: no group.

    All Unknown contacts share the two Unknown queues of their integration; they carry group and
    source 0 there.
    """

    integration_id: int
    group_id: int
    source: int
    kind: str
    is_unknown: bool = False

    @property
    def queue_id(self) -> str:
        """The key as text, for links and exports.

        >>> QueueKey(1, 43000000007, 1, "Tickets").queue_id
        '1-43000000007-1-tickets'
        >>> QueueKey(1, 0, 0, "Replies", is_unknown=True).queue_id
        '1-unknown-replies'
        """
        place = "unknown" if self.is_unknown else f"{self.group_id}-{self.source}"
        return f"{self.integration_id}-{place}-{self.kind.lower()}"


def source_name(source: int, labels: Mapping[int, str]) -> str:
    """Name a ticket source, in lower case, as the account itself calls it.

    >>> source_name(15, {15: "Web Chat"}), source_name(3, {}), source_name(137, {})
    ('web chat', 'phone', 'source 137')
    """
    label = labels.get(source) or STANDARD_SOURCES.get(source) or f"source {source}"
    return label.lower()


def group_name(group_id: int, names: Mapping[int, str]) -> str:
    """Name a group as Freshdesk does, or as it last did.

    >>> group_name(0, {}), group_name(43000000009, {})
    ('No group', 'group 43000000009')
    """
    if group_id == 0:
        return NO_GROUP
    return names.get(group_id) or f"group {group_id}"


def queue_name(group: str, source: str, kind: str) -> str:
    """Name a queue; byte-identical in every language.

    >>> queue_name("CustomerService", "chat", "Tickets")
    'CustomerService chat Tickets'
    """
    return f"{group} {source} {kind}"


def unknown_queue_name(kind: str) -> str:
    """Name the queue of contacts whose ticket is spam or was deleted at first sight."""
    return f"Unknown group/source {kind}"
