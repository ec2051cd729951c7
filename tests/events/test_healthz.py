"""What monitors outside are told: whether everything is proven, and ages; no names, no figures."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from freshdesk_core import health
from freshdesk_core.events import healthz
from freshdesk_core.sandbox import Sandbox, Script
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from tests.events.endpoint import Endpoint, wait_for
from tests.importing.inflow import inflow

AGES = {"newest_contact", "last_event", "last_poll", "last_audit"}


@pytest.mark.sqlite
def test_nothing_connected_is_not_healthy(store: Store, settings: Settings) -> None:
    with Endpoint(settings) as endpoint:
        answer = endpoint.ask("GET", "/healthz")
    assert (answer.status, answer.told) == (503, {"status": "attention", "integrations": []})


@pytest.mark.sqlite
def test_an_account_is_healthy_once_it_is_proven(tmp_path: Path, database: str) -> None:
    """The same judgement as that of ``status``; ages in seconds; nothing of the account's own."""
    script = Script(now=int(time.time()))
    script.ticket(at=script.now - 90_000)
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox) as here:
        with Endpoint(here.settings) as endpoint:
            before = endpoint.ask("GET", "/healthz")
        here.complete()
        here.audit()
        here.totals()
        green = health.all_green(health.status(here.store, int(time.time()), here.settings))
        with Endpoint(here.settings) as endpoint:
            after = endpoint.ask("GET", "/healthz")
    assert (before.status, before.told["status"]) == (503, "attention")
    assert green
    assert (after.status, after.told["status"]) == (200, "ok")
    (one,) = after.told["integrations"]
    assert set(one) == {"state", "broken_link", "ages_seconds"}
    assert set(one["ages_seconds"]) == AGES
    assert 90_000 <= one["ages_seconds"]["newest_contact"] < 90_000 + 600
    assert "Desk" not in json.dumps(after.told)


@pytest.mark.sqlite
def test_a_store_that_is_away_is_not_healthy(settings: Settings, tmp_path: Path) -> None:
    """Nor are events acknowledged; both are well again when the store is back."""
    (tmp_path / "file").write_text("in the way")
    away = replace(settings, database_url=f"sqlite:///{tmp_path / 'file' / 'inflow.db'}")
    with Endpoint(away) as endpoint:
        answer = endpoint.ask("GET", "/healthz")
        event = endpoint.send({"ticket_id": 1}, "inflow_e_x")
        assert (answer.status, answer.told) == (503, {"status": "unknown", "integrations": []})
        assert (event.status, event.told["code"]) == (503, "event-not-kept")
        assert int(event.headers["retry-after"]) > 0
        (tmp_path / "file").unlink()
        wait_for(lambda: endpoint.send({"ticket_id": 1}, "inflow_e_x").status == 401)


@pytest.mark.sqlite
def test_only_reading_is_answered_and_a_burst_asks_the_store_once(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def count(*_arguments: object) -> list[health.Status]:
        asked.append(1)
        return []

    monkeypatch.setattr(healthz.health, "status", count)
    monkeypatch.setattr(healthz, "KEPT_SECONDS", 3_600.0)
    with Endpoint(settings) as endpoint:
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            answer = endpoint.ask(method, "/healthz")
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
        for _ in range(20):
            assert endpoint.ask("GET", "/healthz").status == 503
    assert len(asked) == 1
