"""Contacts against tickets, in words, as steps of a waterfall and as tables."""

import pandas as pd

from freshdesk_core.text import gettext as _
from freshdesk_core.volumes import Line
from freshdesk_core.volumes.identity import Part, parts
from ui import markdown, numbers
from ui.palette import FRESHDESK, OTHER, REPLIES, TICKETS, Look
from ui.waterfall import Bar

# The order of the identity: what turns Freshdesk's total into contacts. Sign, field.
STEPS = (
    (-1, "never_imported"),
    (1, "spam"),
    (1, "deleted"),
    (1, "archived"),
    (1, "unexplained"),
    (-1, "outbound_email"),
    (-1, "internal_task"),
    (-1, "child_ticket"),
    (-1, "tracker_ticket"),
)
ALWAYS = {"spam", "deleted", "outbound_email"}
# Every figure that has a bar.
DRAWN = (
    *("freshdesk_tickets", *(field for _sign, field in STEPS)),
    *("tickets_seen", "new_ticket_contacts", "replies", "offered"),
)
AFTER_SEEN = {"outbound_email", "internal_task", "child_ticket", "tracker_ticket"}


def label(field: str) -> str:
    """Name a line of the identity."""
    return {
        "freshdesk_tickets": _("Freshdesk tickets"),
        "never_imported": _("Never imported"),
        "spam": _("Spam"),
        "deleted": _("Deleted"),
        "archived": _("Archived"),
        "unexplained": _("Unexplained"),
        "tickets_seen": _("Tickets seen"),
        "outbound_email": _("Outbound e-mails"),
        "internal_task": _("Internal tasks"),
        "child_ticket": _("Child tickets"),
        "tracker_ticket": _("Tracker tickets"),
        "new_ticket_contacts": _("New-ticket contacts"),
        "replies": _("Replies"),
        "offered": _("Offered contacts"),
        "unknown": _("Unknown"),
    }[field]


def told(total: Line) -> dict[str, str]:
    """The figures that the identity has, by name and label."""
    has = {name for name, value in total.figures().items() if value}
    return {name: label(name) for name in total.figures() if name in has or name in ALWAYS}


def sentence(total: Line) -> str:
    """The identity in one sentence, as Markdown; what it is about stands out."""
    return "".join(_marked(part) for part in parts(total))


def bars(total: Line) -> list[Bar]:
    """The bars of the waterfall. Empty where nothing is proven."""
    if total.new_ticket_contacts is None or total.tickets_seen is None:
        return []
    drawn: list[Bar] = []
    if total.freshdesk_tickets is not None:
        drawn.append(_sum("freshdesk_tickets", total.freshdesk_tickets, FRESHDESK, "/"))
        drawn += _steps(total, total.freshdesk_tickets, [step for step in STEPS if step[1] not in AFTER_SEEN])
    drawn.append(_sum("tickets_seen", total.tickets_seen, OTHER))
    drawn += _steps(total, total.tickets_seen, [step for step in STEPS if step[1] in AFTER_SEEN])
    new = total.new_ticket_contacts
    drawn.append(_sum("new_ticket_contacts", new, TICKETS))
    if total.replies is not None and total.offered is not None:
        text = numbers.signed(total.replies, "", decimals=0)
        drawn.append(Bar(label("replies"), total.replies, new, text, REPLIES, "."))
        drawn.append(Bar(label("offered"), new, 0, "", TICKETS))
        drawn.append(Bar(label("offered"), total.replies, new, numbers.whole(total.offered), REPLIES, "."))
    return drawn


def table(lines: list[Line], name: str) -> pd.DataFrame:
    """One row per line: its name under *name*, all figures (Int64, <NA>: no data) and the ratio."""
    frame = pd.DataFrame([{name: line.name, **line.figures()} for line in lines])
    if frame.empty:
        return frame
    figures = [column for column in frame if column != name]
    frame[figures] = frame[figures].astype("Int64")
    frame["contacts_per_ticket"] = [line.contacts_per_ticket for line in lines]
    return frame


def _sum(field: str, value: int, look: Look, pattern: str = "") -> Bar:
    return Bar(label(field), value, 0, numbers.whole(value), look, pattern)


def _steps(total: Line, level: int, steps: list[tuple[int, str]]) -> list[Bar]:
    """The bars between two sums, each hanging where the one before ended."""
    drawn: list[Bar] = []
    for sign, field in steps:
        value = sign * (getattr(total, field) or 0)
        if value or field in ALWAYS:
            text = numbers.signed(value, "", decimals=0)
            drawn.append(Bar(label(field), value, level + min(value, 0), text, OTHER))
        level += value
    return drawn


def _marked(part: Part) -> str:
    text = markdown.sentence(part.text)
    blank = " " if part.text.startswith(" ") else ""
    return blank + (f"**{text}**" if part.is_strong else text)
