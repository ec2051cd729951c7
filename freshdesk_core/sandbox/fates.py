"""How tickets end: archived mostly; in spam, in the trash, merged, or taken back out."""

from collections import deque
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from freshdesk_core.sandbox import codes, shapes
from freshdesk_core.sandbox.account import Event
from freshdesk_core.sandbox.seasons import DAY, EPOCH_ORDINAL, HOUR, draw
from freshdesk_core.sandbox.story import Story

KEPT_IN_TRASH = 30 * DAY
ARCHIVED_AFTER = 120 * DAY
PURGE_JOB = 3 * HOUR + 15 * 60
ARCHIVE_JOB = 4 * HOUR + 30 * 60
HYGIENE_JOB = 3 * HOUR
MISTAKE_FOUND = ((0, 300), (0.5, 20_000), (0.9, 200_000), (1, 1_500_000))
SPAM_SEEN = ((0, 120), (0.6, 20_000), (1, 400_000))
TRASHED = ((0, 300), (0.5, 90_000), (0.9, 900_000), (1, 3_000_000))
MERGED = ((0, 120), (0.7, 9_000), (1, 90_000))
BORN_SPAM_SOURCES = frozenset({codes.EMAIL, codes.WEB_FORM, codes.FEEDBACK_WIDGET, codes.INSTAGRAM_COMMENT})


class Neighbour(NamedTuple):
    """An earlier ticket that others can be merged into or hung on."""

    ticket_id: int
    group_id: int | None
    opened_at: int
    alive_until: float


class Fates:
    """Ends the stories of one world in order of their ids, remembering the last few tickets."""

    def __init__(self) -> None:
        self._neighbours: deque[Neighbour] = deque(maxlen=60)

    def is_born_spam(self, story: Story) -> bool:
        """Whether the ticket goes straight to spam."""
        return story.chance(0.035) and story.source in BORN_SPAM_SOURCES

    def settle(self, story: Story, *, born_spam: bool, association_type: int | None) -> list[Event]:
        """The story's events with its end, and those that it causes on its neighbours."""
        alive_until = float("inf")
        neighbour = self._partner(story)
        if born_spam:
            alive_until = story.opened_at
            _spam(story, story.opened_at - 1)
        elif story.chance(0.009):
            alive_until = _cut(story, SPAM_SEEN)
            _mark_spam(story, int(alive_until))
        elif story.chance(0.035):
            alive_until = _cut(story, TRASHED)
            _trash(story, int(alive_until))
        elif neighbour and association_type is None and story.chance(0.013):
            alive_until = _merge(story, neighbour)
        extra = self._associate(story, association_type, neighbour)
        _hygiene(story)
        _archive(story)
        self._neighbours.append(Neighbour(story.ticket_id, story.group_id, story.opened_at, alive_until))
        return story.events + extra

    def _partner(self, story: Story) -> Neighbour | None:
        """The latest earlier ticket of the group that nothing bad happens to."""
        for neighbour in reversed(self._neighbours):
            if neighbour.group_id == story.group_id and neighbour.alive_until == float("inf"):
                return neighbour
        return None

    def _associate(
        self, story: Story, association_type: int | None, neighbour: Neighbour | None
    ) -> list[Event]:
        """A child makes its neighbour a parent; a tracker collects related tickets."""
        step = 1_000_000 + story.ticket_id
        if association_type == codes.CHILD and neighbour:
            return [Event(story.opened_at, neighbour.ticket_id, step, "associate", codes.PARENT)]
        if association_type == codes.TRACKER:
            at = story.opened_at + 300
            related = [other for other in self._neighbours if other.alive_until == float("inf")][-4:]
            return [Event(at, other.ticket_id, step, "associate", codes.RELATED) for other in related]
        return []


