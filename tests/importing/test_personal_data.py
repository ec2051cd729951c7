"""Counting needs no personal data, so none is stored: not in the store, not in its journal, nor told."""

import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import String, Text

from freshdesk_core.importing.connect import client_of
from freshdesk_core.sandbox import Sandbox, Script, World, codes, texts
from freshdesk_core.sandbox.rendering import ticket_view
from freshdesk_core.store import schema
from freshdesk_core.store.texts import Name
from tests.importing.inflow import inflow
from tests.importing.programs import ended, start
from tests.sandbox.wire import ask

pytestmark = pytest.mark.sqlite  # looks at the bytes of its files

WORLD = World(21, start_day=date(2025, 12, 1), tickets=300, days=60)
# Long enough that sealed keys and counts, which may be any bytes, do not look like one by chance.
ADDRESS = r"[a-zA-Z0-9._+-]{4,}@[a-zA-Z0-9-]{4,}\.[a-zA-Z]{2,}"
CANARIES = {
    "subject": "Kanari-Betreff 4711",
    "description": "<p>Kanari-Beschreibung</p>",
}


@pytest.fixture
def telling(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Everything that is logged, down to the last detail."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
    yield caplog
    logging.getLogger("sqlalchemy").setLevel(logging.NOTSET)


def _bytes(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.iterdir())


def _of_world(world: World) -> set[str]:
    """Names, addresses, phones and texts of everybody who ever wrote."""
    found: set[str] = set()
    account = world.at(world.ends_at)
    for ticket in account.tickets.values():
        person = ticket.requester_id
        found |= {texts.name(person), texts.email(person), texts.phone(person)}
        shown = ticket_view(ticket, frozenset({"requester"}), account.conversations.get(ticket.id, []))
        found |= {str(shown[name]) for name in ("subject", "description", "description_text")}
        for row in account.conversations.get(ticket.id, []):
            found |= {text for text in (row.from_email, row.body, *row.to_emails) if text}
    return {text for text in found if len(text) > 5}


def test_nothing_of_anybody_is_in_the_store_the_log_or_the_output(
    tmp_path: Path, telling: pytest.LogCaptureFixture
) -> None:
    canaries = _of_world(WORLD)
    assert len(canaries) > 900
    with (
        Sandbox(WORLD, until=WORLD.ends_at, plan="unlimited") as sandbox,
        inflow(tmp_path, sandbox) as here,
    ):
        sent = ask(sandbox, "tickets?updated_since=2025-12-01&include=requester&per_page=100").body.decode()
        assert sum(text in sent for text in canaries) > 200
        here.complete()
        here.totals()
        before_checkpoint = _bytes(tmp_path)
        code, out, complaints = ended(start(tmp_path, "import", "--json"))
        key = sandbox.api_key
    assert code == 0
    logged = "\n".join(record.getMessage() for record in telling.records)
    told = (before_checkpoint + _bytes(tmp_path)).decode("latin-1")
    telling_all = told + logged + out + complaints
    as_bytes = telling_all.encode("latin-1", "replace").decode("latin-1")

    found = {text for text in canaries if text in telling_all or text.encode().decode("latin-1") in as_bytes}
    assert found == set()
    assert not re.search(ADDRESS, told)
    assert key not in telling_all


def test_planted_texts_in_every_free_field_leave_no_trace(
    tmp_path: Path, telling: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the import fails over such a row."""
    monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)
    script = Script(now="2026-03-10T12:00:00Z")
    ticket = script.ticket(at="2026-03-01", **CANARIES)
    script.conversation(
        ticket,
        "2026-03-02",
        incoming=True,
        source=codes.REPLY,
        category=1,
        from_email="Kanari Vogel <kanari@example.org>",
        to_emails=("kanari-help@example.org",),
        support_email="kanari-support@example.org",
        body="<div>Kanari-Text</div>",
    )
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        assert here.complete().new_contacts == 2
        script.now += 60
        script.conversation(ticket, id=2**63, incoming=True, body="Kanari-Fehler")
        with client_of(here.settings, here.integration, store=here.store) as freshdesk:
            assert "anari" not in repr(freshdesk)
        outcome = here.run()
        assert (outcome.outcome, outcome.error.error_code) == ("failed", "bad-answer")  # type: ignore[union-attr]
        told = f"{outcome.error!r} {outcome.error} {outcome.error.__cause__!r} {outcome.error.__context__!r}"  # type: ignore[union-attr]

        logged = "\n".join(record.getMessage() for record in telling.records)
        assert "anari" not in (_bytes(tmp_path).decode("latin-1") + logged + told).lower()


def test_the_tables_have_no_place_for_a_text_of_a_customer() -> None:
    """The allow-list: every column that can hold a text, and what it holds."""
    columns = {
        f"{table.name}.{column.name}"
        for table in schema.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, String | Text | Name)
    }
    assert columns == {
        # the integration's own
        *("integrations.name", "integrations.name_key", "integrations.domain", "integrations.time_zone"),
        *("integrations.key_sealed", "integrations.key_hint"),
        # the account's names
        *("groups.name", "groups.former_names", "sources.label", "sources.former_labels"),
        # words of Inflow's own
        *("tickets.result", "conversations.result", "cursors.stream", "total_differences.side"),
        *("series.measure", "series.kind", "series.fate", "series.result"),
        *("imports.purpose", "imports.phase", "imports.outcome", "imports.error_code"),
        *("imports.error_figures", "imports.excluded", "leases.host", "leases.token", "gaps.state"),
        *("integrations.shortcomings", "integrations.shortcoming_figures", "last_ids.table_name"),
        *("budget_draws.account", "budgets.account"),
        # of the event endpoint: Inflow's own keys, the names of Freshworks' events, names of fields and types
        *("event_keys.prefix", "event_keys.digest", "event_keys.label", "event_keys.last_address"),
        *("events.name", "dead_letters.reason", "dead_letters.shape", "dead_letters.shape_digest"),
        "event_refusals.reason",
        # of an integration's life: who paused it, an admin of Inflow's; words and figures of Inflow's own
        *("integrations.paused_by", "purges.scope", "purges.receipt", "reimport_tickets.state"),
        *("reimports.phase", "reimports.before", "reimports.changes"),
        # of planners and managers: what they call a day, their own names, figures that they asked for
        *("special_days.name", "special_days.kind", "special_days.set_by"),
        *(f"saved_views.{name}" for name in ("name", "name_key", "page", "query", "saved_by")),
        *("comparisons.source", "comparisons.asked_by", "comparisons.zone", "comparisons.filters"),
        *("comparisons.state", "comparisons.figures", "comparisons.error_code"),
        *("comparisons.error_figures", "comparison_tickets.side"),
    }
