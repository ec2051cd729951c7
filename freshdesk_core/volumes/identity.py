"""One line of the identity, as figures and as a sentence."""

from dataclasses import asdict, dataclass

from freshdesk_core.text import gettext as _


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


def sentence(line: Line) -> str:
    """Say a line in words, leaving out what is 0.

    "823 Freshdesk tickets + 21 spam or deleted − 34 outbound = 810 new tickets; + 430 replies = 1,240
    contacts (1.53 per new ticket), 18 of them Unknown."
    """
    if line.new_ticket_contacts is None:
        return _("The tickets of this time are not proven to be complete, so there are no figures.")
    return f"{_tickets(line)}; {_contacts(line)}"


def _tickets(line: Line) -> str:
    """From Freshdesk's tickets, or where these are not known from those seen, to new tickets."""
    gone = (line.spam or 0) + (line.deleted or 0) + (line.archived or 0)
    agents = (line.internal_task or 0) + (line.child_ticket or 0) + (line.tracker_ticket or 0)
    if line.freshdesk_tickets is None:
        start, gone = (
            _("{n} tickets seen (not yet compared with Freshdesk)").format(n=_n(line.tickets_seen)),
            0,
        )
    else:
        start = _("{n} Freshdesk tickets").format(n=_n(line.freshdesk_tickets))
    steps = (
        ("−", line.never_imported or 0, _("never imported")),
        ("+", gone, _("spam, deleted or archived") if line.archived else _("spam or deleted")),
        ("+", line.unexplained or 0, _("unexplained")),
        ("−", line.outbound_email or 0, _("outbound")),
        ("−", agents, _("made by agents")),
    )
    told = "".join(f" {sign} {_n(n)} {what}" for sign, n, what in steps if n)
    return start + told + _(" = {n} new tickets").format(n=_n(line.new_ticket_contacts))


def _contacts(line: Line) -> str:
    if line.offered is None or line.replies is None:
        return _("the replies are not proven to be complete.")
    ratio = line.contacts_per_ticket
    return (
        _("+ {n} replies = {all} contacts").format(n=_n(line.replies), all=_n(line.offered))
        + ("" if ratio is None else _(" ({ratio} per new ticket)").format(ratio=f"{ratio:.2f}"))
        + (_(", {n} of them Unknown").format(n=_n(line.unknown)) if line.unknown else "")
        + "."
    )


def _n(number: int | None) -> str:
    return f"{number or 0:,}"
