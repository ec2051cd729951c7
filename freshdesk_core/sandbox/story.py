"""One ticket's life, written event by event along its own clock."""

from random import Random
from typing import Any, TypeVar

from freshdesk_core.sandbox import codes
from freshdesk_core.sandbox.account import Event
from freshdesk_core.sandbox.people import agents_of
from freshdesk_core.sandbox.records import Conversation
from freshdesk_core.sandbox.seasons import DAY, HOUR, berlin_offset, draw

Choice = TypeVar("Choice")

CONVERSATION_BASE = 43_001_000_000
ROWS_PER_TICKET = 1_000
REQUESTER_BASE = 43_000_200_000
CLOSING_JOB = 2 * HOUR
REST_BEFORE_CLOSING = 2 * DAY


class Story:
    """Writes the events of one ticket, oldest first.

    ``at`` is the story's clock. A resolved ticket is closed by the nightly job, two days later at the
    earliest, unless something happens before.
    """

    def __init__(self, ticket_id: int, group_id: int | None, source: int, at: int, rng: Random) -> None:
        self.ticket_id, self.group_id, self.source = ticket_id, group_id, source
        self.opened_at = self.at = at
        self.rng = rng
        self.events: list[Event] = []
        self.requester_id = REQUESTER_BASE + (
            ticket_id if rng.random() < 0.7 else int(rng.random() * ticket_id)
        )
        self.agent_id = self.pick(agents_of(group_id))
        self.status = codes.OPEN
        self._steps = 0
        self._rows = 0
        self._closes_at: int | None = None

    # Chance

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return self.rng.random() < share

    def pick(self, choices: tuple[Choice, ...]) -> Choice:
        """One of the choices, each as likely as the others.

        ``Random.choice`` would do, but only ``random`` itself draws the same in every Python version.
        """
        return choices[int(self.rng.random() * len(choices))]

    # Time

    def wait(self, lags: tuple[tuple[float, int], ...]) -> int:
        """Let the clock run on by a drawn lag, and the closing job do its work meanwhile."""
        return self.wait_until(self.at + 1 + draw(self.rng, lags))

    def wait_for_agent(self, lags: tuple[tuple[float, int], ...]) -> int:
        """As ``wait``, but on into the desk's hours: 7 to 20, not on Sundays."""
        return self.wait_until(_in_office(self.at + 1 + draw(self.rng, lags), self.rng))

    def wait_until(self, at: int) -> int:
        """Set the clock, and let the closing job do its work meanwhile."""
        if self._closes_at is not None and self._closes_at <= at:
            self._close(self._closes_at)
        self.at = max(at, self.at)
        return self.at

    # Deeds

    def do(self, act: str, detail: Any = None, *, at: int | None = None) -> None:
        """Add an event, by default at the story's present time."""
        self._steps += 1
        self.events.append(Event(at or self.at, self.ticket_id, self._steps, act, detail))

    def next_id(self) -> int:
        """The id of the next conversation."""
        self._rows += 1
        return CONVERSATION_BASE + self.ticket_id * ROWS_PER_TICKET + self._rows

    def say(self, row: Conversation) -> None:
        """Add a conversation; a customer's opens the ticket again."""
        self.do("converse", row)
        if row.incoming and not row.private and row.category != codes.BY_SURVEY and not row.auto_response:
            self.status, self._closes_at = codes.OPEN, None

    def set_status(self, status: int) -> None:
        """Change the status; a resolved ticket will be closed by the nightly job."""
        self.status = status
        self.do("set_status", status)
        self._closes_at = None
        if status == codes.RESOLVED:
            due = self.at + REST_BEFORE_CLOSING - CLOSING_JOB
            self._closes_at = (due // DAY + 1) * DAY + CLOSING_JOB

    def finish(self) -> None:
        """Let the closing job end the story, if the ticket is resolved."""
        if self._closes_at is not None:
            self.wait_until(self._closes_at)

    def _close(self, at: int) -> None:
        self.do("set_status", codes.CLOSED, at=at)
        self.at, self.status, self._closes_at = at, codes.CLOSED, None


def _in_office(at: int, rng: Random) -> int:
    """The same moment if the desk is open then, else some minutes into its next opening."""
    day, second = divmod(at + berlin_offset(at // DAY), DAY)
    is_sunday = (day + 3) % 7 == 6
    if not is_sunday and 7 * HOUR <= second < 20 * HOUR:
        return at
    opening = day if second < 7 * HOUR and not is_sunday else day + 1
    if (opening + 3) % 7 == 6:
        opening += 1
    return opening * DAY + 7 * HOUR - berlin_offset(opening) + int(rng.random() * 3 * HOUR)
