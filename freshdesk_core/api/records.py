"""Freshdesk's records, reduced at the door to what counting needs.

An answer's JSON goes in, frozen records come out. Only the fields named here are taken; subjects, bodies,
names and addresses of people never leave this module. Times are epoch seconds (UTC), ids are exact.

Every function raises ``BadAnswer`` for a row that lacks its id or its times, or is no record at all. The
error says which kind of row it was, never what stood in it.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from freshdesk_core.errors import BadAnswer

Row = TypeVar("Row")

HIGHEST_ID = 2**63 - 1


class TicketRecord(NamedTuple):
    """A ticket as it is now: its present group, source and status; REST has no history.

    ``stats_digest`` (63 bits, 0 without stats) changes whenever any value of the ticket's ``stats`` does,
    also when ``updated_at`` stays within the same second.
    """

    id: int
    created_at: int
    updated_at: int
    group_id: int | None
    source: int
    status: int | None
    association_type: int | None
    spam: bool
    deleted: bool
    archived: bool
    requester_responded_at: int | None
    agent_responded_at: int | None
    stats_digest: int


class ConversationRecord(NamedTuple):
    """A reply or a note. ``source`` is the conversation's own number space, not the ticket's."""

    id: int
    ticket_id: int | None
    created_at: int
    updated_at: int
    incoming: bool
    private: bool
    source: int | None
    category: int | None
    is_automatic: bool
    has_email_traits: bool


class SearchRow(NamedTuple):
    """A ticket as the search shows it."""

    id: int
    created_at: int
    group_id: int | None
    source: int


class GroupRecord(NamedTuple):
    """A group of agents."""

    id: int
    name: str


class AgentRecord(NamedTuple):
    """The key's agent. ``ticket_scope``: 1 all tickets, 2 own groups, 3 own tickets, 0 not said."""

    ticket_scope: int
    role_ids: tuple[int, ...]


class RoleRecord(NamedTuple):
    """A role; the account's own administrator role is a default one."""

    id: int
    name: str
    is_default: bool


class AccountRecord(NamedTuple):
    """The account. ``time_zone_name`` is Rails-style, such as "Berlin"; see ``zones``."""

    time_zone_name: str | None
    tier_type: str | None
    account_id: int | None = None


def epoch(text: str) -> int:
    """Read a time, with Z, an offset, fractions of a second or none of them, as epoch seconds.

    >>> epoch("2026-11-09T12:00:05Z") == epoch("2026-11-09T13:00:05.900+01:00")
    True
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() // 1)


def _epoch_or_none(text: object) -> int | None:
    """Optional times may be null, missing or not a time at all."""
    try:
        return epoch(text) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def _id(value: object) -> int:
    number = _whole(value)
    if number is None or not 0 < number <= HIGHEST_ID:
        raise ValueError
    return number


def _whole(value: object) -> int | None:
    """Read a whole number that may come as digits in a string; null stays null."""
    if value.__class__ is int or value is None:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise ValueError


def _digest(stats: dict[str, Any]) -> int:
    """Hash the values that are there, so that a new empty key in Freshdesk's answers changes nothing."""
    told = repr(sorted((name, str(value)) for name, value in stats.items() if value is not None))
    return int.from_bytes(hashlib.blake2b(told.encode(), digest_size=8).digest(), "big") >> 1


def _ticket(row: dict[str, Any]) -> TicketRecord:
    get = row.get
    stats = get("stats") or {}
    return TicketRecord(
        _id(row["id"]),
        epoch(row["created_at"]),
        epoch(row["updated_at"]),
        _whole(get("group_id")),
        _whole(get("source")) or 0,
        _whole(get("status")),
        _whole(get("association_type")),
        get("spam") is True,
        get("deleted") is True,
        get("archived") is True,
        _epoch_or_none(stats.get("requester_responded_at")),
        _epoch_or_none(stats.get("agent_responded_at")),
        _digest(stats) if stats else 0,
    )


def _conversation(row: dict[str, Any]) -> ConversationRecord:
    get = row.get
    created_at, updated_at = row["created_at"], get("updated_at")
    created = epoch(created_at)
    return ConversationRecord(
        _id(row["id"]),
        _whole(get("ticket_id")),
        created,
        created if updated_at in (created_at, None) else epoch(updated_at),
        get("incoming") is True,
        get("private") is True,
        _whole(get("source")),
        _whole(get("category")),
        get("auto_response") is True or get("automation_id") is not None,
        bool(get("from_email") or get("support_email")),
    )


def _search_row(row: dict[str, Any]) -> SearchRow:
    get = row.get
    return SearchRow(
        _id(row["id"]), epoch(row["created_at"]), _whole(get("group_id")), _whole(get("source")) or 0
    )


def _group(row: dict[str, Any]) -> GroupRecord:
    return GroupRecord(_id(row["id"]), str(row["name"]))


def _role(row: dict[str, Any]) -> RoleRecord:
    return RoleRecord(_id(row["id"]), str(row["name"]), row.get("default") is True)


def _agent(row: dict[str, Any]) -> AgentRecord:
    role_ids = tuple(_id(role) for role in row.get("role_ids") or [])
    return AgentRecord(_whole(row.get("ticket_scope")) or 0, role_ids)


def _account(row: dict[str, Any]) -> AccountRecord:
    account_id = row.get("account_id")
    return AccountRecord(
        _text(row.get("timezone")),
        _text(row.get("tier_type")),
        account_id if account_id.__class__ is int else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _reader(parse: Callable[[dict[str, Any]], Row], what: str) -> Callable[[object], Row]:
    """Make a reader of one record that says ``BadAnswer`` without a word of what it read."""

    def read(row: object) -> Row:
        try:
            return parse(row)  # type: ignore[arg-type]  # anything else than a dictionary raises below
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            pass
        # Raised outside the handler: the first error would carry a piece of the row along.
        raise BadAnswer(domain="", path="", cause=f"no complete {what}")

    return read


def _list_reader(parse: Callable[[dict[str, Any]], Row], what: str) -> Callable[[object], list[Row]]:
    """Make a reader of a list of records: all of them, or ``BadAnswer``."""

    def read(rows: object) -> list[Row]:
        if rows.__class__ is list:
            try:
                return [parse(row) for row in rows]
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                pass
        raise BadAnswer(domain="", path="", cause=f"no list of complete {what}")

    return read


ticket = _reader(_ticket, "ticket")
agent = _reader(_agent, "agent")
account = _reader(_account, "account")
tickets = _list_reader(_ticket, "tickets")
conversations = _list_reader(_conversation, "conversations")
search_rows = _list_reader(_search_row, "search results")
groups = _list_reader(_group, "groups")
roles = _list_reader(_role, "roles")


def search_result(answer: object) -> tuple[int, list[SearchRow]]:
    """Read a search's answer: its total, which may exceed the rows, and the rows."""
    if isinstance(answer, dict) and isinstance(answer.get("total"), int):
        return answer["total"], search_rows(answer.get("results"))
    raise BadAnswer(domain="", path="", cause="no search result")


def choices(answer: object, field_type: str) -> dict[int, str]:
    """Read a ticket field's choices: number to label. Freshdesk gives label to number.

    Choices of another shape are left out; a field that is not there has none.
    """
    if not isinstance(answer, list):
        raise BadAnswer(domain="", path="", cause="no list of ticket fields")
    fields = [row for row in answer if isinstance(row, dict) and row.get("type") == field_type]
    labels = fields[0].get("choices") if fields else None
    if not isinstance(labels, dict):
        return {}
    return {number: label for label, number in labels.items() if number.__class__ is int}
