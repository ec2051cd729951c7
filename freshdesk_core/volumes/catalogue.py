"""What there is to count: the accounts, their series, and the names these bear today."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from sqlalchemy import Connection, select

from freshdesk_core.counting.queues import (
    KINDS,
    QueueKey,
    group_name,
    queue_name,
    source_name,
    unknown_queue_name,
)
from freshdesk_core.errors import ConfigError
from freshdesk_core.store import Store, schema
from freshdesk_core.volumes.filters import Filters

UNKNOWN = "Unknown"  # the group and source that an Unknown queue shows
Span = tuple[int, int]


@dataclass(frozen=True)
class Account:
    """An integration as the read side sees it. ``tickets`` and ``replies`` are its proven windows."""

    integration_id: int
    name: str
    domain: str
    is_sample: bool
    is_removed: bool
    time_zone: str
    since: int | None
    revision: int
    tickets: Span | None
    replies: Span | None
    is_first_import_over: bool = True

    def proven(self, kind: str) -> Span | None:
        """The proven window of a kind."""
        return self.tickets if kind == "Tickets" else self.replies


@dataclass(frozen=True, slots=True)
class Series:
    """A line of figures: a queue's part in one group and source, or a line of the identity."""

    series_id: int
    integration_id: int
    measure: str
    kind: str
    group_id: int
    source: int
    is_unknown: bool
    fate: str
    result: str


