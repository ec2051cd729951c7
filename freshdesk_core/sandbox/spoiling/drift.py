"""Answers whose shape has drifted: unknown fields, missing ones, nulls, other types, odd values."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from freshdesk_core.sandbox.answers import encoded
from freshdesk_core.sandbox.spoiling.call import Call, Effect
from freshdesk_core.sandbox.spoiling.kinds import Kind, Stage, none, one, whole

UNKNOWN_FIELDS = 200
BIG = 2**53
EVERY_NTH_TICKET = 10
# What a record cannot do without; all its other fields may be missing or null.
NEEDED = {
    "ticket": frozenset({"id", "created_at", "updated_at"}),
    "conversation": frozenset({"id", "created_at", "incoming", "private"}),
    "group": frozenset({"id", "name"}),
    "agent": frozenset({"id", "ticket_scope", "role_ids"}),
}
_RECORDS = (
    ("conversation", re.compile(r"/conversations$")),
    ("ticket", re.compile(r"/tickets(/archived)?(/\d+)?$")),
    ("group", re.compile(r"/groups(/\d+)?$")),
    ("agent", re.compile(r"/agents(/me)?$")),
)
_ID_NAMES = frozenset({"id", "ticket_id", "group_id"})
_BIG_NUMBER = re.compile(r"\d{16,19}")
Row = dict[str, Any]
RowChange = Callable[[Row], None]


def kinds() -> list[Kind]:
    """All switches of this module."""
    in_turn = "FIELD|all|each"
    return [
        Kind("unknown-fields", Stage.BODY, _unknown_fields, "N", "N unknown fields (200) in each record"),
        Kind("null-lists", Stage.BODY, _null_lists, "", "null in place of every list inside a record"),
        Kind(
            "drop",
            Stage.BODY,
            _dropping,
            in_turn,
            "a field is missing: one (stats.closed_at for one inside), all optional ones (default), or each "
            "optional one in turn, answer by answer",
        ),
        Kind("null", Stage.BODY, _nulling, in_turn, "as drop, but the field is null"),
        Kind("string-ids", Stage.BODY, _string_ids, "", "all ids as text"),
        Kind(
            "big-ids",
            Stage.BEFORE,
            _big_ids,
            "",
            "all ids of tickets, conversations and groups raised by 2^53, and asked for by them",
        ),
        Kind("null-group", Stage.BODY, _null_group, "", "no group for every tenth ticket (by id)"),
        Kind("source", Stage.BODY, _source, "N", "source N (137) for every tenth ticket (by id)"),
    ]


def optional_fields(row: Row, record: str) -> list[str]:
    """The fields that a record can lack, those inside ``stats`` as ``stats.NAME``."""
    inside = [f"stats.{name}" for name in row["stats"]] if isinstance(row.get("stats"), dict) else []
    return [name for name in row if name not in NEEDED[record]] + inside


def record_of(path: str) -> str | None:
    """What the rows of an answer are: ticket, conversation, group, agent, or nothing of these."""
    return next((name for name, pattern in _RECORDS if pattern.search(path)), None)


def change_rows(call: Call, change: Callable[[list[Any]], list[Any]]) -> None:
    """Rewrite the rows of a page, or the one record of a view."""
    if not call.has_rows or record_of(call.path) is None:
        return
    value = json.loads(call.answer.body)
    if isinstance(value, list):
        value = change(value)
    elif "results" in value:
        value["results"] = change(value["results"])
    else:
        value = (change([value]) or [value])[0]
    call.answer = call.answer._replace(body=encoded(value))


def _by_row(change: RowChange, record: str | None = None) -> Effect:
    def changed(rows: list[Any]) -> list[Any]:
        for row in rows:
            change(row)
        return rows

    def effect(call: Call) -> None:
        if record is None or record_of(call.path) == record:
            change_rows(call, changed)

    return effect


def _unknown_fields(options: tuple[str, ...]) -> Effect:
    number = whole(one(options, str(UNKNOWN_FIELDS)))
    values: tuple[Any, ...] = (None, 7, -1.5, "x" * 200, True, [], ["a", None], {}, {"id": 1, "deep": [{}]})

    def change(row: Row) -> None:
        row.update({f"new_field_{n:03d}": values[n % len(values)] for n in range(number)})

    return _by_row(change)


def _null_lists(options: tuple[str, ...]) -> Effect:
    none(options)

    def change(row: Row) -> None:
        row.update({name: None for name, value in row.items() if isinstance(value, list)})

    return _by_row(change)


def _dropping(options: tuple[str, ...]) -> Effect:
    return _in_turn(one(options, "all"), lambda row, name: row.pop(name, None))


def _nulling(options: tuple[str, ...]) -> Effect:
    def change(row: Row, name: str) -> None:
        if name in row:
            row[name] = None

    return _in_turn(one(options, "all"), change)


def _in_turn(wanted: str, change: Callable[[Row, str], object]) -> Effect:
    turns: Counter[str] = Counter()

    def effect(call: Call) -> None:
        record = record_of(call.path) or ""

        def changed(rows: list[Any]) -> list[Any]:
            fields = _fields(rows, record, wanted, turns[record])
            turns[record] += bool(rows)
            for row in rows:
                for name in fields:
                    outer, _, inner = name.rpartition(".")
                    holder = row.get(outer) if outer else row
                    if isinstance(holder, dict):
                        change(holder, inner)
            return rows

        change_rows(call, changed)

    return effect


def _fields(rows: list[Any], record: str, wanted: str, turn: int) -> list[str]:
    if wanted not in ("all", "each"):
        return [wanted]
    fields = optional_fields(rows[0], record) if rows else []
    return [fields[turn % len(fields)]] if fields and wanted == "each" else fields


def _string_ids(options: tuple[str, ...]) -> Effect:
    none(options)

    def change(row: Row) -> None:
        for name, value in row.items():
            if (name == "id" or name.endswith("_id")) and isinstance(value, int):
                row[name] = str(value)

    return _by_row(change)


def _big_ids(options: tuple[str, ...]) -> Effect:
    none(options)

    def change(row: Row) -> None:
        for name in _ID_NAMES & row.keys():
            if isinstance(row[name], int):
                row[name] += BIG

    raised = _by_row(change)

    def effect(call: Call) -> None:
        call.path = _BIG_NUMBER.sub(_back, call.path)
        call.query = _BIG_NUMBER.sub(_back, call.query.decode("latin-1")).encode("latin-1")
        if record_of(call.path) != "agent":
            call.afterwards.append(raised)

    return effect


def _back(match: re.Match[str]) -> str:
    number = int(match[0])
    return str(number - BIG) if number >= BIG else match[0]


def _null_group(options: tuple[str, ...]) -> Effect:
    none(options)
    return _every_nth({"group_id": None})


def _source(options: tuple[str, ...]) -> Effect:
    return _every_nth({"source": whole(one(options, "137"))})


def _every_nth(values: Row) -> Effect:
    def change(row: Row) -> None:
        if int(row["id"]) % EVERY_NTH_TICKET == 0:
            row.update(values)

    return _by_row(change, "ticket")
