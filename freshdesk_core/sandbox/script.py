"""A hand-written account: says exactly which tickets and conversations exist, and when what happens."""

from datetime import UTC, datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from freshdesk_core.sandbox import codes, people, shapes
from freshdesk_core.sandbox.account import Account, Event
from freshdesk_core.sandbox.lines import GROUP_BASE
from freshdesk_core.sandbox.records import Conversation, Group, Opening

Moment = str | int | None
CONVERSATION_BASE = 43_077_000_000
REQUESTER_BASE = 43_000_900_000


class Script:
    """An account that is written line by line, also while a ``Sandbox`` serves it.

    Every deed takes ``at``: an ISO 8601 text (UTC unless it says otherwise), epoch seconds, or nothing
    for the script's present time. A deed in the future happens when ``now`` gets there.

    >>> script = Script(now="2026-03-10T12:00:00Z")
    >>> ticket = script.ticket(group="CustomerService", at="2026-03-02T09:00:00Z")
    >>> _ = script.agent_reply(ticket, at="2026-03-02T09:30:00Z")
    >>> _ = script.reply(ticket, at="2026-03-04T17:20:00Z")
    >>> len(script.at("2026-03-03").conversations[ticket]), len(script.at("2026-03-10").conversations[ticket])
    (1, 2)

    Attributes:
        now: The account's present second; set it to let time pass.
    """

    def __init__(self, now: str | int = "2026-03-10T12:00:00Z") -> None:
        self.now = _seconds(now)
        self._events: list[Event] = []
        self._groups: dict[str, int] = {}
        self._made_groups = 0
        self._sources: dict[str, int] = {}
        self._holders: dict[int, int] = {}
        self._last_ticket_id = 0
        self._last_row_id = CONVERSATION_BASE
        self._progress: WeakKeyDictionary[Account, tuple[int, list[Event]]] = WeakKeyDictionary()
        self._lock = Lock()

    # What a sandbox asks for

    def clock(self) -> int:
        """The script's present time."""
        return self.now

    def empty(self) -> Account:
        """The account before the first line."""
        account = Account(agents=people.staff())
        account.sources = self._sources
        return account

    def advance(self, account: Account, now: int) -> None:
        """Fold on all deeds up to a second, those too that were written late."""
        with self._lock:
            seen, waiting = self._progress.get(account, (0, []))
            if seen == len(self._events) and now <= account.now:
                return
            waiting = sorted(waiting + self._events[seen:], key=_order)
            self._progress[account] = len(self._events), [event for event in waiting if event.at > now]
        account.now = max(account.now, now)
        account.fold(event for event in waiting if event.at <= now)

    def at(self, now: str | int) -> Account:
        """Everything folded up to and including a moment."""
        account = self.empty()
        self.advance(account, _seconds(now))
        return account

    # Tickets

    def next_ticket_id(self) -> int:
        """Take the id that the next ticket would get."""
        self._last_ticket_id += 1
        return self._last_ticket_id

    def ticket(
        self,
        *,
        group: str | None = "CustomerService",
        source: int = codes.EMAIL,
        at: Moment = None,
        ticket_id: int | None = None,
        **fields: Any,
    ) -> int:
        """Open a ticket.

        Args:
            group: A group's name, made when it is new; None for no group.
            ticket_id: Default: one more than the last.
            fields: More of ``records.Opening`` (``status``, ``spam``, ``association_type``, ``subject`` …).

        Returns:
            Its id.
        """
        ticket_id = ticket_id or self.next_ticket_id()
        self._last_ticket_id = max(self._last_ticket_id, ticket_id)
        group_id = None if group is None else self.group(group)
        fields.setdefault("requester_id", REQUESTER_BASE + ticket_id % 1_000_000)
        self._write(at, ticket_id, "open", Opening(source=source, group_id=group_id, **fields))
        return ticket_id

    def move(self, ticket_id: int, group: str | None, at: Moment = None) -> None:
        """To another group, or to none."""
        self._write(at, ticket_id, "move", None if group is None else self.group(group))

    def change_source(self, ticket_id: int, source: int, at: Moment = None) -> None:
        """Correct how the ticket came in."""
        self._write(at, ticket_id, "change_source", source)

    def set_status(self, ticket_id: int, status: int, at: Moment = None) -> None:
        """See ``codes``: open 2, pending 3, resolved 4, closed 5."""
        self._write(at, ticket_id, "set_status", status)

    def close(self, ticket_id: int, at: Moment = None) -> None:
        """Close it."""
        self.set_status(ticket_id, codes.CLOSED, at)

    def bump(self, ticket_id: int, at: Moment = None, tag: str | None = None) -> None:
        """Touch it without a contact: ``updated_at`` moves, nothing else."""
        self._write(at, ticket_id, "bump", tag)

    def trash(self, ticket_id: int, at: Moment = None) -> None:
        """Into the trash."""
        self._write(at, ticket_id, "trash")

    def restore(self, ticket_id: int, at: Moment = None) -> None:
        """Out of the trash."""
        self._write(at, ticket_id, "restore")

    def spam(self, ticket_id: int, at: Moment = None) -> None:
        """Mark as spam."""
        self._write(at, ticket_id, "mark_spam")

    def unspam(self, ticket_id: int, at: Moment = None) -> None:
        """It was no spam."""
        self._write(at, ticket_id, "unmark_spam")

    def purge(self, ticket_id: int, at: Moment = None) -> None:
        """Gone for ever."""
        self._write(at, ticket_id, "purge")

    def archive(self, ticket_id: int, at: Moment = None) -> None:
        """Put away: to be had by its id only."""
        self._write(at, ticket_id, "archive")

    def merge(self, ticket_id: int, *, into: int, at: Moment = None, notes: bool = True) -> None:
        """Merge a ticket into a primary; with a private note in both, as Freshdesk writes."""
        self._write(at, ticket_id, "merge", into)
        if notes:
            self.note(ticket_id, at)
            self.note(into, at)

    # Conversations; each gives its id

    def conversation(self, ticket_id: int, at: Moment = None, **fields: Any) -> int:
        """Any row at all: ``fields`` are those of ``records.Conversation``."""
        row_id = fields.pop("id", None) or self._next_row_id()
        second = self._second(at)
        fields = {"ticket_id": ticket_id, "created_at": second, "updated_at": second, **fields}
        return self._add(Conversation(id=row_id, **fields))

    def reply(self, ticket_id: int, at: Moment = None, *, person_id: int | None = None) -> int:
        """The customer (or someone in CC) answers by e-mail."""
        return self._add(
            shapes.customer_mail(*self._row(ticket_id, at), person_id or self._person(ticket_id))
        )

    def portal_reply(self, ticket_id: int, at: Moment = None) -> int:
        """The customer answers in the portal."""
        return self._add(shapes.portal_reply(*self._row(ticket_id, at), self._person(ticket_id)))

    def agent_reply(self, ticket_id: int, at: Moment = None) -> int:
        """An agent answers by e-mail."""
        person = self._person(ticket_id)
        return self._add(shapes.agent_mail(*self._row(ticket_id, at), people.AGENT_BASE + 1, person))

    def chat(
        self, ticket_id: int, at: Moment = None, *, incoming: bool = True, source: int = codes.CHAT_MESSAGE
    ) -> int:
        """A line of a live channel; ``source`` is the conversation's code (20 web chat)."""
        person = self._person(ticket_id) if incoming else people.AGENT_BASE + 1
        return self._add(shapes.line(*self._row(ticket_id, at), person, incoming, source))

    def greeting(self, ticket_id: int, at: Moment = None) -> int:
        """The chat's bot says hello."""
        return self._add(shapes.bot_greeting(*self._row(ticket_id, at)))

    def note(self, ticket_id: int, at: Moment = None, *, private: bool = True) -> int:
        """An agent's note, private or public."""
        shape = shapes.private_note if private else shapes.public_note
        return self._add(shape(*self._row(ticket_id, at), people.AGENT_BASE + 1))

    def forward(self, ticket_id: int, at: Moment = None) -> int:
        """An agent asks a third party."""
        return self._add(shapes.forward(*self._row(ticket_id, at), people.AGENT_BASE + 1))

    def third_party(self, ticket_id: int, at: Moment = None) -> int:
        """The third party answers."""
        return self._add(shapes.third_party_answer(*self._row(ticket_id, at)))

    def survey(self, ticket_id: int, at: Moment = None) -> int:
        """Survey feedback comes back."""
        return self._add(shapes.survey_feedback(*self._row(ticket_id, at), self._person(ticket_id)))

    def acknowledgement(self, ticket_id: int, at: Moment = None) -> int:
        """An automatic answer."""
        return self._add(shapes.acknowledgement(*self._row(ticket_id, at), self._person(ticket_id)))

    def rule_mail(self, ticket_id: int, at: Moment = None) -> int:
        """An automation rule writes."""
        person = self._person(ticket_id)
        return self._add(shapes.rule_mail(*self._row(ticket_id, at), people.AGENT_BASE + 1, person))

    def edit(self, conversation_id: int, at: Moment = None) -> None:
        """Rewrite a conversation."""
        self._write(at, self._holders[conversation_id], "edit", conversation_id)

    def remove(self, conversation_id: int, at: Moment = None) -> None:
        """Delete a conversation."""
        self._write(at, self._holders[conversation_id], "remove", conversation_id)

    # The account

    def group(self, name: str) -> int:
        """A group's id; it is made when it is new. The restricted key sees the first two groups made."""
        if name not in self._groups:
            self._made_groups += 1
            group_id = self._groups[name] = GROUP_BASE + self._made_groups
            self._events.append(Event(0, group_id, 0, "add_group", Group(group_id, name, self.now, self.now)))
        return self._groups[name]

    def rename_group(self, name: str, new_name: str, at: Moment = None) -> None:
        """Give a group another name."""
        group_id = self._groups[new_name] = self._groups.pop(name)
        self._write(at, group_id, "rename_group", new_name)

    def delete_group(self, name: str, at: Moment = None) -> None:
        """Delete a group; its tickets keep its id."""
        self._write(at, self._groups.pop(name), "delete_group")

    def label_source(self, label: str, number: int) -> None:
        """Give a custom source (above 100) a label in the ticket fields."""
        self._sources[label] = number

    def _row(self, ticket_id: int, at: Moment) -> tuple[int, int, int]:
        return self._next_row_id(), ticket_id, self._second(at)

    def _add(self, row: Conversation) -> int:
        self._holders[row.id] = row.ticket_id
        self._write(row.created_at, row.ticket_id, "converse", row)
        return row.id

    def _next_row_id(self) -> int:
        self._last_row_id += 1
        return self._last_row_id

    def _person(self, ticket_id: int) -> int:
        return REQUESTER_BASE + ticket_id % 1_000_000

    def _second(self, at: Moment) -> int:
        return self.now if at is None else _seconds(at)

    def _write(self, at: Moment, record_id: int, act: str, detail: Any = None) -> None:
        self._events.append(Event(self._second(at), record_id, len(self._events), act, detail))


def _order(event: Event) -> tuple[int, int]:
    return event.at, event.step


def _seconds(moment: str | int) -> int:
    if isinstance(moment, int):
        return moment
    when = datetime.fromisoformat(moment)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
