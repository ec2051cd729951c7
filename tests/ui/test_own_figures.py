"""How it works, with the viewer's own ticket and sum."""

import pytest

from freshdesk_core import health
from freshdesk_core.volumes import Example
from tests.ui.conftest import HOSTILE
from tests.ui.test_pages import words
from ui import own_figures, states

PAGE = "pages/how_it_works.py"


@pytest.mark.usefixtures("account")
def test_a_ticket_of_ones_own_and_the_sum_of_the_range(open_app):
    app = open_app(PAGE, range="Last 28 days")

    assert not app.exception
    assert "With your own figures" in [heading.value for heading in app.subheader]
    said = words(app)
    assert "(https://acme.freshdesk.com/a/tickets/" in said
    assert "new tickets" in said


def test_before_the_first_import_the_page_stands_without_them(open_app):
    app = open_app(PAGE)
    assert not app.exception
    assert "With your own figures" not in [heading.value for heading in app.subheader]


def test_every_badge_that_an_integration_can_bear_is_explained(open_app):
    """By the very badge, and no state is told that there is not."""
    said = words(open_app(PAGE))
    assert set(list(health.meanings())[:3]) == health.GREEN
    assert set(health.meanings()) == set(states.WORST_LAST)
    for state in states.WORST_LAST:
        icon, color = states.look(state)
        assert f"- :{color}-badge[{icon} {states.word(state)}] {health.meanings()[state]}" in said


def test_a_hostile_name_stays_text():
    said = own_figures.told(
        Example(7, "https://acme.freshdesk.com/a/tickets/7", 0, 90_000, HOSTILE, "b"), "UTC"
    )
    assert "](https://evil" not in said
    assert "1970-01-02 01:00" in said
