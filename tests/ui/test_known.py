"""The question "How do you know?" on every page with figures: the answer of the core, with links."""

import pytest

from freshdesk_core.volumes import Known
from tests.ui.conftest import DAYS, iso
from tests.ui.test_pages import words
from tests.volumes.account import Account
from ui import known

ASKED = {
    "pages/overview.py": ["overview"],
    "pages/queues.py": ["queues"],
    "pages/patterns.py": ["uneven"],
    "pages/contacts_vs_tickets.py": ["sentence", "cohorts"],
}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("page", ASKED)
def test_every_page_with_figures_answers_when_asked(open_app, page):
    app = open_app(page)
    before = words(app)
    assert "for example" not in before

    for key in ASKED[page]:
        app.session_state[f"known_{key}"] = True
    app.run()

    assert not app.exception
    said = words(app)
    assert said.count("for example") >= len(ASKED[page])
    assert said.count("complete up to") >= said.count("for example")
    assert "(https://acme.freshdesk.com/a/tickets/" in said


def test_a_queue_answers_with_its_own_tickets(open_app, store):
    account = Account(store)
    own = account.ticket(iso(39.2), group_id=12)
    account.ticket(iso(39.3))
    account.proven((iso(0), iso(DAYS)))
    account.settle()
    app = open_app("pages/overview.py", queue=f"{account.integration_id}-12-1-tickets")
    app.session_state["known_queue"] = True
    app.run()

    assert not app.exception
    assert words(app).count(f"[{own}](") == 3  # the queue's figure, its pair's and Freshdesk's


def test_a_figure_that_is_not_known_yet_says_so():
    said = known.told(Known("replies", None, None, ()), "Replies", "UTC")
    assert "As of –, complete up to –, UTC" in said
    assert "It counts no ticket in this range" in said
