"""What should be known of an integration, and does not make its data incomplete."""

import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, select

from freshdesk_core import formats
from freshdesk_core.counting.queues import source_name
from freshdesk_core.errors import CoreError
from freshdesk_core.store import leases, notices
from freshdesk_core.store.schema import imports, shortcuts, sources
from freshdesk_core.text import gettext as _

SHOWN_FIELDS = 20
WAITS = ("account-down", "limit-reached")  # what a run that works may wait for, by its code


def noticed(connection: Connection, row: RowMapping, now: int) -> Iterator[CoreError]:
    """Tell what was noticed: what the run under way waits for, what the last one met, what is read in full.

    Args:
        connection: Reads.
        row: The integration.
        now: Epoch seconds.
    """
    integration_id = row["integration_id"]
    yield from _waits(connection, integration_id, now)
    found = notices.newest(connection, integration_id)
    if found.skew_seconds:
        yield CoreError("clock-differs", minutes=round(abs(found.skew_seconds) / 60))
    if found.withheld:
        names = _listed(tuple(str(ticket_id) for ticket_id in found.withheld))
        yield CoreError("threads-withheld", n=len(found.withheld), tickets=names)
    yield from _missed(connection, integration_id, row["time_zone"])
    if found.missing:
        yield CoreError("fields-missing", fields=_listed(found.missing))
    if found.unknown:
        yield CoreError("fields-unknown", fields=_listed(found.unknown))


def _waits(connection: Connection, integration_id: int, now: int) -> Iterator[CoreError]:
    """For what the run under way waits."""
    holder = leases.holder(connection, integration_id)
    if holder is None or not holder.is_alive(now):
        return
    c = imports.c
    waiting = select(c.error_code, c.error_figures).where(
        c.integration_id == integration_id, c.outcome.is_(None), c.error_code.in_(WAITS)
    )
    for error_code, figures in connection.execute(waiting):
        yield CoreError(error_code, **json.loads(figures))


def _missed(connection: Connection, integration_id: int, zone: str) -> Iterator[CoreError]:
    """The sources whose threads are all read, because their stats did not tell of every reply."""
    off = connection.execute(
        select(shortcuts)
        .where(shortcuts.c.integration_id == integration_id, shortcuts.c.is_off)
        .order_by(shortcuts.c.source)
    ).all()
    if not off:
        return
    named = select(sources.c.source, sources.c.label).where(sources.c.integration_id == integration_id)
    labels = {row.source: row.label for row in connection.execute(named)}
    for one in off:
        yield CoreError(
            "shortcut-off",
            source=source_name(one.source, labels),
            n=one.missed,
            sampled=one.sampled,
            since=_("an earlier import") if one.off_at is None else _moment(one.off_at, zone),
        )


def _moment(epoch: int, zone: str) -> str:
    return f"{formats.minute(datetime.fromtimestamp(epoch, ZoneInfo(zone)))} ({zone})"


def _listed(names: tuple[str, ...]) -> str:
    """Some names, and how many there are in all when that is not all."""
    shown = ", ".join(names[:SHOWN_FIELDS])
    if len(names) <= SHOWN_FIELDS:
        return shown
    return _("{names}, … ({n} in all)").format(names=shown, n=len(names))
