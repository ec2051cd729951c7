"""The table of rules once more, written apart from the code: slow, flat, and without a thought for speed.

It looks back over the whole thread for each row. The property tests let both judge the same threads.
"""

LIVE_TICKETS = [7, 13, 15, 17, 18, 19, 20, 21, 22]


def fitting_rules(ticket, row, start, seconds_since_last_live):
    """Names of all rules that fit a row, in their order; the first decides."""
    table = [
        ("survey_feedback", row.source == 6 or row.category == 7),
        ("automation", row.category == 5 or row.source == 15 or row.is_automatic),
        ("third_party", row.category == 6),
        ("forward", row.source == 8 and not row.incoming),
        ("private_note", row.private),
        ("public_note", not row.incoming and row.source == 2),
        ("agent_reply", not row.incoming),
        ("before_start", start is not None and row.created_at < start),
        (
            "same_chat",
            live(ticket, row) and seconds_since_last_live is not None and seconds_since_last_live <= 1800,
        ),
        ("counted", True),
    ]
    return [name for name, fits in table if fits]


def live(ticket, row):
    """Customer messages and agent replies, on web chat or without e-mail traits in a live ticket."""
    early_rules = [
        row.source in (6, 15),
        row.category in (5, 6, 7),
        row.is_automatic,
        row.source == 8 and not row.incoming,
        row.private,
        row.source == 2,
    ]
    if any(early_rules):
        return False
    if row.source == 20:
        return True
    return ticket.source in LIVE_TICKETS and not row.has_email_traits


def judge(ticket, rows, known, start):
    """Conversation id → (result, reply source or None, is live) of the rows that are not known."""
    new = {row.id: row for row in rows if row.id not in known}
    live_moments = [(row.created_at, row.id) for row in new.values() if live(ticket, row)]
    live_moments += [(row.created_at, id_) for id_, row in known.items() if row.is_live]
    if ticket.source in LIVE_TICKETS:
        live_moments.append((ticket.created_at, -1))
    decided = {}
    for row in new.values():
        earlier = [moment for moment in live_moments if moment < (row.created_at, row.id)]
        since = row.created_at - max(earlier)[0] if earlier else None
        first = fitting_rules(ticket, row, start, since)[0]
        decided[row.id] = (first, source_of(row), live(ticket, row))
    return decided


def source_of(row):
    channel = {5: 5, 7: 6, 9: 3, 11: 11, 20: 15}.get(row.source)
    if channel is not None:
        return channel
    return 1 if row.source == 0 and row.has_email_traits else None
