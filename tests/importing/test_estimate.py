"""What a first import costs: estimated in five calls, and held against the import itself."""

from datetime import date
from pathlib import Path

import pytest

from freshdesk_core.api import Freshdesk, MinuteLimiter
from freshdesk_core.importing.connect import client_of
from freshdesk_core.importing.estimate import Estimate, estimate
from freshdesk_core.importing.log import Run
from freshdesk_core.importing.session import bring_up_to_date
from freshdesk_core.sandbox import Sandbox, Script, World, w1, w3
from freshdesk_core.sandbox.application import Source
from tests.importing.inflow import DAY, inflow

pytestmark = pytest.mark.sqlite  # what it costs is Freshdesk's affair, not the database's

START = date(2026, 8, 1)
NOW = (date(2026, 11, 20) - date(1970, 1, 1)).days * DAY
SAMPLE = World(seed=7, start_day=date(2025, 10, 16), tickets=16_000, days=400)
FACTOR = 1.3  # what "about" means here


def _off_by(tmp_path: Path, source: Source, *, since: int | None = None, until: int | None = None) -> float:
    """Import a whole account; by which factor the estimate was off, in calls or in credits."""
    with Sandbox(source, until=until, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        here_since = None if since is None else sandbox.now() - since
        with client_of(here.settings, here.integration, store=here.store) as freshdesk:
            expected = estimate(freshdesk, here_since)
        made = bring_up_to_date(here.store, here.settings, here.integration)
    assert (made.outcome.outcome, made.proof_error) == ("complete", None)
    ratios = (expected.calls / made.outcome.calls, expected.credits / made.outcome.credits)
    return max(max(ratio, 1 / ratio) for ratio in ratios)


def test_it_is_near_the_calls_of_a_small_desk(tmp_path: Path) -> None:
    world = World(seed=3, start_day=date(2026, 10, 1), tickets=200, days=45)
    assert _off_by(tmp_path, world, until=NOW) <= FACTOR


@pytest.mark.nightly
@pytest.mark.parametrize("which", ["sample", "W1"])
def test_it_is_near_the_calls_of_a_large_desk(tmp_path: Path, which: str) -> None:
    desk, until = (SAMPLE, NOW) if which == "sample" else (w1(), None)
    assert _off_by(tmp_path, desk, until=until) <= FACTOR


def _freshdesk(sandbox: Sandbox) -> Freshdesk:
    return Freshdesk(sandbox.domain, sandbox.api_key, limiter=MinuteLimiter(), allow_loopback=True)


def test_a_first_import_tells_it_before_and_makes_it_anew_once_all_is_listed(tmp_path: Path) -> None:
    """The later one knows the threads, so that it is nearer; the next import tells none."""
    told: list[tuple[str, int | None]] = []

    def tell(run: Run) -> None:
        if not told or told[-1] != (run.phase, run.calls_expected):
            told.append((run.phase, run.calls_expected))

    with Sandbox(w3(), plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        first = bring_up_to_date(here.store, here.settings, here.integration, on_progress=tell)
        imported = [calls for phase, calls in told if phase in ("tickets", "conversations")]
        before, after = (calls for calls in dict.fromkeys(imported) if calls is not None)
        assert first.outcome.calls / FACTOR <= before <= first.outcome.calls * FACTOR
        assert abs(after - first.outcome.calls) <= 0.2 * first.outcome.calls
        told.clear()
        bring_up_to_date(here.store, here.settings, here.integration, on_progress=tell)
        assert {calls for _phase, calls in told} == {None}


def test_it_costs_five_calls() -> None:
    with Sandbox(w3(), plan="unlimited") as sandbox, _freshdesk(sandbox) as freshdesk:
        estimate(freshdesk)
        assert freshdesk.calls == 5


def test_an_account_without_tickets_costs_next_to_nothing() -> None:
    with Sandbox(Script(now="2026-03-10T12:00:00Z"), plan="pro") as sandbox, _freshdesk(sandbox) as freshdesk:
        expected = estimate(freshdesk)
    assert (expected.tickets, expected.threads, expected.archived, expected.purged) == (0, 0, 0, 0)
    assert expected.minutes < 1


def test_a_search_that_is_refused_leaves_the_ids_to_tell() -> None:
    with (
        Sandbox(w3(), plan="unlimited", faults="403=require_feature~search") as sandbox,
        _freshdesk(sandbox) as freshdesk,
    ):
        expected = estimate(freshdesk)
    assert 800 <= expected.tickets <= 1_000


def test_a_start_bounds_what_is_read() -> None:
    world = World(seed=7, start_day=date(2026, 1, 1), tickets=3_000, days=400)
    with Sandbox(world, until=NOW, plan="unlimited") as sandbox, _freshdesk(sandbox) as freshdesk:
        whole, lately = estimate(freshdesk), estimate(freshdesk, NOW - 20 * DAY)
    assert lately.tickets < whole.tickets / 2
    assert lately.calls < whole.calls / 3
    assert lately.archived < whole.archived / 20


@pytest.mark.parametrize(("plan", "credits_", "lists"), [(200, 160, 16), (400, 320, 80), (700, 560, 160)])
def test_the_minutes_are_those_of_the_plan(plan: int, credits_: int, lists: int) -> None:
    """10,000 tickets: 106 pages at the pace of the list, then 6,000 threads, 121 totals and 20 others."""
    one = Estimate(10_000, 6_000, 0, 0, 121, plan)
    assert one.calls == 106 + 6_000 + 121 + 20
    assert one.minutes == pytest.approx(106 / lists + 6_141 / credits_ - 0.5)


def test_where_few_threads_are_read_the_limit_of_the_list_decides() -> None:
    """Growth allows 20 calls of the list a minute, 16 of them ours: 1,024 pages take 64 minutes."""
    assert Estimate(100_000, 0, 0, 0, 0, 200).minutes == pytest.approx(64, abs=1)


def test_a_slow_account_takes_as_long_as_its_answers() -> None:
    assert Estimate(0, 5_977, 0, 0, 0, 1_000_000, seconds_per_call=0.1).minutes == pytest.approx(10)


def test_once_the_tickets_are_listed_it_is_made_anew() -> None:
    before = Estimate(1_000, 600, 100, 10, 50, 400)
    after = before.after_listing(500, 100)
    assert (after.tickets, after.threads, after.archived) == (500, 100, 100)
    assert after.calls < before.calls / 2 + 60
    assert before.after_listing(0, 0).calls < after.calls
