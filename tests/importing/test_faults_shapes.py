"""Answers whose shape has drifted: nothing fails, ids stay exact up to the exports, the drift is told."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator

import pandas as pd
import pytest

from freshdesk_core import cli, export, volumes
from freshdesk_core.health import status
from freshdesk_core.sandbox import Sandbox, Script, w1
from freshdesk_core.sandbox.spoiling.drift import NEEDED
from freshdesk_core.store import schema
from tests.importing.inflow import DAY, NAME, Inflow, epoch
from tests.importing.wires import Homes, Time, Wires, complete

# Made of a copied file.
pytestmark = pytest.mark.sqlite

NOW = "2026-03-10T12:00:00Z"
HIGHEST = 2**63 - 1


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory) -> Wires:
    return Wires(w1(size=0.008), tmp_path_factory.mktemp("wires"))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return Homes(tmp_path_factory.mktemp("homes"))


def notices(here: Inflow) -> dict[str, str]:
    """What is told beside the state, by its code."""
    (one,) = status(here.store, epoch(NOW), here.settings)
    return {notice.error_code: str(notice) for notice in one.notices}


def test_unknown_fields_null_lists_and_ids_as_text_change_nothing_and_are_told(wires: Wires) -> None:
    with wires.imported("unknown-fields,null-lists,string-ids") as (here, _sandbox, _outcome):
        told = notices(here)
    assert "fields-missing" not in told
    assert "conversation.new_field_000, conversation.new_field_001" in told["fields-unknown"]
    assert "(400 in all)" in told["fields-unknown"]


def test_a_usual_account_has_no_drift(wires: Wires) -> None:
    with wires.imported("") as (here, _sandbox, _outcome):
        assert not {"fields-unknown", "fields-missing"} & notices(here).keys()


@pytest.mark.parametrize("switch", ["drop", "null"])
def test_every_optional_field_may_be_missing_or_null_in_its_turn(wires: Wires, switch: str) -> None:
    """The sums hold; fields that counting goes by are named when they are gone."""
    with (
        wires.served(f"{switch}=each") as (sandbox, time),
        wires.homes.inflow(sandbox) as here,
    ):
        outcome = complete(here, time)
        assert outcome.accounts.tickets == len(wires.ticket_ids)
        assert sandbox.faults.used[switch] > 50  # a thread has 25 fields: each is gone more than once
        told = notices(here)["fields-missing"]
    assert "conversation.source" in told


@pytest.mark.parametrize("field", ["group_id", "source", "status", "stats", "spam", "association_type"])
def test_a_field_of_all_tickets_may_go(wires: Wires, field: str) -> None:
    with wires.served(rf"drop={field}~tickets\?") as (sandbox, time), wires.homes.inflow(sandbox) as here:
        outcome = complete(here, time)
        assert outcome.accounts.tickets == len(wires.ticket_ids)
        assert (f"ticket.{field}" in notices(here).get("fields-missing", "")) == (field != "association_type")


def test_all_that_is_optional_may_go_at_once(wires: Wires) -> None:
    with wires.served("drop") as (sandbox, time), wires.homes.inflow(sandbox) as here:
        outcome = complete(here, time)
        assert outcome.accounts.tickets == len(wires.ticket_ids)
    assert "source" not in NEEDED["ticket"]


def test_drift_is_told_until_answers_come_without_it(homes: Homes) -> None:
    """An import that reads nothing new knows no better; the names are kept, never what stands in them."""
    script = Script(now=NOW)
    ticket = script.ticket(at="2026-03-09")
    script.reply(ticket, at="2026-03-09T01:00:00Z")
    with (
        Sandbox(script, plan="unlimited", faults="unknown-fields=2") as sandbox,
        homes.inflow(sandbox) as here,
    ):
        complete(here, Time())
        fields = "conversation.new_field_000, conversation.new_field_001, ticket.new_field_000"
        assert fields in notices(here)["fields-unknown"]
        sandbox.faults.off()
        script.now += 3600
        script.bump(ticket)
        complete(here, Time())  # a ticket comes, no thread
        assert "conversation.new_field_000" in notices(here)["fields-unknown"]
        assert "ticket.new_field_000" not in notices(here)["fields-unknown"]
        script.now += 3600
        script.reply(ticket)
        complete(here, Time())
        assert "fields-unknown" not in notices(here)


def test_status_tells_of_drift(
    homes: Homes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(now=NOW)
    script.reply(script.ticket(at="2026-03-09"), at="2026-03-09T01:00:00Z")
    with (
        Sandbox(script, plan="unlimited", faults="unknown-fields=1,drop=incoming") as sandbox,
        homes.inflow(sandbox) as here,
    ):
        complete(here, Time())
        monkeypatch.setenv("INFLOW_HOME", str(here.settings.home))
        cli.main(["status", "--json"])
        (one,) = json.loads(capsys.readouterr().out)["integrations"]
        cli.main(["status"])
        words = capsys.readouterr().out
    told = {notice["code"]: notice for notice in one["notices"]}
    assert told.keys() == {"clock-differs", "fields-missing", "fields-unknown"}
    assert "conversation.incoming" in told["fields-missing"]["message"]
    assert all(notice["next_step"] for notice in told.values())
    assert all(notice["message"] in words for notice in told.values())


def test_a_group_that_goes_and_a_source_nobody_knows_have_queues_of_their_own(homes: Homes) -> None:
    script = Script(now=NOW)
    for _ in range(20):
        script.ticket(at="2026-03-09")
    faults = "null-group,source=137"  # every tenth ticket
    with Sandbox(script, plan="unlimited", faults=faults) as sandbox, homes.inflow(sandbox) as here:
        complete(here, Time())
        assert here.by_queue() == {"CustomerService email Tickets": 18, "No group source 137 Tickets": 2}


# Ids


@pytest.fixture
def highest() -> Script:
    """Tickets whose ids are no exact floats, one the highest there can be; one without a group."""
    script = Script(now=NOW)
    script._last_ticket_id = 2**53
    script.reply(script.ticket(at="2026-03-09T08:00:00Z"), at="2026-03-09T09:00:00Z")
    script._last_ticket_id = HIGHEST - 2
    script.reply(script.ticket(at="2026-03-09T08:00:00Z", group=None), at="2026-03-09T09:00:00Z")
    script._last_row_id = HIGHEST - 1
    script.reply(script.ticket(at="2026-03-09T08:00:00Z"), at="2026-03-09T09:00:00Z")
    return script


@pytest.fixture(params=["", "string-ids"], ids=["as numbers", "as text"])
def big(request: pytest.FixtureRequest, homes: Homes, highest: Script) -> Iterator[Inflow]:
    with (
        Sandbox(highest, plan="unlimited", faults=request.param) as sandbox,
        homes.inflow(sandbox) as here,
    ):
        complete(here, Time())
        yield here


def test_the_highest_ids_are_exact_in_the_store_and_in_every_export(big: Inflow) -> None:
    tickets = [2**53 + 1, HIGHEST - 1, HIGHEST]
    assert [row["ticket_id"] for row in big.rows(schema.tickets)] == tickets
    assert HIGHEST in [row["conversation_id"] for row in big.rows(schema.conversations)]
    window = volumes.Window(epoch("2026-03-09"), epoch("2026-03-10"), "UTC")
    frame = volumes.queues(big.store, window)
    rows = pd.concat([volumes.contacts(big.store, window, queue_id) for queue_id in frame["queue_id"]])
    assert len(rows) == 6
    assert sorted(set(rows["ticket_id"])) == tickets

    text = export.csv_text(rows)
    written = list(csv.DictReader(io.StringIO(text)))
    assert sorted({int(row["ticket_id"]) for row in written}) == tickets
    assert str(HIGHEST) in {row["conversation_id"] for row in written}
    assert all(row["ticket_url"].endswith(f"/a/tickets/{row['ticket_id']}") for row in written)
    told = json.loads(json.dumps(export.records(rows)))
    assert {row["ticket_id"] for row in told} == set(tickets)
    assert HIGHEST in {row["conversation_id"] for row in told}
    with zipfile.ZipFile(io.BytesIO(export.xlsx_bytes(rows))) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
    assert all(f">{number}<" in texts for number in tickets)  # as texts: a sheet's numbers are floats


def test_big_ids_of_groups_are_exact_in_queue_ids(
    homes: Homes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script(now=NOW)
    group_id = script.group("CustomerService")
    script.reply(script.ticket(at="2026-03-09T08:00:00Z"), at="2026-03-09T09:00:00Z")
    with Sandbox(script, plan="unlimited", faults="big-ids") as sandbox, homes.inflow(sandbox) as here:
        complete(here, Time())
        monkeypatch.setenv("INFLOW_HOME", str(here.settings.home))
        assert cli.main(["volumes", "--by", "queue", "--format", "json", "--integration", NAME]) == 0
        shown = json.loads(capsys.readouterr().out)
    assert {row["queue_id"] for row in shown} == {
        f"1-{2**53 + group_id}-1-tickets",
        f"1-{2**53 + group_id}-1-replies",
    }


def test_a_ticket_never_imported_is_named_exactly(
    homes: Homes, highest: Script, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(highest, plan="unlimited") as sandbox, homes.inflow(sandbox) as here:
        complete(here, Time())
        highest._last_ticket_id = HIGHEST - 3
        highest.ticket(at="2026-03-09T10:00:00Z")  # made unseen by the listing
        here.totals([epoch("2026-03-09") // DAY])
        monkeypatch.setenv("INFLOW_HOME", str(here.settings.home))
        cli.main(["reconcile", "--from", "2026-03-09", "--to", "2026-03-10", "--tz", "UTC", "--json"])
        told = json.loads(capsys.readouterr().out)
    assert [one["ticket_id"] for one in told["never_imported_tickets"]] == [HIGHEST - 2]
