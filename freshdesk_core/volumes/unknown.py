"""Which contacts are shown apart, as of unknown group and source: the rule as a condition on rows."""

from sqlalchemy import ColumnElement, and_, or_

from freshdesk_core.store import schema


def is_unknown(seen_deleted: ColumnElement[bool]) -> ColumnElement[bool]:
    """The ticket is spam, or deleted and so when the contact was first seen.

    The same as ``counting.tickets.is_unknown``, for the database.

    Args:
        seen_deleted: The contact's column: its ticket's own, or its conversation's.
    """
    ticket = schema.tickets.c
    return or_(ticket.spam, and_(ticket.deleted, seen_deleted))
