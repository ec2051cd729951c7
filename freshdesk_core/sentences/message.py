"""The parts of a sentence, and those that many share."""

from dataclasses import dataclass

from freshdesk_core.text import mark as _


@dataclass(frozen=True)
class Message:
    """The parts of a message; ``{name}`` stands for a figure of the error."""

    what: str
    figures: str
    next_step: str


UNTOUCHED = _("Nothing was lost or changed.")
NOTHING_SAVED = _("Nothing was saved.")
