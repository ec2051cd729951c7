"""One line of the identity, as figures and as a sentence."""

from dataclasses import asdict, dataclass
from typing import NamedTuple

from freshdesk_core import formats
from freshdesk_core.text import gettext as _
from freshdesk_core.text import ngettext


@dataclass(frozen=True)
class Line:
    """One line of the identity. None: not proven, or not yet compared with Freshdesk.

    ``name`` is "" for the total, else the day (ISO), the group or the source.
    """

    name: str
    freshdesk_tickets: int | None
    never_imported: int | None
    spam: int | None
    deleted: int | None
    archived: int | None
    unexplained: int | None
    tickets_seen: int | None
    outbound_email: int | None
    internal_task: int | None
    child_ticket: int | None
    tracker_ticket: int | None
    new_ticket_contacts: int | None
    replies: int | None
    offered: int | None
    unknown: int | None

    @property
    def contacts_per_ticket(self) -> float | None:
        """Offered contacts per new-ticket contact; None without any."""
        return self.offered / self.new_ticket_contacts if self.offered and self.new_ticket_contacts else None

    def figures(self) -> dict[str, int | None]:
        """The figures alone, in the order of the identity."""
        return {name: value for name, value in asdict(self).items() if name != "name"}


class Part(NamedTuple):
    """A few words of the sentence, with the blank before them where there is one."""

    text: str
    is_strong: bool = False  # the figures that the sentence is about


def sentence(line: Line) -> str:
    """Say a line in words, leaving out what is 0.

    "823 Freshdesk tickets + 21 spam or deleted − 34 outbound = 810 new tickets; + 430 replies = 1,240
    contacts (1.53 per new ticket), 18 of them Unknown."
    """
    return "".join(part.text for part in parts(line))


def parts(line: Line) -> list[Part]:
    """The same sentence in parts, for those who can emphasize."""
    if line.new_ticket_contacts is None:
        return [Part(_("The tickets of this time are not proven to be complete, so there are no figures."))]
    return [*_tickets(line), Part(";"), *_contacts(line)]


def _tickets(line: Line) -> list[Part]:
    """From Freshdesk's tickets, or where these are not known from those seen, to new tickets."""
    gone = (line.spam or 0) + (line.deleted or 0) + (line.archived or 0)
    agents = (line.internal_task or 0) + (line.child_ticket or 0) + (line.tracker_ticket or 0)
    if line.freshdesk_tickets is None:
        gone = 0
        start = [
            Part(
                _counted(
                    ngettext("{n} ticket seen", "{n} tickets seen", line.tickets_seen or 0), line.tickets_seen
                ),
                is_strong=True,
            ),
            Part(_(" (not yet compared with Freshdesk)")),
        ]
    else:
        text = ngettext("{n} Freshdesk ticket", "{n} Freshdesk tickets", line.freshdesk_tickets)
        start = [Part(_counted(text, line.freshdesk_tickets), is_strong=True)]
    steps = (
        ("−", line.never_imported or 0, _("never imported")),
        ("+", gone, _("spam, deleted or archived") if line.archived else _("spam or deleted")),
        ("+", line.unexplained or 0, _("unexplained")),
        ("−", line.outbound_email or 0, _("outbound")),
        ("−", agents, _("made by agents")),
    )
    told = [Part(f" {sign} {_n(n)} {what}") for sign, n, what in steps if n]
    text = ngettext(" {n} new ticket", " {n} new tickets", line.new_ticket_contacts or 0)
    return [*start, *told, Part(" ="), Part(_counted(text, line.new_ticket_contacts), is_strong=True)]


def _contacts(line: Line) -> list[Part]:
    if line.offered is None or line.replies is None:
        return [Part(_(" the replies are not proven to be complete."))]
    ratio = line.contacts_per_ticket
    told = [
        Part(_counted(ngettext(" + {n} reply =", " + {n} replies =", line.replies), line.replies)),
        Part(_counted(ngettext(" {n} contact", " {n} contacts", line.offered), line.offered), is_strong=True),
    ]
    if ratio is not None:
        told.append(Part(_(" ({ratio} per new ticket)").format(ratio=formats.decimal(ratio, 2))))
    if line.unknown:
        told.append(Part(_(", {n} of them Unknown").format(n=_n(line.unknown))))
    return [*told, Part(".")]


def _counted(text: str, number: int | None) -> str:
    return text.format(n=_n(number))


def _n(number: int | None) -> str:
    return formats.whole(number or 0)
