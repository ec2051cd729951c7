"""Switches are understood, hit the calls they name, and can be put on and off while the sandbox serves."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from freshdesk_core.sandbox import Faults, Sandbox, Script, UnknownFaultError
from freshdesk_core.sandbox.spoiling.table import KINDS, as_help, as_markdown
from tests.sandbox.wire import ask

DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"


@pytest.fixture
def desk() -> Iterator[Sandbox]:
    script = Script(now="2026-03-10T12:00:00Z")
    for _ in range(5):
        script.reply(script.ticket(at="2026-03-09"))
    with Sandbox(script, plan="unlimited") as sandbox:
        yield sandbox


def statuses(sandbox: Sandbox, number: int, path: str = "tickets") -> list[int]:
    return [ask(sandbox, path).status for _ in range(number)]


def test_the_sixth_call_to_the_eighth() -> None:
    with Sandbox(Script(), faults="404@6-8") as sandbox:
        assert statuses(sandbox, 10) == [200] * 5 + [404] * 3 + [200] * 2
        assert [asked.status for asked in sandbox.requests] == [200] * 5 + [404] * 3 + [200] * 2
        assert sandbox.faults.used == {"404": 3}


def test_calls_are_counted_over_the_paths_that_fit(desk: Sandbox) -> None:
    desk.faults.on("403=require_feature@2~tickets/[23]/conversations")
    assert statuses(desk, 2) == [200, 200]
    threads = [ask(desk, f"tickets/{number}/conversations") for number in (1, 2, 3, 2)]
    assert [said.status for said in threads] == [200, 200, 403, 200]
    assert threads[2].json["code"] == "require_feature"


def test_single_calls_named_by_a_test(desk: Sandbox) -> None:
    desk.faults.on("503", calls={1, 4}, paths=r"^/api/v2/tickets\?")
    assert statuses(desk, 5) == [503, 200, 200, 503, 200]


def test_a_share_of_the_calls_is_the_same_in_each_run_and_another_with_another_seed() -> None:
    def hit(seed: int) -> list[int]:
        with Sandbox(Script(), plan="unlimited", faults=Faults("503=20%", seed=seed)) as sandbox:
            return statuses(sandbox, 100)

    assert hit(1) == hit(1) != hit(2)
    assert 10 <= hit(1).count(503) <= 30


def test_put_on_and_off_while_it_serves(desk: Sandbox) -> None:
    assert statuses(desk, 1) == [200]
    desk.faults.on("500")
    desk.faults.on("404~groups")
    assert statuses(desk, 1) == [500]
    desk.faults.off("500")
    assert (statuses(desk, 1), statuses(desk, 1, "groups")) == ([200], [404])
    desk.faults.off()
    assert statuses(desk, 1, "groups") == [200]


def test_other_switches_take_the_place_of_all(desk: Sandbox) -> None:
    desk.faults.on("500")
    desk.faults = Faults("404@2")
    assert statuses(desk, 3) == [200, 404, 200]


def test_the_truth_may_be_asked_from_within_a_call() -> None:
    seen = []
    script = Script()
    with Sandbox(script, on_request=lambda *_: seen.append(sandbox.truth().version)) as sandbox:
        script.ticket()
        ask(sandbox, "tickets")
    assert seen == [2]


def test_for_a_time_from_a_call_on() -> None:
    now = [1_000.0]
    with Sandbox(Script(), faults="outage=html@2+90s", wall=lambda: now[0]) as sandbox:
        assert statuses(sandbox, 1) == [200]
        assert all(status in (502, 503, 504) for status in statuses(sandbox, 4))
        now[0] += 89
        assert statuses(sandbox, 1) != [200]
        now[0] += 1
        assert statuses(sandbox, 2) == [200, 200]


def test_for_a_time_after_the_first_call() -> None:
    now = [0.0]
    with Sandbox(Script(), faults="404@30s-90s", wall=lambda: now[0]) as sandbox:
        seen = {}
        for now[0] in (0.0, 29.0, 30.0, 89.0, 90.0):
            seen[now[0]] = statuses(sandbox, 1)[0]
    assert seen == {0.0: 200, 29.0: 200, 30.0: 404, 89.0: 404, 90.0: 200}


def test_the_first_of_two_answers_holds_and_both_kinds_of_spoiling_meet(desk: Sandbox) -> None:
    for switch in ("null-lists", "repeat-rows=1", "502=json", "404"):
        desk.faults.on(switch)
    assert statuses(desk, 1) == [502]
    desk.faults.off("502")
    desk.faults.off("404")
    rows = ask(desk, "tickets").json
    assert len(rows) == 11
    assert all(row["tags"] is None for row in rows)


def test_a_list_of_switches_is_taken_apart_at_its_commas() -> None:
    faults = Faults(r"edits=3/100, 404~tickets/\d{1,3}$,429=bare+html+30%@5-,silent")
    assert [switch.text for switch in faults.switches] == [
        "edits=3/100",
        r"404~tickets/\d{1,3}$",
        "429=bare+html+30%@5-",
        "silent",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("edts=5/h", "Did you mean edits? Known: edits, bulk"),
        ("silent,,slow", "there is no fault 'silent,'"),
        ("503=xml", "503: 'xml' is none of html, json, empty"),
        ("503=html+json", "503: one option is enough"),
        ("503=5%+6%", "503: one share is enough"),
        ("slow=2x", "slow: '2x' is no duration; write 90s"),
        ("huge=many", "huge: 'many' is no size; write 4096"),
        ("reset@x", "reset: 'x' says no calls and no time; write @7"),
        ("404~(", "404: '(' is no regular expression"),
        ("silent=5s", "silent: takes no options"),
        ("edits=x/h", "edits: 'x' is no whole number from 1 on"),
        ("redirect=elsewhere", "redirect: 'elsewhere' is none of host, scheme, port or one URL"),
        ("429=30s+bare", "429: one Retry-After is enough"),
    ],
)
def test_what_is_not_understood_is_named_with_the_cure(text: str, said: str) -> None:
    with pytest.raises(UnknownFaultError, match=re.escape(said)):
        Faults(text)


def test_the_command_names_an_unknown_fault_and_lists_all_of_them() -> None:
    command = [sys.executable, "-m", "freshdesk_core.sandbox"]
    wrong, idle, shown = (
        subprocess.run([*command, *options], capture_output=True, text=True, check=False, timeout=20)
        for options in (["--faults", "edts=5/h"], ["--faults", "edits=5/h"], ["--help"])
    )
    assert (wrong.returncode, idle.returncode) == (2, 2)
    assert "there is no fault 'edts'. Did you mean edits?" in wrong.stderr
    assert "add --live" in idle.stderr
    assert all(f"  {name}" in shown.stdout for name in KINDS)
    assert as_help().splitlines()[-1] in shown.stdout


def test_the_documentation_lists_every_switch_as_the_code_has_it() -> None:
    assert as_markdown() in DOCS.read_text()
