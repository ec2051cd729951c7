"""One sentence per error code: what happened, what it means for the figures, what to do next.

They stand by subject in ``sentences``. Rendered at the edge (command line, page), so that they can be
translated there.
"""

from collections.abc import Mapping

from freshdesk_core.errors import CoreError
from freshdesk_core.sentences.asked import ASKED
from freshdesk_core.sentences.doors import DOORS
from freshdesk_core.sentences.events import EVENTS
from freshdesk_core.sentences.forecasts import FORECASTS
from freshdesk_core.sentences.freshdesk import FRESHDESK
from freshdesk_core.sentences.message import Message as Message
from freshdesk_core.sentences.stores import STORES
from freshdesk_core.text import gettext

MESSAGES: dict[str, Message] = {**ASKED, **DOORS, **EVENTS, **FORECASTS, **FRESHDESK, **STORES}


def parts(error: CoreError) -> Message:
    """Translate and fill in the message of an error."""
    return told(error.error_code, error.figures)


def told(code: str, figures: Mapping[str, object]) -> Message:
    """Translate and fill in the message of a code: of an error, or of a note beside a forecast."""
    message = MESSAGES.get(code, MESSAGES["unexpected"])

    def fill(text: str) -> str:
        return gettext(text).format_map(_Figures(figures)) if text else ""

    return Message(fill(message.what), fill(message.figures), fill(message.next_step))


def sentence(error: CoreError) -> str:
    """Say an error in one line, whatever its figures hold."""
    message = parts(error)
    return " ".join(f"{message.what} {message.figures} {message.next_step}".split())


class _Figures(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"({key})"
