"""How far an import is, in words and steps."""

import pytest

from freshdesk_core.importing.progress import progress
from tests.test_health import run
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
