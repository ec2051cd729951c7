"""The counting rules once more, read off the sandbox's own truth: flat, slow, and knowing nothing of Inflow.

Nothing of counting, importing or volumes is used here, so that both can be wrong only by coincidence.
"""

from collections import Counter

from freshdesk_core.sandbox.codes import SOURCE_CHOICES

LIVE = [7, 13, 15, 17, 18, 19, 20, 21, 22]
CHANNEL = {5: 5, 7: 6, 9: 3, 11: 11, 20: 15}


def is_listed(ticket):
    return not ticket.archived


def thread_of(account, ticket):
    """What the API gives: nothing for every third ticket in the trash."""
    if ticket.deleted and ticket.id % 3 == 0:
        return []
    return sorted(account.conversations.get(ticket.id, []), key=lambda row: (row.created_at, row.id))


def ticket_reason(ticket, since=None):
    if ticket.source == 10:
        return "outbound_email"
    if ticket.source == 14:
        return "internal_task"
    if ticket.association_type == 2:
        return "child_ticket"
    if ticket.association_type == 3:
        return "tracker_ticket"
    if since is not None and ticket.created_at < since:
        return "before_start"
    return None


def thread_reasons(account, ticket, since=None):
    """Conversation id → None where it is a contact, else the reason why it is none."""
    reasons = {}
    live_at = [ticket.created_at] if ticket.source in LIVE else []  # merged in, older rows come before it
    for row in thread_of(account, ticket):
        mail = bool(row.from_email or row.support_email)
        reason = None
        if row.source == 6 or row.category == 7:
            reason = "survey_feedback"
        elif row.category == 5 or row.source == 15 or row.auto_response or row.automation_id is not None:
            reason = "automation"
        elif row.category == 6:
            reason = "third_party"
        elif row.source == 8 and not row.incoming:
            reason = "forward"
        elif row.private:
            reason = "private_note"
        elif not row.incoming and row.source == 2:
            reason = "public_note"
        if reason is None:
            live = row.source != 2 and (row.source == 20 or (ticket.source in LIVE and not mail))
            if not row.incoming:
                reason = "agent_reply"
            elif since is not None and row.created_at < since:
                reason = "before_start"
            elif live and any(0 <= row.created_at - at <= 1800 for at in live_at):
                reason = "same_chat"
            if live:
                live_at.append(row.created_at)
        reasons[row.id] = reason
    return reasons


def reply_source(ticket, row):
    if row.source in CHANNEL:
        return CHANNEL[row.source]
    if row.source == 0 and (row.from_email or row.support_email):
        return 1
    return ticket.source


def names(account):
    groups = {group.id: group.name for group in account.groups.values()}
    labels = {number: label.lower() for label, number in (SOURCE_CHOICES | account.sources).items()}
    return groups, labels


def queue(account, ticket, source, kind):
    if ticket.spam or ticket.deleted:
        return f"Unknown group/source {kind}"
    groups, labels = names(account)
    group = "No group" if ticket.group_id is None else groups.get(ticket.group_id, f"group {ticket.group_id}")
    return f"{group} {labels.get(source, f'source {source}')} {kind}"


def recount(account, since=None, *, audited=False):
    """For an account imported once and never before: contacts by (queue, quarter hour), reasons, rows.

    Without an audit archived tickets are in no list.
    """
    contacts, reasons, rows = Counter(), Counter(), Counter()
    for ticket in account.tickets.values():
        if not (audited or is_listed(ticket)):
            continue
        rows["tickets"] += 1
        why_not = ticket_reason(ticket, since)
        if why_not is None:
            quarter = ticket.created_at - ticket.created_at % 900
            contacts[queue(account, ticket, ticket.source, "Tickets"), quarter] += 1
        else:
            reasons[why_not] += 1
        by_id = {row.id: row for row in account.conversations.get(ticket.id, [])}
        for row_id, why_not in thread_reasons(account, ticket, since).items():
            rows["conversations"] += 1
            if why_not is None:
                row = by_id[row_id]
                quarter = row.created_at - row.created_at % 900
                contacts[queue(account, ticket, reply_source(ticket, row), "Replies"), quarter] += 1
            else:
                reasons[why_not] += 1
    return contacts, reasons, rows
