"""Whether everything is there, after a first import: each proof in turn, and what to do where one lacks."""

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, select

from freshdesk_core.errors import CoreError
from freshdesk_core.messages import parts
from freshdesk_core.settings import Settings
from freshdesk_core.store import notices
from freshdesk_core.store.schema import freshdesk_totals, gaps, imports, tickets, total_differences
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext

FRESH_PERIODS = 2  # a proof older than this is none
STALE_PERIODS = 3
SHOWN_TICKETS = 20

Judged = tuple[str, str | None, str]  # state, broken link, next step


def judge(
    connection: Connection, row: RowMapping, now: int, settings: Settings, *, is_moving: bool
) -> Judged:
    """The state of an account whose first import has ended and whose last run did not fail.

    Args:
        connection: To read from.
        row: Of the table of integrations.
        now: This machine's clock, by which runs are dated.
        settings: The periods of polls and audits.
        is_moving: A run is under way and saves something.
    """
    id_ = row["integration_id"]
    if lacking := _age(connection, id_, "import", now, settings.poll_seconds, is_moving=is_moving):
        return lacking
    if due := _count(connection, tickets, tickets.c.integration_id == id_, tickets.c.is_thread_due):
        if is_moving:
            return (
                "catching_up",
                None,
                ngettext(
                    "Nothing to do: {n} thread is still to be read.",
                    "Nothing to do: {n} threads are still to be read.",
                    due,
                ).format(n=due),
            )
        if withheld := notices.newest(connection, id_).withheld:
            shown = ", ".join(str(ticket_id) for ticket_id in withheld[:SHOWN_TICKETS])
            error = CoreError("threads-withheld", n=len(withheld), tickets=shown)
            return "degraded", None, parts(error).next_step
        return (
            "unknown",
            None,
            ngettext(
                "Run the import: {n} thread is still to be read.",
                "Run the import: {n} threads are still to be read.",
                due,
            ).format(n=due),
        )
    if row["audited_at"] is None or row["last_totals_at"] is None:
        if is_moving:
            return "catching_up", None, _("Nothing to do: the audit goes on by itself.")
        return (
            "unknown",
            None,
            _("Keep Inflow running, or run the import again: that nothing is missing is not proven yet."),
        )
    if lacking := _age(connection, id_, "audit", now, settings.audit_seconds, is_moving=is_moving):
        return lacking
    if hidden := _count(connection, gaps, gaps.c.integration_id == id_, gaps.c.state == "refused"):
        return (
            "action_needed",
            "scope",
            ngettext(
                "{n} ticket is hidden from this key: use that of an administrator who sees all tickets.",
                "{n} tickets are hidden from this key: use that of an administrator who sees all tickets.",
                hidden,
            ).format(n=hidden),
        )
    if differing := _differences(connection, id_):
        return (
            "unknown",
            None,
            ngettext(
                "{n} ticket differs from Freshdesk's totals: the next audit reads it.",
                "{n} tickets differ from Freshdesk's totals: the next audit reads them one by one.",
                differing,
            ).format(n=differing),
        )
    return ("quiet" if _had_nothing_new(connection, id_) else "complete"), None, _("Nothing to do.")


def _age(
    connection: Connection, integration_id: int, purpose: str, now: int, period: float, *, is_moving: bool
) -> Judged | None:
    """What an old proof means; None while it is fresh."""
    ended = _ended(connection, integration_id, purpose)
    if ended is not None and now - ended <= FRESH_PERIODS * period:
        return None
    if is_moving:
        return "catching_up", None, _("Nothing to do: an import is under way.")
    next_step = _("Start Inflow, or python -m freshdesk_core worker, and leave it running.")
    is_stale = ended is not None and now - ended > STALE_PERIODS * period
    return ("stale" if is_stale else "unknown"), None, next_step


def is_stale(connection: Connection, integration_id: int, now: int, settings: Settings) -> bool:
    """An import was complete once, but none for more than three periods."""
    ended = _ended(connection, integration_id, "import")
    return ended is not None and now - ended > STALE_PERIODS * settings.poll_seconds


def _ended(connection: Connection, integration_id: int, purpose: str) -> int | None:
    """When the last complete run of a purpose ended, by the clock of the machine that made it."""
    ended = func.max(func.coalesce(imports.c.ended_at, imports.c.progressed_at))
    return connection.execute(
        select(ended).where(
            imports.c.integration_id == integration_id,
            imports.c.purpose == purpose,
            imports.c.outcome == "complete",
        )
    ).scalar()


def _differences(connection: Connection, integration_id: int) -> int:
    """Tickets that only one side has, on days that are compared with the tickets as they are now."""
    days = select(freshdesk_totals.c.day).where(
        freshdesk_totals.c.integration_id == integration_id, freshdesk_totals.c.is_stale.is_(False)
    )
    mine = total_differences.c.integration_id == integration_id
    kept_out = select(gaps.c.ticket_id).where(
        gaps.c.integration_id == integration_id, gaps.c.state == "forgotten"
    )
    known = total_differences.c.ticket_id.not_in(kept_out)  # purged here by hand, it differs for ever
    return _count(connection, total_differences, mine, known, total_differences.c.day.in_(days))


def _had_nothing_new(connection: Connection, integration_id: int) -> bool:
    read = connection.execute(
        select(imports.c.tickets_read)
        .where(
            imports.c.integration_id == integration_id,
            imports.c.purpose == "import",
            imports.c.outcome == "complete",
        )
        .order_by(imports.c.import_id.desc())
        .limit(1)
    ).scalar()
    return read == 0


def _count(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
