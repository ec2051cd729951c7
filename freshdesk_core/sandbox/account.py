"""The account at one moment: the state that a log of events folds into.

Each operation takes the second it happens at, the ticket's id and its detail. Operations on a ticket
that is gone (purged) do nothing: a log may outlive its tickets.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from freshdesk_core.sandbox import codes
from freshdesk_core.sandbox.records import Agent, Conversation, Group, Opening, Ticket


class Event(NamedTuple):
    """One line of the log. ``step`` orders the events of one ticket within one second.

    ``act`` is the name of an ``Account`` operation.
    """

    at: int
    ticket_id: int
    step: int
    act: str
    detail: Any = None


class Account:
    """Everything that a Freshdesk account holds, changed only through its operations.

    Attributes:
        now: The second up to which the log is folded.
        tickets: By id; spam, trashed and archived ones too, purged ones not.
        conversations: By ticket id, in the order they came (merged ones last).
        groups: By id; deleted ones are gone.
        last_ticket_id: The highest id ever given, also of tickets that are gone.
        sources: Labels of sources beyond the usual ones, with their numbers.
        version: Rises with every event; a cache may be kept while it stands.
        watchers: Called with the events that were folded on, each time.
    """

    def __init__(self, groups: Iterable[Group] = (), agents: Iterable[Agent] = ()) -> None:
        self.now = 0
        self.last_ticket_id = 0
        self.tickets: dict[int, Ticket] = {}
        self.conversations: defaultdict[int, list[Conversation]] = defaultdict(list)
        self.groups = {group.id: group for group in groups}
        self.agents = tuple(agents)
        self.sources: dict[str, int] = {}
        self.version = 0
        self.watchers: list[Callable[[list[Event]], None]] = []
        self._acts: dict[str, Callable[[int, int, Any], None]] = {
            name: getattr(self, name) for name in OPERATIONS
        }

    def fold(self, events: Iterable[Event]) -> None:
        """Apply events, oldest first."""
        acts = self._acts
        events = list(events) if self.watchers else events
        for at, ticket_id, _step, act, detail in events:
            acts[act](at, ticket_id, detail)
            self.version += 1
        for watch in self.watchers:
            watch(list(events))

    # Tickets

    def open(self, at: int, ticket_id: int, opening: Opening) -> None:
        """A ticket comes in."""
        self.last_ticket_id = max(self.last_ticket_id, ticket_id)
        self.tickets[ticket_id] = Ticket(
            ticket_id,
            at,
            at,
            opening.source,
            opening.group_id,
            opening.requester_id,
            opening.responder_id,
            opening.priority,
            opening.type,
            opening.status,
            opening.subject,
            opening.description,
            opening.spam,
            association_type=opening.association_type,
        )

    def bump(self, at: int, ticket_id: int, tag: str | None) -> None:
        """Something that is no contact: an SLA job, a tag, a field."""
        ticket = self._touch(at, ticket_id)
        if ticket and tag and tag not in ticket.tags:
            ticket.tags.append(tag)

    def move(self, at: int, ticket_id: int, group_id: int | None) -> None:
        """The ticket goes to another group; its history forgets the old one."""
        if ticket := self._touch(at, ticket_id):
            ticket.group_id = group_id

    def change_source(self, at: int, ticket_id: int, source: int) -> None:
        """An agent or a rule corrects how the ticket came in."""
        if ticket := self._touch(at, ticket_id):
            ticket.source = source

    def assign(self, at: int, ticket_id: int, responder_id: int | None) -> None:
        """An agent takes the ticket."""
        if ticket := self._touch(at, ticket_id):
            ticket.responder_id = responder_id

    def associate(self, at: int, ticket_id: int, association_type: int) -> None:
        """The ticket becomes the parent, child, tracker or relative of another one."""
        if ticket := self._touch(at, ticket_id):
            ticket.association_type = association_type
            ticket.associated_tickets_count = (ticket.associated_tickets_count or 0) + 1

    def set_status(self, at: int, ticket_id: int, status: int) -> None:
        """Open, pending, resolved or closed; reopening clears when it was resolved and closed."""
        ticket = self._touch(at, ticket_id)
        if ticket is None or ticket.status == status:
            return
        stats = ticket.stats
        stats.status_updated_at = at
        stats.pending_since = at if status == codes.PENDING else None
        if status in (codes.RESOLVED, codes.CLOSED):
            stats.resolved_at = stats.resolved_at or at
            stats.closed_at = at if status == codes.CLOSED else None
        else:
            if ticket.status in (codes.RESOLVED, codes.CLOSED):
                stats.reopened_at = at
            stats.resolved_at = stats.closed_at = None
        ticket.status = status

    # Spam, trash, archive

    def trash(self, at: int, ticket_id: int, _detail: None = None) -> None:
        """Move to the trash: gone from the default list, without a trace."""
        if ticket := self._touch(at, ticket_id):
            ticket.deleted, ticket.hidden_at = True, at

    def restore(self, at: int, ticket_id: int, _detail: None = None) -> None:
        """Take back out of the trash."""
        if ticket := self._touch(at, ticket_id):
            ticket.deleted = False

    def mark_spam(self, at: int, ticket_id: int, _detail: None = None) -> None:
        """Mark as spam."""
        if ticket := self._touch(at, ticket_id):
            ticket.spam, ticket.hidden_at = True, at

    def unmark_spam(self, at: int, ticket_id: int, _detail: None = None) -> None:
        """It was no spam."""
        if ticket := self._touch(at, ticket_id):
            ticket.spam = False

    def purge(self, _at: int, ticket_id: int, _detail: None = None) -> None:
        """Delete for ever, with all conversations."""
        self.tickets.pop(ticket_id, None)
        self.conversations.pop(ticket_id, None)

    def archive(self, at: int, ticket_id: int, _detail: None = None) -> None:
        """Put away: from now on to be had by its id only. Does not move ``updated_at``."""
        if ticket := self.tickets.get(ticket_id):
            ticket.archived, ticket.hidden_at = True, at
            ticket.revision += 1

    def merge(self, at: int, ticket_id: int, primary_id: int) -> None:
        """Merge this (secondary) ticket into a primary: close and empty it, move its conversations.

        The conversations keep their ids. The primary's stats take the later of both: nothing public
        says what Freshdesk does, and a reader of stats would otherwise never see that they came.
        """
        primary, secondary = self._touch(at, primary_id), self.tickets.get(ticket_id)
        if primary is None or secondary is None:
            return
        moved = self.conversations.pop(ticket_id, [])
        self.conversations[primary_id].extend(row._replace(ticket_id=primary_id) for row in moved)
        _answers_moved(primary, moved)
        secondary.status = codes.OPEN if secondary.status == codes.CLOSED else secondary.status
        self.set_status(at, ticket_id, codes.CLOSED)

    # Conversations

    def converse(self, at: int, ticket_id: int, row: Conversation) -> None:
        """A conversation comes in; the ticket's stats follow.

        Two flaws are Freshdesk's: survey feedback counts as an answer of the requester, and answers on an
        outbound e-mail leave the agent's times empty. Web chat lines leave the requester's time empty.
        """
        ticket = self._touch(at, ticket_id)
        if ticket is None:
            return
        self.conversations[ticket_id].append(row)
        if row.private or row.category == codes.BY_AUTOMATION or row.auto_response or row.automation_id:
            return
        if row.incoming:
            self._requester_answered(at, ticket, row)
        elif ticket.source != codes.OUTBOUND_EMAIL:
            ticket.stats.agent_responded_at = at
            ticket.stats.first_responded_at = ticket.stats.first_responded_at or at

    def edit(self, at: int, ticket_id: int, conversation_id: int) -> None:
        """Someone rewrites a conversation."""
        self._touch(at, ticket_id)
        rows = self.conversations.get(ticket_id, [])
        for index, row in enumerate(rows):
            if row.id == conversation_id:
                rows[index] = row._replace(updated_at=at, last_edited_at=at, last_edited_user_id=row.user_id)

    def remove(self, at: int, ticket_id: int, conversation_id: int) -> None:
        """Someone deletes a conversation: it leaves nothing behind."""
        self._touch(at, ticket_id)
        rows = self.conversations.get(ticket_id, [])
        rows[:] = [row for row in rows if row.id != conversation_id]

    # Groups

    def add_group(self, _at: int, _ticket_id: int, group: Group) -> None:
        """A new team."""
        self.groups[group.id] = group

    def rename_group(self, at: int, group_id: int, name: str) -> None:
        """The team gets another name; the old one is gone from the API."""
        group = self.groups[group_id]
        self.groups[group_id] = Group(group.id, name, group.created_at, at)

    def delete_group(self, _at: int, group_id: int, _detail: None = None) -> None:
        """The team is gone from every list; tickets keep its id."""
        self.groups.pop(group_id, None)

    def _requester_answered(self, at: int, ticket: Ticket, row: Conversation) -> None:
        if ticket.source != codes.WEB_CHAT:
            ticket.stats.requester_responded_at = at
        if row.category != codes.BY_SURVEY and ticket.status != codes.OPEN:
            self.set_status(at, ticket.id, codes.OPEN)

    def _touch(self, at: int, ticket_id: int) -> Ticket | None:
        ticket = self.tickets.get(ticket_id)
        if ticket is not None:
            ticket.updated_at = max(ticket.updated_at, at)
            ticket.revision += 1
        return ticket


def _answers_moved(primary: Ticket, moved: list[Conversation]) -> None:
    public = [row for row in moved if not row.private]
    stats = primary.stats
    asked = [row.created_at for row in public if row.incoming]
    answered = [row.created_at for row in public if not row.incoming and row.category == codes.BY_AGENT]
    stats.requester_responded_at = max((*asked, stats.requester_responded_at or 0)) or None
    stats.agent_responded_at = max((*answered, stats.agent_responded_at or 0)) or None


OPERATIONS = tuple(name for name in vars(Account) if not name.startswith("_") and name != "fold")
