"""An account that closes its doors, sends the key elsewhere, or goes by another clock than ours."""

import re
import time as real_time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from freshdesk_core.health import Status, status
from freshdesk_core.sandbox import Sandbox, Script, w1
from freshdesk_core.store import notices, schema
from freshdesk_core.store.integrations import replace_domain
from tests.api.fakes import FakeFreshdesk, answer
from tests.importing.inflow import Inflow, epoch
from tests.importing.wires import THREADS, Homes, Time, Wires, complete, failure, run

# Made of a copied file.
pytestmark = pytest.mark.sqlite

NOW = "2026-03-10T12:00:00Z"
STEP_IN_HAND = 20 + 5 * THREADS  # threads of a transaction, and those asked for ahead of it


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory) -> Wires:
    return Wires(w1(size=0.02), tmp_path_factory.mktemp("wires"))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def script() -> Script:
    written = Script(now=NOW)
    for _ in range(6):
        written.reply(written.ticket(at="2026-03-09"), at="2026-03-09T01:00:00Z")
    return written


@pytest.fixture
def elsewhere() -> Iterator[FakeFreshdesk]:
    """A second server, which would take every key it is given."""
    server = FakeFreshdesk()
    server.rule = lambda _: answer([])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def health(here: Inflow) -> Status:
    (one,) = status(here.store, int(real_time.time()), here.settings)
    return one


def threads_read(sandbox: Sandbox, first: int = 0) -> Counter[str]:
    """How often each thread was given."""
    return Counter(
        asked.path
        for asked in sandbox.requests[first:]
        if asked.path.endswith("/conversations") and asked.status == 200
    )


# The key


def test_a_key_revoked_in_mid_run_is_used_no_more_and_a_new_one_goes_on(wires: Wires) -> None:
    with wires.served("revoke@80") as (sandbox, time), wires.homes.inflow(sandbox) as here:
        assert failure(run(here, time)).error_code == "key-rejected"
        refused = [asked for asked in sandbox.requests if asked.status == 401]
        assert 1 <= len(refused) <= 1 + (THREADS - 1)  # those in flight
        first = health(here)
        assert (first.state, first.broken_link) == ("action_needed", "key")

        before = len(sandbox.requests)
        assert failure(run(here, time)).error_code == "key-rejected"
        assert len(sandbox.requests) == before + 1

        with here.store.write() as connection:
            id_, domain = here.integration.integration_id, here.integration.domain
            replace_domain(connection, here.settings, id_, domain, sandbox.new_key)
        before = len(sandbox.requests)
        complete(here, time, key=sandbox.new_key)
        assert here.digest() == wires.digest
        again = threads_read(sandbox) - Counter(set(threads_read(sandbox)))
        assert sum(again.values()) <= STEP_IN_HAND
        assert len(sandbox.requests) - before <= wires.calls - 80 + STEP_IN_HAND + 10
        assert health(here).state != "action_needed"


# Refusals by code


def test_the_thread_of_a_trashed_ticket_is_refused_and_the_import_goes_on(
    homes: Homes, script: Script
) -> None:
    script.trash(3)  # every third one's thread answers 403
    with Sandbox(script, plan="unlimited") as sandbox, homes.inflow(sandbox) as here:
        outcome = complete(here, Time())
        assert (outcome.accounts.counted_tickets, outcome.accounts.counted_replies) == (6, 5)
        assert 403 in [asked.status for asked in sandbox.requests]


def test_groups_that_are_closed_to_the_key_get_their_names_from_the_ticket_form(
    homes: Homes, script: Script
) -> None:
    with Sandbox(script, plan="unlimited") as sandbox, homes.inflow(sandbox) as here:
        complete(here, Time())
        digest = here.digest()
    with (
        Sandbox(script, plan="unlimited", faults="403=access_denied~/groups") as sandbox,
        homes.inflow(sandbox) as here,
    ):
        complete(here, Time())
        assert here.digest() == digest
        assert [row["name"] for row in here.rows(schema.groups)] == ["CustomerService"]


