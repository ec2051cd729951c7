"""The order in which an audit looks up ids, and what each step of it proves."""

from collections.abc import Iterator
from dataclasses import dataclass

from freshdesk_core.importing import gaps


@dataclass(slots=True, eq=False)
class Walk:
    """A hole, walked from its newest id to its oldest. *about*: the creation of the next newer ticket."""

    hole: gaps.Hole
    lower: gaps.Hole | None  # the next hole that is not settled yet
    about: int

    def proven_from(self, ticket_id: int) -> int | None:
        """With this id and all above it settled: from when on no ticket can be missing; None: from ever."""
        if ticket_id > self.hole.first:
            return max(self.hole.below, self.about) + 1
        return None if self.lower is None else self.lower.reach + 1


@dataclass(frozen=True, slots=True)
class Question:
    """An id to look up. Without a walk: the totals named it, or it was hidden from the key before."""

    ticket_id: int
    walk: Walk | None
    is_old: bool


def questions(alone: list[int], walks: list[Walk], archived_before: int) -> Iterator[Question]:
    """Ids by themselves first, then hole by hole, each from its newest id to its oldest.

    A walk's ``about`` may change between two questions: that of the next one goes by it.
    """
    for ticket_id in alone:
        yield Question(ticket_id, None, is_old=False)
    for walk in walks:
        for ticket_id in range(walk.hole.last, walk.hole.first - 1, -1):
            yield Question(ticket_id, walk, is_old=walk.about < archived_before)
