"""How far a range is that is read again: what stands in the store of it, so that a killed run goes on.

A range that was left behind is gone on with only where it is still true: the run that left it was the
integration's last, and left it not long ago. Else it begins anew (docs/decisions/0018-reimport.md).
"""

import json
import time
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from freshdesk_core.importing.ranges import Range
from freshdesk_core.importing.rereading import figures
from freshdesk_core.store.schema import imports, life_schema
from freshdesk_core.store.upserts import upsert

reimports, to_read = life_schema.reimports, life_schema.reimport_tickets

TRUE_SECONDS = 3_600  # what was read before a longer break is read again
PER_QUERY = 500
BY_ID, BY_THREAD = "id", "thread"


class State:
    """The range of one integration; every change goes with the caller's transaction.

    Attributes:
        before: The figures of the range when it began.
        changes: What changed so far, by kind of change.
    """

    def __init__(self, integration_id: int, span: Range) -> None:
        self._id, self._span = integration_id, span
        self._mine = reimports.c.integration_id == integration_id
        self._queue = to_read.c.integration_id == integration_id
        self.before: dict[str, int] = {}
        self.changes: dict[str, int] = {}

    def begin(self, connection: Connection, import_id: int) -> str:
        """Go on with what was begun of this range, or begin; returns the phase.

        Where nothing was left to read, it is read from the beginning, and what changed before is still told.

        Args:
            connection: A transaction that writes.
            import_id: The run that goes on or begins.
        """
        begun = connection.execute(select(reimports).where(self._mine)).mappings().one_or_none()
        is_known = begun is not None and self._is_true(connection, begun, import_id)
        if begun is not None and is_known:
            self.before, self.changes = json.loads(begun["before"]), json.loads(begun["changes"])
            phase = str(begun["phase"])
            if phase == "tickets" or self._is_anything_left(connection):
                return phase
        else:
            self.before, self.changes = figures(connection, self._id, self._span), {}
        self.forget(connection)
        connection.execute(
            insert(reimports).values(
                integration_id=self._id,
                range_from=self._span.start,
                range_to=self._span.end,
                phase="tickets",
                before=json.dumps(self.before),
                changes=json.dumps(self.changes),
            )
        )
        return "tickets"

    def forget(self, connection: Connection) -> None:
        """Nothing is under way any more."""
        connection.execute(delete(to_read).where(self._queue))
        connection.execute(delete(reimports).where(self._mine))

    def enter(self, connection: Connection, phase: str) -> None:
        """Write down that a phase begins."""
        connection.execute(update(reimports).where(self._mine).values(phase=phase))

    def listed_to(self, connection: Connection) -> int | None:
        """The listing's cursor; None at its beginning."""
        return connection.execute(select(reimports.c.listed_to).where(self._mine)).scalar()

    def list_to(self, connection: Connection, cursor: int) -> None:
        """Move the listing's cursor."""
        connection.execute(update(reimports).where(self._mine).values(listed_to=cursor))

    def add(self, changes: dict[str, int]) -> None:
        """Count changes; ``write`` keeps them."""
        for name, count in changes.items():
            self.changes[name] = self.changes.get(name, 0) + count

    def write(self, connection: Connection) -> None:
        """Keep the changes so far."""
        connection.execute(update(reimports).where(self._mine).values(changes=json.dumps(self.changes)))

    def put(self, connection: Connection, ids: Iterable[int], state: str) -> None:
        """Have tickets read: by their id, or their threads."""
        rows: list[dict[str, object]] = [
            {"integration_id": self._id, "ticket_id": id_, "state": state} for id_ in dict.fromkeys(ids)
        ]
        upsert(connection, to_read, rows)

    def take(self, connection: Connection, ids: Sequence[int]) -> None:
        """These tickets were read."""
        connection.execute(delete(to_read).where(self._queue, to_read.c.ticket_id.in_(ids)))

    def put_down(self, connection: Connection) -> set[int]:
        """All tickets that are still to be read, one way or the other."""
        return set(connection.execute(select(to_read.c.ticket_id).where(self._queue)).scalars())

    def left(self, connection: Connection, state: str) -> list[int]:
        """Some tickets that are still to be read, the newest first."""
        query = select(to_read.c.ticket_id).where(self._queue, to_read.c.state == state)
        return list(connection.execute(query.order_by(to_read.c.ticket_id.desc()).limit(PER_QUERY)).scalars())

    def count_left(self, connection: Connection, state: str) -> int:
        """How many tickets are still to be read."""
        query = select(func.count()).select_from(to_read).where(self._queue, to_read.c.state == state)
        return connection.execute(query).scalar_one()

    def _is_anything_left(self, connection: Connection) -> bool:
        return connection.execute(select(to_read.c.ticket_id).where(self._queue).limit(1)).first() is not None

    def _is_true(self, connection: Connection, begun: RowMapping, import_id: int) -> bool:
        """It is this range, nothing else was imported since, and it was not left behind long ago."""
        if (begun["range_from"], begun["range_to"]) != (self._span.start, self._span.end):
            return False
        c = imports.c
        last = connection.execute(
            select(c.purpose, c.progressed_at)
            .where(c.integration_id == self._id, c.import_id < import_id)
            .order_by(c.import_id.desc())
            .limit(1)
        ).one_or_none()
        return (
            last is not None
            and last.purpose == "reimport"
            and last.progressed_at >= time.time() - TRUE_SECONDS
        )
