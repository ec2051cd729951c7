"""Words for the figures of a range, for the kinds of change, and for why a row is no contact."""

from freshdesk_core.text import gettext as _

EXCLUDED = "excluded_"


def reason(name: str) -> str:
    """Name a reason for which a row is no contact; an unknown one stands for itself."""
    return {
        "outbound_email": _("outbound e-mails"),
        "internal_task": _("internal tasks"),
        "child_ticket": _("child tickets"),
        "tracker_ticket": _("tracker tickets"),
        "before_start": _("before the start"),
        "survey_feedback": _("survey answers"),
        "automation": _("automatic messages"),
        "third_party": _("third parties' answers"),
        "forward": _("forwards"),
        "private_note": _("private notes"),
        "public_note": _("public notes"),
        "agent_reply": _("agents' replies"),
        "same_chat": _("further lines of a chat"),
    }.get(name, name)


def measure(name: str) -> str:
    """Name a figure of a range, or a kind of change; an unknown one stands for itself."""
    if name.startswith(EXCLUDED):
        return _("Not counted: {reason}").format(reason=reason(name.removeprefix(EXCLUDED)))
    return {
        "tickets": _("Tickets"),
        "conversations": _("Conversations"),
        "offered": _("Offered contacts"),
        "new_ticket_contacts": _("New-ticket contacts"),
        "replies": _("Replies"),
        "new_tickets": _("new tickets"),
        "new_conversations": _("new conversations"),
        "judged_anew": _("counted differently"),
        "moved_queue": _("moved to another queue"),
        "left_range": _("outside the range now"),
        "no_longer_there": _("kept, though Freshdesk no longer has them"),
    }.get(name, name)
