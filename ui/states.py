"""The states of health, in words, each with a mark of its own, so that none needs its colour."""

from collections.abc import Collection

from freshdesk_core.text import gettext as _

WORST_LAST = ("complete", "quiet", "catching_up", "paused", "unknown", "degraded", "stale", "action_needed")


def word(state: str) -> str:
    """Name a state, as it stands inside a sentence."""
    return {
        "complete": _("complete"),
        "quiet": _("quiet"),
        "catching_up": _("catching up"),
        "degraded": _("degraded"),
        "stale": _("stale"),
        "action_needed": _("action needed"),
        "unknown": _("unknown"),
        "paused": _("paused"),
    }[state]


def look(state: str) -> tuple[str, str]:
    """The icon and the colour of a state's badge."""
    return {
        "complete": (":material/check_circle:", "green"),
        "quiet": (":material/check_circle:", "green"),
        "catching_up": (":material/downloading:", "blue"),
        "degraded": (":material/warning:", "orange"),
        "stale": (":material/history:", "orange"),
        "action_needed": (":material/error:", "red"),
        "unknown": (":material/help:", "gray"),
        "paused": (":material/pause_circle:", "gray"),
    }[state]


def worst(states: Collection[str]) -> str:
    """The state that somebody should hear of first."""
    return next((state for state in reversed(WORST_LAST) if state in states), "unknown")