def _spam(story: Story, since: int) -> None:
    """In spam since a second: taken back out, thrown away as well, or left until it is purged."""
    found_at = since + 1 + draw(story.rng, MISTAKE_FOUND)
    purged_at = _next_run(since + KEPT_IN_TRASH, PURGE_JOB)
    if story.chance(0.18):
        _drop(story, since, found_at)
        story.do("unmark_spam", at=found_at)
        return
    _drop(story, since)
    if story.chance(0.2):
        story.do("trash", at=found_at)
    story.do("purge", at=purged_at)


def _mark_spam(story: Story, at: int) -> None:
    story.do("mark_spam", at=at)
    _spam(story, at)


def _trash(story: Story, at: int) -> None:
    """In the trash since a second: restored, or purged after thirty days, a few at once by hand."""
    story.do("trash", at=at)
    if story.chance(0.3):
        restored_at = at + 1 + draw(story.rng, MISTAKE_FOUND)
        _drop(story, at, restored_at)
        story.do("restore", at=restored_at)
        return
    _drop(story, at)
    by_hand = story.chance(0.08)
    story.do("purge", at=at + DAY if by_hand else _next_run(at + KEPT_IN_TRASH, PURGE_JOB))


def _merge(story: Story, primary: Neighbour) -> float:
    """Merge into an earlier ticket: a note in both, then closed and emptied."""
    at = _cut(story, MERGED)
    _drop(story, at)
    note = shapes.private_note(story.next_id(), story.ticket_id, at, story.agent_id)
    story.do("merge", primary.ticket_id, at=at)
    text = f"This ticket is closed and merged into ticket {primary.ticket_id}"
    story.do("converse", note._replace(body=text), at=at)
    other = shapes.private_note(story.next_id(), primary.ticket_id, at, story.agent_id)
    text = f"Ticket with ID {story.ticket_id} is merged into this ticket"
    step = 2_000_000 + story.ticket_id
    story.events.append(Event(at, primary.ticket_id, step, "converse", other._replace(body=text)))
    return at


def _cut(story: Story, lags: tuple[tuple[float, int], ...]) -> int:
    return story.opened_at + 2 + draw(story.rng, lags)


def _drop(story: Story, after: int, until: int | None = None) -> None:
    """Nothing happens to a ticket that lies in spam or trash, or is merged away."""
    story.events[:] = [
        event
        for event in story.events
        if event.at <= after
        or event.act in ("open", "mark_spam", "trash")
        or (until is not None and event.at > until)
    ]


def _hygiene(story: Story) -> None:
    """On the first of a month a job tags a third of last month's tickets, all in one second."""
    at = _next_first_of_month(story.opened_at // DAY) * DAY + HYGIENE_JOB
    if at - story.opened_at < 31 * DAY and story.chance(0.33) and not _is_gone(story, at):
        story.do("bump", "reviewed", at=at)


def _is_gone(story: Story, at: int) -> bool:
    return any(event.act in ("purge", "merge", "trash") and event.at <= at for event in story.events)


def _archive(story: Story) -> None:
    """Closed and nothing for 120 days: archived in the next night."""
    last: dict[str, Event] = {}
    for event in story.events:
        if event.act in ("set_status", "merge", "purge", "converse") and (
            event.act not in last or event.at >= last[event.act].at
        ):
            last[event.act] = event
    closed = "merge" in last or ("set_status" in last and last["set_status"].detail == codes.CLOSED)
    if closed and "purge" not in last:
        rest_from = max(event.at for event in story.events if event.ticket_id == story.ticket_id)
        story.do("archive", at=_next_run(rest_from + ARCHIVED_AFTER, ARCHIVE_JOB))


def _next_run(at: int, job: int) -> int:
    """When a daily job runs next."""
    return -(-(at - job) // DAY) * DAY + job


@lru_cache(maxsize=4096)
def _next_first_of_month(day: int) -> int:
    when = date.fromordinal(EPOCH_ORDINAL + day)
    following = date(when.year + when.month // 12, when.month % 12 + 1, 1)
    return following.toordinal() - EPOCH_ORDINAL