@dataclass
class Names:
    """The names of one account's groups and sources: now, and before."""

    groups: dict[int, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    former_groups: dict[int, list[str]] = field(default_factory=dict)
    former_labels: dict[int, list[str]] = field(default_factory=dict)

    def group(self, group_id: int | None) -> str:
        """A group's name; "No group" without one."""
        return group_name(group_id or 0, self.groups)

    def source(self, source: int) -> str:
        """A source's name, in lower case."""
        return source_name(source, self.labels)

    def former(self, group_id: int, source: int, kind: str) -> list[str]:
        """What a queue was called before its group or source was renamed, oldest first."""
        now = queue_name(self.group(group_id), self.source(source), kind)
        names = [queue_name(old, self.source(source), kind) for old in self.former_groups.get(group_id, [])]
        names += [
            queue_name(self.group(group_id), old.lower(), kind) for old in self.former_labels.get(source, [])
        ]
        return [name for name in dict.fromkeys(names) if name != now]


@dataclass(frozen=True)
class Catalogue:
    """The accounts that a question is about, and what is counted in them."""

    accounts: list[Account]
    names: dict[int, Names]
    filters: Filters

    @property
    def ids(self) -> list[int]:
        """The integrations' ids."""
        return [account.integration_id for account in self.accounts]

    def account(self, integration_id: int) -> Account:
        """One of the accounts."""
        return next(one for one in self.accounts if one.integration_id == integration_id)

    def group(self, line: Series) -> str:
        """The name of a line's group."""
        return self.names[line.integration_id].group(line.group_id)

    def source(self, line: Series) -> str:
        """The name of a line's source."""
        return self.names[line.integration_id].source(line.source)

    def queue_key(self, line: Series) -> QueueKey:
        """The queue to which a line of contacts belongs."""
        if line.is_unknown:
            return QueueKey(line.integration_id, 0, 0, line.kind, is_unknown=True)
        return QueueKey(line.integration_id, line.group_id, line.source, line.kind)

    def queue(self, line: Series) -> str:
        """The name of that queue."""
        if line.is_unknown:
            return unknown_queue_name(line.kind)
        return queue_name(self.group(line), self.source(line), line.kind)

    def series(self, connection: Connection, measure: str) -> list[Series]:
        """The lines of a measure that the filters leave, by the keys of their group and source."""
        table = schema.series
        columns = [table.c[name] for name in Series.__dataclass_fields__]
        rows = connection.execute(
            select(*columns).where(table.c.integration_id.in_(self.ids), table.c.measure == measure)
        )
        return [line for line in (Series(*row) for row in rows) if self.leaves(line)]

    @property
    def is_restricted(self) -> bool:
        """The filters leave some groups, sources or queues out, so that a day's total is not enough."""
        return bool(self.filters.groups or self.filters.sources or self.filters.queue_ids)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of contact that the filters leave."""
        if self.filters.queue_ids and not self.filters.kinds:
            endings = {queue_id.rsplit("-", 1)[-1] for queue_id in self.filters.queue_ids}
            return tuple(kind for kind in KINDS if kind.lower() in endings) or KINDS
        return tuple(kind for kind in KINDS if kind in self.filters.kinds) or KINDS

    def leaves(self, line: Series) -> bool:
        """The filters leave this line in."""
        filters = self.filters
        if filters.groups and self.group(line) not in filters.groups:
            return False
        if filters.sources and self.source(line) not in filters.sources:
            return False
        if line.measure == "contacts":
            return self._leaves_contacts(line)
        return not filters.queue_ids or any(
            QueueKey(line.integration_id, line.group_id, line.source, kind).queue_id in filters.queue_ids
            for kind in KINDS
        )

    def _leaves_contacts(self, line: Series) -> bool:
        filters = self.filters
        if filters.kinds and line.kind not in filters.kinds:
            return False
        if filters.without_unknown and line.is_unknown:
            return False
        return not filters.queue_ids or self.queue_key(line).queue_id in filters.queue_ids


def catalogue(connection: Connection, filters: Filters) -> Catalogue:
    """Look up what the filters speak of.

    Raises:
        ConfigError: ``no-such-integration``: one that is named does not exist.
    """
    accounts = list(_chosen(accounts_of(connection), filters.integrations))
    names = _names(connection, [account.integration_id for account in accounts])
    return Catalogue(accounts, names, filters)


def accounts_of(connection: Connection) -> list[Account]:
    """Every account, the sample included, in the order in which they were added."""
    table = schema.integrations
    rows = connection.execute(select(table).order_by(table.c.integration_id)).mappings()
    return [
        Account(
            integration_id=row["integration_id"],
            name=row["name"],
            domain=row["domain"],
            is_sample=bool(row["is_sample"]),
            is_removed=row["removed_at"] is not None,
            time_zone=row["time_zone"],
            since=row["since"],
            revision=row["revision"],
            tickets=_span(row["tickets_from"], row["tickets_to"]),
            replies=_span(row["replies_from"], row["replies_to"]),
            is_first_import_over=row["first_import_ended_at"] is not None,
        )
        for row in rows
    ]


class Described(Protocol):
    """What is known of an account, in whatever record."""

    @property
    def is_sample(self) -> bool:
        """It is the built-in sample."""

    @property
    def is_removed(self) -> bool:
        """It is imported no more; its data are kept."""

    @property
    def time_zone(self) -> str:
        """The IANA zone it works in."""


AnyAccount = TypeVar("AnyAccount", bound=Described)


def shown_accounts(accounts: Iterable[AnyAccount]) -> list[AnyAccount]:
    """Whose figures are shown where none is named: the real ones that are imported.

    Without any, the real ones that were removed: their data were kept to be read. Only where no real one
    was ever saved, the sample.
    """
    everyone = list(accounts)
    real = [account for account in everyone if not account.is_sample]
    return [account for account in real if not account.is_removed] or real or everyone


def _chosen(accounts: list[Account], wanted: tuple[int, ...]) -> list[Account]:
    if not wanted:
        return shown_accounts(accounts)
    found = [account for account in accounts if account.integration_id in wanted]
    if missing := sorted(set(wanted) - {account.integration_id for account in found}):
        names = ", ".join(account.name for account in accounts if not account.is_sample) or "none yet"
        raise ConfigError("no-such-integration", name=str(missing[0]), names=names)
    return found


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None or end <= start else (start, end)


def _names(connection: Connection, ids: list[int]) -> dict[int, Names]:
    names = {integration_id: Names() for integration_id in ids}
    groups, sources = schema.groups, schema.sources
    for row in connection.execute(select(groups).where(groups.c.integration_id.in_(ids))):
        names[row.integration_id].groups[row.group_id] = row.name
        names[row.integration_id].former_groups[row.group_id] = json.loads(row.former_names)
    for row in connection.execute(select(sources).where(sources.c.integration_id.in_(ids))):
        names[row.integration_id].labels[row.source] = row.label
        names[row.integration_id].former_labels[row.source] = json.loads(row.former_labels)
    return names


def check_names(store: Store, filters: Filters) -> None:
    """Make sure that the groups and sources of the filters exist.

    Raises:
        ConfigError: ``no-such-group``, ``no-such-source``; the message lists those there are.
    """
    with store.read() as connection:
        chosen = catalogue(connection, replace(filters, groups=(), sources=(), queue_ids=()))
        lines = [line for measure in ("contacts", "tickets") for line in chosen.series(connection, measure)]
    groups = {chosen.group(line) for line in lines}
    groups |= {name for names in chosen.names.values() for name in names.groups.values()}
    sources = {chosen.source(line) for line in lines}
    sources |= {label.lower() for names in chosen.names.values() for label in names.labels.values()}
    if unknown := [name for name in filters.groups if name not in groups]:
        raise ConfigError("no-such-group", name=unknown[0], names=_listed(groups))
    if unknown := [name for name in filters.sources if name not in sources]:
        raise ConfigError("no-such-source", name=unknown[0], names=_listed(sources))


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none yet"
