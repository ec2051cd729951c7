"""How far an import is, in words and steps."""

import json
import time

import pytest

from freshdesk_core.importing.progress import progress
from tests.test_health import lease, run
from tests.volumes.account import Account
from ui import start

COUNTS = {
    **{"tickets_read": 11, "tickets_expected": 12, "threads_read": 21, "threads_expected": 22},
    **{
        "gaps_settled": 31,
        "gaps_expected": 32,
        "calls_expected": 2_437,
        "seconds_expected": 480,
        "days_read": 41,
        "days_expected": 42,
    },
}


@pytest.mark.parametrize(
    ("phase", "words", "steps"),
    [
        ("tickets", "listing all tickets", (11, 12)),
        ("conversations", "reading conversations, newest first", (21, 22)),
        ("audit", "checking that no ticket is missing", (31, 32)),
        ("totals", "asking Freshdesk for its own totals", (41, 42)),
    ],
)
def test_every_phase_has_its_words_and_its_steps(store, phase, words, steps):
    run(store, Account(store).integration_id, phase=phase, **COUNTS)

    (found,) = progress(store)

    assert start.phase(found) == words
    assert start.steps(found) == steps


def test_a_first_import_says_what_it_will_cost(store):
    """Roughly, for it is an estimate."""
    run(store, Account(store).integration_id, phase="tickets", **COUNTS)

    (found,) = progress(store)

    assert "in all about 2,400 calls, about 8 minutes at this plan" in start._facts(found)


def test_an_import_that_waits_for_the_limit_says_until_when_on_the_account_s_own_clock(open_app, store):
    """On the start page and in the list; where the account is, it is an hour later than in UTC."""
    until = 1_795_260_300  # 2026-11-21 11:25 UTC
    figures = {"domain": "acme.freshdesk.com", "until": "11:25 UTC", "until_at": until}
    account = Account(store)
    run(
        store,
        account.integration_id,
        phase="conversations",
        progressed_at=int(time.time()) - 40,
        error_code="limit-reached",
        error_figures=json.dumps(figures),
    )
    lease(store, account.integration_id, int(time.time()) + 600)
    told = "Waiting for Freshdesk's limit of calls until about 12:25; it goes on by itself."

    for page in ("pages/overview.py", "pages/integrations.py"):
        app = open_app(page)
        shown = " ".join(element.value for element in [*app.markdown, *app.caption])
        assert told in shown
        assert not app.error
        assert "nothing from Freshdesk" not in shown


def test_an_import_of_which_nothing_is_heard_says_for_how_long(store):
    """After a quarter of a minute; before, it is at work as ever."""
    account = Account(store)
    lease(store, account.integration_id, int(time.time()) + 600)
    run(store, account.integration_id, phase="tickets", progressed_at=int(time.time()) - 1_800)
    assert start._silence(progress(store)[0]) == ["nothing from Freshdesk for 30 minutes"]

    run(store, account.integration_id, phase="tickets", progressed_at=int(time.time()) + 5)
    assert start._silence(progress(store)[0]) == []
