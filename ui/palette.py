"""The colours of the charts: one meaning, one colour, on every page.

Eight colours that keep 3:1 against the light and the dark ground at once and an OKLab distance of 0.10
for normal, protan, deutan and tritan sight (tests/ui/test_palette.py computes both). No colour stands
alone: each series has its own dash too, and a label.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """How a series is drawn: its colour and the cue that works without colour."""

    colour: str
    dash: str = "solid"

    def faint(self, opacity: float = 0.28) -> str:
        """Give the colour as an area's fill, which lets a line over it be seen."""
        red, green, blue = (int(self.colour[at : at + 2], 16) for at in (1, 3, 5))
        return f"rgba({red},{green},{blue},{opacity})"


TICKETS = Look("#2b62cd")
REPLIES = Look("#d9730d", "8px,3px")
FRESHDESK = Look("#b40f9b", "2px,3px")
OTHER = Look("#656754", "1px,4px")
USUAL = Look(OTHER.colour, "7px,4px")  # what figures are compared with

KINDS = {"Tickets": TICKETS, "Replies": REPLIES}

# Queues side by side, busiest first; what is left is summed up and drawn as OTHER.
SERIES = (
    Look("#2b62cd"),
    Look("#d9730d", "8px,3px"),
    Look("#01a873", "3px,3px"),
    Look("#9674ff", "12px,3px,3px,3px"),
    Look("#b40f9b", "16px,4px"),
    Look("#bb7ec2", "6px,2px,2px,2px,2px,2px"),
    Look("#d0050f", "4px,6px"),
)

LIGHT_GROUND = "#ffffff"
DARK_GROUND = "#11151a"
# Shades that work on both grounds: grid lines, and the hatching where there is no data.
GRID = "rgba(128,136,148,0.22)"
HATCH = "rgba(128,136,148,0.55)"
# Small text in charts, by theme: no single grey is readable on both grounds.
INK = {"light": "#4d5663", "dark": "#aeb7c4"}
