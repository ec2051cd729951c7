"""How much of the account the key sees, and what follows where that changes.

Freshdesk hides what lies outside a key's scope without any error: lists leave it out, single tickets are
"not found". So a ticket that is not found is gone only for a key that sees all, asked afterwards; and
while it sees less, nothing is proven. When it sees all again, everything since it last did is met again
(docs/decisions/0026-scope.md).
"""

import json

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, not_, or_, select, update

from freshdesk_core.api.records import TicketRecord
from freshdesk_core.counting.facts import LIVE_SOURCES
from freshdesk_core.errors import BadAnswer, NotFound
from freshdesk_core.importing import windows
from freshdesk_core.importing.place import CLOCKS_DIFFER_SECONDS
from freshdesk_core.importing.stint import Stint
from freshdesk_core.store.rows import Ticket
from freshdesk_core.store.schema import cursors, freshdesk_totals, integrations, tickets

WHOLE = (0, 1)  # the ticket scope is global, or Freshdesk does not say
CODE = "scope-not-global"


class Sight:
    """What the key sees, as far as a run has asked. Once it saw less, the run takes nothing for gone.

    Args:
        stint: The run.
    """

    def __init__(self, stint: Stint) -> None:
        self._stint = stint
        self.is_whole = True

    def look(self) -> bool:
        """Ask whether the key sees all tickets now; where it does not, that is written down at once.

        Raises:
            ApiError: Freshdesk did not answer.
        """
        if self.is_whole and self._stint.freshdesk.me().ticket_scope not in WHOLE:
            self.is_whole = False
            with self._stint.step() as connection:
                note_narrow(connection, self._stint.id)
        return self.is_whole

    def begin(self) -> None:
        """Ask at the beginning of an import; what was hidden until now is to be met again.

        Raises:
            ApiError: Freshdesk did not answer.
        """
        if self.look():
            with self._stint.step() as connection:
                note_whole(connection, self._stint.id)

    def trusts_not_found(self) -> bool:
        """Whether what was not found just now is nowhere: the key sees all, and finds what is listed.

        Raises:
            BadAnswer: It does not find what is listed: something on the way makes up "not found".
            ApiError: Freshdesk did not answer.
        """
        if not self.look():
            return False
        freshdesk = self._stint.freshdesk
        newest = freshdesk.newest_ticket_id()
        if newest is None:
            return True
        try:
            freshdesk.ticket(newest)
        except NotFound as error:
            path = str(error.figures["path"])
            cause = "a ticket of the list is not found by its id"
            raise BadAnswer(domain=freshdesk.domain, path=path, cause=cause) from error
        return True


def note_narrow(connection: Connection, integration_id: int) -> None:
    """The key sees only a part: nothing that was read since it last saw all is proven."""
    row = _row(connection, integration_id)
    windows.end_at(connection, integration_id, row.all_seen_at)
    codes = json.loads(row.shortcomings)
    kept = json.dumps(codes if CODE in codes else [*codes, CODE])
    _save(connection, integration_id, is_narrow=True, shortcomings=kept)


def note_whole(connection: Connection, integration_id: int) -> None:
    """The key sees all, as an import begins. If it saw less before, go back to when it last saw all.

    That moment is the beginning of the last complete listing of which it is known that the key saw all
    before and after: the one before this import.
    """
    row = _row(connection, integration_id)
    codes = json.loads(row.shortcomings)
    if row.is_narrow or CODE in codes:
        _go_back(connection, integration_id, row.all_seen_at)
        kept = json.dumps([code for code in codes if code != CODE])
        _save(connection, integration_id, is_narrow=False, shortcomings=kept)
    else:
        note_seen(connection, integration_id)


def note_seen(connection: Connection, integration_id: int) -> None:
    """The key sees all, as it did when the last import began: so what that listed is all there was."""
    row = _row(connection, integration_id)
    is_known = row.is_narrow or CODE in json.loads(row.shortcomings)
    if not is_known and row.tickets_to is not None and row.tickets_to != row.all_seen_at:
        _save(connection, integration_id, all_seen_at=row.tickets_to)


def _go_back(connection: Connection, integration_id: int, seen_at: int | None) -> None:
    """Let everything that changed since *seen_at* (None: ever) be listed, read and compared again."""
    windows.end_at(connection, integration_id, seen_at)
    mine = cursors.c.integration_id == integration_id
    if seen_at is None:
        connection.execute(delete(cursors).where(mine))
    else:
        back = seen_at - CLOCKS_DIFFER_SECONDS  # by the clock of the rows
        connection.execute(
            update(cursors).where(mine, cursors.c.updated_at > back).values(updated_at=back, listed_at=None)
        )
    connection.execute(update(tickets).where(set_aside(integration_id)).values(is_thread_due=True))
    of_totals = freshdesk_totals.c.integration_id == integration_id
    connection.execute(
        update(freshdesk_totals)
        .where(of_totals, freshdesk_totals.c.taken_at >= (seen_at or 0))
        .values(is_stale=True)
    )


def set_aside(integration_id: int) -> ColumnElement[bool]:
    """Which living tickets have a thread that was to be read, and was not found."""
    t = tickets.c
    return and_(
        t.integration_id == integration_id,
        t.thread_read_at.is_(None),
        not_(t.is_thread_due),
        not_(t.deleted),
        not_(t.spam),
        or_(t.requester_responded_at.is_not(None), t.source.in_(LIVE_SOURCES), t.stats_digest == 0),
    )


def as_record(ticket: Ticket) -> TicketRecord:
    """A stored ticket as Freshdesk would show it."""
    fields = {name: getattr(ticket, name) for name in TicketRecord._fields if name != "id"}
    return TicketRecord(**{"id": ticket.ticket_id, **fields})


def _row(connection: Connection, integration_id: int) -> Row[int | None, int | None, bool, str]:
    c = integrations.c
    query = select(c.all_seen_at, c.tickets_to, c.is_narrow, c.shortcomings)
    return connection.execute(query.where(c.integration_id == integration_id)).one()


def _save(connection: Connection, integration_id: int, **values: object) -> None:
    of_integration = integrations.c.integration_id == integration_id
    connection.execute(
        update(integrations).where(of_integration).values(revision=integrations.c.revision + 1, **values)
    )
