"""Writes the log of a ready-made desk: exact numbers of everything, every kind of row, all from a seed."""

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple, TypeVar

from freshdesk_core.sandbox import codes, shapes, texts
from freshdesk_core.sandbox.account import Event
from freshdesk_core.sandbox.lines import GROUP_NAMES, LIVE_SOURCES
from freshdesk_core.sandbox.people import agents_of
from freshdesk_core.sandbox.records import Conversation, Opening
from freshdesk_core.sandbox.seasons import DAY, HOUR, random_for

Choice = TypeVar("Choice")
BIG = 2**53
GROUPS = {**dict(list(GROUP_NAMES.items())[:8]), BIG + 1: "Legal & Privacy"}
SOURCES = (*codes.SOURCE_CHOICES.values(), codes.FORGOTTEN_SOURCE)
USUAL_SOURCES = (1,) * 9 + (2, 2, 3, 3, 3, 7, 13, 15, 15, 16, 16, 10)
USUAL_GROUPS = (*tuple(GROUPS) * 3, None)
REQUESTER_BASE = 43_000_300_000
THREAD_DAYS = 14
# What is thrown away or marked as spam is purged after 30 days: it happened lately.
LATELY = 28 * DAY
REST_BEFORE_ARCHIVE = 121 * DAY
BULK_BEFORE_END = 2 * DAY

# Rows under a ticket that came by mail, form or phone, with their share.
_Shape = Callable[[int, int, int, int, int], Conversation]
_SHAPES: tuple[tuple[float, _Shape], ...] = (
    (0.34, lambda row, ticket, at, person, _agent: shapes.customer_mail(row, ticket, at, person)),
    (0.66, lambda row, ticket, at, person, agent: shapes.agent_mail(row, ticket, at, agent, person)),
    (0.80, lambda row, ticket, at, _person, agent: shapes.private_note(row, ticket, at, agent)),
    (0.83, lambda row, ticket, at, person, _agent: shapes.portal_reply(row, ticket, at, person)),
    (0.86, lambda row, ticket, at, _person, agent: shapes.public_note(row, ticket, at, agent)),
    (0.88, lambda row, ticket, at, _person, agent: shapes.forward(row, ticket, at, agent)),
    (0.90, lambda row, ticket, at, _person, _agent: shapes.third_party_answer(row, ticket, at)),
    (0.92, lambda row, ticket, at, person, _agent: shapes.survey_feedback(row, ticket, at, person)),
    (0.94, lambda row, ticket, at, person, _agent: shapes.acknowledgement(row, ticket, at, person)),
    (0.955, lambda row, ticket, at, person, agent: shapes.rule_mail(row, ticket, at, agent, person)),
    (0.97, lambda row, ticket, at, person, _agent: shapes.out_of_office(row, ticket, at, person)),
    (0.98, lambda row, ticket, at, _person, agent: shapes.inbound_note(row, ticket, at, agent)),
    (0.99, lambda row, ticket, at, person, _agent: shapes.line(row, ticket, at, person, True, 20)),
    (1.0, lambda row, ticket, at, person, _agent: shapes.customer_mail(row, ticket, at, person + 7)),
)


class Shares(NamedTuple):
    """Of the tickets; ``gone`` of the ids."""

    trashed: float = 0.0
    spam: float = 0.0
    merged: float = 0.0
    gone: float = 0.0
    archived: float = 0.0


class Plan(NamedTuple):
    """One ticket before its life is written: the last moment of its rows, and how many they are."""

    ticket_id: int
    opened_at: int
    limit: int
    rows: int


def written(
    seed: int,
    end: int,
    days: int,
    tickets: int,
    conversations: int,
    shares: Shares,
    *,
    bulk: int,
    longest: int = 0,
) -> list[Event]:
    """The log, oldest first.

    Args:
        seed: Another number, another desk.
        end: The second before which everything happens.
        days: How far it goes back.
        tickets, conversations: How many there are at the end, exactly.
        shares: Their fates.
        bulk: So many tickets are changed in one second, two days before the end.
        longest: So many of the conversations belong to the first ticket.
    """
    return Desk(seed, end, days, shares).log(tickets, conversations, bulk, longest)


