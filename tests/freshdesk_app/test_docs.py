"""The bodies that the documentation names are understood as they stand there."""

import json
import re
from pathlib import Path

from freshdesk_core.events.parsing import event_of
from ui.install_app import RULE_BODY

GUIDE = Path(__file__).parents[2] / "docs" / "freshdesk-app.md"


def test_documented_bodies_are_events() -> None:
    """Each JSON in the guide, the rule's with a number in the place of Freshdesk's placeholder."""
    bodies = re.findall(r"`(\{\".*?\})`", GUIDE.read_text(encoding="utf-8"))
    assert RULE_BODY in bodies
    events = [event_of(json.loads(body.replace("{{ticket.id}}", "48211"))) for body in bodies]
    assert {event.name for event in events} == {
        "onTicketUpdate",
        "onTicketDelete",
        "onConversationCreate",
        "heartbeat",
        "test",
        "ticket",
    }