@pytest.mark.parametrize(
    ("code", "error", "link", "words"),
    [
        ("require_feature", "feature-not-in-plan", "scope", "Pro or Enterprise plan"),
        ("account_suspended", "account-suspended", "freshdesk", "opened again in Freshdesk"),
        ("password_lockout", "agent-locked", "key", "another Account Administrator"),
    ],
)
def test_what_ends_an_import_says_whose_turn_it_is(
    homes: Homes, script: Script, code: str, error: str, link: str, words: str
) -> None:
    with (
        Sandbox(script, plan="unlimited", faults=f"403={code}@5-") as sandbox,
        homes.inflow(sandbox) as here,
    ):
        assert failure(run(here, Time())).error_code == error
        assert len(sandbox.requests) <= 5 + THREADS
        one = health(here)
        assert (one.state, one.broken_link) == ("action_needed", link)
        assert words in one.next_step


# Nothing there


def test_a_wrong_subdomain_is_named_after_one_call(homes: Homes, script: Script) -> None:
    with Sandbox(script, plan="unlimited", faults="404") as sandbox, homes.inflow(sandbox) as here:
        error = failure(run(here, Time()))
        assert error.error_code == "not-found"
        assert sandbox.domain in str(error)
        assert len(sandbox.requests) == 1
        assert health(here).state == "action_needed"


def test_a_ticket_that_is_not_there_any_more_is_no_failure(homes: Homes, script: Script) -> None:
    """And when it is there again, the audit has its thread read after all."""
    with (
        Sandbox(script, plan="unlimited", faults=r"404~tickets/(archived/)?4\b") as sandbox,
        homes.inflow(sandbox) as here,
    ):
        outcome = complete(here, Time())
        assert (outcome.accounts.counted_tickets, outcome.accounts.counted_replies) == (6, 5)
        asked = [one.status for one in sandbox.requests if re.search(r"/4\b", one.path)]
        assert asked == [404] * 4  # thread and ticket, each under both of its addresses

        sandbox.faults.off()
        here.audit()
        outcome = complete(here, Time())
        assert (outcome.accounts.counted_tickets, outcome.accounts.counted_replies) == (6, 6)


# Other hosts


def test_a_redirect_ends_the_run_and_the_key_stays_here(
    homes: Homes, script: Script, elsewhere: FakeFreshdesk
) -> None:
    """To another server's port, another host, another scheme; in the beginning and among the threads."""
    targets = (f"http://{elsewhere.domain}", "host", "port", "scheme")
    with Sandbox(script, plan="unlimited") as sandbox, homes.inflow(sandbox) as here:
        for code in (301, 302, 307, 308):
            for target in targets:
                sandbox.faults.on(f"redirect={code}+{target}")
                before = len(sandbox.requests)
                error = failure(run(here, Time()))
                assert (error.error_code, error.figures["status"]) == ("foreign-host", code)
                assert len(sandbox.requests) == before + 1
                sandbox.faults.off()
        sandbox.faults.on(f"redirect=302+{targets[0]}", paths="conversations")
        assert failure(run(here, Time())).error_code == "foreign-host"
        assert health(here).state == "action_needed"
        sandbox.faults.off()
        complete(here, Time())
    assert elsewhere.asked == []


def test_links_to_another_host_tell_only_that_there_is_more(
    homes: Homes, script: Script, elsewhere: FakeFreshdesk
) -> None:
    """Of a thread and of a list that have several pages."""
    for _ in range(250):
        script.reply(1, at="2026-03-09T02:00:00Z")
        script.ticket(at="2026-03-09T02:00:00Z")
    faults = f"link=http://{elsewhere.domain}"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, homes.inflow(sandbox) as here:
        outcome = complete(here, Time())
        assert (outcome.accounts.counted_tickets, outcome.accounts.counted_replies) == (256, 256)
        assert sandbox.faults.used["link"] > 5
    assert elsewhere.asked == []


# Clocks


