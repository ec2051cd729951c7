"""What the import command costs once an account is imported, counted at Freshdesk's door."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from freshdesk_core import cli
from freshdesk_core.sandbox import Sandbox, Script, w1
from freshdesk_core.sandbox.meanwhile import AT_REST
from tests.importing.inflow import DAY, NAME, environment, inflow

pytestmark = pytest.mark.sqlite

UNCHANGED, ONE_CHANGED = 6, 9  # calls


@pytest.fixture
def calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Sandbox], int]:
    """Runs the command to its complete end; how many calls came, which is what it says of itself."""

    def run(sandbox: Sandbox) -> int:
        before = len(sandbox.requests)
        assert cli.main(["import", NAME, "--json"]) == 0
        (told,) = json.loads(capsys.readouterr().out)["integrations"]
        came = len(sandbox.requests) - before
        assert (told["outcome"], told["calls"]) == ("complete", came)
        return came

    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    return run


def test_an_import_of_what_is_known_costs_six_calls_and_one_changed_ticket_three_more(
    tmp_path: Path, calls: Callable[[Sandbox], int]
) -> None:
    """The first one audits and compares, too; the later ones only look for news, whatever the news are."""
    script = Script(now="2026-03-10T12:00:00Z")
    tickets = [script.ticket(at=script.now - 12 * DAY + n * 9_000) for n in range(110)]
    for ticket in tickets[::3]:
        script.reply(ticket, at=script.now - DAY)
    news: list[Callable[[int], object]] = [
        script.reply,
        script.note,
        script.close,
        script.trash,
        script.restore,
    ]
    with Sandbox(script, plan="unlimited") as sandbox, inflow(tmp_path, sandbox):
        assert calls(sandbox) > 60
        assert calls(sandbox) <= UNCHANGED
        for happens in news:
            script.now += 3_600
            assert calls(sandbox) <= UNCHANGED
            happens(tickets[7])
            script.now += 120
            assert calls(sandbox) <= ONE_CHANGED


@pytest.mark.nightly
def test_so_it_is_with_a_whole_desk(tmp_path: Path, calls: Callable[[Sandbox], int]) -> None:
    desk = w1()
    desk.set_rate(AT_REST, desk.present)
    with Sandbox(desk, plan="unlimited") as sandbox, inflow(tmp_path, sandbox):
        calls(sandbox)
        assert calls(sandbox) <= UNCHANGED
        for turn in range(1, 6):
            sandbox.move_to(desk.present + 300 * turn)
            desk.edit(1, sandbox.now() - 60)
            assert calls(sandbox) <= ONE_CHANGED
