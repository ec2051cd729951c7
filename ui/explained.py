"""The texts of the page How it works. The rules themselves are in freshdesk_core/counting."""

from freshdesk_core.health import meanings
from freshdesk_core.text import gettext as _
from ui import states


def counting() -> str:
    """What one contact is."""
    return _(
        "Inflow imports the tickets and conversations of a Freshdesk account and counts **each new ticket** "
        "and **each customer reply** as one *offered contact*, at the moment it was written. Contacts are "
        "sorted into queues by the ticket's group, the way the contact came in (its source) and its kind: "
        "`{group} {source} Tickets` for new tickets, `{group} {source} Replies` for replies. Queues make "
        "themselves when their first contact comes; a rename in Freshdesk renames the queue and splits "
        "nothing.\n\n"
        "Only ids, times, groups, sources and flags are stored: no subjects, texts, names or addresses."
    )


def examples() -> str:
    """Worked examples, one per way in."""
    return _(
        "- An e-mail opens a ticket, an agent answers and closes it, two days later an e-mail reopens it: "
        "**2 contacts**, one in `CustomerService email Tickets`, one in `CustomerService email Replies`. "
        "The answer, the closing and the reopening add nothing.\n"
        "- A customer replies by e-mail and later writes in a chat on the same ticket: one contact in the "
        "e-mail queue and one in the chat queue, never both in both.\n"
        "- A chat with twenty lines: **1 contact**. Lines at most 30 minutes after the one before belong "
        "to the same chat.\n"
        "- A call: **1 contact**, the phone ticket that an agent logged. Ringing and talking times are not "
        "known, and calls logged as notes are not seen."
    )


def excluded() -> str:
    """What has a reason not to count."""
    return _(
        "Every row that Freshdesk gives is either counted or set aside with exactly one reason; both are "
        "kept and add up.\n\n"
        "| Set aside | Because |\n| --- | --- |\n"
        "| outbound e-mails, internal tasks, child and tracker tickets | agents open them |\n"
        "| agents' replies and public notes | they are work done, not work arriving |\n"
        "| private notes, forwards | colleagues among themselves |\n"
        "| automatic messages, survey answers, third-party notes | nobody asks for work in them |\n"
        "| further lines of one chat | one chat is one contact |\n"
        "| anything before the chosen start | outside what was asked for |\n\n"
        "Contacts of tickets marked as spam, and contacts whose ticket was already deleted when Inflow "
        "first saw them, are counted in **Unknown group/source** queues: visible, apart, and not meant for "
        "planning. What was counted stays counted when its ticket is deleted later: it was work."
    )


def completeness() -> str:
    """Why a gap is not a zero."""
    return _(
        "Inflow knows from when to when tickets and replies are completely imported. Inside that window an "
        "interval without contacts is **0**. Outside it, or in the future, there is **no data**: charts are "
        "hatched there, tables show –, exports leave the cell empty. A sum that touches such time has no "
        "figure either."
    )


def health() -> str:
    """What each badge of an integration says."""
    badges = [_badge(*states.look(state), states.word(state), text) for state, text in meanings().items()]
    badges.append(
        _badge(
            ":material/science:",
            "violet",
            _("sandbox"),
            _("A made-up Freshdesk on this computer, for trials: its figures are nobody's."),
        )
    )
    badges.append(
        _badge(
            ":material/link_off:",
            "gray",
            _("removed, data kept"),
            _("No longer imported, its key is forgotten; what was imported before can still be read."),
        )
    )
    return "\n".join(
        [
            _(
                "Every integration has a badge. It never shows that no error was seen, but what is proven; "
                "wherever it is none of the first three, the next step stands beside it under Account → "
                "Integrations."
            ),
            "",
            *badges,
        ]
    )


def _badge(icon: str, color: str, word: str, meaning: str) -> str:
    return f"- :{color}-badge[{icon} {word}] {meaning}"


def words() -> str:
    """The vocabulary."""
    return _(
        "| Word | Means here |\n| --- | --- |\n"
        "| offered contact | a customer's approach that reaches a queue, answered or not |\n"
        "| queue | the line work waits in: group, source and kind |\n"
        "| channel | always *Cases* for Freshdesk; the source is how the contact came in |\n"
        "| ticket | one case in Freshdesk; it can bring several contacts |\n"
        "| interval | 15 minutes to a month, cut in the chosen time zone |\n"
        "| not yet compared | Freshdesk's own total for these days has not been taken |\n"
        "| health | what is proven about the flow of data; *unknown* until it has been checked |"
    )


def not_offered() -> str:
    """What one might look for here."""
    return _(
        "Also not offered: backlog, service levels, telephony records. Freshdesk reports on the first two "
        "itself, and the third belongs to your telephone system."
    )
