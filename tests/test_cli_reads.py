"""The reading commands, as processes of their own: what scripts depend on."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from freshdesk_core.cli import main, parser
from freshdesk_core.settings import Settings
from freshdesk_core.store import Store
from freshdesk_core.volumes import INTERVALS
from tests.databases import on_sqlite
from tests.volumes.account import Account

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INFLOW_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def acme(home: Path):
    store = Store.open(Settings.from_environment(on_sqlite(home)))
    account = Account(store)
    account.proven(("2026-02-28T23:00", "2026-03-08T10:00"))
    first = account.ticket("2026-03-02T09:00")
    account.reply(first, "2026-03-04T09:00")
    account.ticket("2026-03-04T23:30", group_id=None, source=7)
    account.ticket("2026-03-05T12:00", spam=True)
    account.total("2026-03-02", 1)
    account.settle()
    yield account
    store.close()


def run(*argv: str, **options) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "freshdesk_core", *argv],
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **options,
    )


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]):
    """A command in this process: (exit code, stdout, stderr)."""

    def asked(*argv: str) -> tuple[int, str, str]:
        try:
            code = main(argv)
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return asked


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_volumes_by_default_are_the_proven_days_in_the_accounts_zone(acme):
    done = run("volumes")

    assert done.returncode == 0
    assert done.stderr == ""
    assert rows(done.stdout) == [
        ["interval_start", "offered"],
        ["2026-03-02T00:00:00+01:00", "1"],
        ["2026-03-04T00:00:00+01:00", "1"],
        ["2026-03-05T00:00:00+01:00", "2"],
    ]


def test_volumes_filled_end_where_the_proof_ends(acme, ask):
    code, out, err = ask("volumes", "--from", "2026-03-06", "--to", "2026-03-10", "--fill")

    assert code == 0
    assert [row[1] for row in rows(out)[1:]] == ["0", "0", "", ""]
    assert err == "2 of 4 intervals are not proven to be complete; it is empty where data lack.\n"


def test_volumes_say_what_was_left_out(acme, ask):
    _code, out, err = ask("volumes", "--from", "2026-03-05", "--to", "2026-03-10", "--tz", "UTC")

    assert rows(out)[1:] == [["2026-03-05T00:00:00+00:00", "1"]]
    assert err == "2 of 5 intervals are not proven to be complete and left out, wherever data lack.\n"


def test_columns_come_in_the_order_given(acme, ask):
    _code, out, _err = ask("volumes", "--by", "source,queue,kind,group,integration", "--to", "2026-03-03")

    assert rows(out) == [
        ["interval_start", "source", "queue", "queue_id", "kind", "group", "integration", "offered"],
        [
            *("2026-03-02T00:00:00+01:00", "email", "CustomerService email Tickets", "1-11-1-tickets"),
            *("Tickets", "CustomerService", "acme", "1"),
        ],
    ]


def test_unknown_queues_have_ids_and_can_be_left_out(acme, ask):
    _code, out, _err = ask("volumes", "--by", "queue", "--interval", "1MS", "--from", "2026-03-01")
    assert [row[2] for row in rows(out)[1:]] == [
        "1-11-1-replies",
        "1-11-1-tickets",
        "1-0-7-tickets",
        "1-unknown-tickets",
    ]

    _code, out, _err = ask("volumes", "--interval", "1w", "--from", "2026-03-01", "--without-unknown")
    assert rows(out)[1:] == [["2026-03-02T00:00:00+01:00", "3"]]


def test_by_default_every_interval_sums_the_same_whole_days(acme, ask):
    """A week or month that the range cuts sums what lies inside it."""
    acme.ticket("2026-03-08T08:30")  # of a day that is not wholly proven
    acme.settle()
    _code, out, err = ask("volumes", "--interval", "15min", "--fill")
    assert [rows(out)[1][0], rows(out)[-1][0]] == ["2026-03-01T00:00:00+01:00", "2026-03-07T23:45:00+01:00"]
    assert err == ""

    for interval in INTERVALS:
        _code, out, err = ask("volumes", "--interval", interval)
        assert sum(int(row[1]) for row in rows(out)[1:]) == 4
        assert err == ""
    assert "the same days for every --interval" in " ".join(run("volumes", "--help").stdout.split())

    _code, out, _err = ask("volumes", "--interval", "1w", "--from", "2026-03-03")
    assert rows(out)[1:] == [["2026-03-02T00:00:00+01:00", "3"]]


def test_volumes_as_json_are_the_same_rows(acme, ask):
    _code, out, _err = ask(
        "volumes", "--format", "json", "--by", "kind", "--fill", "--from", "2026-03-07", "--to", "2026-03-09"
    )

    assert json.loads(out) == [
        {"interval_start": "2026-03-07T00:00:00+01:00", "kind": "Replies", "offered": 0},
        {"interval_start": "2026-03-07T00:00:00+01:00", "kind": "Tickets", "offered": 0},
        {"interval_start": "2026-03-08T00:00:00+01:00", "kind": "Replies", "offered": None},
        {"interval_start": "2026-03-08T00:00:00+01:00", "kind": "Tickets", "offered": None},
    ]


def test_volumes_in_the_form_of_injixo(acme, ask):
    _code, out, _err = ask("volumes", "--format", "injixo", "--interval", "15min", "--to", "2026-03-03")

    assert out == (
        "Queue;Date;Time;Offered;Handled;Channel\nCustomerService email Tickets;2026-03-02;10:00;1;1;cases\n"
    )
    assert "Handled repeats Offered" in " ".join(run("volumes", "--help").stdout.split())


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["volumes", "--from", "2026-13-01"], "'2026-13-01' is not a date."),
        (["volumes", "--to", "20260301"], "'20260301' is not a date."),
        (["volumes", "--tz", "Mars/Olympus"], "'Mars/Olympus' is not a time zone."),
        (["volumes", "--from", "2026-03-05", "--to", "2026-03-05"], "No day lies from 2026-03-05"),
        (["volumes", "--integration", "nope"], "There is no integration named nope (there are: acme)."),
        (["reconcile", "--group", "Nobody"], "There is no group named Nobody (there are: Billing"),
        (["reconcile", "--source", "fax"], "There is no source named fax"),
        (["reconcile", "--from", "yesterday"], "'yesterday' is not a date."),
    ],
)
def test_what_cannot_be_is_one_sentence(acme, ask, argv, sentence):
    code, out, err = ask(*argv)

    assert code == 1
    assert out == ""
    assert err.startswith(sentence)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["volumes", "--interval", "2h"],
        ["volumes", "--by", "agent"],
        ["volumes", "--by", "queue,queue"],
        ["volumes", "--format", "injixo", "--by", "kind"],
        ["status", "acme"],
    ],
)
def test_wrong_usage_is_2(home, ask, argv):
    code, out, err = ask(*argv)

    assert (code, out) == (2, "")
    assert "usage:" in err


@pytest.mark.parametrize("command", ["volumes", "reconcile", "status"])
def test_without_an_integration_the_cure_is_told(home, ask, command):
    code, out, err = ask(command)

    assert (code, out) == (1, "")
    assert err.startswith("No Freshdesk account is connected.")


def test_before_the_first_import_there_are_no_figures(home, ask):
    store = Store.open(Settings.from_environment({"INFLOW_HOME": str(home)}))
    Account(store)
    store.close()

    assert ask("volumes")[:2] == (0, "interval_start,offered\n")
    assert ask("volumes")[2].startswith("Nothing is proven to be complete yet")
    code, out, _err = ask("reconcile", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["total"]["offered"] is None
    assert (document["from"], document["to"], document["days"]) == (None, None, [])
    assert ask("reconcile")[2].startswith("Nothing is proven")


def test_reconcile_is_one_json_document(acme, ask):
    code, out, err = ask("reconcile", "--tz", "UTC", "--from", "2026-03-02", "--to", "2026-03-03", "--json")

    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["total"]["freshdesk_tickets"] == 1
    assert document["total"]["offered"] == 1
    assert [day["day"] for day in document["days"]] == ["2026-03-02"]


def test_reconcile_in_words(acme, ask):
    _code, out, _err = ask("reconcile", "--tz", "UTC", "--from", "2026-03-02", "--to", "2026-03-03")

    assert out.startswith(
        "1 Freshdesk ticket = 1 new ticket; + 0 replies = 1 contact (1.00 per new ticket).\n"
    )
    assert "2026-03-02                  1" in out
    assert "CustomerService                  –" in out


def test_reconcile_for_one_group(acme, ask):
    _code, out, _err = ask("reconcile", "--group", "No group", "--source", "chat", "--json")

    document = json.loads(out)
    assert document["total"]["new_ticket_contacts"] == 1
    assert [group["group"] for group in document["groups"]] == ["No group"]


def test_status_is_not_green_without_proof(acme, ask):
    code, out, err = ask("status", "--json")

    assert (code, err) == (1, "")
    (one,) = json.loads(out)["integrations"]
    assert (one["name"], one["state"]) == ("acme", "unknown")
    assert one["tickets_complete"] == ["2026-02-28T23:00:00+00:00", "2026-03-08T10:00:00+00:00"]
    code, out, _err = ask("status")
    assert code == 1
    assert out.startswith("acme: unknown\n")
    assert "  last audit: never" in out


@pytest.fixture
def made_up(home: Path):
    """A store with one account, of this kind: call it with the account's columns."""
    store = Store.open(Settings.from_environment({"INFLOW_HOME": str(home)}))

    def add(**columns) -> Account:
        account = Account(store, **columns)
        account.proven(("2026-03-01", "2026-03-08"))
        account.ticket("2026-03-02T09:00")
        return account.settle()

    yield add
    store.close()


