"""A comparison with Freshdesk that somebody asks for: done beside imports, kept with date and tickets."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core import volumes
from freshdesk_core.access import COMMAND_LINE, Actor, Role
from freshdesk_core.errors import ConfigError, NotAllowed
from freshdesk_core.importing import comparing
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.store import comparisons, integrations, leases
from freshdesk_core.store.comparisons import Comparison
from tests.importing.inflow import DAY, Inflow, inflow
from tests.importing.test_audit import _lose

NOW = "2026-03-10T12:00:00Z"
ANN = Actor(Role.ADMIN, "ann@example.com")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Inflow]:
    """Ten days of two tickets each, one of them spam, imported; ticket 7 is lost."""
    script = Script(now=NOW)
    for day in range(10, 0, -1):
        script.ticket(at=script.now - day * DAY)
        script.ticket(at=script.now - day * DAY + 60, spam=day == 4)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as one:
        one.complete()
        _lose(one, [7])
        yield one


def _newest(here: Inflow) -> Comparison:
    with here.store.read() as connection:
        return comparisons.newest(connection, [1])[0]


def _asked(here: Inflow) -> volumes.Window:
    return volumes.default_window(here.store)


def test_the_result_is_kept_with_who_asked_and_which_ticket_differs(here: Inflow) -> None:
    window = _asked(here)

    started = comparing.start(ANN, here.store, here.settings, 1, window)
    assert started.thread is not None
    started.thread.join(60)

    kept = _newest(here)
    assert (kept.comparison_id, kept.state, kept.asked.by) == (started.comparison_id, "complete", ANN.name)
    assert kept.days_done == kept.days_expected == len(comparing.utc_days(window))
    assert kept.never_imported == (7,)
    assert kept.unexplained == ()
    now = volumes.reconcile(here.store, window).total
    assert kept.figures == now.figures()
    assert kept.figures["never_imported"] == 1
    # What is kept stays as it was, whatever is mended later.
    here.audit()
    assert volumes.reconcile(here.store, window).total.tickets_seen != kept.figures["tickets_seen"]
    assert _newest(here) == kept


def test_a_viewer_asks_nothing_and_types_nothing_in(here: Inflow) -> None:
    vera = Actor(Role.VIEWER, "vera@example.com")
    with pytest.raises(NotAllowed):
        comparing.start(vera, here.store, here.settings, 1, _asked(here))
    with pytest.raises(NotAllowed):
        comparing.type_in(vera, here.store, 1, _asked(here), 3)
    with here.store.read() as connection:
        assert comparisons.newest(connection, [1]) == []


@pytest.mark.sqlite
def test_it_waits_for_an_import_and_says_so(here: Inflow) -> None:
    """An import that goes on ends its patience with a sentence; one that ends lets it begin."""
    window = _asked(here)
    with here.store.write() as connection:
        asked = comparisons.Asked(1, comparisons.SEARCH, ANN.name, (window.start, window.end), window.zone)
        id_ = comparisons.begin(connection, asked, 1)
    with leases.held(here.store, here.integration):
        comparing.run(here.store, here.settings, id_, patience=0)
        assert (_newest(here).state, _newest(here).error_code) == ("failed", "busy")

        waiting = threading.Thread(target=comparing.run, args=(here.store, here.settings, id_))
        waiting.start()
        for _look in range(600):
            if _newest(here).state == "waiting":
                break
            waiting.join(0.05)
        assert _newest(here).state == "waiting"
        # A second click asks nothing anew.
        again = comparing.start(ANN, here.store, here.settings, 1, window)
        assert (again.comparison_id, again.thread) == (id_, None)
    waiting.join(60)
    assert _newest(here).state == "complete"


@pytest.mark.sqlite
def test_an_account_that_is_gone_and_a_stop_are_told(here: Inflow) -> None:
    window = _asked(here)
    stop = threading.Event()
    stop.set()
    asked = comparisons.Asked(1, comparisons.SEARCH, ANN.name, (window.start, window.end), window.zone)
    with here.store.write() as connection:
        stopped, failed = (comparisons.begin(connection, asked, 1) for _n in range(2))
    comparing.run(here.store, here.settings, stopped, stop=stop)
    with here.store.write() as connection:
        integrations.remove(connection, 1)
    comparing.run(here.store, here.settings, failed)

    with here.store.read() as connection:
        found = {
            one.comparison_id: (one.state, one.error_code) for one in comparisons.newest(connection, [1])
        }
    assert found == {stopped: ("stopped", None), failed: ("failed", "integration-removed")}


@pytest.mark.sqlite
def test_a_comparison_whose_process_died_is_not_under_way_for_ever(
    here: Inflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = _asked(here)
    asked = comparisons.Asked(1, comparisons.SEARCH, ANN.name, (window.start, window.end), window.zone)
    with here.store.write() as connection:
        comparisons.begin(connection, asked, 1)
    assert _newest(here).is_under_way
    monkeypatch.setattr(comparisons, "SILENT_SECONDS", -1)
    assert _newest(here).state == "stopped"


def test_a_count_that_is_typed_in_is_kept_beside_the_figures_of_its_days(here: Inflow) -> None:
    window = _asked(here)
    comparing.type_in(COMMAND_LINE, here.store, 1, window, 17)

    kept = _newest(here)
    assert (kept.asked.source, kept.asked.created_count, kept.state) == ("analytics", 17, "complete")
    assert kept.figures["spam"] == 1
    for count, code in ((-1, "bad-created-count"), (10**10, "bad-created-count")):
        with pytest.raises(ConfigError) as refused:
            comparing.type_in(COMMAND_LINE, here.store, 1, window, count)
        assert refused.value.error_code == code
    unproven = window.shifted_by_days(400)
    with pytest.raises(ConfigError) as refused:
        comparing.type_in(COMMAND_LINE, here.store, 1, unproven, 17)
    assert refused.value.error_code == "nothing-to-compare"