def our_clock(monkeypatch: pytest.MonkeyPatch, ahead: Callable[[], float]) -> None:
    right = real_time.time
    monkeypatch.setattr(real_time, "time", lambda: right() + ahead())


def _edit_and_check(here: Inflow, sandbox: Sandbox, script: Script) -> None:
    """What happens between two imports is all seen by the second, whatever the clocks say."""
    complete(here, Time())
    for minutes in (1, 4, 30):
        script.now += 60 * minutes
        script.reply(script.ticket())
        script.reply(2)
        outcome = complete(here, Time())
    assert outcome.accounts.counted_tickets == 9
    assert outcome.accounts.counted_replies == 12
    reached = max(ticket.updated_at for ticket in sandbox.truth().tickets.values())
    assert all(row["updated_at"] <= reached for row in here.rows(schema.cursors))


@pytest.mark.parametrize("hours", [24, -24])
def test_a_wrong_clock_of_ours_loses_nothing_and_is_told(
    homes: Homes, script: Script, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Freshdesk's clock is right; ours is a day off."""
    offset = epoch(NOW) - real_time.time() + hours * 3600
    with Sandbox(script, plan="unlimited") as sandbox, homes.inflow(sandbox) as here:
        our_clock(monkeypatch, lambda: offset)
        _edit_and_check(here, sandbox, script)
        (notice,) = health(here).notices
        assert notice.error_code == "clock-differs"
        off_by = hours * 60 - 35  # the account's clock went on, ours hardly
        assert notice.figures["minutes"] == pytest.approx(abs(off_by), abs=3)


def test_a_clock_of_ours_that_jumps_back_in_mid_run_loses_nothing(
    wires: Wires, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wires.served() as (sandbox, time), wires.homes.inflow(sandbox) as here:
        our_clock(monkeypatch, lambda: -86_400.0 if len(sandbox.requests) > 60 else 0.0)
        complete(here, time)
        assert here.digest() == wires.digest


@pytest.mark.parametrize("skew", ["10m", "-10m", "missing"])
def test_a_wrong_clock_of_freshdesks_loses_nothing(homes: Homes, script: Script, skew: str) -> None:
    faults = f"skew={skew}"
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, homes.inflow(sandbox) as here:
        _edit_and_check(here, sandbox, script)


def test_clocks_that_agree_are_no_news(homes: Homes) -> None:
    script = Script(now=int(real_time.time()))
    script.ticket(at=script.now - 3600)
    with Sandbox(script, plan="unlimited") as sandbox, homes.inflow(sandbox) as here:
        complete(here, Time())
        assert health(here).notices == ()
        with here.store.read() as connection:
            assert notices.newest(connection, here.integration.integration_id) == notices.Notices()


@pytest.mark.nightly
@pytest.mark.parametrize("drift", [1.5, -0.5])
@pytest.mark.parametrize("skew", ["10m", "-10m"])
def test_clocks_that_run_apart_while_agents_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skew: str, drift: float
) -> None:
    """Ours gains or loses minutes in the run, Freshdesk's is ten minutes off, edits go on."""
    homes = Homes(tmp_path)
    began = real_time.monotonic()
    desk = w1(size=0.1)
    time = Time()
    faults = f"skew={skew},pace=2s,edits=600/h"
    with (
        Sandbox(desk, live=True, plan="unlimited", faults=faults, wall=time) as sandbox,
        homes.inflow(sandbox) as here,
    ):
        our_clock(monkeypatch, lambda: (real_time.monotonic() - began) * 600 * drift)
        complete(here, time)
        sandbox.faults.off()
        sandbox.move_to(sandbox.now() + 3600)
        complete(here, time)
        truth = sandbox.truth()
        listed = {ticket.id for ticket in truth.tickets.values() if not ticket.archived}
        assert listed == {row["ticket_id"] for row in here.rows(schema.tickets)}
        held = {row["ticket_id"]: row["updated_at"] for row in here.rows(schema.tickets)}
        assert held == {id_: truth.tickets[id_].updated_at for id_ in listed}
