"""A Freshdesk look-alike on loopback: made-up help desks behind the real HTTP API.

``World`` is a whole desk from a seed, ``Script`` one written by hand; ``Sandbox`` serves either. It knows
nothing of Inflow: it stands in for a foreign service.
"""

from freshdesk_core.sandbox.script import Script
from freshdesk_core.sandbox.server import Sandbox
from freshdesk_core.sandbox.world import World

__all__ = ["Sandbox", "Script", "World"]
