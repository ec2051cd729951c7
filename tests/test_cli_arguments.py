"""Whatever is typed behind a command: an answer, one clear sentence or wrong usage; never a traceback."""

import argparse
import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freshdesk_core.cli import main, parser
from freshdesk_core.sandbox import Sandbox, Script

pytestmark = pytest.mark.sqlite  # what is asked here does not depend on the database

SERVING = {"sandbox", "receiver", "worker"}  # they go on until stopped; what they refuse is shown at the end
NASTY = [
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\n",
        "x" * 101,
        "é" * 5_000,
        "漢字",
        "\u202e",
        "\udcff",
        "{name}",
        "%s",
        "-",
        "--",
    ),
    *("0001-01-01", "9999-12-31", "1969-12-31", "1970-01-01", "2026-02-30", "2026-3-1", "+002026-03-01"),
    *("0", "-1", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 400, "9" * 5_000),
    *("nan", "1e400", "٣", "1_000", "0x10", "Europe/Berlin", "../UTC", "/etc/passwd", "America", "Z" * 300),
    *("127.0.0.1:1", "127.0.0.1:99999", "[::1]", "localhost", "http://", "queue,queue", ",", "all", "desk"),
]
FITTING = {
    **{"name": "Desk", "names": "Desk", "integration": "Desk", "zone": "Europe/Berlin", "by": "queue"},
    **{"since": "2026-03-02", "before": "2026-03-02", "first": "2026-03-01", "end": "2026-03-05"},
    **{"day": "2026-03-02"},
}


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with one imported integration, Desk, to be copied: no command finds what another has left."""
    script = Script(now="2026-03-10T12:00:00Z")
    script.reply(script.ticket(at="2026-03-02T09:00:00Z"), at="2026-03-04T10:00:00Z")
    with Sandbox(script, plan="unlimited") as sandbox:
        monkeypatch.setenv("INFLOW_HOME", str(tmp_path / "template"))
        monkeypatch.setenv("INFLOW_ALLOW_LOOPBACK", "1")
        monkeypatch.setenv("INFLOW_FRESHDESK_KEY", sandbox.api_key)
        monkeypatch.setattr("freshdesk_core.api.calls.BACKOFF_SECONDS", 0.001)
        monkeypatch.setitem(FITTING, "domain", sandbox.domain)
        for words in (("integrations", "add", "Desk", "--domain", sandbox.domain), ("import",)):
            assert answer(*words) == 0
        yield tmp_path / "template"


def commands(
    whole: argparse.ArgumentParser, *names: str
) -> Iterator[tuple[tuple[str, ...], list[argparse.Action]]]:
    """Every command with its arguments, as the parser itself tells them: a new one cannot be forgotten."""
    below = [one for one in whole._actions if isinstance(one, argparse._SubParsersAction)]
    for one in below:
        for name, inner in one.choices.items():
            yield from commands(inner, *names, name)
    if not below:
        yield names, [one for one in whole._actions if one.dest != "help"]


ALL = {names: actions for names, actions in commands(parser()) if names[0] not in SERVING}
FITTING = {
    "name": "Desk",
    "names": "Desk",
    "since": "2026-03-02",
    "before": "2026-03-02",
    "first": "2026-03-01",
}
FITTING |= {
    "end": "2026-03-05",
    "day": "2026-03-02",
    "zone": "Europe/Berlin",
    "integration": "Desk",
    "by": "queue",
}


ALL = {names: actions for names, actions in commands(parser()) if names[0] not in SERVING}


def fitting(names: tuple[str, ...], action: argparse.Action) -> str:
    if action.choices:
        return str(next(iter(action.choices)))
    if names == ("integrations", "add") and action.dest == "name":
        return "New"
    return FITTING.get(action.dest, "1")


def line(names: tuple[str, ...], odd: argparse.Action | None, value: str, left_out: set[str]) -> list[str]:
    """A command line that fits, but for one argument."""
    words = list(names)
    for action in ALL[names]:
        if action.dest in left_out and action is not odd:
            continue
        if action.option_strings:
            words.append(action.option_strings[-1])
        if action.nargs != 0:
            words.append(value if action is odd else fitting(names, action))
    return words


def options(names: tuple[str, ...]) -> set[str]:
    """The arguments of a command that may be left out."""
    return {one.dest for one in ALL[names] if one.option_strings and not one.required}


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    names = draw(st.sampled_from(sorted(ALL)))
    odd = draw(st.sampled_from([one for one in ALL[names] if one.nargs != 0] or [None]))
    left_out = draw(st.sets(st.sampled_from(sorted(options(names))))) if options(names) else set()
    return line(names, odd, draw(st.sampled_from(NASTY) | st.text(max_size=9)), left_out)


def answer(*words: str) -> int:
    """The exit code of a command that ended as it may."""
    out, complaints = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
        try:
            code = main(words)
        except SystemExit as left:
            code = int(str(left.code))
    assert code in (0, 1, 2)
    assert code == 0 or complaints.getvalue().strip() or words[0] == "status"
    assert "Traceback" not in complaints.getvalue()
    if "--json" in words and out.getvalue():
        json.loads(out.getvalue())
    return code


def check(template: Path, words: list[str]) -> None:
    """It ends as it may, and what it left behind can still be read."""
    home = template.with_name("home")
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    os.environ["INFLOW_HOME"] = str(home)  # put back by the fixture
    answer(*words)
    assert answer("integrations", "list", "--json") == 0
    answer("status")


@settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(words=lines())
def test_no_argument_of_any_command_ends_in_a_traceback(template: Path, words: list[str]) -> None:
    check(template, words)


@pytest.mark.nightly
@pytest.mark.parametrize("names", sorted(ALL), ids=" ".join)
def test_each_argument_of_a_command_with_each_odd_value(template: Path, names: tuple[str, ...]) -> None:
    for odd in [one for one in ALL[names] if one.nargs != 0]:
        for value in NASTY:
            check(template, line(names, odd, value, options(names)))


def test_what_no_help_desk_has_seen_is_refused_by_a_sentence(template: Path) -> None:
    assert template.exists()
    where = ("--domain", FITTING["domain"])
    for words in (
        ("add", "New", "--since", "0001-01-01", *where),
        ("add", "New", "--since", "9999-12-31", *where),
        ("add", "x" * 101, *where),
        ("purge", "Desk", "--before", "0001-01-01"),
    ):
        assert answer("integrations", *words) == 1
        assert answer("integrations", "list", "--json") == 0


@pytest.mark.parametrize(
    "words",
    [
        *(("integrations", "purge", "Desk", "--ticket", ticket) for ticket in ("0", "-1", "9" * 20, "x")),
        *(("keys", "revoke", "Desk", key) for key in ("0", "9" * 20)),
        *(("receiver", "--port", port) for port in ("abc", "-1", "65536", "9" * 30)),
        *(("sandbox", "--port", port) for port in ("abc", "65536")),
        *(("sandbox", name, "9" * 30) for name in ("--tickets", "--days")),
        *(("sandbox", name, "x") for name in ("--tickets", "--days", "--seed", "--start", "--until")),
        *(("sandbox", name, day) for name in ("--start", "--until") for day in ("0001-01-01", "9999-12-31")),
    ],
    ids=lambda words: " ".join(words)[:40],
)
def test_a_number_or_day_that_cannot_be_is_wrong_usage(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert "invalid _" not in capsys.readouterr().err  # a name of ours says nothing to anybody


@pytest.mark.parametrize("host", ["", "a\0b", "x" * 300, "é" * 100, "256.1.1.1", "[", "127.0.0.1:80"])
def test_a_receiver_listens_nowhere_at_what_is_no_host(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freshdesk_core.events.server.serve", lambda *_: None)
    assert answer("receiver", "--host", host, "--port", "0") in (0, 1)  # "" is every address of this machine
