"""Which contacts a question is about."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Filters:
    """What is left when it is applied; an empty field leaves everything. Hashable: a cache key.

    Groups and sources go by the name that is shown. Unknown contacts (spam, deleted) belong to the
    group and source of their ticket here, though their queue bears neither.
    """

    integrations: tuple[int, ...] = ()  # none: those of catalogue.shown_accounts
    queue_ids: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # "Tickets", "Replies"
    without_unknown: bool = False


EVERYTHING = Filters()
