"""A Freshdesk look-alike on loopback: made-up help desks behind the real HTTP API.

``World`` is a whole desk from a seed, ``Script`` one written by hand, ``w1`` to ``w4`` are ready-made ones of
exactly known content; ``Sandbox`` serves any of them, and ``Faults`` say what goes wrong meanwhile. It knows
nothing of Inflow: it stands in for a foreign service. Where nothing public says what Freshdesk does, it
assumes:

- a ticket that is both spam and trashed is listed under ``filter=deleted`` only;
- archived tickets are in no list and answer 404 by their plain id;
- a merge keeps the conversations' ids, and the primary's stats take the later of both tickets;
- rows of equal ``updated_at`` come newest id first;
- web chat lines leave ``requester_responded_at`` empty;
- list limits count requests, not credits; the free plan answers every call with 429;
- a ticket outside the key's scope answers 404;
- every third trashed ticket answers 403 for its conversations.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from freshdesk_core.sandbox.desks import w1, w2, w3, w4
    from freshdesk_core.sandbox.faults import Faults, UnknownFaultError
    from freshdesk_core.sandbox.script import Script
    from freshdesk_core.sandbox.server import Sandbox
    from freshdesk_core.sandbox.world import World

__all__ = ["Faults", "Sandbox", "Script", "UnknownFaultError", "World", "w1", "w2", "w3", "w4"]

_HOMES = {
    "Faults": "faults",
    "Sandbox": "server",
    "Script": "script",
    "UnknownFaultError": "faults",
    "World": "world",
    **dict.fromkeys(("w1", "w2", "w3", "w4"), "desks"),
}


def __getattr__(name: str) -> Any:
    # Every command of the command line describes the sandbox's options, and need not load it for that.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
