"""What agents and customers do at a desk while someone reads it: one deed at a time, drawn from a seed."""

from random import Random
from typing import TypeVar

from freshdesk_core.sandbox import codes, people, shapes
from freshdesk_core.sandbox.account import Account, Event
from freshdesk_core.sandbox.records import Conversation, Opening

Choice = TypeVar("Choice")

REQUESTER_BASE = 43_000_700_000
# Room for what a script writes meanwhile.
ROW_ID_GAP = 1_000_000
SOURCES = (
    codes.EMAIL,
    codes.EMAIL,
    codes.EMAIL,
    codes.PORTAL,
    codes.PHONE,
    codes.WEB_FORM,
    codes.FEEDBACK_WIDGET,
)


class Deeds:
    """Writes events that fit an account.

    Args:
        account: As it stands when the deeds begin; it is only read.
    """

    def __init__(self, account: Account) -> None:
        tickets = account.tickets.values()
        self._open_to_deeds = [ticket.id for ticket in tickets if ticket.stream == "default"]
        self._trashed = [ticket.id for ticket in tickets if ticket.stream == "deleted"]
        self._group_ids = (None, *account.groups)
        self._last_ticket_id = account.last_ticket_id
        rows = (row.id for thread in account.conversations.values() for row in thread)
        self._last_row_id = max(rows, default=shapes.CARRIER_USER_ID) + ROW_ID_GAP

    def new(self, at: int, rng: Random, ticket_id: int | None = None) -> list[Event]:
        """A ticket comes in."""
        ticket_id = self._last_ticket_id + 1 if ticket_id is None else ticket_id
        self._last_ticket_id = max(self._last_ticket_id, ticket_id)
        self._open_to_deeds.append(ticket_id)
        opening = Opening(_pick(SOURCES, rng), _pick(self._group_ids, rng), _person(ticket_id))
        return [Event(at, ticket_id, 0, "open", opening)]

    def edit(self, at: int, rng: Random) -> list[Event]:
        """One edit: most are no contact, as at a real desk."""
        if not self._open_to_deeds:
            return []
        index = int(rng.random() * len(self._open_to_deeds))
        ticket_id, share = self._open_to_deeds[index], rng.random()
        if share < 0.4:
            return [Event(at, ticket_id, 0, "bump", f"seen-{index % 7}")]
        if share < 0.82:
            return [Event(at, ticket_id, 0, "converse", self._row(at, ticket_id, share))]
        if share < 0.9:
            return [Event(at, ticket_id, 0, "set_status", _pick((codes.PENDING, codes.RESOLVED), rng))]
        if share < 0.95:
            return [Event(at, ticket_id, 0, "move", _pick(self._group_ids, rng))]
        if share > 0.985 and self._trashed:
            restored = self._trashed.pop()
            self._open_to_deeds.append(restored)
            return [Event(at, restored, 0, "restore")]
        self._open_to_deeds[index] = self._open_to_deeds[-1]
        self._open_to_deeds.pop()
        if share > 0.98:
            return [Event(at, ticket_id, 0, "mark_spam")]
        self._trashed.append(ticket_id)
        return [Event(at, ticket_id, 0, "trash")]

    def bulk(self, at: int, number: int, rng: Random) -> list[Event]:
        """So many tickets are changed in one second, none twice."""
        number = min(number, len(self._open_to_deeds))
        start = int(rng.random() * len(self._open_to_deeds)) if number else 0
        # A stretch of neighbours from anywhere, closed as a ring.
        ring = self._open_to_deeds[start:] + self._open_to_deeds[:start]
        return [Event(at, ticket_id, 0, "bump", "bulk") for ticket_id in ring[:number]]

    def _row(self, at: int, ticket_id: int, share: float) -> Conversation:
        self._last_row_id += 1
        row, agent_id, person_id = (
            (self._last_row_id, ticket_id, at),
            people.AGENT_BASE + 1,
            _person(ticket_id),
        )
        if share < 0.58:
            return shapes.customer_mail(*row, person_id)
        if share < 0.75:
            return shapes.agent_mail(*row, agent_id, person_id)
        return shapes.private_note(*row, agent_id)


def _person(ticket_id: int) -> int:
    return REQUESTER_BASE + ticket_id % 1_000_000


def _pick(choices: tuple[Choice, ...], rng: Random) -> Choice:
    """Only ``random`` itself draws the same in every Python version."""
    return choices[int(rng.random() * len(choices))]
