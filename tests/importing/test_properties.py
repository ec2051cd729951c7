"""Whatever agents and customers do between and during imports: sums hold, nothing is lost or doubled."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freshdesk_core.sandbox import Sandbox, Script, codes
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store, schema
from tests.importing.inflow import Inflow, environment, inflow
from tests.importing.plain_recount import thread_of, thread_reasons, ticket_reason

# Made of a copied file, and too long to do twice.
pytestmark = pytest.mark.sqlite

NOW = "2026-03-10T12:00:00Z"
GROUPS = ("CustomerService", "Billing", None)
SOURCES = (codes.EMAIL, codes.PORTAL, codes.CHAT, codes.WEB_CHAT, codes.PHONE, codes.OUTBOUND_EMAIL)

Deed = tuple[str, int, int]


def _deeds(script: Script) -> dict[str, Callable[[int, int], object]]:
    """What can happen to a ticket; the second number chooses how."""
    last_row: dict[int, int] = {}

    def say(deed: Callable[..., int]) -> Callable[[int, int], None]:
        def said(ticket: int, _n: int) -> None:
            last_row[ticket] = deed(ticket)

        return said

    def of_row(deed: Callable[[int], None]) -> Callable[[int, int], None]:
        return lambda ticket, _n: deed(last_row[ticket]) if ticket in last_row else None

    return {
        "open": lambda _ticket, n: script.ticket(group=GROUPS[n % 3], source=SOURCES[n % 6], spam=n % 7 == 6),
        "reply": say(script.reply),
        "portal_reply": say(script.portal_reply),
        "chat": say(script.chat),
        "agent_chat": lambda ticket, _n: script.chat(ticket, incoming=False),
        "agent_reply": say(script.agent_reply),
        "note": say(script.note),
        "survey": say(script.survey),
        "edit": of_row(script.edit),
        "remove": of_row(script.remove),
        "move": lambda ticket, n: script.move(ticket, GROUPS[n % 3]),
        "change_source": lambda ticket, n: script.change_source(ticket, SOURCES[n % 6]),
        "close": lambda ticket, _n: script.close(ticket),
        "bump": lambda ticket, _n: script.bump(ticket),
        "trash": lambda ticket, _n: script.trash(ticket),
        "restore": lambda ticket, _n: script.restore(ticket),
        "spam": lambda ticket, _n: script.spam(ticket),
        "unspam": lambda ticket, _n: script.unspam(ticket),
        "purge": lambda ticket, n: script.purge(ticket) if n % 4 == 0 else None,
        "archive": lambda ticket, n: script.archive(ticket) if n % 4 == 0 else None,
        "merge": lambda ticket, n: script.merge(ticket, into=1 + n % 5) if ticket != 1 + n % 5 else None,
        "wait": lambda _ticket, n: setattr(script, "now", script.now + (1, 60, 2_000, 90_000)[n % 4]),
    }


KINDS = tuple(_deeds(Script())) + ("import",) * 4 + ("stop",) * 2
LIVES = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 5), st.integers(0, 60)), min_size=10, max_size=45
)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is made already: migrations take longer than a whole example."""
    home = tmp_path_factory.mktemp("empty")
    store = Store.open(Settings.from_environment(environment(home)))
    store.checkpoint()
    store.close()
    return home


def _live(here: Inflow, script: Script, lives: list[Deed], during: list[Callable[[], object]]) -> None:
    """Do all the deeds; those behind an import, up to the next one, happen while it reads."""
    deeds = _deeds(script)
    position = 0
    while position < len(lives):
        kind, ticket, n = lives[position]
        position += 1
        if kind in deeds:
            script.now += 1
            deeds[kind](ticket, n)
            continue
        while n % 2 and position < len(lives) and lives[position][0] in deeds:
            name, *numbers = lives[position]
            during.append(lambda deed=deeds[name], numbers=numbers: deed(*numbers))
            position += 1
        if kind == "import":
            here.complete()
        else:
            here.stop_after(1 + n % 9)
        while during:
            during.pop(0)()


def _check_against_truth(here: Inflow, script: Script) -> None:
    """Each ticket that lists show is here as it is there; each contact of its thread once, under it."""
    account = script.at(script.now)
    tickets = {row["ticket_id"]: row for row in here.rows(schema.tickets)}
    rows: dict[int, dict[str, Any]] = {row["conversation_id"]: row for row in here.rows(schema.conversations)}
    for ticket in account.tickets.values():
        if ticket.archived:
            continue
        mine = tickets[ticket.id]
        assert (mine["group_id"], mine["source"]) == (ticket.group_id, ticket.source)
        assert (mine["spam"], mine["deleted"]) == (ticket.spam, ticket.deleted)
        assert mine["result"] == (ticket_reason(ticket) or "counted")
        assert not mine["is_thread_due"]
        reasons = thread_reasons(account, ticket)
        for row in thread_of(account, ticket):
            if row.id not in rows:  # nobody but agents wrote here
                assert reasons[row.id] is not None
                continue
            assert rows[row.id]["created_at"] == row.created_at
            if rows[row.id]["result"] == "counted":
                assert rows[row.id]["ticket_id"] == ticket.id
    assert tickets.keys() <= set(range(1, script._last_ticket_id + 1))


def _prove(lives: list[Deed], empty_store: Path) -> None:
    script = Script(now=NOW)
    for number in range(4):
        script.ticket(group=GROUPS[number % 2], source=SOURCES[number])
    during: list[Callable[[], object]] = []

    def work(_method: str, _path: str) -> None:
        if during:
            script.now += 1
            during.pop(0)()

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(empty_store, home)
        with Sandbox(script, plan="unlimited", on_request=work) as sandbox, inflow(home, sandbox) as here:
            _live(here, script, lives, during)
            script.now += 1
            here.complete()
            _check_against_truth(here, script)
            assert here.audit().outcome == "complete"
            _check_against_truth(here, script)
            known = {row["ticket_id"] for row in here.rows(schema.tickets)}
            # Nobody can ask for an archived one above the newest that was ever listed (decision 0012).
            assert {one for one in script.at(script.now).tickets if one <= max(known)} <= known
            before, asked = here.dump(), len(sandbox.requests)
            assert here.complete().new_contacts == 0
            assert here.dump() == before
            assert len(sandbox.requests) - asked <= 6


QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


@settings(max_examples=30, deadline=None, suppress_health_check=QUIET)
@given(lives=LIVES)
def test_any_life_of_an_account_is_counted_right(lives: list[Deed], empty_store: Path) -> None:
    _prove(lives, empty_store)


@pytest.mark.nightly
@settings(max_examples=1_500, deadline=None, suppress_health_check=QUIET)
@given(lives=LIVES)
def test_any_life_of_an_account_is_counted_right_all_night(lives: list[Deed], empty_store: Path) -> None:
    _prove(lives, empty_store)
