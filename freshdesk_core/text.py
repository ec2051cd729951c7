"""Words for people, through gettext, so that a catalogue can translate them."""

import gettext as _gettext
from pathlib import Path

LOCALES = Path(__file__).resolve().parent.parent / "locales"


def gettext(message: str) -> str:
    """Translate a message into the language in use; English where no catalogue has it."""
    return _gettext.dgettext("inflow", message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a message that depends on a number."""
    return _gettext.dngettext("inflow", singular, plural, count)


def mark(message: str) -> str:
    """Mark a message for the catalogue where it is defined; it is translated where it is shown."""
    return message


_gettext.bindtextdomain("inflow", str(LOCALES))