class Desk:
    """Writes one desk."""

    def __init__(self, seed: int, end: int, days: int, shares: Shares) -> None:
        self._end, self._start, self._shares = end, end - days * DAY, shares
        self._rng = random_for(seed, 80, 0)
        self._events: list[Event] = []
        self._last_row_id = 0
        self._last_at: dict[int, int] = {}

    def log(self, tickets: int, conversations: int, bulk: int, longest: int) -> list[Event]:
        """Write it."""
        self._last_row_id = BIG - conversations // 2
        ids = self._ids(tickets)
        fates = self._fates(ids)
        notes = 2 * len(fates["merged"])
        rows = self._rows(len(ids), conversations - notes, longest)
        opened = sorted(self._start + int(self._rng.random() * (self._end - self._start - DAY)) for _ in ids)
        pairs = self._pairs(len(ids), is_plain=bool(longest))
        for plan, pair in zip(self._plans(ids, opened, rows, fates), pairs, strict=True):
            self._tell(plan, *pair)
        self._end_lives(fates)
        self._change_at_once([ticket_id for ticket_id in fates["none"] if self._is_old(ticket_id)][:bulk])
        self._events.sort(key=itemgetter(0, 1, 2))
        return self._events

    def _ids(self, tickets: int) -> list[int]:
        """Ascending, with exactly the share of gaps asked for; the last one is there."""
        given = round(tickets / (1 - self._shares.gone))
        gaps, ids = given - tickets, []
        for ticket_id in range(1, given + 1):
            if self._rng.random() * (given - ticket_id) < gaps:
                gaps -= 1
            else:
                ids.append(ticket_id)
        return ids

    def _fates(self, ids: list[int]) -> dict[str, list[int]]:
        """Which tickets end how; ``archived`` are the oldest, the others anyhow."""
        old = ids[: round(self._shares.archived * len(ids))]
        mixed = self._shuffled(ids[len(old) :])
        fates, used = {"archived": old}, 0
        for name in ("trashed", "spam", "merged"):
            number = round(getattr(self._shares, name) * len(ids))
            fates[name] = mixed[used : used + number]
            used += number
        return {**fates, "none": mixed[used:]}

    def _rows(self, tickets: int, conversations: int, longest: int) -> list[int]:
        """How many rows each ticket has: most few, some very many; in sum exactly what is asked."""
        rows = [0] * tickets
        if longest:
            return [longest, *(2 for _ in rows[1:])]
        order = self._shuffled(list(range(tickets)))
        for _ in range(conversations):
            # A root would draw all alike; the square makes long threads.
            rows[order[int(tickets * self._rng.random() ** 2)]] += 1
        return rows

    def _pairs(self, tickets: int, *, is_plain: bool) -> list[tuple[int | None, int]]:
        """Group and source of each ticket: every pair occurs where there is room, the rest is usual."""
        if is_plain:
            return [(next(iter(GROUPS)), codes.EMAIL)] * tickets
        every = [(group_id, source) for group_id in (*GROUPS, None) for source in SOURCES]
        every = every if tickets > 2 * len(every) else []
        usual = [(self._pick(USUAL_GROUPS), self._pick(USUAL_SOURCES)) for _ in range(tickets - len(every))]
        return self._shuffled(every + usual)

    def _plans(
        self, ids: list[int], opened: list[int], rows: list[int], fates: dict[str, list[int]]
    ) -> list[Plan]:
        archived = set(fates["archived"])
        latest = self._end - 3 * HOUR
        plans = []
        for ticket_id, opened_at, number in zip(ids, opened, rows, strict=True):
            limit = min(opened_at + THREAD_DAYS * DAY, latest)
            if ticket_id in archived:
                limit = min(limit, self._end - REST_BEFORE_ARCHIVE - 2 * DAY)
                opened_at = min(opened_at, limit - HOUR)
            plans.append(Plan(ticket_id, opened_at, limit, number))
        return plans

    def _tell(self, plan: Plan, group_id: int | None, source: int) -> None:
        """A ticket's life: opening, rows, a move or a correction here and there, the closing job."""
        rng, ticket_id = self._rng, plan.ticket_id
        person = REQUESTER_BASE + (ticket_id if rng.random() < 0.7 else int(rng.random() * ticket_id))
        agent = self._pick(agents_of(group_id if group_id in GROUP_NAMES else None))
        association = codes.CHILD if source == codes.PHONE and rng.random() < 0.05 else None
        opening = Opening(source, group_id, person, agent, 1 + ticket_id % 4, association_type=association)
        self._add(plan.opened_at, ticket_id, "open", opening)
        span = plan.limit - plan.opened_at
        moments = sorted(plan.opened_at + int(rng.random() * span) for _ in range(plan.rows))
        if source == codes.WEB_CHAT:
            moments[:2] = [plan.opened_at, plan.opened_at + 1][: len(moments)]
        for number, at in enumerate(moments):
            self._say(self._row(number, at, ticket_id, source, person, agent))
        last = moments[-1] if moments else plan.opened_at
        if rng.random() < 0.05:
            self._add(
                min(last + int(rng.random() * HOUR), plan.limit), ticket_id, "move", self._pick(USUAL_GROUPS)
            )
        if rng.random() < 0.01:
            self._add(min(last + 60, plan.limit), ticket_id, "change_source", codes.PORTAL)
        self._close(plan, last)

    def _row(
        self, number: int, at: int, ticket_id: int, source: int, person: int, agent: int
    ) -> Conversation:
        self._last_row_id += 1
        row_id = self._last_row_id
        if source in LIVE_SOURCES:
            return _chat_line(number, row_id, ticket_id, at, source, person, agent)
        share = self._rng.random()
        shape = next(shape for limit, shape in _SHAPES if share <= limit)
        return shape(row_id, ticket_id, at, person, agent)

    def _close(self, plan: Plan, last: int) -> None:
        """The hourly job closes what has rested for two days: many tickets share its seconds."""
        at = (last + 2 * DAY) // HOUR * HOUR
        if at < self._end - 2 * HOUR and self._rng.random() < 0.85:
            self._add(at, plan.ticket_id, "set_status", codes.CLOSED)

    def _end_lives(self, fates: dict[str, list[int]]) -> None:
        latest = self._end - 2 * HOUR
        for name, act in (("trashed", "trash"), ("spam", "mark_spam")):
            for ticket_id in fates[name]:
                first = max(self._last_at[ticket_id] + 1, self._end - LATELY)
                self._add(first + int(self._rng.random() * (latest - first)), ticket_id, act)
        for ticket_id in fates["archived"]:
            self._add(self._last_at[ticket_id], ticket_id, "set_status", codes.CLOSED)
            self._add(self._last_at[ticket_id] + REST_BEFORE_ARCHIVE, ticket_id, "archive")
        for number, ticket_id in enumerate(fates["merged"]):
            primary = fates["none"][-1 - number]
            first = max(self._last_at[ticket_id], self._last_at[primary]) + 1
            at = first + int(self._rng.random() * (latest - first))
            self._add(at, ticket_id, "merge", primary)
            for noted in (ticket_id, primary):
                self._last_row_id += 1
                self._say(shapes.private_note(self._last_row_id, noted, at, agents_of(None)[0]))

    def _change_at_once(self, ticket_ids: list[int]) -> None:
        """A bulk update, as an agent does it from the list."""
        for ticket_id in ticket_ids:
            self._add(self._bulk_at, ticket_id, "bump", "bulk")

    @property
    def _bulk_at(self) -> int:
        return self._end - BULK_BEFORE_END + 37

    def _is_old(self, ticket_id: int) -> bool:
        return self._last_at[ticket_id] < self._bulk_at

    def _say(self, row: Conversation) -> None:
        self._add(row.created_at, row.ticket_id, "converse", row)

    def _add(self, at: int, ticket_id: int, act: str, detail: object = None) -> None:
        self._last_at[ticket_id] = max(at, self._last_at.get(ticket_id, 0))
        self._events.append(Event(at, ticket_id, len(self._events), act, detail))

    def _shuffled(self, items: list[Choice]) -> list[Choice]:
        for last in range(len(items) - 1, 0, -1):
            other = int(self._rng.random() * (last + 1))
            items[last], items[other] = items[other], items[last]
        return items

    def _pick(self, choices: tuple[Choice, ...]) -> Choice:
        """Only ``random`` itself draws the same in every Python version."""
        return choices[int(self._rng.random() * len(choices))]


def _chat_line(
    number: int, row_id: int, ticket_id: int, at: int, source: int, person: int, agent: int
) -> Conversation:
    """In web chat the bot greets, then the opening message comes once more; then both sides by turns."""
    code = {codes.WEB_CHAT: codes.CHAT_MESSAGE, codes.WHATSAPP: codes.FROM_WHATSAPP}.get(source, codes.REPLY)
    if source == codes.WEB_CHAT and number == 0:
        return shapes.bot_greeting(row_id, ticket_id, at)
    if source == codes.WEB_CHAT and number == 1:
        opening = texts.description(ticket_id, person)
        return shapes.line(row_id, ticket_id, at, person, True, code)._replace(body=opening)
    is_customer = number % 2 == 1
    return shapes.line(row_id, ticket_id, at, person if is_customer else agent, is_customer, code)
