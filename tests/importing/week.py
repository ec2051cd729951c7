"""A small account: one week, each day a ticket and a reply."""

from freshdesk_core.sandbox import Script


def week() -> Script:
    """Seven tickets, 1 to 7, each with a reply."""
    script = Script(now="2026-03-10T12:00:00Z")
    for day in range(1, 8):
        ticket = script.ticket(group="Billing", at=f"2026-03-0{day}T09:00:00Z", ticket_id=day)
        script.reply(ticket, at=f"2026-03-0{day}T11:00:00Z")
    return script