@pytest.mark.parametrize(
    ("account", "marks", "word", "line"),
    [
        (
            {"name": "Sample account", "domain": "127.0.0.1:8900", "is_sample": True},
            (True, True),
            "Sample account (sample): unknown\n",
            "These are figures of the built-in sample account.\n",
        ),
        (
            {"name": "Desk", "domain": "127.0.0.1:8900"},
            (False, True),
            "Desk (sandbox): unknown\n",
            "These are figures of a sandbox, not of a real Freshdesk: Desk.\n",
        ),
        ({"name": "acme"}, (False, False), "acme: unknown\n", ""),
    ],
)
def test_made_up_accounts_are_marked_in_every_answer(made_up, ask, account, marks, word, line):
    made_up(**account)

    (one,) = json.loads(ask("status", "--json")[1])["integrations"]
    assert (one["is_sample"], one["is_sandbox"]) == marks
    assert ask("status")[1].startswith(word)
    for command in (["volumes"], ["volumes", "--format", "json"], ["reconcile"], ["reconcile", "--json"]):
        code, out, err = ask(*command)
        assert (code, err) == (0, line)
        assert "figures of" not in out


def test_figures_of_a_removed_account_are_its_own_and_said_to_be(made_up, ask):
    made_up(name="Sample account", domain="127.0.0.1:8900", is_sample=True)
    made_up(name="acme").change(removed_at=1)

    code, out, err = ask("volumes", "--by", "integration")

    assert (code, err) == (0, "No longer imported, because it was removed: acme.\n")
    assert [row[1:] for row in rows(out)[1:]] == [["acme", "1"]]
    assert ask("status")[:2] == (1, "")


def test_a_reader_that_has_seen_enough_is_no_error(acme):
    command = f"{sys.executable} -m freshdesk_core volumes --interval 15min --fill --by queue"
    shell = f"{command} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", shell],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.stdout == "interval_start,queue,queue_id,offered\n0\n"
    assert done.stderr == ""


def test_ctrl_c_is_no_traceback(acme, ask, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("freshdesk_core.commands.status.status", interrupted)

    assert ask("status") == (130, "", "Interrupted.\n")


def test_help_lists_every_command_and_loads_nothing_heavy(home):
    shown = run("--help").stdout
    heavy = "{'pandas', 'numpy', 'alembic'} & set(sys.modules)"
    code = f"import sys, freshdesk_core.cli as cli; cli.parser(); print({heavy})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    for command in ("sandbox", "integrations", "import", "worker", "volumes", "reconcile", "status"):
        assert f"\n    {command}" in shown
    assert loaded.stdout == "set()\n"


def test_every_command_has_a_sentence_and_a_function():
    actions = parser()._subparsers._group_actions[0]

    assert all(action.help and action.help[0].islower() for action in actions._choices_actions)
    assert all("run" in sub._defaults for sub in actions.choices.values())
