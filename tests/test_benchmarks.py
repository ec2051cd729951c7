"""The benchmarks run, and what they count (not what they time) keeps to its budgets."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import edits, importer, mutants, wire
from benchmarks.account import Server, served
from benchmarks.report import Budget, table, verdict
from freshdesk_core.sandbox import w4
from freshdesk_core.sandbox.deskwork import Shares, written
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served(tickets=250, days=60, start="2026-01-05", until="2026-03-06T00:00:00+00:00") as server:
        yield server


def test_an_import_makes_hardly_more_calls_than_needed(server: Server, tmp_path: Path) -> None:
    """At most 10 calls beyond one for each page and thread; with nothing changed, at most 6."""
    needed = wire.questions(server)
    whole = importer.run(server, tmp_path / "whole", threads=2, shortcut=False)
    first, again = (importer.run(server, tmp_path / "short", threads=2) for _ in range(2))
    assert len(set(needed)) == len(needed) > whole.tickets
    assert whole.tickets < whole.calls <= len(needed) + 10
    assert first.calls < whole.calls
    assert first.contacts_digest == whole.contacts_digest
    assert (again.calls <= 6, again.new_contacts) == (True, 0)


@pytest.mark.parametrize("kind", [wire.RawConnection, wire.PlainConnection])
def test_the_wire_is_read_to_the_end(server: Server, kind: type[wire.RawConnection]) -> None:
    connection = kind(server)
    whole = connection.get("/api/v2/tickets?per_page=100")
    assert whole.startswith(b"[") and whole.endswith(b"]")
    assert connection.get("/api/v2/groups").endswith(b"]")
    connection.close()


def test_a_broken_budget_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert verdict([Budget("kept", 1, 1)])
    assert not verdict([Budget("kept", 0.5, 1), Budget("broken", 2.5, 2, " s")])
    told = capsys.readouterr().out
    assert "PASS  kept: 1 (at most 1)" in told
    assert "FAIL  broken: 2.50 s (at most 2 s)" in told


def test_a_table_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    table(("what", "calls"), [("import", 5063), ("again", 5)])
    assert capsys.readouterr().out.splitlines() == [
        "| what   | calls |",
        "| ------ | ----: |",
        "| import | 5,063 |",
        "| again  |     5 |",
        "",
    ]


def test_an_unknown_benchmark_is_wrong_usage() -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "benchmarks", "nonsense"]
    done = subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 2
    assert "nonsense" in done.stderr


def test_page_numbers_lose_tickets_that_are_edited_and_we_do_not(tmp_path: Path) -> None:
    """On the same small desk, edited once a second by its own clock."""
    settings = Settings.from_environment({"INFLOW_HOME": str(tmp_path), "INFLOW_ALLOW_LOOPBACK": "1"})
    events = written(1, w4(conversations=1).ends_at, edits.DAYS, 800, 40, Shares(), bulk=0)
    with closing(Store.open(settings)) as store:
        theirs, ours = (
            edits.once(way, events, 1, 3_600, store, settings)
            for way in (edits.by_page_numbers, edits.by_inflow)
        )
    assert theirs.lost > 3
    assert ours.lost == 0
    assert ours.lists <= theirs.lists + 3


def test_each_mutant_is_another_one_and_runs() -> None:
    """One error at each place, the rest as it was; docstrings and annotations are no places."""
    source = mutants._source("freshdesk_core.counting.tickets").read_text()
    sound = ast.unparse(ast.parse(source))
    found = []
    for number in range(len(mutants.places("freshdesk_core.counting.tickets"))):
        tree = ast.fix_missing_locations(mutants._Places(number).visit(ast.parse(source)))
        compile(tree, "mutant", "exec")
        found.append(ast.unparse(tree))
    assert len(set(found)) == len(found) > 20
    for wrong in found:
        changed = [
            (old, new) for old, new in zip(sound.split("\n"), wrong.split("\n"), strict=True) if old != new
        ]
        assert len(changed) == 1
        assert '"""' not in changed[0][0]
